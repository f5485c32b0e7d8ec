"""The journey: planned, departed, arrived. It moves on its own, also before anybody has decided."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _

from network.background.outbox import enqueue
from network.cases.operations import add_note, set_number_state, stop_contact, stop_destination_numbers
from network.cases.queries.clients import get_client, list_contacts
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, IllegalTransition, Invalid
from network.crossborder.arrival import written_needs
from network.crossborder.models import Handoff
from network.crossborder.operations.follow_up_plan import plan_after_handoff
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import move_journey, raise_alarm, settle_alarm
from network.crossborder.operations.offer import check_screened_with_group
from network.crossborder.operations.prepare import Travel, check_travel
from network.crossborder.planning import NO_NEWS_AFTER, alarm_at, begins
from network.crossborder.policies import is_return
from network.crossborder.queries.receivers import choose_receiver, may_tell_travel
from network.crossborder.queries.records import find_event, get_handoff, journey_version
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason, lock
from network.exchange.queries import get_side
from network.tenants.models import Agreement
from network.tenants.queries import get_tenant
from network.web.i18n import by_sex

NOT_ARRIVED = "handoff.not_arrived"
NO_NEWS = Reason("not_arrived", "no_news")


def plan(exchange_id: UUID, travel: Travel, expected_version: int | None = None) -> Moved:
    """Plan the journey, or change the plan. Once offered, only where she allowed the travel plan to be told."""
    check_travel(travel)

    def write(exchange: Exchange, handoff: Handoff) -> None:
        _check_may_plan(exchange, handoff)
        handoff.arrival_on = travel.arrival_on
        handoff.arrival_needs = written_needs(travel.needs, travel.dates or {})

    given = Given(on=begins(travel.arrival_on, "UTC"))
    return move_journey(
        exchange_id, "plan", side="sender", given=given, expected_version=expected_version, change=write
    )


def depart(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """She has left. Her numbers of this country are not used any more, and the clock for her arrival runs."""

    def leave(exchange: Exchange, handoff: Handoff) -> None:
        if exchange.sent_at is None:
            raise IllegalTransition("depart", exchange.state)
        handoff.departed_at = clock.now()
        side = get_side(exchange_id)
        if side.client_id is not None and sender_is_destination(handoff):
            stop_destination_numbers(side.client_id)

    moved = move_journey(
        exchange_id, "depart", side="sender", expected_version=expected_version, change=leave
    )
    await_news(moved.exchange)
    return moved


def await_news(exchange: Exchange) -> None:
    """Start the clock of somebody on the way: no news 48 hours after the planned arrival raises the alarm."""
    handoff = get_handoff(exchange.id)
    if handoff.arrival_on is not None and handoff.to_tenant_id is not None:
        zone = get_tenant(handoff.to_tenant_id).time_zone
        due = max(alarm_at(handoff.arrival_on, zone), clock.now() + NO_NEWS_AFTER)
        enqueue(NOT_ARRIVED, exchange.id, available_at=due, expected_version=exchange.version)


def not_depart(exchange_id: UUID, reason: str, note: str = "", expected_version: int | None = None) -> Moved:
    """She did not leave, and why. Final, unless the reason says that it may be planned again."""
    ground = Reason("not_departed", reason)

    def say(exchange: Exchange, _handoff: Handoff) -> None:
        if exchange.sent_at is None:
            raise IllegalTransition("not_depart", exchange.state)
        if note.strip():
            write_message(exchange, "note", note)

    moved = move_journey(
        exchange_id,
        "not_depart",
        side="sender",
        given=Given(reason=ground, text=note),
        expected_version=expected_version,
        change=say,
    )
    carry_out(ground, exchange_id, note)
    return moved


def arrive(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """She is here: also where nobody has accepted yet, because somebody deported lands before that."""

    def land(_exchange: Exchange, handoff: Handoff) -> None:
        handoff.arrived_at = clock.now()

    moved = move_journey(
        exchange_id, "arrive", side="receiver", expected_version=expected_version, change=land
    )
    settle_alarm(exchange_id)
    tell_milestone(exchange_id, "arrived_safely")
    plan_after_handoff(exchange_id)
    return moved


def not_arrive(exchange_id: UUID, reason: str, note: str = "", expected_version: int | None = None) -> Moved:
    """She did not come to us, and why. Some reasons mean that she is home, some that she never left."""
    ground = Reason("not_arrived", reason)
    known = ground.known()
    name = "count_as_arrived" if known.counts_as else "never_boarded" if known.moves_to else "not_arrive"

    def write(exchange: Exchange, handoff: Handoff) -> None:
        if known.counts_as:
            handoff.arrived_at = clock.now()
        if note.strip():
            write_message(exchange, "note", note)

    moved = move_journey(
        exchange_id,
        name,
        side="receiver",
        given=Given(reason=ground, text=note),
        expected_version=expected_version,
        change=write,
    )
    settle_alarm(exchange_id)
    if known.counts_as:
        tell_milestone(exchange_id, "arrived_not_in_contact")
        plan_after_handoff(exchange_id)
    carry_out(ground, exchange_id)
    return moved


def report_no_news(exchange_id: UUID, version: int | None) -> None:
    """The clock: 48 hours after the planned arrival nobody has said that she is there. Does nothing where the
    journey has moved since."""
    exchange = lock(exchange_id)
    if journey_version(exchange_id) != version or get_handoff(exchange_id).journey != "departed":
        return
    if exchange.state in ("declined", "closed", "recalled"):
        return
    move_journey(exchange_id, "not_arrive", side="system", given=Given(reason=NO_NEWS))


def carry_out(reason: Reason, exchange_id: UUID, note: str = "") -> None:
    """What a journey's reason demands on the own side: an alarm, an end to all contact, a note in the case."""
    known, side = reason.known(), get_side(exchange_id)
    if known.stops_all_contact and side.client_id is not None:
        stop_contact(side.client_id, known.code)
    if note.strip() and side.case_id is not None and side.role == "sender":
        add_note(side.case_id, note)
    if known.alarm:
        raise_alarm(exchange_id)


def retire_numbers(client_id: UUID, country: str) -> int:
    """Numbers of the country that she has left are not used until she confirms them; returns how many."""
    left = [
        contact
        for contact in list_contacts(client_id)
        if contact.number
        and contact.usable
        and (contact.country == country or contact.state == "destination_number")
    ]
    for contact in left:
        set_number_state(contact.id, "do_not_use")
    return len(left)


def sender_is_destination(handoff: Handoff) -> bool:
    """Whether the sender sits in the corridor's country of destination: people go home from there."""
    agreement = db.session.get(Agreement, handoff.agreement_id)
    return agreement is not None and agreement.destination_tenant_id == handoff.from_tenant_id


def _check_may_plan(exchange: Exchange, handoff: Handoff) -> None:
    if handoff.journey == "not_departed":
        last = find_event(exchange.id, journey_version(exchange.id))
        if last is None or not _may_retry(last.reason_list, last.reason_code):
            raise Conflict(_("“Did not depart” is final. Prepare a new handoff."))
    if exchange.sent_at is not None and not may_tell_travel(exchange.id):
        raise Invalid(fields={"arrival_on": [_not_allowed(get_side(exchange.id).client_id)]})
    if exchange.to_tenant_id is not None and exchange.state != "taken_over":
        centre = choose_receiver(exchange.to_tenant_id)
        if is_return(centre, handoff.mode, travels=True):
            check_screened_with_group(exchange)


def _not_allowed(client_id: UUID | None) -> str:
    return by_sex(
        get_client(client_id).sex if client_id is not None else None,
        _("She or he has not allowed the travel plan to be told to this centre. Record it first."),
        _("She has not allowed the travel plan to be told to this centre. Record it first."),
        _("He has not allowed the travel plan to be told to this centre. Record it first."),
    )


def _may_retry(reason_list: str | None, code: str | None) -> bool:
    return reason_list is not None and code is not None and vocabulary.reason(reason_list, code).retry
