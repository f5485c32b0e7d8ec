"""What the receiver does after accepting: appointment, begin, outcome; or that nobody was served, and whose reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from network.consent.packets import is_alive, packet_of
from network.core import clock
from network.core.errors import Invalid
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason
from network.exchange.queries import get_side
from network.exchange.states import Move
from network.referrals import policies
from network.referrals.operations.flags import carry_out
from network.referrals.operations.moves import check_answering, check_named, make, make_as_receiver
from network.referrals.operations.own_notes import keep_note
from network.referrals.operations.told import write_told
from network.referrals.queries.records import get_referral, list_needs

LONGEST_PLACE = 300


def schedule_service(
    exchange_id: UUID,
    on: datetime,
    place: str,
    note: str = "",
    expected_version: int | None = None,
    *,
    channel: str | None = None,
) -> Moved:
    """Make an appointment. The place travels encrypted, the time is both sides' to see."""
    return _appoint("schedule", exchange_id, on, place, note, expected_version, channel)


def change_appointment(
    exchange_id: UUID,
    on: datetime,
    place: str,
    note: str = "",
    expected_version: int | None = None,
    *,
    channel: str | None = None,
) -> Moved:
    """Move an appointment to another time or place. The sender is told; the one before stays in the history."""
    return _appoint("change_appointment", exchange_id, on, place, note, expected_version, channel)


def _appoint(
    name: str,
    exchange_id: UUID,
    on: datetime,
    place: str,
    note: str,
    expected_version: int | None,
    channel: str | None,
) -> Moved:
    check_answering(exchange_id, channel)
    if on <= clock.now():
        raise Invalid(fields={"on": [_("Enter a time that has not passed.")]})
    if not place.strip() or len(place) > LONGEST_PLACE:
        raise Invalid(fields={"place": [_("Say where to come, in a few words.")]})
    referral = get_referral(exchange_id)

    def fix(exchange: Exchange, _move: Move) -> None:
        referral.appointment_at = on
        where = {"place": place.strip(), "on": on.isoformat()}
        write_message(exchange, "appointment", note, **where)

    return make_as_receiver(
        exchange_id, name, given=Given(on=on), expected_version=expected_version, more=fix, channel=channel
    )


def start_service(
    exchange_id: UUID, expected_version: int | None = None, *, channel: str | None = None
) -> Moved:
    """The service has begun: from now on it goes on even where the file is taken away."""
    return make_as_receiver(exchange_id, "start", expected_version=expected_version, channel=channel)


def complete_service(
    exchange_id: UUID,
    outcomes: Mapping[int, str],
    note: str = "",
    expected_version: int | None = None,
    *,
    channel: str | None = None,
) -> Moved:
    """Record what came of each need, by its position. More than served or not served only as far as she allowed."""
    check_answering(exchange_id, channel)
    needs = {need.position: need for need in list_needs(exchange_id)}
    packet = packet_of(exchange_id)
    policies.check_outcomes(dict(outcomes), needs.keys(), packet)
    if note.strip() and not packet.feedback:
        raise Invalid(
            fields={"note": [_("Leave the note empty: no more was allowed than whether it was given.")]}
        )

    def say(exchange: Exchange, _move: Move) -> None:
        for position, code in outcomes.items():
            needs[position].outcome_code, needs[position].outcome_at = code, clock.now()
        if note.strip() and is_alive(exchange_id):
            write_message(exchange, "outcome", note)

    return make_as_receiver(
        exchange_id,
        "complete",
        given=Given(outcome=True),
        expected_version=expected_version,
        more=say,
        channel=channel,
    )


def record_not_served(
    exchange_id: UUID,
    reason: Reason,
    note: str = "",
    expected_version: int | None = None,
    *,
    channel: str | None = None,
) -> Moved:
    """Nobody was served, and why: by either side. What the reason demands is done on the sender's side.

    A receiver that may tell no more than served or not keeps a reason that speaks of the client to itself.
    """
    side = get_side(exchange_id).role
    policies.check_person_may_give(reason)
    own_reason = side == "receiver" and _stays_here(exchange_id, reason, note)
    if channel is not None:
        check_answering(exchange_id, channel)
        policies.check_may_be_heard(reason, note, packet_of(exchange_id))

    def say(exchange: Exchange, _move: Move) -> None:
        if side == "receiver" and note.strip() and is_alive(exchange_id):
            write_message(exchange, "outcome", note)

    moved = make(
        exchange_id,
        "not_served",
        side=side,
        given=Given(reason=reason, text=note, own_reason=own_reason),
        expected_version=expected_version,
        more=say,
    )
    if channel is not None:
        write_told(moved.exchange, "heard", channel)
    if side == "sender":
        keep_note(exchange_id, note)
        carry_out(reason, moved.exchange)
    return moved


def _stays_here(exchange_id: UUID, reason: Reason, note: str) -> bool:
    """Whether the receiver keeps the reason to itself. Without leave to tell more, no word goes back either."""
    check_named(exchange_id)
    if packet_of(exchange_id).feedback:
        return False
    if note.strip() or reason.known().needs_note:
        raise Invalid(fields={"reason": [_("Choose a reason that needs no note: no more was allowed.")]})
    return policies.tells_of_the_client(reason)
