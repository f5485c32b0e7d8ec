"""Lists of referrals: the receiver's inbox and what a centre has sent. They name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from network.consent.models import Packet
from network.consent.packets import find_parts
from network.core.db import db
from network.directory.models import Organization, Service, ServiceSearch
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.policies import may_open
from network.referrals.models import Referral, ReferralNeed, ReferralOwnNeed
from network.referrals.states import SAID_NO
from network.tenants.context import acting
from network.tenants.models import Tenant
from network.web.paging import Page, page_of

INBOX_SIZE = 25


@dataclass(frozen=True)
class Row:
    """What both kinds of list show of a referral. ``needs``: codes of needs or groups, or ``protected``.
    ``said_no``: it was never sent, because the client said no."""

    exchange_id: UUID
    reference: str
    state: str
    version: int
    priority: str
    needed_by: datetime | None
    sent_at: datetime | None
    appointment_at: datetime | None
    due_at: datetime | None
    due_kind: str | None
    unread: bool
    open: bool
    service_name: str
    town: str
    other_name: str
    case_id: UUID | None
    outside: bool = False
    needs: tuple[str, ...] = ()
    said_no: bool = False


@dataclass(frozen=True)
class InboxRow(Row):
    """A referral in the inbox. ``protected``: for one named colleague, and she is not who looks.

    ``preview`` is what was sent of the client without naming her; None where it is sealed or protected.
    """

    protected: bool = False
    sealed: bool = False
    preview: dict[str, Any] | None = field(default=None)


def inbox(*, cursor: str | None = None, size: int = INBOX_SIZE, done: bool = False) -> Page[InboxRow]:
    """What came in: open ones, what is due first on top; or those that are done, latest first.

    Five queries, whatever the length.
    """
    statement = _rows("receiver", Exchange.from_tenant_id).where(ExchangeSide.open.is_(not done))
    order = ExchangeSide.updated_at if done else func.coalesce(ExchangeSide.due_at, ExchangeSide.updated_at)
    page: Page[Any] = page_of(
        statement,
        [cast(InstrumentedAttribute[Any], order), ExchangeSide.exchange_id],
        name="inbox.done" if done else "inbox",
        cursor=cursor,
        size=size,
        descending=done,
    )
    ids = [row[1].id for row in page.items]
    needs, packets = _shown_needs(ids), _packets(ids)
    previews = find_parts(list(packets.values()), "preview")
    rows = []
    for found in page.items:
        packet = packets.get(found[1].id)
        rows.append(
            InboxRow(
                **_common(found),
                needs=needs.get(found[1].id, ()),
                protected=packet is not None and not may_open(packet, acting()),
                sealed=packet is not None and packet.sealed_at is not None,
                preview=previews.get(packet.id) if packet is not None else None,
            )
        )
    return Page(rows, page.next_cursor)


def sent(
    *, case_id: UUID | None = None, cursor: str | None = None, size: int = INBOX_SIZE, done: bool = False
) -> Page[Row]:
    """What the centre sent and prepared, newest first: of one case, or all that are open (or done). Two queries, a
    third where some were never sent."""
    statement = _rows("sender", Exchange.to_tenant_id)
    if case_id is not None:
        statement = statement.where(ExchangeSide.case_id == case_id)
    else:
        statement = statement.where(ExchangeSide.open.is_(not done))
    page: Page[Any] = page_of(
        statement, [ExchangeSide.exchange_id], name=f"sent.{case_id or done}", cursor=cursor, size=size
    )
    needs = _own_needs([row[1].id for row in page.items])
    no = _said_no([row[1].id for row in page.items if row[1].state == "withdrawn" and row[1].sent_at is None])
    rows = [
        Row(**_common(found), needs=needs.get(found[1].id, ()), said_no=found[1].id in no)
        for found in page.items
    ]
    return Page(rows, page.next_cursor)


def count_inbox() -> int:
    """How many referrals are open in the inbox: what the navigation shows."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(ExchangeSide)
            .where(
                ExchangeSide.tenant_id == acting().tenant,
                ExchangeSide.role == "receiver",
                ExchangeSide.kind == "referral",
                ExchangeSide.open.is_(True),
            )
        )
        or 0
    )


def _rows(role: str, other: InstrumentedAttribute[Any]) -> Select[Any]:
    statement = (
        select(
            ExchangeSide,
            Exchange,
            Referral,
            func.coalesce(
                Tenant.name,
                ServiceSearch.organization_name,
                _name_of(Organization, Exchange.to_organization_id),
            ),
            # What nobody finds any more has its name still; asked for only then.
            func.coalesce(ServiceSearch.service_name, _name_of(Service, Referral.service_id)),
            ServiceSearch.town,
        )
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .join(Referral, Referral.exchange_id == Exchange.id)
        .outerjoin(Tenant, Tenant.id == other)
        .outerjoin(ServiceSearch, ServiceSearch.service_at_location_id == Referral.service_at_location_id)
        .where(ExchangeSide.tenant_id == acting().tenant, ExchangeSide.role == role)
    )
    return cast("Select[Any]", statement)


def _name_of(
    model: type[Service] | type[Organization], row_id: InstrumentedAttribute[Any]
) -> ScalarSelect[str]:
    return select(model.name).where(model.id == row_id).correlate(Exchange, Referral).scalar_subquery()


def _common(found: Sequence[Any]) -> dict[str, Any]:
    side, exchange, referral, other_name, service_name, town = found
    return {
        "exchange_id": exchange.id,
        "reference": exchange.reference,
        "state": exchange.state,
        "version": exchange.version,
        "priority": referral.priority,
        "needed_by": referral.needed_by,
        "sent_at": exchange.sent_at,
        "appointment_at": referral.appointment_at,
        "due_at": side.due_at,
        "due_kind": side.due_kind,
        "unread": side.unread,
        "open": side.open,
        "service_name": service_name or "",
        "town": town or "",
        "other_name": other_name or "",
        "case_id": side.case_id,
        "outside": exchange.to_tenant_id is None,
    }


def _said_no(ids: list[UUID]) -> frozenset[UUID]:
    """Those of these that were not sent because the client said no."""
    if not ids:
        return frozenset()
    asked = select(ExchangeEvent.exchange_id).where(
        ExchangeEvent.exchange_id.in_(ids),
        ExchangeEvent.reason_list == SAID_NO[0],
        ExchangeEvent.reason_code == SAID_NO[1],
    )
    return frozenset(db.session.scalars(asked))


def _shown_needs(ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    return _grouped(
        db.session.execute(
            select(ReferralNeed.exchange_id, ReferralNeed.shown_code)
            .where(ReferralNeed.exchange_id.in_(ids))
            .order_by(ReferralNeed.position)
        ).all()
    )


def _own_needs(ids: list[UUID]) -> dict[UUID, tuple[str, ...]]:
    return _grouped(
        db.session.execute(
            select(ReferralOwnNeed.exchange_id, ReferralOwnNeed.need_code)
            .where(ReferralOwnNeed.tenant_id == acting().tenant, ReferralOwnNeed.exchange_id.in_(ids))
            .order_by(ReferralOwnNeed.position)
        ).all()
    )


def _grouped(rows: Sequence[Any]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    for exchange_id, code in rows:
        found[exchange_id] = (*found.get(exchange_id, ()), code)
    return found


def _packets(ids: list[UUID]) -> dict[UUID, Packet]:
    """The newest packet of each exchange."""
    rows = db.session.scalars(
        select(Packet)
        .where(Packet.exchange_id.in_(ids))
        .order_by(Packet.created_at)
        .execution_options(populate_existing=True)
    )
    return {packet.exchange_id: packet for packet in rows}
