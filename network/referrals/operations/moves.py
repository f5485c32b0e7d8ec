"""One move of a referral and what every move brings with it: the mailbox, the clocks, and the case's timeline."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask_babel import lazy_gettext as _l

from network.cases.operations.events import CaseIds, write_event
from network.cases.timeline import declare_events
from network.consent import packets
from network.core import vocabulary
from network.core.errors import NotFound
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.operations import Given, Moved, lock, make_move
from network.exchange.policies import check_may_answer
from network.exchange.queries import get_exchange, get_side
from network.exchange.states import Move
from network.referrals import clockwork
from network.referrals.operations.told import write_told
from network.referrals.queries.records import get_referral, is_outside
from network.referrals.states import FINAL, machine_of
from network.tenants.context import acting

declare_events(
    {
        "referral.send": _l("Referral sent"),
        "referral.told": _l("Service told outside the platform"),
        "referral.told_ended": _l("Service told that sharing has ended"),
        "referral.heard": _l("Outcome recorded, as the service told it"),
        "referral.discard": _l("Draft of a referral thrown away"),
        "referral.acknowledge": _l("Referral seen by the partner"),
        "referral.ask": _l("Partner asked a question"),
        "referral.answer": _l("Question answered"),
        "referral.accept": _l("Referral accepted"),
        "referral.decline": _l("Referral declined"),
        "referral.schedule": _l("Appointment made"),
        "referral.change_appointment": _l("Appointment changed"),
        "referral.start": _l("Service begun"),
        "referral.complete": _l("Outcome recorded by the partner"),
        "referral.not_served": _l("Referral not served"),
        "referral.close": _l("Referral closed"),
        "referral.withdraw": _l("Referral withdrawn"),
        "referral.recall": _l("Referral recalled: permission to share has ended"),
        "referral.expire": _l("Referral expired without an answer"),
        "referral.overdue": _l("Referral overdue"),
        "referral.service_gone": _l("The service was closed, or is not listed any more"),
        "referral.alarm": _l("Alarm: look at this referral now"),
        "referral.safeguarding": _l("Reported to the safeguarding focal point"),
        "referral.goes_on_without_file": _l("Service goes on without the file"),
    },
    endpoint="referrals_pages.show",
    argument="exchange_id",
)

KIND = "referral"
# What a move is called in the case where nobody signs in on the other side.
_TOLD_AS = {"send": "told", "complete": "heard"}


def make(
    exchange_id: UUID,
    name: str,
    *,
    side: str,
    given: Given | None = None,
    expected_version: int | None = None,
    more: Callable[[Exchange, Move], None] | None = None,
) -> Moved:
    """Make a move of the table, then settle the own side. Raises what ``make_move`` raises.

    A handoff is not found: it has states of the same names, and its next ones are others.
    """
    exchange = lock(exchange_id)
    if exchange.kind != KIND:
        raise NotFound
    machine = machine_of(is_outside(exchange))
    moved = make_move(
        exchange_id,
        name,
        machine,
        side=side,
        given=given,
        expected_version=expected_version,
        ends=frozenset(FINAL),
        more=more,
    )
    settle(moved.exchange, moved.event)
    return moved


def make_as_receiver(
    exchange_id: UUID,
    name: str,
    *,
    given: Given | None = None,
    expected_version: int | None = None,
    more: Callable[[Exchange, Move], None] | None = None,
    channel: str | None = None,
) -> Moved:
    """A move of the receiver's: where one colleague was named, by her alone. ``channel``: by which way the sender
    heard of it, where nobody signs in on the other side."""
    side = check_answering(exchange_id, channel)
    moved = make(exchange_id, name, side=side, given=given, expected_version=expected_version, more=more)
    if channel is not None:
        write_told(moved.exchange, "heard", channel)
    return moved


def check_answering(exchange_id: UUID, channel: str | None) -> str:
    """Which side makes a receiver's move: the receiver, or by hand the sender. Raises what ``check_named`` raises."""
    if channel is None:
        check_named(exchange_id)
        return "receiver"
    if get_side(exchange_id).role != "sender" or not is_outside(get_exchange(exchange_id)):
        raise NotFound
    return "sender"


def check_named(exchange_id: UUID) -> None:
    """Raises ``Forbidden`` where a colleague was named; ``NotFound`` where there is nothing to answer."""
    side = get_side(exchange_id)
    if (side.kind, side.role) != (KIND, "receiver"):
        raise NotFound
    check_may_answer(packets.packet_of(exchange_id), acting())


def settle(exchange: Exchange, event: ExchangeEvent) -> None:
    """Bring the own side up to date with a move, whoever made it: its mailbox, its clocks, its case."""
    side, referral = get_side(exchange.id), get_referral(exchange.id)
    clockwork.set_clocks(exchange, referral, side, event.at)
    tell_case(
        side, _TOLD_AS.get(event.move, event.move) if is_outside(exchange) else event.move, reason_of(event)
    )


def tell_case(side: ExchangeSide, move: str, codes: dict[str, str] | None = None) -> None:
    """Write into the own case's timeline, where this side has a case."""
    if side.case_id is not None and side.client_id is not None:
        case = CaseIds(side.case_id, side.client_id, side.restricted)
        write_event(case, f"referral.{move}", "referral", side.exchange_id, codes)


def reason_of(event: ExchangeEvent) -> dict[str, str]:
    """The reason of a move as a timeline may hold it: not where the reason itself says something of the person."""
    if event.reason_list is None or event.reason_code is None:
        return {}
    if vocabulary.reason(event.reason_list, event.reason_code).sensitive:
        return {}
    return {f"reasons.{event.reason_list}": event.reason_code}
