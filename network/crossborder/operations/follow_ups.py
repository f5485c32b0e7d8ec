"""Contacts after a return: planned by template, contacted only where she allowed it, recorded, moved, lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases.card.values import check
from network.cases.envelopes import sealed
from network.cases.models import CaseFile, Client
from network.cases.operations import (
    add_event,
    open_incident,
    set_number_state,
    stop_contact,
    when_contact_stops,
)
from network.cases.operations.casework import NOTE
from network.cases.policies import check_keeps_cases, check_may_reach
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client, get_contact, list_contacts
from network.consent import packets
from network.consent.queries import live_grants
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, IllegalTransition, Invalid, StaleVersion
from network.core.ids import new_id
from network.crossborder import policies
from network.crossborder.models import FollowUp
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.moves import acting_zone, raise_alarm
from network.crossborder.planning import MISSED_AFTER, Planned, begins, plan_after
from network.crossborder.queries.follow_ups import (
    allowed_channels,
    get_follow_up,
    list_of_case,
    list_open_of_client,
)
from network.crossborder.queries.receivers import CONTACT_PURPOSE
from network.crossborder.queries.records import get_handoff
from network.crossborder.states import FOLLOW_UP, IN_DANGER, OPEN_FOLLOW_UPS, SITUATIONS
from network.exchange.operations import lock
from network.exchange.queries import get_side
from network.tenants.context import acting

DUE = "follow_up.due"
MISSED = "follow_up.missed"
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


def plan_after_handoff(exchange_id: UUID) -> list[FollowUp]:
    """Plan the follow-ups once the case was taken over and she has arrived, whichever comes last; where the
    other side only visits, from the take-over. Without her leave nobody contacts her: they stand as stopped."""
    handoff, side = get_handoff(exchange_id), get_side(exchange_id)
    if side.role != "receiver" or side.case_id is None or handoff.taken_over_at is None:
        return []
    begun_at = handoff.arrived_at or (handoff.taken_over_at if handoff.mode == "follow_up" else None)
    if begun_at is None or list_of_case(side.case_id):
        return []
    preview = packets.find_part(packets.packet_of(exchange_id), "preview") or {}
    allowed = preview.get("follow_up_contact") == "yes"
    begun_on = begun_at.astimezone(ZoneInfo(acting_zone())).date()
    return _plan(get_case(side.case_id), begun_on, allowed=allowed, exchange_id=exchange_id)


def plan_follow_ups(case_id: UUID, arrived_on: date) -> list[FollowUp]:
    """Plan them for somebody who came by herself after her return. Raises ``Conflict`` where they are planned."""
    check_keeps_cases(acting())
    case = get_case(case_id)
    if list_of_case(case_id):
        raise Conflict(_("The follow-ups of this case are planned already."))
    if arrived_on > home_today():
        raise Invalid(fields={"arrived_on": [_("Enter a day that has come.")]})
    return _plan(case, arrived_on, allowed=_allows_us(case.client_id), exchange_id=None)


def record_follow_up(
    follow_up_id: UUID, contacted: Contacted, expected_version: int | None = None
) -> FollowUp:
    """She was reached: how, and how she is. The first one of a handoff is a milestone that its sender sees."""
    told = get_follow_up(follow_up_id).exchange_id
    if told is not None:
        lock(told)  # before the follow-up, as whoever moves the handoff does
    found = _open(follow_up_id, "do", expected_version)
    policies.check_channel(contacted.channel, allowed_channels(found.client_id))
    if contacted.situation not in SITUATIONS:
        raise Invalid(fields={"situation": [_("Choose how she or he is.")]})
    note = check(NOTE, contacted.note)
    _move(found, "do", "done")
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
    found = _open(follow_up_id, "miss", expected_version)
    if channel is not None:
        policies.check_channel(channel, allowed_channels(found.client_id))
    check_may_reach(get_client(found.client_id))
    _move(found, "miss", "missed")
    found.attempts += 1
    found.channel = channel
    db.session.flush()
    return found


def lose_follow_up(follow_up_id: UUID, lost: Lost, expected_version: int | None = None) -> FollowUp:
    """Lost to follow-up, for a coded reason whose flags are carried out: a number stopped, all contact stopped,
    an alarm, an entry in the incident register."""
    known = vocabulary.reason("lost_to_follow_up", lost.reason)
    found = _open(follow_up_id, "lose", expected_version)
    policies.check_attempts(found, known.code)
    note = check(NOTE, lost.note)
    if known.needs_note and not note:
        raise Invalid(fields={"note": [_("Say what happened.")]})
    number = _number_to_stop(found, lost) if known.stop_number else None
    found.lost_reason = known.code
    _move(found, "lose", "lost", reason=known.code)
    found.sealed = sealed(found, {"note": note}) if note else found.sealed
    db.session.flush()
    if number is not None:
        set_number_state(number, "belongs_to_stranger")
    if known.opens_incident_if and lost.something_said:
        open_incident(f"lost_to_follow_up.{known.code}", case_id=found.case_id, exchange_id=found.exchange_id)
    if known.stops_all_contact:
        stop_contact(found.client_id, known.code)
    elif known.code in NO_MORE_CONTACT:
        _stop_all(found.client_id, "asked_no_contact")
    if known.alarm:
        _alarm(found)
    return found


def reschedule_follow_up(follow_up_id: UUID, on: date, expected_version: int | None = None) -> FollowUp:
    """Another day. Also for one that was lost for a reason that passes, such as a flood."""
    found = _open(follow_up_id, "reschedule", expected_version)
    if found.lost_reason and not vocabulary.reason("lost_to_follow_up", found.lost_reason).retry:
        raise Conflict(_("This follow-up was closed for a reason that does not pass."))
    if on < home_today():
        raise Invalid(fields={"on": [_("Enter a day that has not passed.")]})
    found.due_on, found.lost_reason = on, None
    _move(found, "reschedule", "planned")
    _start_clock(found)
    return found


def resume_follow_ups(case_id: UUID) -> list[FollowUp]:
    """She allows it now: what is still to come is planned again. Raises ``Conflict`` without her own leave."""
    case = get_case(case_id)
    check_may_reach(get_client(case.client_id))
    if not _allows_us(case.client_id):
        raise Conflict(_("Record her or his consent first: to be contacted later, by this centre."))
    resumed = [one for one in list_of_case(case_id) if one.state == "stopped" and one.due_on >= home_today()]
    for one in resumed:
        one.stopped_reason = None
        _move(one, "resume", "planned", told=False)
        _start_clock(one)
    if resumed:
        add_event(case_id, "follow_up.resume")
    return resumed


def fall_due(follow_up_id: UUID, version: int | None) -> None:
    """The clock at the day's beginning: it is due. Does nothing where it has moved since."""
    found = get_follow_up(follow_up_id, lock=True)
    if found.version != version or found.state != "planned":
        return
    if get_client(found.client_id).contact_stopped_at is not None:
        _stop(found, "contact_stopped")
        return
    _move(found, "fall_due", "due", side="system", told=False)
    missed_on = found.due_on + MISSED_AFTER
    enqueue(MISSED, found.id, available_at=begins(missed_on, acting_zone()), expected_version=found.version)


def let_pass(follow_up_id: UUID, version: int | None) -> None:
    """The clock two weeks later: nobody has recorded anything."""
    found = get_follow_up(follow_up_id, lock=True)
    if found.version == version and found.state == "due":
        _move(found, "miss", "missed", side="system")


def move_plan(case_id: UUID, before: date, after: date) -> None:
    """She arrived on another day: what is not done yet, and stands where the plan put it, moves along."""
    planned = {
        one.code: (one.due_on, later.due_on)
        for one, later in zip(plan_after(before), plan_after(after), strict=True)
    }
    for one in [get_follow_up(each.id, lock=True) for each in list_of_case(case_id)]:
        was, now = planned[one.code]
        if one.due_on != was or one.state not in (*OPEN_FOLLOW_UPS, "stopped"):
            continue
        one.due_on = now
        if one.state == "stopped":
            one.version += 1
            db.session.flush()
            continue
        _move(one, "reschedule", "planned", told=False)
        _start_clock(one)


@when_contact_stops
def stop_follow_ups(client_id: UUID) -> None:
    """All contact with a client stops: what was planned with it, in the same transaction."""
    _stop_all(client_id, "contact_stopped")


def stop_of_case(case_id: UUID, reason: str) -> None:
    """What is planned in a case ends: she took her permission back, or the case went to another centre."""
    open_ones = [one for one in list_of_case(case_id) if one.state in OPEN_FOLLOW_UPS]
    for one in open_ones:
        _stop(one, reason)
    if open_ones:
        add_event(case_id, "follow_up.stop")


def _plan(case: CaseFile, begun_on: date, *, allowed: bool, exchange_id: UUID | None) -> list[FollowUp]:
    client = get_client(case.client_id)
    stopped = _stopped_reason(client, allowed=allowed)
    made = [_make(case, one, stopped, exchange_id) for one in plan_after(begun_on)]
    db.session.add_all(made)
    db.session.flush()
    for one in made:
        if one.state == "planned":
            _start_clock(one)
    add_event(case.id, "follow_up.stop" if stopped else "follow_up.plan")
    record("planned", "follow_up", case.id)
    return made


def _make(case: CaseFile, planned: Planned, stopped: str | None, exchange_id: UUID | None) -> FollowUp:
    return FollowUp(
        tenant_id=case.tenant_id,
        id=new_id(),
        client_id=case.client_id,
        restricted=case.restricted,
        case_id=case.id,
        exchange_id=exchange_id,
        code=planned.code,
        state="stopped" if stopped else "planned",
        stopped_reason=stopped,
        due_on=planned.due_on,
        attempts=0,
        assignee_account_id=case.assignee_account_id,
        version=1,
    )


def _stopped_reason(client: Client, *, allowed: bool) -> str | None:
    if client.contact_stopped_at is not None:
        return "contact_stopped"
    return None if allowed else "no_grant"


def _allows_us(client_id: UUID) -> bool:
    """Whether she allowed our own centre to contact her later."""
    return any(grant.purpose == CONTACT_PURPOSE for grant in live_grants(client_id))


def _start_clock(follow_up: FollowUp) -> None:
    due_at = begins(follow_up.due_on, acting_zone())
    enqueue(DUE, follow_up.id, available_at=due_at, expected_version=follow_up.version)


def _open(follow_up_id: UUID, move: str, expected_version: int | None) -> FollowUp:
    """The follow-up, locked, in a state from which the move can be made."""
    check_keeps_cases(acting())
    found = get_follow_up(follow_up_id, lock=True)
    if expected_version is not None and found.version != expected_version:
        raise StaleVersion(theirs=found.state, version=found.version)
    FOLLOW_UP.find(move, found.state, "receiver")
    return found


def _move(
    follow_up: FollowUp,
    name: str,
    to: str,
    *,
    side: str = "receiver",
    told: bool = True,
    reason: str | None = None,
) -> None:
    move = FOLLOW_UP.find(name, follow_up.state, side)
    if move.to != to:
        raise IllegalTransition(name, follow_up.state)
    follow_up.state = to
    follow_up.version += 1
    db.session.flush()
    if told:
        sensitive = reason is not None and vocabulary.reason("lost_to_follow_up", reason).sensitive
        codes = {"reasons.lost_to_follow_up": reason} if reason and not sensitive else {}
        add_event(follow_up.case_id, f"follow_up.{name}", "follow_up", follow_up.id, codes)
    record(name.replace("_", "-"), "follow_up", follow_up.id, reason=reason)


def _stop(follow_up: FollowUp, reason: str) -> None:
    follow_up.stopped_reason = reason
    _move(follow_up, "stop", "stopped", side="system", told=False)


def _stop_all(client_id: UUID, reason: str) -> None:
    from_cases: set[UUID] = set()
    for one in list_open_of_client(client_id):
        _stop(one, reason)
        from_cases.add(one.case_id)
    for case_id in from_cases:
        add_event(case_id, "follow_up.stop")


def _alarm(follow_up: FollowUp) -> None:
    add_event(follow_up.case_id, "follow_up.alarm", "follow_up", follow_up.id)
    if follow_up.exchange_id is not None:
        raise_alarm(follow_up.exchange_id)


def _own_number(follow_up: FollowUp, contact_id: UUID) -> UUID:
    if get_contact(contact_id).client_id != follow_up.client_id:
        raise Invalid(fields={"contact_id": [_("Choose one of her or his numbers.")]})
    return contact_id


def _number_to_stop(follow_up: FollowUp, lost: Lost) -> UUID:
    """The number that is a stranger's: the only one that is used, or the one that was chosen."""
    if lost.contact_id is not None:
        return _own_number(follow_up, lost.contact_id)
    usable = [one for one in list_contacts(follow_up.client_id) if one.number and one.usable]
    if len(usable) != 1:
        raise Invalid(fields={"contact_id": [_("Choose which number belongs to a stranger now.")]})
    return usable[0].id
