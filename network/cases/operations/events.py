"""Writing the timeline of a case. Higher floors tell here what they did: in codes, never in words."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from network.cases import timeline
from network.cases.models import CaseEvent, CaseFile
from network.cases.queries.cases import get_case
from network.cases.states import CaseState
from network.core import clock
from network.core.db import db
from network.core.ids import new_id
from network.tenants.context import acting


def add_event(
    case_id: UUID,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: Mapping[str, str] | None = None,
) -> CaseEvent:
    """Add a line to a case's timeline, also of one that is read-only: milestones go on arriving.

    ``kind`` must have been declared (``timeline.declare_events``). ``codes`` maps names of lists to codes.
    """
    return write_event(get_case(case_id), kind, subject_kind, subject_id, codes)


def write_event(
    case: CaseFile,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: Mapping[str, str] | None = None,
) -> CaseEvent:
    """Like ``add_event``, for a case at hand."""
    event = CaseEvent(
        tenant_id=case.tenant_id,
        id=new_id(),
        case_id=case.id,
        client_id=case.client_id,
        restricted=case.restricted,
        at=clock.now(),
        kind=timeline.kind_of(kind).code,
        actor_account_id=acting().account_id,
        subject_kind=subject_kind,
        subject_id=subject_id,
        codes=timeline.check_codes(codes or {}),
    )
    db.session.add(event)
    db.session.flush()
    return event


def tell_cases_of(
    client_id: UUID,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: Mapping[str, str] | None = None,
) -> None:
    """Add the line to each of a client's cases that is not closed."""
    statement = select(CaseFile).where(
        CaseFile.tenant_id == acting().tenant,
        CaseFile.client_id == client_id,
        CaseFile.state != CaseState.CLOSED,
    )
    for case in db.session.scalars(statement).all():
        write_event(case, kind, subject_kind, subject_id, codes)
