"""The plan of contacts after a return: by template, only where she allowed it, moved, stopped and resumed."""

from __future__ import annotations

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.models import CaseFile, Client
from network.cases.operations import (
    add_event,
    when_contact_stops,
)
from network.cases.policies import check_keeps_cases, check_may_reach
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.queries.clients import get_client
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.crossborder.models import FollowUp
from network.crossborder.operations.follow_up_moves import move, start_clock, stop, stop_all, watch_end
from network.crossborder.operations.moves import acting_zone
from network.crossborder.planning import Planned, plan_after
from network.crossborder.queries.contact import may_visit
from network.crossborder.queries.follow_ups import (
    get_follow_up,
    list_of_case,
    list_open_of_case,
)
from network.crossborder.queries.records import get_handoff
from network.crossborder.states import OPEN_FOLLOW_UPS
from network.exchange.queries import get_side
from network.tenants.context import acting
from network.web.i18n import by_sex


def plan_after_handoff(exchange_id: UUID) -> list[FollowUp]:
    """Plan the follow-ups once the case was taken over and she has arrived, whichever comes last; where the
    other side only visits, from the take-over. Without her leave nobody contacts her: they stand as stopped."""
    handoff, side = get_handoff(exchange_id), get_side(exchange_id)
    if side.role != "receiver" or side.case_id is None or handoff.taken_over_at is None:
        return []
    begun_at = handoff.arrived_at or (handoff.taken_over_at if handoff.mode == "follow_up" else None)
    if begun_at is None or list_of_case(side.case_id):
        return []
    allowed = side.client_id is not None and may_visit(side.client_id, exchange_id)
    if allowed and side.client_id is not None:
        watch_end(side.client_id, exchange_id)
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
    return _plan(case, arrived_on, allowed=may_visit(case.client_id, None), exchange_id=None)


def resume_follow_ups(case_id: UUID) -> list[FollowUp]:
    """She allows it now: what is still to come is planned again. Raises ``Conflict`` without her own leave."""
    case = get_case(case_id)
    client = get_client(case.client_id)
    check_may_reach(client)
    visits = list_of_case(case_id)
    if not may_visit(client.id, next((one.exchange_id for one in visits if one.exchange_id), None)):
        first = by_sex(
            client.sex,
            _("Record her or his consent first: to be contacted later, by this centre."),
            _("Record her consent first: to be contacted later, by this centre."),
            _("Record his consent first: to be contacted later, by this centre."),
        )
        raise Conflict(first)
    held = [get_follow_up(one.id, lock=True) for one in visits if one.state == "stopped"]
    resumed = [one for one in held if one.state == "stopped" and one.due_on >= home_today()]
    for one in resumed:
        one.stopped_reason = None
        move(one, "resume", "planned", told=False)
        start_clock(one)
    if resumed:
        add_event(case_id, "follow_up.resume")
    return resumed


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
        move(one, "reschedule", "planned", told=False)
        start_clock(one)


@when_contact_stops
def stop_follow_ups(client_id: UUID) -> None:
    """All contact with a client stops: what was planned with it, in the same transaction."""
    stop_all(client_id, "contact_stopped")


def stop_of_case(case_id: UUID, reason: str) -> None:
    """What is planned in a case ends: she took her permission back, or the case went to another centre."""
    open_ones = list_open_of_case(case_id)
    for one in open_ones:
        stop(one, reason)
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
            start_clock(one)
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
