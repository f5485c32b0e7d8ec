"""The moves of one planned contact: its table, its clock, its line in the case, and what the clock itself does."""

from __future__ import annotations

from uuid import UUID

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases.operations import (
    add_event,
)
from network.cases.policies import check_keeps_cases
from network.cases.queries.clients import get_client
from network.consent.operations.telling import VISITS
from network.core import vocabulary
from network.core.db import db
from network.core.errors import IllegalTransition, StaleVersion
from network.crossborder.models import FollowUp
from network.crossborder.operations.moves import acting_zone
from network.crossborder.planning import MISSED_AFTER, begins
from network.crossborder.queries.contact import find_contact, may_visit
from network.crossborder.queries.follow_ups import (
    get_follow_up,
    list_open_of_client,
)
from network.crossborder.states import FOLLOW_UP
from network.tenants.context import acting

DUE = "follow_up.due"
MISSED = "follow_up.missed"


def open_one(follow_up_id: UUID, move: str, expected_version: int | None) -> FollowUp:
    """The follow-up, locked, in a state from which the move can be made."""
    check_keeps_cases(acting())
    found = get_follow_up(follow_up_id, lock=True)
    if expected_version is not None and found.version != expected_version:
        raise StaleVersion(theirs=found.state, version=found.version)
    FOLLOW_UP.find(move, found.state, "receiver")
    return found


def move(
    follow_up: FollowUp,
    name: str,
    to: str,
    *,
    side: str = "receiver",
    told: bool = True,
    reason: str | None = None,
) -> None:
    """Make a move of the table; ``told``: it stands in the case's timeline."""
    found = FOLLOW_UP.find(name, follow_up.state, side)
    if found.to != to:
        raise IllegalTransition(name, follow_up.state)
    follow_up.state = to
    follow_up.version += 1
    db.session.flush()
    if told:
        sensitive = reason is not None and vocabulary.reason("lost_to_follow_up", reason).sensitive
        codes = {"reasons.lost_to_follow_up": reason} if reason and not sensitive else {}
        add_event(follow_up.case_id, f"follow_up.{name}", "follow_up", follow_up.id, codes)
    record(name.replace("_", "-"), "follow_up", follow_up.id, reason=reason)


def start_clock(follow_up: FollowUp) -> None:
    """Have it fall due on its day, where the centre is."""
    due_at = begins(follow_up.due_on, acting_zone())
    enqueue(DUE, follow_up.id, available_at=due_at, expected_version=follow_up.version)


def watch_end(client_id: UUID, exchange_id: UUID) -> None:
    """Have looked, when her leave ends as the sender says it, at what is due then."""
    told = find_contact(exchange_id)
    if told is not None:
        enqueue(VISITS, client_id, available_at=told.until)


def stop(follow_up: FollowUp, reason: str) -> None:
    """It is not made: why stands with it."""
    follow_up.stopped_reason = reason
    move(follow_up, "stop", "stopped", side="system", told=False)


def stop_all(client_id: UUID, reason: str) -> None:
    """Nothing more is planned with a client, in none of her cases."""
    from_cases: set[UUID] = set()
    for one in list_open_of_client(client_id):
        stop(one, reason)
        from_cases.add(one.case_id)
    for case_id in from_cases:
        add_event(case_id, "follow_up.stop")


def fall_due(follow_up_id: UUID, version: int | None) -> None:
    """The clock at the day's beginning: it is due. Does nothing where it has moved since."""
    found = get_follow_up(follow_up_id, lock=True)
    if found.version != version or found.state != "planned":
        return
    if get_client(found.client_id).contact_stopped_at is not None:
        stop(found, "contact_stopped")
        return
    if not may_visit(found.client_id, found.exchange_id):
        stop(found, "no_grant")
        add_event(found.case_id, "follow_up.stop")
        return
    move(found, "fall_due", "due", side="system", told=False)
    missed_on = found.due_on + MISSED_AFTER
    enqueue(MISSED, found.id, available_at=begins(missed_on, acting_zone()), expected_version=found.version)


def let_pass(follow_up_id: UUID, version: int | None) -> None:
    """The clock two weeks later: nobody has recorded anything."""
    found = get_follow_up(follow_up_id, lock=True)
    if found.version != version or found.state != "due":
        return
    if may_visit(found.client_id, found.exchange_id):
        move(found, "miss", "missed", side="system")
    else:
        stop(found, "no_grant")
        add_event(found.case_id, "follow_up.stop")
