"""What the steward of listings has to do: verify, answer a report, ask after what is missing, say yes or no."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Date,
    Row,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
)

from network.accounts.permissions import Permission
from network.directory.models import (
    ListingReport,
    ListingSource,
    Location,
    Organization,
    Service,
)
from network.worklist.queries.columns import (
    CLAIM,
    MINE,
    NO_DAY,
    NO_TIME,
    ORGANIZATION,
    PLACE,
    REPORT,
    SERVICE,
    SOURCE,
    end_of,
)
from network.worklist.tasks import Task

# Of listings, so many at once: a steward of hundreds has a list of her own.
MOST_LISTINGS = 5
TO_ANSWER = timedelta(days=7)
TO_ASK = timedelta(days=30)
_GONE = ("removed_at", "merged_into_id")


def _due_listings() -> Select[Any]:
    """Services of ours that somebody should call again, the most overdue first."""
    return (
        _of_listing(
            "verify_listing",
            SERVICE.id,
            SERVICE.name,
            NO_TIME,
            SERVICE.verification_due_on,
            ORGANIZATION.name,
        )
        .select_from(
            Service.__table__.join(Organization.__table__, ORGANIZATION.id == SERVICE.organization_id)
        )
        .where(
            SERVICE.steward_tenant_id == MINE,
            SERVICE.verification_due_on <= bindparam("until", type_=Date),
            SERVICE.removed_at.is_(None),
            SERVICE.merged_into_id.is_(None),
            SERVICE.do_not_list.is_(False),
        )
        .order_by(SERVICE.verification_due_on)
        .limit(MOST_LISTINGS)
    )


def _open_reports() -> Select[Any]:
    """What others told us of our listings, the oldest first."""
    named = func.coalesce(SERVICE.name, PLACE.name, PLACE.town, ORGANIZATION.name)
    told_of = func.coalesce(REPORT.organization_id, SERVICE.organization_id, PLACE.organization_id)
    whose = case((REPORT.organization_id.is_(None), ORGANIZATION.name))
    return (
        _of_listing("answer_report", REPORT.id, named, REPORT.created_at, NO_DAY, whose)
        .select_from(
            ListingReport.__table__.outerjoin(Service.__table__, SERVICE.id == REPORT.service_id)
            .outerjoin(Location.__table__, PLACE.id == REPORT.location_id)
            .outerjoin(Organization.__table__, ORGANIZATION.id == told_of)
        )
        .where(REPORT.steward_tenant_id == MINE, REPORT.state == "open")
        .order_by(REPORT.created_at)
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
        held = held.outerjoin(table, (SOURCE.entity == kind) & (table.c.id == SOURCE.entity_id))
    name = func.coalesce(SERVICE.name, ORGANIZATION.name, PLACE.name, PLACE.town)
    return (
        _of_listing("missing_listing", SOURCE.id, name, SOURCE.missing_at, NO_DAY)
        .select_from(held)
        .where(
            SOURCE.tenant_id == MINE,
            SOURCE.entity.in_(tuple(kinds)),
            SOURCE.missing_at.is_not(None),
            SOURCE.missing_answered_at.is_(None),
            func.coalesce(*(table.c.steward_tenant_id for table in kinds.values())) == MINE,
            *(func.coalesce(*(table.c[gone] for table in kinds.values())).is_(None) for gone in _GONE),
        )
        .order_by(SOURCE.missing_at)
        .limit(MOST_LISTINGS)
    )


def _claims() -> Select[Any]:
    """Listings that this tenant was invited to keep itself."""
    return _of_listing("claim_listing", CLAIM.id, ORGANIZATION.name, CLAIM.invited_at, NO_DAY).where(
        CLAIM.tenant_id == MINE, CLAIM.state == "invited", ORGANIZATION.id == CLAIM.organization_id
    )


def _of_listing(what: str, subject: Any, name: Any, at: Any, due_on: Any, whose: Any = None) -> Select[Any]:
    """``whose``: the organization that it belongs to, where its own name does not say it."""
    return select(
        literal(what, Text).label("what"),
        subject.label("subject_id"),
        func.coalesce(name, "").label("reference"),
        at.label("at"),
        NO_TIME.label("until"),
        due_on.label("due_on"),
        cast(null() if whose is None else whose, Text).label("detail"),
    )


def _due_listing_task(row: Row[Any], zone: ZoneInfo) -> Task:
    due = end_of(row.due_on, zone)
    return Task(
        "verify_listing", row.subject_id, row.reference, row.detail or "", due - timedelta(days=14), due
    )


def _report_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("answer_report", row.subject_id, row.reference, row.detail or "", row.at, row.at + TO_ANSWER)


def _missing_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("missing_listing", row.subject_id, row.reference, "", row.at, row.at + TO_ASK)


def _claim_task(row: Row[Any], _zone: ZoneInfo) -> Task:
    return Task("claim_listing", row.subject_id, row.reference, "", row.at, None)


# What there is to do -> the permission that it takes, the statement that finds it, the task that a row makes.
LISTINGS = {
    "verify_listing": (Permission.LISTING_EDIT, _due_listings, _due_listing_task),
    "answer_report": (Permission.LISTING_EDIT, _open_reports, _report_task),
    "claim_listing": (Permission.LISTING_EDIT, _claims, _claim_task),
    "missing_listing": (Permission.LISTING_EDIT, _missing, _missing_task),
}
