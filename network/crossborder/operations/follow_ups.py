"""Contacts after a return: how she was reached and how she is, an attempt, another day, or why she is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask_babel import gettext as _

from network.cases.card.values import check
from network.cases.envelopes import sealed
from network.cases.operations import (
    add_event,
    open_incident,
    set_number_state,
    stop_contact,
)
from network.cases.operations.casework import NOTE
from network.cases.policies import check_may_reach
from network.cases.queries.cards import home_today
from network.cases.queries.clients import get_client, get_contact, list_contacts
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.crossborder import policies
from network.crossborder.models import FollowUp
from network.crossborder.operations.follow_up_moves import move, open_one, start_clock, stop_all
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import raise_alarm
from network.crossborder.queries.follow_ups import (
    allowed_channels,
    get_follow_up,
)
from network.crossborder.states import IN_DANGER, SITUATIONS
from network.exchange.operations import lock

# After these she is not contacted again, whatever else was planned.
NO_MORE_CONTACT = frozenset({"asked_no_contact", "unsafe_to_contact"})


@dataclass(frozen=True)
class Contacted:
    """How she was reached, and how she is. ``contact_id``: the number that was used, confirmed by this."""

    channel: str
    situation: str
    note: str = ""
    contact_id: UUID | None = None


@dataclass(frozen=True)
class Lost:
    """Why she is lost to follow-up. ``contact_id``: the number that is a stranger's now; ``something_said``:
    whether anything about her was said to that stranger."""

    reason: str
    note: str = ""
    contact_id: UUID | None = None
    something_said: bool = False


def record_follow_up(
    follow_up_id: UUID, contacted: Contacted, expected_version: int | None = None
) -> FollowUp:
    """She was reached: how, and how she is. The first one of a handoff is a milestone that its sender sees."""
    told = get_follow_up(follow_up_id).exchange_id
    if told is not None:
        lock(told)  # before the follow-up, as whoever moves the handoff does
    found = open_one(follow_up_id, "do", expected_version)
    policies.check_channel(contacted.channel, allowed_channels(found.client_id))
    if contacted.situation not in SITUATIONS:
        raise Invalid(fields={"situation": [_("Choose how the client is.")]})
    note = check(NOTE, contacted.note)
    move(found, "do", "done")
    found.done_at, found.channel, found.situation = clock.now(), contacted.channel, contacted.situation
    found.attempts += 1
    found.sealed = sealed(found, {"note": note}) if note else None
    db.session.flush()
    if contacted.contact_id is not None:
        _own_number(found, contacted.contact_id)
        set_number_state(contacted.contact_id, "confirmed_after_return")
    if contacted.situation == IN_DANGER:
        _alarm(found)
    if found.exchange_id is not None:
        tell_milestone(found.exchange_id, "first_follow_up")
    return found


def miss_follow_up(
    follow_up_id: UUID, channel: str | None = None, expected_version: int | None = None
) -> FollowUp:
    """Somebody tried, and did not reach her: the attempt is counted."""
    found = open_one(follow_up_id, "miss", expected_version)
    if channel is not None:
        policies.check_channel(channel, allowed_channels(found.client_id))
    check_may_reach(get_client(found.client_id))
    move(found, "miss", "missed")
    found.attempts += 1
    found.channel = channel
    db.session.flush()
    return found


def lose_follow_up(follow_up_id: UUID, lost: Lost, expected_version: int | None = None) -> FollowUp:
    """Lost to follow-up, for a coded reason whose flags are carried out: a number stopped, all contact stopped,
    an alarm, an entry in the incident register."""
    known = vocabulary.reason("lost_to_follow_up", lost.reason)
    found = open_one(follow_up_id, "lose", expected_version)
    policies.check_attempts(found, known.code)
    note = check(NOTE, lost.note)
    if known.needs_note and not note:
        raise Invalid(fields={"note": [_("Say what happened.")]})
    number = _number_to_stop(found, lost) if known.stop_number else None
    found.lost_reason = known.code
    move(found, "lose", "lost", reason=known.code)
    found.sealed = sealed(found, {"note": note}) if note else found.sealed
    db.session.flush()
    if number is not None:
        set_number_state(number, "belongs_to_stranger")
    if known.opens_incident_if and lost.something_said:
        open_incident(f"lost_to_follow_up.{known.code}", case_id=found.case_id, exchange_id=found.exchange_id)
    if known.stops_all_contact:
        stop_contact(found.client_id, known.code)
    elif known.code in NO_MORE_CONTACT:
        stop_all(found.client_id, "asked_no_contact")
    if known.alarm:
        _alarm(found)
    return found


def reschedule_follow_up(follow_up_id: UUID, on: date, expected_version: int | None = None) -> FollowUp:
    """Another day. Also for one that was lost for a reason that passes, such as a flood."""
    found = open_one(follow_up_id, "reschedule", expected_version)
    if found.lost_reason and not vocabulary.reason("lost_to_follow_up", found.lost_reason).retry:
        raise Conflict(_("This follow-up was closed for a reason that does not pass."))
    if on < home_today():
        raise Invalid(fields={"on": [_("Enter a day that has not passed.")]})
    found.due_on, found.lost_reason = on, None
    move(found, "reschedule", "planned")
    start_clock(found)
    return found


def _alarm(follow_up: FollowUp) -> None:
    add_event(follow_up.case_id, "follow_up.alarm", "follow_up", follow_up.id)
    if follow_up.exchange_id is not None:
        raise_alarm(follow_up.exchange_id)


def _own_number(follow_up: FollowUp, contact_id: UUID) -> UUID:
    if get_contact(contact_id).client_id != follow_up.client_id:
        raise Invalid(fields={"contact_id": [_("Choose one of the client's numbers.")]})
    return contact_id


def _number_to_stop(follow_up: FollowUp, lost: Lost) -> UUID:
    """The number that is a stranger's: the only one that is used, or the one that was chosen."""
    if lost.contact_id is not None:
        return _own_number(follow_up, lost.contact_id)
    usable = [one for one in list_contacts(follow_up.client_id) if one.number and one.usable]
    if len(usable) != 1:
        raise Invalid(fields={"contact_id": [_("Choose which number belongs to a stranger now.")]})
    return usable[0].id
