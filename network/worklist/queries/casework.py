"""What follow-ups, milestones, screenings and consents ask for."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ARRAY,
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
    type_coerce,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by

from network.accounts.permissions import Permission
from network.consent.questions import CONTACT_LATER
from network.worklist.queries.columns import (
    CASE,
    CONSENT,
    CONTACT,
    EXCHANGE,
    FOLLOW_UP,
    GRANT,
    ME,
    MILESTONE,
    MINE,
    NO_DAY,
    NO_TIME,
    NOW,
    SCREENING,
    SIDE,
    TENANT,
    end_of,
)
from network.worklist.tasks import Task

GRANT_WARNING = timedelta(days=14)


def _follow_ups() -> Select[Any]:
    return (
        select(
            literal("follow_up", Text).label("what"),
            FOLLOW_UP.id.label("subject_id"),
            CASE.reference.label("reference"),
            NO_TIME.label("at"),
            NO_TIME.label("until"),
            FOLLOW_UP.due_on.label("due_on"),
            FOLLOW_UP.code.label("detail"),
        )
        .where(CASE.tenant_id == FOLLOW_UP.tenant_id, CASE.id == FOLLOW_UP.case_id)
        .where(
            FOLLOW_UP.tenant_id == MINE,
            FOLLOW_UP.state.in_(("planned", "due", "missed")),
            FOLLOW_UP.due_on <= bindparam("until", type_=Date),
        )
        .order_by(FOLLOW_UP.due_on)
        .limit(bindparam("most", type_=Integer))
    )


def _visits_beyond() -> Select[Any]:
    """Visits planned beyond the day to which she allowed them, where she told no later one to us: to be asked anew."""
    us = select(TENANT.organization_id).where(TENANT.id == MINE).scalar_subquery()
    told_us = select(GRANT.id).where(
        GRANT.tenant_id == FOLLOW_UP.tenant_id,
        GRANT.client_id == FOLLOW_UP.client_id,
        GRANT.purpose == CONTACT_LATER,
        GRANT.withdrawn_at.is_(None),
        GRANT.expires_at > FOLLOW_UP.due_on,
        or_(GRANT.recipient_organization_id.is_(None), GRANT.recipient_organization_id == us),
        CONSENT.tenant_id == GRANT.tenant_id,
        CONSENT.id == GRANT.consent_id,
        or_(CONSENT.provisional_until.is_(None), CONSENT.confirmed_at.is_not(None)),
    )
    return (
        _timed("ask_contact", NO_TIME, func.min(CONTACT.until))
        .where(
            CONTACT.to_tenant_id == MINE,
            CONTACT.until < bindparam("soon", type_=DateTime(timezone=True)),
            FOLLOW_UP.exchange_id == CONTACT.exchange_id,
            FOLLOW_UP.tenant_id == MINE,
            FOLLOW_UP.state.in_(("planned", "due", "missed")),
            FOLLOW_UP.due_on >= CONTACT.until,
            ~told_us.exists(),
            CASE.tenant_id == FOLLOW_UP.tenant_id,
            CASE.id == FOLLOW_UP.case_id,
        )
        .group_by(CASE.id, CASE.reference)
        .limit(bindparam("most", type_=Integer))
    )


def _screenings() -> Select[Any]:
    return (
        _timed("review_return", SCREENING.screened_at, NO_TIME)
        .where(CASE.tenant_id == SCREENING.tenant_id, CASE.id == SCREENING.case_id)
        .where(
            SCREENING.tenant_id == MINE,
            SCREENING.needs_review.is_(True),
            SCREENING.reviewed_at.is_(None),
            CASE.state == "open",
        )
        .order_by(SCREENING.screened_at)
        .limit(bindparam("most", type_=Integer))
    )


def _provisional() -> Select[Any]:
    """Consents to be confirmed in time."""
    return (
        _timed("confirm_consent", CONSENT.given_at, CONSENT.provisional_until, cast(CONSENT.id, Text))
        .where(CASE.tenant_id == CONSENT.tenant_id, CASE.client_id == CONSENT.client_id, *_own_case())
        .where(
            CONSENT.state == "given",
            CONSENT.provisional_until > NOW,
            CONSENT.confirmed_at.is_(None),
            CASE.id == CONSENT.case_id,
        )
        .limit(bindparam("most", type_=Integer))
    )


def _ending() -> Select[Any]:
    """Grants that end soon, by case: to be asked anew. The detail is the grant that ends first."""
    first = func.array_agg(aggregate_order_by(cast(GRANT.id, Text), GRANT.expires_at, GRANT.id))
    return (
        _timed("consent_ends", NO_TIME, func.min(GRANT.expires_at), type_coerce(first, ARRAY(Text))[1])
        .where(CASE.tenant_id == GRANT.tenant_id, CASE.client_id == GRANT.client_id, *_own_case())
        .where(
            GRANT.withdrawn_at.is_(None),
            GRANT.expires_at > NOW,
            GRANT.expires_at < bindparam("soon", type_=DateTime(timezone=True)),
        )
        .group_by(CASE.id, CASE.reference)
        .limit(bindparam("most", type_=Integer))
    )


def _milestones() -> Select[Any]:
    """What became of cases that another centre has taken over, until somebody has looked: the latest by its code."""
    latest = (
        select(MILESTONE.code)
        .where(MILESTONE.exchange_id == SIDE.exchange_id, MILESTONE.taken_back_at.is_(None))
        .order_by(MILESTONE.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            literal("milestone", Text).label("what"),
            SIDE.exchange_id.label("subject_id"),
            EXCHANGE.reference.label("reference"),
            SIDE.updated_at.label("at"),
            NO_TIME.label("until"),
            NO_DAY.label("due_on"),
            latest.label("detail"),
        )
        .where(
            SIDE.tenant_id == MINE,
            SIDE.kind == "handoff",
            SIDE.role == "sender",
            SIDE.open.is_(False),
            SIDE.unread.is_(True),
            EXCHANGE.id == SIDE.exchange_id,
            EXCHANGE.state.in_(("taken_over", "closed")),
        )
        .order_by(SIDE.updated_at.desc())
        .limit(bindparam("most", type_=Integer))
    )


def _timed(what: str, at: Any, until: Any, detail: Any = None) -> Select[Any]:
    """A task about a case, between two instants."""
    return select(
        literal(what, Text).label("what"),
        CASE.id.label("subject_id"),
        CASE.reference.label("reference"),
        at.label("at"),
        until.label("until"),
        NO_DAY.label("due_on"),
        (cast(null(), Text) if detail is None else detail).label("detail"),
    )


def _own_case() -> tuple[Any, ...]:
    """An open case of who looks."""
    return (CASE.tenant_id == MINE, CASE.assignee_account_id == ME, CASE.state == "open")


def _follow_up_task(row: Row[Any], zone: ZoneInfo) -> Task:
    due = end_of(row.due_on, zone)
    return Task(
        "follow_up", row.subject_id, row.reference, "", due - timedelta(days=7), due, detail=row.detail
    )


def _review_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    at = row.at.astimezone(UTC)
    due_at = at + timedelta(days=1)
    return Task("review_return", row.subject_id, row.reference, "", at, due_at, urgent=True)


def _confirm_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("confirm_consent", row.subject_id, row.reference, "", row.at, row.until, detail=row.detail)


def _ending_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    since = row.until - GRANT_WARNING
    return Task("consent_ends", row.subject_id, row.reference, "", since, row.until, detail=row.detail)


def _visits_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("ask_contact", row.subject_id, row.reference, "", row.until - GRANT_WARNING, row.until)


def _milestone_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("milestone", row.subject_id, row.reference, "", row.at, None, detail=row.detail or "")


# What there is to do -> the permission that it takes, the statement that finds it, the task that a row makes.
CASEWORK = {
    "follow_up": (Permission.FOLLOW_UP_VIEW, _follow_ups, _follow_up_task),
    "ask_contact": (Permission.FOLLOW_UP_RECORD, _visits_beyond, _visits_task),
    "milestone": (Permission.HANDOFF_VIEW, _milestones, _milestone_task),
    "review_return": (Permission.RETURN_REVIEW, _screenings, _review_task),
    "confirm_consent": (Permission.CONSENT_RECORD, _provisional, _confirm_task),
    "consent_ends": (Permission.CONSENT_RECORD, _ending, _ending_task),
}
