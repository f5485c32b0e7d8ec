"""One handoff with everything that its page shows, for either side; the number of queries does not depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from network.consent import packets
from network.consent.models import Packet
from network.consent.packets import Content
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import NotFound
from network.core.terms import Reason
from network.crossborder.arrival import NeedOnArrival, read_needs
from network.crossborder.models import (
    DeletionRequest,
    Handoff,
    HandoffContact,
    HandoffMilestone,
    ReturnScreening,
)
from network.crossborder.queries.arrived import travel_still_open
from network.crossborder.queries.contact import find_contact
from network.crossborder.queries.moves import moves_open_to
from network.crossborder.queries.records import (
    find_deletion_request,
    latest_screening,
    list_members,
    list_milestones,
)
from network.exchange.messages import Message, list_messages
from network.exchange.models import Exchange, ExchangeEvent, ExchangeReason, ExchangeSide
from network.exchange.policies import may_open
from network.exchange.queries import list_events, own_reasons
from network.tenants.context import acting
from network.tenants.models import Tenant
from network.tenants.queries import list_tenants


@dataclass(frozen=True)
class Step:
    """A move that was made. ``reason``: (list, code), as far as the acting side may see it."""

    move: str
    side: str
    at: datetime
    from_state: str
    to_state: str
    reason: tuple[str, str] | None


@dataclass(frozen=True)
class Member:
    """Somebody else of the group: under her own reference, with her own handoff."""

    exchange: Exchange
    side: ExchangeSide
    journey: str
    moves: tuple[str, ...]


@dataclass(frozen=True)
class HandoffPage:
    """A handoff as one side sees it.

    ``preview`` and ``identity`` are the parts that this side may read now: None before accepting, after sealing,
    and for a colleague who was not named (``protected``). ``moves``: what the person who looks can do next, of
    the decision and of the journey. ``travel_need``: the need of the own case that her arrival has met.
    ``contact``: until when she may be visited, as the sender says it.
    """

    exchange: Exchange
    handoff: Handoff
    side: ExchangeSide
    sender: Tenant
    receiver: Tenant
    packet: Packet | None
    alive: bool
    protected: bool
    preview: Content | None
    identity: Content | None
    messages: tuple[Message, ...]
    steps: tuple[Step, ...]
    milestones: tuple[HandoffMilestone, ...]
    members: tuple[Member, ...]
    needs: tuple[NeedOnArrival, ...]
    moves: tuple[str, ...]
    screening: ReturnScreening | None
    led_to: Exchange | None
    deletion: DeletionRequest | None
    travel_need: UUID | None
    contact: HandoffContact | None

    @property
    def contact_is_over(self) -> bool:
        """Whether what the sender says of being visited has ended, by itself or because she took it back."""
        return self.contact is not None and self.contact.until <= clock.now()

    @property
    def is_sender(self) -> bool:
        """Whether who looks is on the side that offered it."""
        return self.side.role == "sender"

    @property
    def other(self) -> Tenant:
        """The centre on the other side."""
        return self.receiver if self.is_sender else self.sender

    @property
    def sex(self) -> str | None:
        """Of whom is spoken, as far as this side may read it now."""
        found = (self.preview or {}).get("sex")
        return str(found) if found else None

    @property
    def tells_travel(self) -> bool:
        """Whether the travel plan went with the offer."""
        return self.packet is not None and "travel" in self.packet.categories

    @property
    def question(self) -> Message | None:
        """The latest question, while it waits for an answer."""
        if self.exchange.state != "clarification":
            return None
        return next((one for one in reversed(self.messages) if one.kind == "question"), None)

    def latest(self, *moves: str) -> Step | None:
        """The last of these moves that was made."""
        return next((step for step in reversed(self.steps) if step.move in moves), None)

    @property
    def decline(self) -> Reason | None:
        """Why it was declined, with what the vocabulary proposes next."""
        step = self.latest("decline")
        return vocabulary.reason(*step.reason) if step is not None and step.reason else None


def handoff_page(exchange_id: UUID) -> HandoffPage:
    """Everything that the page of a handoff shows; raises ``NotFound``, the same for what is not ours to see."""
    side, exchange, handoff = _found(exchange_id)
    packet = _find_packet(exchange_id)
    alive = packet is not None and packets.is_alive(exchange_id)
    mine = packet is None or side.role == "sender" or may_open(packet, acting())
    tenants = list_tenants({exchange.from_tenant_id, exchange.to_tenant_id or exchange.from_tenant_id})
    permissions = acting().permissions
    steps = _steps(list_events(exchange_id), own_reasons(exchange_id))
    return HandoffPage(
        exchange=exchange,
        handoff=handoff,
        side=side,
        sender=tenants[exchange.from_tenant_id],
        receiver=tenants[exchange.to_tenant_id or exchange.from_tenant_id],
        packet=packet,
        alive=alive,
        protected=not mine,
        preview=packets.find_part(packet, "preview") if packet else None,
        identity=packets.find_part(packet, "identity") if packet else None,
        messages=tuple(list_messages(exchange_id)) if packet else (),
        steps=steps,
        milestones=tuple(list_milestones(exchange_id)),
        members=_members(exchange, permissions),
        needs=_needs_shown(side, exchange, handoff),
        moves=moves_open_to(
            side.role, exchange, handoff, permissions, alive=alive, mine=mine, may_retry=_may_retry(steps)
        ),
        screening=_screening(side),
        led_to=_led_to(exchange_id) if side.role == "sender" else None,
        deletion=find_deletion_request(exchange_id) if side.role == "receiver" else None,
        contact=find_contact(exchange_id),
        travel_need=travel_still_open(side.case_id, [(handoff.mode, handoff.journey)]),
    )


def _found(exchange_id: UUID) -> tuple[ExchangeSide, Exchange, Handoff]:
    found = db.session.execute(
        select(ExchangeSide, Exchange, Handoff)
        .join(Exchange, Exchange.id == ExchangeSide.exchange_id)
        .join(Handoff, Handoff.exchange_id == Exchange.id)
        .where(ExchangeSide.tenant_id == acting().tenant, ExchangeSide.exchange_id == exchange_id)
    ).first()
    if found is None:
        raise NotFound
    side, exchange, handoff = found
    return side, exchange, handoff


def _find_packet(exchange_id: UUID) -> Packet | None:
    try:
        return packets.packet_of(exchange_id)
    except NotFound:
        return None


def _needs_shown(side: ExchangeSide, exchange: Exchange, handoff: Handoff) -> tuple[NeedOnArrival, ...]:
    """What is needed on arrival; before accepting, the other centre sees what a board may say, and no more."""
    needs = read_needs(handoff.arrival_needs)
    if side.role == "sender" or exchange.accepted_at is not None:
        return needs
    return tuple(need for need in needs if need.printed == "yes")


def _screening(side: ExchangeSide) -> ReturnScreening | None:
    return latest_screening(side.case_id) if side.role == "sender" and side.case_id else None


def _led_to(exchange_id: UUID) -> Exchange | None:
    """The handoff to another centre that followed a declined one."""
    return db.session.scalars(
        select(Exchange).where(Exchange.parent_id == exchange_id).order_by(Exchange.id.desc()).limit(1)
    ).first()


def _members(exchange: Exchange, permissions: frozenset[str]) -> tuple[Member, ...]:
    members = list_members(exchange)
    if not members:
        return ()
    rows = db.session.scalars(
        select(Handoff).where(Handoff.exchange_id.in_([member.id for _side, member in members]))
    )
    handoffs = {one.exchange_id: one for one in rows}
    return tuple(
        Member(
            member,
            side,
            handoffs[member.id].journey,
            moves_open_to(side.role, member, handoffs[member.id], permissions, alive=True, mine=True),
        )
        for side, member in members
    )


def _steps(events: list[ExchangeEvent], own: dict[UUID, ExchangeReason]) -> tuple[Step, ...]:
    return tuple(
        Step(
            event.move,
            event.side,
            event.at,
            event.from_state,
            event.to_state,
            _reason(own.get(event.id, event)),
        )
        for event in events
    )


def _may_retry(steps: tuple[Step, ...]) -> bool:
    last = next((step for step in reversed(steps) if step.to_state == "not_departed"), None)
    return bool(last and last.reason and vocabulary.reason(*last.reason).retry)


def _reason(told: ExchangeEvent | ExchangeReason) -> tuple[str, str] | None:
    return (told.reason_list, told.reason_code) if told.reason_list and told.reason_code else None
