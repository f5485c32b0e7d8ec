"""What needs action, read from the mailboxes, the follow-ups, the consents and the screenings.

Everybody asks this all day: the statements are built once, of columns alone, and what has one shape is one statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Date,
    DateTime,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from network.accounts.permissions import Permission
from network.cases.models import CaseFile
from network.consent.models import Consent, ConsentGrant
from network.core import clock
from network.core.db import db
from network.crossborder.models import FollowUp, Handoff, HandoffMilestone, ReturnScreening
from network.directory.models import (
    ListingClaim,
    ListingReport,
    ListingSource,
    Location,
    Organization,
    Service,
)
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.tenants.context import Identity, acting
from network.tenants.models import Tenant
from network.worklist.tasks import Task, exchange_task

MOST = 60
# Of listings, so many at once: a steward of hundreds has a list of her own.
MOST_LISTINGS = 5
_GONE = ("removed_at", "merged_into_id")
TO_ANSWER = timedelta(days=7)
TO_ASK = timedelta(days=30)
GRANT_WARNING = timedelta(days=14)
FOLLOW_UP_AHEAD = timedelta(days=3)

_CASE, _SIDE = CaseFile.__table__.c, ExchangeSide.__table__.c
_EXCHANGE, _REFERRAL, _HANDOFF = Exchange.__table__.c, Referral.__table__.c, Handoff.__table__.c
_TENANT, _CONSENT, _GRANT = Tenant.__table__.c, Consent.__table__.c, ConsentGrant.__table__.c
_FOLLOW_UP, _SCREENING = FollowUp.__table__.c, ReturnScreening.__table__.c
_MILESTONE = HandoffMilestone.__table__.c
_SERVICE, _ORGANIZATION = Service.__table__.c, Organization.__table__.c
_REPORT, _CLAIM = ListingReport.__table__.c, ListingClaim.__table__.c
_PLACE = Location.__table__.c
_SOURCE = ListingSource.__table__.c
_MINE: BindParameter[Any] = bindparam("tenant")
_I: BindParameter[Any] = bindparam("account")
_NOW = bindparam("now", type_=DateTime(timezone=True))
_NO_DAY, _NO_TIME = cast(null(), Date), cast(null(), DateTime(timezone=True))

# The mailboxes that a permission opens, as (kind, role).
MAILBOXES = (
    (Permission.REFERRAL_VIEW, "referral", "sender"),
    (Permission.INBOX_VIEW, "referral", "receiver"),
    (Permission.HANDOFF_VIEW, "handoff", "sender"),
    (Permission.HANDOFF_VIEW, "handoff", "receiver"),
)


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
    found = [*_exchanges(identity), *_own_tasks(identity)]
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
        select(_SIDE.kind, _SIDE.role, func.count())
        .where(_SIDE.tenant_id == _MINE, _SIDE.open.is_(True))
        .group_by(_SIDE.kind, _SIDE.role)
    )
    cases = select(literal("case", Text), literal("mine", Text), func.count()).where(
        _CASE.tenant_id == _MINE, _CASE.assignee_account_id == _I, _CASE.state == "open"
    )
    return union_all(sides, cases)


_COUNTED = _counted()


def _exchanges(identity: Identity) -> Iterator[Task]:
    """Open referrals and handoffs whose next step is ours, or about which there is news."""
    allowed = tuple((kind, role) for needed, kind, role in MAILBOXES if needed in identity.permissions)
    if not allowed:
        return
    asked = {"tenant": identity.tenant, "most": MOST * 2}
    for row in db.session.execute(_mail(allowed), asked).mappings():
        task = exchange_task(row)
        if task is not None:
            yield task


@cache
def _mail(allowed: tuple[tuple[str, str], ...]) -> Select[Any]:
    """What is open in these mailboxes, what is due first on top."""
    exchange, tenant = Exchange.__table__, Tenant.__table__
    other = func.coalesce(
        func.nullif(_EXCHANGE.to_tenant_id, _SIDE.tenant_id),
        func.nullif(_EXCHANGE.from_tenant_id, _SIDE.tenant_id),
    )
    return (
        select(
            _SIDE.exchange_id,
            _SIDE.kind,
            _SIDE.role,
            _SIDE.due_at,
            _SIDE.due_kind,
            _SIDE.unread,
            _SIDE.updated_at,
            _EXCHANGE.reference,
            _EXCHANGE.state,
            _REFERRAL.priority,
            _HANDOFF.journey,
            _HANDOFF.arrival_on,
            func.coalesce(_TENANT.name, _ORGANIZATION.name).label("name"),
        )
        .select_from(
            ExchangeSide.__table__.join(exchange, _EXCHANGE.id == _SIDE.exchange_id)
            .outerjoin(Referral.__table__, _REFERRAL.exchange_id == _EXCHANGE.id)
            .outerjoin(Handoff.__table__, _HANDOFF.exchange_id == _EXCHANGE.id)
            .outerjoin(tenant, _TENANT.id == other)
            .outerjoin(
                Organization.__table__,
                _EXCHANGE.to_tenant_id.is_(None) & (_ORGANIZATION.id == _EXCHANGE.to_organization_id),
            )
        )
        .where(
            _SIDE.tenant_id == _MINE,
            _SIDE.open.is_(True),
            or_(*((_SIDE.kind == kind) & (_SIDE.role == role) for kind, role in allowed)),
        )
        .order_by(_SIDE.due_at.asc().nulls_last(), _SIDE.updated_at)
        .limit(bindparam("most", type_=Integer))
    )


def _own_tasks(identity: Identity) -> Iterator[Task]:
    """What the centre's own follow-ups, screenings and consents ask for."""
    kinds = tuple(kind for kind, (needed, _part) in _OWN.items() if needed in identity.permissions)
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
        yield _TASKS[row.what](row, zone)


@cache
def _own(kinds: tuple[str, ...]) -> CompoundSelect[Any]:
    """These kinds of own tasks, one below the other: (what, subject_id, reference, at, until, due_on, detail)."""
    return union_all(*(_OWN[kind][1]() for kind in kinds))


def _follow_ups() -> Select[Any]:
    return (
        select(
            literal("follow_up", Text).label("what"),
            _FOLLOW_UP.id.label("subject_id"),
            _CASE.reference.label("reference"),
            _NO_TIME.label("at"),
            _NO_TIME.label("until"),
            _FOLLOW_UP.due_on.label("due_on"),
            _FOLLOW_UP.code.label("detail"),
        )
        .where(_CASE.tenant_id == _FOLLOW_UP.tenant_id, _CASE.id == _FOLLOW_UP.case_id)
        .where(
            _FOLLOW_UP.tenant_id == _MINE,
            _FOLLOW_UP.state.in_(("planned", "due", "missed")),
            _FOLLOW_UP.due_on <= bindparam("until", type_=Date),
        )
        .order_by(_FOLLOW_UP.due_on)
        .limit(bindparam("most", type_=Integer))
    )


def _screenings() -> Select[Any]:
    return (
        _timed("review_return", _SCREENING.screened_at, _NO_TIME)
        .where(_CASE.tenant_id == _SCREENING.tenant_id, _CASE.id == _SCREENING.case_id)
        .where(
            _SCREENING.tenant_id == _MINE,
            _SCREENING.needs_review.is_(True),
            _SCREENING.reviewed_at.is_(None),
            _CASE.state == "open",
        )
        .order_by(_SCREENING.screened_at)
        .limit(bindparam("most", type_=Integer))
    )


def _provisional() -> Select[Any]:
    """Consents to be confirmed in time."""
    return (
        _timed("confirm_consent", _CONSENT.given_at, _CONSENT.provisional_until)
        .where(_CASE.tenant_id == _CONSENT.tenant_id, _CASE.client_id == _CONSENT.client_id, *_own_case())
        .where(
            _CONSENT.state == "given",
            _CONSENT.provisional_until > _NOW,
            _CONSENT.confirmed_at.is_(None),
            _CASE.id == _CONSENT.case_id,
        )
        .limit(bindparam("most", type_=Integer))
    )


def _ending() -> Select[Any]:
    """Grants that end soon, by case: to be asked anew."""
    return (
        _timed("consent_ends", _NO_TIME, func.min(_GRANT.expires_at))
        .where(_CASE.tenant_id == _GRANT.tenant_id, _CASE.client_id == _GRANT.client_id, *_own_case())
        .where(
            _GRANT.withdrawn_at.is_(None),
            _GRANT.expires_at > _NOW,
            _GRANT.expires_at < bindparam("soon", type_=DateTime(timezone=True)),
        )
        .group_by(_CASE.id, _CASE.reference)
        .limit(bindparam("most", type_=Integer))
    )


def _milestones() -> Select[Any]:
    """What became of cases that another centre has taken over, until somebody has looked: the latest by its code."""
    latest = (
        select(_MILESTONE.code)
        .where(_MILESTONE.exchange_id == _SIDE.exchange_id, _MILESTONE.taken_back_at.is_(None))
        .order_by(_MILESTONE.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            literal("milestone", Text).label("what"),
            _SIDE.exchange_id.label("subject_id"),
            _EXCHANGE.reference.label("reference"),
            _SIDE.updated_at.label("at"),
            _NO_TIME.label("until"),
            _NO_DAY.label("due_on"),
            latest.label("detail"),
        )
        .where(
            _SIDE.tenant_id == _MINE,
            _SIDE.kind == "handoff",
            _SIDE.role == "sender",
            _SIDE.open.is_(False),
            _SIDE.unread.is_(True),
            _EXCHANGE.id == _SIDE.exchange_id,
            _EXCHANGE.state.in_(("taken_over", "closed")),
        )
        .order_by(_SIDE.updated_at.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _timed(what: str, at: Any, until: Any) -> Select[Any]:
    """A task about a case, between two instants."""
    return select(
        literal(what, Text).label("what"),
        _CASE.id.label("subject_id"),
        _CASE.reference.label("reference"),
        at.label("at"),
        until.label("until"),
        _NO_DAY.label("due_on"),
        cast(null(), Text).label("detail"),
    )


def _own_case() -> tuple[Any, ...]:
    """An open case of who looks."""
    return (_CASE.tenant_id == _MINE, _CASE.assignee_account_id == _I, _CASE.state == "open")


def _due_listings() -> Select[Any]:
    """Services of ours that somebody should call again, the most overdue first."""
    return (
        _of_listing("verify_listing", _SERVICE.id, _SERVICE.name, _NO_TIME, _SERVICE.verification_due_on)
        .where(
            _SERVICE.steward_tenant_id == _MINE,
            _SERVICE.verification_due_on <= bindparam("until", type_=Date),
            _SERVICE.removed_at.is_(None),
            _SERVICE.merged_into_id.is_(None),
            _SERVICE.do_not_list.is_(False),
        )
        .order_by(_SERVICE.verification_due_on)
        .limit(MOST_LISTINGS)
    )


def _open_reports() -> Select[Any]:
    """What others told us of our listings, the oldest first."""
    named = func.coalesce(_SERVICE.name, _ORGANIZATION.name, _PLACE.name, _PLACE.town)
    return (
        _of_listing("answer_report", _REPORT.id, named, _REPORT.created_at, _NO_DAY)
        .select_from(
            ListingReport.__table__.outerjoin(Service.__table__, _SERVICE.id == _REPORT.service_id)
            .outerjoin(Organization.__table__, _ORGANIZATION.id == _REPORT.organization_id)
            .outerjoin(Location.__table__, _PLACE.id == _REPORT.location_id)
        )
        .where(_REPORT.steward_tenant_id == _MINE, _REPORT.state == "open")
        .order_by(_REPORT.created_at)
        .limit(MOST_LISTINGS)
    )


def _missing() -> Select[Any]:
    """Listings of ours that their source no longer holds, those that have been missing longest first."""
    kinds = {
        "service": Service.__table__,
        "organization": Organization.__table__,
        "location": Location.__table__,
    }
    held: Any = ListingSource.__table__
    for kind, table in kinds.items():
        held = held.outerjoin(table, (_SOURCE.entity == kind) & (table.c.id == _SOURCE.entity_id))
    name = func.coalesce(_SERVICE.name, _ORGANIZATION.name, _PLACE.name, _PLACE.town)
    return (
        _of_listing("missing_listing", _SOURCE.id, name, _SOURCE.missing_at, _NO_DAY)
        .select_from(held)
        .where(
            _SOURCE.tenant_id == _MINE,
            _SOURCE.entity.in_(tuple(kinds)),
            _SOURCE.missing_at.is_not(None),
            _SOURCE.missing_answered_at.is_(None),
            func.coalesce(*(table.c.steward_tenant_id for table in kinds.values())) == _MINE,
            *(func.coalesce(*(table.c[gone] for table in kinds.values())).is_(None) for gone in _GONE),
        )
        .order_by(_SOURCE.missing_at)
        .limit(MOST_LISTINGS)
    )


def _claims() -> Select[Any]:
    """Listings that this tenant was invited to keep itself."""
    return _of_listing("claim_listing", _CLAIM.id, _ORGANIZATION.name, _CLAIM.invited_at, _NO_DAY).where(
        _CLAIM.tenant_id == _MINE, _CLAIM.state == "invited", _ORGANIZATION.id == _CLAIM.organization_id
    )


def _of_listing(what: str, subject: Any, name: Any, at: Any, due_on: Any) -> Select[Any]:
    return select(
        literal(what, Text).label("what"),
        subject.label("subject_id"),
        func.coalesce(name, "").label("reference"),
        at.label("at"),
        _NO_TIME.label("until"),
        due_on.label("due_on"),
        cast(null(), Text).label("detail"),
    )


_OWN = {
    "verify_listing": (Permission.LISTING_EDIT, _due_listings),
    "answer_report": (Permission.LISTING_EDIT, _open_reports),
    "claim_listing": (Permission.LISTING_EDIT, _claims),
    "missing_listing": (Permission.LISTING_EDIT, _missing),
    "follow_up": (Permission.FOLLOW_UP_VIEW, _follow_ups),
    "milestone": (Permission.HANDOFF_VIEW, _milestones),
    "review_return": (Permission.RETURN_REVIEW, _screenings),
    "confirm_consent": (Permission.CONSENT_RECORD, _provisional),
    "consent_ends": (Permission.CONSENT_RECORD, _ending),
}


def _follow_up_task(row: Row[Any], zone: ZoneInfo) -> Task:
    due = _end_of(row.due_on, zone)
    return Task(
        "follow_up", row.subject_id, row.reference, "", due - timedelta(days=7), due, detail=row.detail
    )


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(23, 59), zone)


def _review_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    at = row.at.astimezone(UTC)
    due_at = at + timedelta(days=1)
    return Task("review_return", row.subject_id, row.reference, "", at, due_at, urgent=True)


def _confirm_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("confirm_consent", row.subject_id, row.reference, "", row.at, row.until)


def _ending_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("consent_ends", row.subject_id, row.reference, "", row.until - GRANT_WARNING, row.until)


def _milestone_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("milestone", row.subject_id, row.reference, "", row.at, None, detail=row.detail or "")


def _due_listing_task(row: Row[Any], zone: ZoneInfo) -> Task:
    due = _end_of(row.due_on, zone)
    return Task("verify_listing", row.subject_id, row.reference, "", due - timedelta(days=14), due)


def _report_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("answer_report", row.subject_id, row.reference, "", row.at, row.at + TO_ANSWER)


def _missing_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("missing_listing", row.subject_id, row.reference, "", row.at, row.at + TO_ASK)


def _claim_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("claim_listing", row.subject_id, row.reference, "", row.at, None)


_TASKS = {
    "verify_listing": _due_listing_task,
    "answer_report": _report_task,
    "claim_listing": _claim_task,
    "missing_listing": _missing_task,
    "milestone": _milestone_task,
    "follow_up": _follow_up_task,
    "review_return": _review_task,
    "confirm_consent": _confirm_task,
    "consent_ends": _ending_task,
}

__all__ = ["Counters", "Task", "count_everything", "list_tasks"]
