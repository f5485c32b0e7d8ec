"""One referral with everything that its page shows, for either side; the number of queries does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from network.accounts.queries import names_of
from network.consent import packets
from network.consent.models import Packet
from network.core.db import db
from network.core.errors import NotFound
from network.directory.queries import Listing, listing_asked
from network.exchange.messages import Message, list_messages
from network.exchange.models import Exchange, ExchangeEvent, ExchangeReason, ExchangeSide
from network.exchange.policies import may_open
from network.exchange.queries import list_events, own_reasons
from network.referrals.models import Referral, ReferralClosure, ReferralNeed
from network.referrals.queries.moves import moves_open_to
from network.referrals.queries.records import (
    find_closure,
    is_outside,
    list_needs,
    list_told,
    own_need_codes,
    told_to,
)
from network.referrals.states import AGREED, UNDECIDED
from network.tenants.context import acting
from network.tenants.models import Tenant


@dataclass(frozen=True)
class Told:
    """What went to and fro outside the platform: by which way, when, recorded by whom; ``to``: told to whom alone."""

    kind: str
    channel: str
    at: datetime
    version: int
    colleague: str
    to: str


@dataclass(frozen=True)
class Step:
    """A move that was made. ``reason``: (list, code), as far as the acting side may see it. ``told``: by which way
    it was told or heard, outside the platform."""

    move: str
    side: str
    at: datetime
    from_state: str
    to_state: str
    reason: tuple[str, str] | None = None
    told: Told | None = None


@dataclass(frozen=True)
class Asked:
    """A need at its position: the code as far as who looks may see it, and its outcome."""

    position: int
    code: str
    outcome_code: str | None


@dataclass(frozen=True)
class ReferralPage:
    """A referral as one side sees it.

    ``preview`` and ``identity`` are the parts that this side may read now: None before accepting, after sealing,
    and for a colleague who was not named (``protected``). ``moves``: what the person who looks can do next.
    """

    exchange: Exchange
    referral: Referral
    side: ExchangeSide
    sender: Tenant
    receiver: Tenant | None
    listing: Listing
    needs: tuple[Asked, ...]
    steps: tuple[Step, ...]
    packet: Packet | None
    alive: bool
    protected: bool
    preview: dict[str, Any] | None
    identity: dict[str, Any] | None
    messages: tuple[Message, ...]
    moves: tuple[str, ...]
    closure: ReferralClosure | None = None
    led_to: tuple[Exchange, ...] = ()
    parent: Exchange | None = None
    own_codes: tuple[str, ...] = field(default=())
    told: tuple[Told, ...] = field(default=())

    @property
    def outside(self) -> bool:
        """Whether nobody receives it in the platform: it was told, and is answered, by other ways."""
        return is_outside(self.exchange)

    @property
    def ended_told(self) -> Told | None:
        """That they were told of the end, and when."""
        return next((one for one in self.told if one.kind == "ended"), None)

    @property
    def service_gone(self) -> str | None:
        """Where somebody waits for a service that nobody finds any more ("gone") or that is "closed"."""
        if self.exchange.state not in ("draft", *UNDECIDED, *AGREED):
            return None
        return "gone" if self.listing.gone else None if self.listing.status == "active" else "closed"

    @property
    def is_sender(self) -> bool:
        """Whether who looks is on the side that sent it."""
        return self.side.role == "sender"

    @property
    def last_reason(self) -> tuple[str, str] | None:
        """The reason of the latest move that had one, as far as this side may see it."""
        return next((step.reason for step in reversed(self.steps) if step.reason), None)

    @property
    def question(self) -> Message | None:
        """The latest question, while it waits for an answer."""
        if self.exchange.state != "needs_information":
            return None
        return next((one for one in reversed(self.messages) if one.kind == "question"), None)

    @property
    def answered(self) -> Message | None:
        """The sender's latest answer to a question, once there is no question open."""
        if self.question is not None:
            return None
        return next((one for one in reversed(self.messages) if one.kind == "answer"), None)

    @property
    def appointment(self) -> Message | None:
        """Where and when she is expected."""
        return next((one for one in reversed(self.messages) if one.kind == "appointment"), None)


def referral_page(exchange_id: UUID) -> ReferralPage:
    """Everything that the page of a referral shows; raises ``NotFound``, the same for what is not ours to see."""
    found = db.session.execute(
        select(ExchangeSide, Exchange, Referral)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .join(Referral, Referral.exchange_id == Exchange.id)
        .where(ExchangeSide.tenant_id == acting().tenant, ExchangeSide.exchange_id == exchange_id)
    ).first()
    if found is None:
        raise NotFound
    side, exchange, referral = found
    packet = _find_packet(exchange_id)
    alive = packet is not None and packets.is_alive(exchange_id)
    mine = packet is None or side.role == "sender" or may_open(packet, acting())
    own_codes = own_need_codes(exchange_id) if side.role == "sender" else ()
    tenants = _tenants(exchange)
    family = _family(exchange)
    preview = packets.find_part(packet, "preview") if packet else None
    identity = packets.find_part(packet, "identity") if packet else None
    outside = is_outside(exchange)
    told = _told(exchange_id) if outside else ()
    return ReferralPage(
        exchange=exchange,
        referral=referral,
        side=side,
        sender=tenants[exchange.from_tenant_id],
        receiver=tenants.get(exchange.to_tenant_id) if exchange.to_tenant_id else None,
        listing=listing_asked(referral.service_at_location_id),
        needs=_asked(list_needs(exchange_id), own_codes or _told_codes(identity, preview)),
        steps=_steps(list_events(exchange_id), own_reasons(exchange_id), told),
        packet=packet,
        alive=alive,
        protected=not mine,
        preview=preview,
        identity=identity,
        messages=tuple(list_messages(exchange_id)) if packet else (),
        moves=moves_open_to(
            exchange.state, side.role, acting().permissions, packet, alive=alive, mine=mine, outside=outside
        ),
        closure=find_closure(exchange_id) if side.role == "sender" else None,
        led_to=tuple(one for one in family if one.parent_id == exchange.id),
        parent=next((one for one in family if one.id == exchange.parent_id), None),
        own_codes=own_codes,
        told=told,
    )


def _find_packet(exchange_id: UUID) -> Packet | None:
    try:
        return packets.packet_of(exchange_id)
    except NotFound:
        return None


def _tenants(exchange: Exchange) -> dict[UUID, Tenant]:
    ids = [one for one in (exchange.from_tenant_id, exchange.to_tenant_id) if one is not None]
    return {tenant.id: tenant for tenant in db.session.scalars(select(Tenant).where(Tenant.id.in_(ids)))}


def _family(exchange: Exchange) -> list[Exchange]:
    """What it was rerouted from and to, as far as the acting side sees them."""
    related = [Exchange.parent_id == exchange.id]
    if exchange.parent_id is not None:
        related.append(Exchange.id == exchange.parent_id)
    return list(db.session.scalars(select(Exchange).where(or_(*related)).order_by(Exchange.created_at)))


def _told_codes(identity: dict[str, Any] | None, preview: dict[str, Any] | None) -> tuple[str, ...]:
    """The needs by name as the packet tells them to its receiver: all of them once the identity is released."""
    told = (identity or {}).get("identity", {}).get("needs") or (preview or {}).get("needs") or ()
    return tuple(told)


def _asked(needs: Any, codes: tuple[str, ...]) -> tuple[Asked, ...]:
    """The needs, named where this side knows them by name."""
    rows: list[ReferralNeed] = list(needs)
    named = codes if len(codes) == len(rows) else tuple(row.shown_code for row in rows)
    return tuple(Asked(row.position, code, row.outcome_code) for row, code in zip(rows, named, strict=True))


def _told(exchange_id: UUID) -> tuple[Told, ...]:
    rows = list_told(exchange_id)
    names = names_of({row.account_id for row in rows})
    return tuple(
        Told(row.kind, row.channel, row.at, row.version, names.get(row.account_id, ""), told_to(row))
        for row in rows
    )


def _steps(
    events: list[ExchangeEvent], own: dict[UUID, ExchangeReason], told: tuple[Told, ...]
) -> tuple[Step, ...]:
    by_version = {one.version: one for one in told if one.kind != "ended"}
    steps = []
    for event in events:
        reason = own.get(event.id, event)
        known = (reason.reason_list, reason.reason_code)
        steps.append(
            Step(
                event.move,
                event.side,
                event.at,
                event.from_state,
                event.to_state,
                (known[0], known[1]) if known[0] and known[1] else None,
                by_version.get(event.version),
            )
        )
    return tuple(steps)
