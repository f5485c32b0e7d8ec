"""A move of a handoff, of its decision or of its journey, and what every move brings with it: the own mailbox
and the own case's timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from network.audit.trail import record
from network.cases.operations import add_event
from network.cases.timeline import declare_events
from network.consent import packets
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, IllegalTransition, NotFound, StaleVersion
from network.crossborder.labels import EVENTS, OWN_EVENTS
from network.crossborder.models import Handoff
from network.crossborder.planning import alarm_at, begins
from network.crossborder.queries.records import before_arrival, get_handoff
from network.crossborder.states import (
    BEFORE_TAKE_OVER,
    DECISION,
    ENDS_WITH_TAKE_OVER,
    FINAL,
    JOURNEY,
    UNDECIDED,
)
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.operations import Given, Moved, lock, make_move, require, write_event
from network.exchange.policies import check_may_answer
from network.exchange.queries import get_side
from network.exchange.states import BACK, Move
from network.tenants.context import acting
from network.tenants.queries import get_tenant

declare_events(EVENTS, endpoint="crossborder_pages.show_handoff", argument="exchange_id")
declare_events(OWN_EVENTS)

KIND = "handoff"
# Where no arrival is planned, an offer is to be decided within this time.
DECIDE_WITHIN = timedelta(days=5)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """What the own side owes next, and until when."""

    at: datetime | None
    kind: str | None


def make(
    exchange_id: UUID,
    name: str,
    *,
    side: str,
    given: Given | None = None,
    expected_version: int | None = None,
    more: Callable[[Exchange, Move], None] | None = None,
) -> Moved:
    """Make a move of the decision, then settle the own side. Raises what ``make_move`` raises.

    The system's own moves are told to both sides, whose jobs settle them.
    """
    get_handoff(exchange_id)
    moved = make_move(
        exchange_id,
        name,
        DECISION,
        side=side,
        given=given,
        expected_version=expected_version,
        ends=frozenset(FINAL),
        more=more,
    )
    if side != "system":
        settle(moved.exchange, moved.event)
    return moved


def make_as_receiver(
    exchange_id: UUID,
    name: str,
    *,
    given: Given | None = None,
    expected_version: int | None = None,
    more: Callable[[Exchange, Move], None] | None = None,
) -> Moved:
    """A move of the receiver's: where one colleague was named, by her alone."""
    check_named(exchange_id)
    return make(exchange_id, name, side="receiver", given=given, expected_version=expected_version, more=more)


def move_journey(
    exchange_id: UUID,
    name: str,
    *,
    side: str,
    given: Given | None = None,
    expected_version: int | None = None,
    change: Callable[[Exchange, Handoff], None] | None = None,
) -> Moved:
    """Make a move of the journey, which has a column of its own, under the same row lock and version.

    ``change`` runs between the checks and the move. Raises what ``make_move`` raises.
    """
    given = given or Given()
    exchange, my_side = lock(exchange_id), get_side(exchange_id)
    handoff = get_handoff(exchange_id)
    if side != "system" and my_side.role != side:
        raise NotFound
    if expected_version is not None and expected_version != exchange.version:
        raise StaleVersion(theirs=exchange.state, version=exchange.version)
    if exchange.state in FINAL:
        raise IllegalTransition(name, exchange.state)
    move = JOURNEY.find(name, handoff.journey, side)
    if exchange.state in BEFORE_TAKE_OVER and side != "system" and not packets.is_alive(exchange_id):
        raise Conflict("sealed", exchange_id=str(exchange_id))
    require(move, given, exchange_id)
    if name in ENDS_WITH_TAKE_OVER and exchange.state not in BEFORE_TAKE_OVER:
        raise IllegalTransition(name, exchange.state)
    if change is not None:
        change(exchange, handoff)
    before = handoff.journey
    handoff.journey = before_arrival(exchange_id) if move.to == BACK else move.to
    moved = touch(exchange, side, name, before=before, after=handoff.journey, given=given)
    if side != "system":
        settle(exchange, moved.event)
    return moved


def touch(
    exchange: Exchange, side: str, what: str, *, before: str, after: str, given: Given | None = None
) -> Moved:
    """Write down something that leaves the decision as it is; the other side is told by the new version."""
    reason = given.reason if given else None
    exchange.version += 1
    exchange.moved_by = side
    db.session.flush()
    event = write_event(exchange, what, side, before, reason, after=after)
    my_side = get_side(exchange.id)
    my_side.unread, my_side.updated_at = False, clock.now()
    db.session.flush()
    record(what, KIND, exchange.id, reason=reason.code if reason else None)
    return Moved(exchange, event)


def settle(exchange: Exchange, event: ExchangeEvent | None) -> None:
    """Bring the own side up to date with a move, whoever made it: its mailbox and its case."""
    side, handoff = get_side(exchange.id), get_handoff(exchange.id)
    side.open = _is_open(side, exchange)
    if side.due_kind != "alarm" or not side.open:
        due = _due(side, exchange, handoff)
        side.due_at, side.due_kind = due.at, due.kind
    db.session.flush()
    if event is not None:
        tell_case(side, event.move, reason_of(event))


def raise_alarm(exchange_id: UUID) -> None:
    """To the top of the list of whoever is responsible on the own side, at once."""
    side = get_side(exchange_id)
    side.due_at, side.due_kind, side.open, side.unread = clock.now(), "alarm", True, True
    db.session.flush()
    tell_case(side, "alarm")
    record("alarm", KIND, exchange_id)


def settle_alarm(exchange_id: UUID) -> None:
    """Somebody has seen to it: the side goes back to what it owes next. ``NotFound`` for what is no handoff."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    get_handoff(exchange_id)
    if side.due_kind == "alarm":
        side.due_kind = None
        settle(exchange, None)
        record("alarm-settled", KIND, exchange_id)


def check_named(exchange_id: UUID) -> None:
    """Raises ``Forbidden`` where a colleague was named; ``NotFound`` where there is nothing to answer."""
    if get_side(exchange_id).role != "receiver":
        raise NotFound
    check_may_answer(packets.packet_of(exchange_id), acting())


def tell_case(side: ExchangeSide, move: str, codes: dict[str, str] | None = None) -> None:
    """Write into the own case's timeline, where this side has a case."""
    if side.case_id is not None:
        add_event(side.case_id, f"{KIND}.{move}", KIND, side.exchange_id, codes or {})


def reason_of(event: ExchangeEvent) -> dict[str, str]:
    """The reason of a move as a timeline may hold it: not where the reason itself says something of the person."""
    if event.reason_list is None or event.reason_code is None:
        return {}
    if vocabulary.reason(event.reason_list, event.reason_code).sensitive:
        return {}
    return {f"reasons.{event.reason_list}": event.reason_code}


def _is_open(side: ExchangeSide, exchange: Exchange) -> bool:
    if side.role == "receiver":
        return exchange.state in BEFORE_TAKE_OVER
    # A declined handoff stays with its sender until she has offered it to another centre, or let it rest.
    if exchange.state == "declined":
        return side.open
    return exchange.state in ("prepared", *BEFORE_TAKE_OVER)


def _due(side: ExchangeSide, exchange: Exchange, handoff: Handoff) -> Due:
    if not side.open:
        return Due(None, None)
    if side.role == "receiver":
        return _due_at_receiver(side, exchange, handoff)
    if exchange.state == "clarification":
        return _within_a_day(side, "answer")
    if exchange.state == "declined":
        return _within_a_day(side, "redirect")
    if exchange.state == "accepted" and handoff.journey == "not_departed":
        return _within_a_day(side, "close")
    if handoff.journey == "planned" and handoff.arrival_on is not None:
        return Due(begins(handoff.arrival_on, acting_zone()), "depart")
    return Due(None, "offer" if exchange.state == "prepared" else None)


def _due_at_receiver(side: ExchangeSide, exchange: Exchange, handoff: Handoff) -> Due:
    arrival = begins(handoff.arrival_on, acting_zone()) if handoff.arrival_on else None
    if exchange.state in UNDECIDED:
        decide = (exchange.sent_at or clock.now()) + DECIDE_WITHIN
        waits = exchange.state == "clarification"
        return Due(None if waits else min(decide, arrival or decide), None if waits else "decide")
    if handoff.journey == "not_departed":
        return Due(None, None)
    if handoff.journey in ("none", "arrived"):
        return _within_a_day(side, "take_over")
    if handoff.journey == "departed" and handoff.arrival_on is not None:
        return Due(alarm_at(handoff.arrival_on, acting_zone()), "arrive")
    return Due(arrival, "arrive")


def _within_a_day(side: ExchangeSide, kind: str) -> Due:
    """By this time tomorrow; what was owed before keeps its time, however often the side is settled."""
    standing = side.due_at if side.due_kind == kind else None
    return Due(standing or clock.now() + A_DAY, kind)


def acting_zone() -> str:
    """The time zone of the centre that acts, also where a job does."""
    identity = acting()
    return identity.time_zone if identity.kind == "staff" else get_tenant(identity.tenant).time_zone
