"""Writing the timeline of a case. Higher floors tell here what they did: in codes, never in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from uuid import UUID

from sqlalchemy import Table, insert, select

from network.cases import timeline
from network.cases.models import CaseEvent, CaseFile
from network.cases.queries.cases import get_case
from network.cases.states import CaseState
from network.core import clock
from network.core.db import db, write_later
from network.core.ids import new_id
from network.tenants.context import acting

_INSERT = insert(cast(Table, CaseEvent.__table__))  # nobody reads it back: the ORM need not watch it


class OfCase(Protocol):
    """A case, as far as a line of its timeline must know it."""

    @property
    def id(self) -> Any: ...
    @property
    def client_id(self) -> Any: ...
    @property
    def restricted(self) -> Any: ...


@dataclass(frozen=True)
class CaseIds:
    """A case that is known by its ids alone, from a row that hangs on it."""

    id: UUID
    client_id: UUID
    restricted: bool


def add_event(
    case_id: UUID,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: Mapping[str, str] | None = None,
) -> None:
    """Add a line to a case's timeline, also of one that is read-only: milestones go on arriving.

    ``kind`` must have been declared (``timeline.declare_events``). ``codes`` maps names of lists to codes.
    """
    write_event(get_case(case_id), kind, subject_kind, subject_id, codes)


def write_event(
    case: OfCase,
    kind: str,
    subject_kind: str | None = None,
    subject_id: UUID | None = None,
    codes: Mapping[str, str] | None = None,
) -> None:
    """Like ``add_event``, for a case at hand."""
    identity = acting()
    event = {
        "tenant_id": identity.tenant,
        "id": new_id(),
        "case_id": case.id,
        "client_id": case.client_id,
        "restricted": case.restricted,
        "at": clock.now(),
        "kind": timeline.kind_of(kind).code,
        "actor_account_id": identity.account_id,
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "codes": timeline.check_codes(codes or {}),
    }
    if isinstance(case, CaseFile):
        db.session.flush()  # the case itself may be new
    write_later(_INSERT, event)


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
