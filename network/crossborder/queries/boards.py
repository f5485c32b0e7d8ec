"""Lists of handoffs: what was offered to us, what we handed over, who arrives when. None names anybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, select

from network.cases.queries.cards import home_today
from network.consent.models import Packet
from network.consent.packets import Content, find_parts
from network.core.db import db
from network.crossborder.arrival import NeedOnArrival, read_needs
from network.crossborder.models import Handoff
from network.crossborder.states import BEFORE_TAKE_OVER, UNDECIDED
from network.exchange.models import Exchange, ExchangeSide
from network.tenants.context import acting
from network.tenants.queries import list_tenants
from network.web.paging import PAGE_SIZE, Page, page_of

GENERIC = "generic"
# Who arrived stays on the board for so long, until the case is taken over.
ARRIVED_SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class HandoffRow:
    """A handoff as a list shows it."""

    id: UUID
    reference: str
    role: str
    state: str
    journey: str
    mode: str
    other_name: str
    other_country: str
    group_id: UUID | None
    case_id: UUID | None
    arrival_on: date | None
    sent_at: datetime | None
    due_at: datetime | None
    due_kind: str | None
    unread: bool
    open: bool
    version: int
    sealed: bool
    age_band: str | None
    sex: str | None


@dataclass(frozen=True)
class Arrival:
    """Somebody who arrives: under a reference, with an age band, and what a board may say that she needs."""

    id: UUID
    reference: str
    group_id: UUID | None
    arrival_on: date | None
    journey: str
    state: str
    from_name: str
    from_country: str
    age_band: str | None
    needs: tuple[str, ...]
    more_arranged: bool


def offers_inbox(cursor: str | None = None, size: int = PAGE_SIZE) -> Page[HandoffRow]:
    """What other centres have offered to us and waits for a decision, newest first."""
    statement = _rows().where(
        ExchangeSide.role == "receiver", ExchangeSide.open.is_(True), Exchange.state.in_(UNDECIDED)
    )
    return _page(statement, "handoffs.inbox", cursor, size)


def list_handoffs(
    role: str | None = None, *, open_only: bool = False, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[HandoffRow]:
    """Both sides' handoffs, or those of one role, newest first."""
    statement = _rows()
    if role is not None:
        statement = statement.where(ExchangeSide.role == role)
    if open_only:
        statement = statement.where(ExchangeSide.open.is_(True))
    return _page(statement, f"handoffs.{role or 'all'}.{'open' if open_only else 'any'}", cursor, size)


def handoffs_of_case(case_id: UUID) -> list[HandoffRow]:
    """The handoffs of a case, on either side, newest first."""
    found = db.session.execute(
        _rows().where(ExchangeSide.case_id == case_id).order_by(Exchange.id.desc())
    ).all()
    return _made(found)


def received_at_home(rows: Collection[HandoffRow]) -> HandoffRow | None:
    """Of a case's handoffs, newest first, the one by which somebody has come home; None where nobody has."""
    sent = (row for row in rows if row.role == "sender" and row.mode != "pre_departure")
    return next((row for row in sent if row.journey == "arrived"), None)


def arrivals_board() -> list[Arrival]:
    """Who arrives when, soonest first: offered or accepted, on the way, or here and not taken over yet."""
    since = home_today() - ARRIVED_SHOWN
    found = db.session.execute(
        _rows()
        .where(
            ExchangeSide.role == "receiver",
            ExchangeSide.open.is_(True),
            Exchange.state.in_(BEFORE_TAKE_OVER),
            Handoff.journey.in_(("planned", "departed", "not_arrived", "arrived")),
            (Handoff.arrival_on.is_(None)) | (Handoff.arrival_on >= since),
        )
        .order_by(Handoff.arrival_on.asc().nulls_last(), Exchange.group_id, Exchange.id)
        .limit(200)
    ).all()
    tenants = list_tenants({exchange.from_tenant_id for _side, exchange, _handoff, _packet in found})
    previews = previews_of([packet for *_rest, packet in found if packet is not None])
    return [
        _arrival(exchange, handoff, tenants[exchange.from_tenant_id], previews.get(exchange.id))
        for _side, exchange, handoff, _packet in found
    ]


def previews_of(found: Sequence[Packet]) -> dict[UUID, Content]:
    """The previews of several packets by their exchange; none for what may not be read now."""
    parts = find_parts(found, "preview")
    return {packet.exchange_id: parts[packet.id] for packet in found if packet.id in parts}


def _arrival(exchange: Exchange, handoff: Handoff, sender: Any, preview: Content | None) -> Arrival:
    needs = read_needs(handoff.arrival_needs)
    return Arrival(
        id=exchange.id,
        reference=exchange.reference,
        group_id=exchange.group_id,
        arrival_on=handoff.arrival_on,
        journey=handoff.journey,
        state=exchange.state,
        from_name=sender.name,
        from_country=sender.country,
        age_band=(preview or {}).get("age_band"),
        needs=tuple(need.code for need in needs if need.printed == "yes"),
        more_arranged=_more(needs),
    )


def _more(needs: Collection[NeedOnArrival]) -> bool:
    """Whether something is arranged of which a board says no more than that."""
    return any(need.printed == GENERIC for need in needs)


def _rows() -> Select[Any]:
    newest = (
        select(Packet.id)
        .where(Packet.exchange_id == Exchange.id)
        .order_by(Packet.created_at.desc())
        .limit(1)
        .correlate(Exchange)
        .scalar_subquery()
    )
    statement = (
        select(ExchangeSide, Exchange, Handoff, Packet)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .join(Handoff, Handoff.exchange_id == Exchange.id)
        .outerjoin(Packet, Packet.id == newest)
        .where(ExchangeSide.tenant_id == acting().tenant, ExchangeSide.kind == "handoff")
    )
    return cast("Select[Any]", statement)


def _page(statement: Select[Any], name: str, cursor: str | None, size: int) -> Page[HandoffRow]:
    page: Page[Any] = page_of(statement, [Exchange.id], name=name, cursor=cursor, size=size)
    return Page(_made(page.items), page.next_cursor)


def _made(found: Collection[Any]) -> list[HandoffRow]:
    others = {
        tenant_id
        for _side, exchange, *_rest in found
        for tenant_id in (exchange.from_tenant_id, exchange.to_tenant_id)
        if tenant_id is not None
    }
    tenants = list_tenants(others) if others else {}
    previews = previews_of([packet for *_rest, packet in found if packet is not None])
    return [
        _row(side, exchange, handoff, packet, tenants, previews) for side, exchange, handoff, packet in found
    ]


def _row(
    side: ExchangeSide,
    exchange: Exchange,
    handoff: Handoff,
    packet: Packet | None,
    tenants: dict[UUID, Any],
    previews: dict[UUID, Content],
) -> HandoffRow:
    other_id = exchange.to_tenant_id if side.role == "sender" else exchange.from_tenant_id
    other = tenants.get(other_id) if other_id else None
    preview = previews.get(exchange.id, {})
    return HandoffRow(
        id=exchange.id,
        reference=exchange.reference,
        role=side.role,
        state=exchange.state,
        journey=handoff.journey,
        mode=handoff.mode,
        other_name=other.name if other else "",
        other_country=other.country if other else "",
        group_id=exchange.group_id,
        case_id=side.case_id,
        arrival_on=handoff.arrival_on,
        sent_at=exchange.sent_at,
        due_at=side.due_at,
        due_kind=side.due_kind,
        unread=side.unread,
        open=side.open,
        version=exchange.version,
        sealed=packet is not None and packet.sealed_at is not None,
        age_band=preview.get("age_band"),
        sex=preview.get("sex"),
    )
