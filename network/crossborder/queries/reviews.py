"""Returns that wait for a coordinator, and the coordinators who may look at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, select

from network.accounts.queries import StaffMember, list_staff
from network.cases.models import CaseFile
from network.core.db import db
from network.crossborder.models import ReturnScreening
from network.tenants.context import acting

REVIEWERS = frozenset({"coordinator"})


@dataclass(frozen=True)
class ReturnToReview:
    """A return that a coordinator must look at. Names nobody."""

    screening_id: UUID
    case_id: UUID
    case_reference: str
    return_kind: str
    screened_at: datetime
    fear: bool
    pressure: bool


def list_reviewers() -> list[StaffMember]:
    """The coordinators of the own centre who can sign in, by name."""
    return [one for one in list_staff() if one.state == "active" and REVIEWERS & set(one.roles)]


def returns_to_review(limit: int = 50) -> list[ReturnToReview]:
    """The returns that wait for a review, longest waiting first, as far as we may see them."""
    later = (
        select(ReturnScreening.case_id, func.max(ReturnScreening.screened_at).label("at"))
        .where(ReturnScreening.tenant_id == acting().tenant)
        .group_by(ReturnScreening.case_id)
        .subquery()
    )
    rows = db.session.execute(
        select(ReturnScreening, CaseFile.reference)
        .join(
            later,
            and_(later.c.case_id == ReturnScreening.case_id, later.c.at == ReturnScreening.screened_at),
        )
        .join(
            CaseFile,
            and_(CaseFile.tenant_id == ReturnScreening.tenant_id, CaseFile.id == ReturnScreening.case_id),
        )
        .where(
            ReturnScreening.tenant_id == acting().tenant,
            ReturnScreening.needs_review.is_(True),
            ReturnScreening.review_decision.is_(None),
        )
        .order_by(ReturnScreening.screened_at)
        .limit(limit)
    )
    return [
        ReturnToReview(
            one.id, one.case_id, reference, one.return_kind, one.screened_at, one.fear, one.pressure
        )
        for one, reference in rows
    ]
