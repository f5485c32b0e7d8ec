"""What needs action, read from the mailboxes, the follow-ups, the consents and the screenings.

Everybody asks this all day: the statements are built once, of columns alone, and what has one shape is one statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import CompoundSelect, Text, func, literal, select, union_all

from network.accounts.permissions import Permission
from network.core import clock
from network.core.db import db
from network.tenants.context import Identity, acting
from network.worklist.queries.casework import CASEWORK, GRANT_WARNING
from network.worklist.queries.columns import CASE, ME, MINE, MOST, SIDE
from network.worklist.queries.listings import LISTINGS
from network.worklist.queries.mail import list_mail
from network.worklist.tasks import Task

FOLLOW_UP_AHEAD = timedelta(days=3)
_OWN = LISTINGS | CASEWORK


@dataclass(frozen=True)
class Counters:
    """How much there is of everything, for the figures on top."""

    cases: int | None
    inbox: int | None
    sent: int | None
    handoffs: int | None


def list_tasks() -> list[Task]:
    """What needs the action of who looks: overdue first, then what is due soonest, then what is unread."""
    identity = acting()
    found = [*list_mail(identity), *_own_tasks(identity)]
    latest = clock.now() + timedelta(days=3650)
    return sorted(found, key=lambda task: (task.due_at or latest, not task.urgent, task.since))[:MOST]


def count_everything() -> Counters:
    """The figures on top of the page; None for what who looks has nothing to do with. One query."""
    identity = acting()
    counted = db.session.execute(_COUNTED, {"tenant": identity.tenant, "account": identity.account_id})
    counts = {f"{kind}.{role}": count for kind, role, count in counted}
    return Counters(
        cases=_held(counts, "case.mine", Permission.CASE_VIEW),
        inbox=_held(counts, "referral.receiver", Permission.INBOX_VIEW),
        sent=_held(counts, "referral.sender", Permission.REFERRAL_VIEW),
        handoffs=_held(counts, "handoff.receiver", Permission.ARRIVAL_VIEW),
    )


def _held(counts: dict[str, int], name: str, permission: Permission) -> int | None:
    return counts.get(name, 0) if permission in acting().permissions else None


def _counted() -> CompoundSelect[Any]:
    sides = (
        select(SIDE.kind, SIDE.role, func.count())
        .where(SIDE.tenant_id == MINE, SIDE.open.is_(True))
        .group_by(SIDE.kind, SIDE.role)
    )
    cases = select(literal("case", Text), literal("mine", Text), func.count()).where(
        CASE.tenant_id == MINE, CASE.assignee_account_id == ME, CASE.state == "open"
    )
    return union_all(sides, cases)


_COUNTED = _counted()


def _own_tasks(identity: Identity) -> Iterator[Task]:
    """What the centre's own follow-ups, screenings and consents ask for."""
    kinds = tuple(kind for kind, (needed, _part, _task) in _OWN.items() if needed in identity.permissions)
    if not kinds:
        return
    now = clock.now()
    asked = {
        "tenant": identity.tenant,
        "account": identity.account_id,
        "now": now,
        "soon": now + GRANT_WARNING,
        "until": clock.today(identity.time_zone) + FOLLOW_UP_AHEAD,
        "most": MOST,
    }
    zone = ZoneInfo(identity.time_zone)
    for row in db.session.execute(_own(kinds), asked):
        yield _OWN[row.what][2](row, zone)


@cache
def _own(kinds: tuple[str, ...]) -> CompoundSelect[Any]:
    """These kinds of own tasks, one below the other: (what, subject_id, reference, at, until, due_on, detail)."""
    return union_all(*(_OWN[kind][1]() for kind in kinds))


__all__ = ["Counters", "Task", "count_everything", "list_tasks"]
