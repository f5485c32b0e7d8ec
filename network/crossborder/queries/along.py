"""Who may go along with a client: the clients of our own to whom she is related, each with a case of her own."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from network.cases.models import CaseFile
from network.cases.queries.cases import get_case
from network.cases.queries.clients import list_related
from network.cases.states import CaseState, Custody
from network.core.db import db
from network.tenants.context import acting


@dataclass(frozen=True)
class Along:
    """A related client. ``case_id`` is her open case, by which she is handed over, or None."""

    client_id: UUID
    name: str
    reference: str
    relationship: str
    travels: bool
    case_id: UUID | None


def list_along(case_id: UUID) -> list[Along]:
    """Who is related to the case's client and is a client too, children first."""
    related = [one for one in list_related(get_case(case_id).client_id) if one.client is not None]
    travelling = {one.client.id for one in related if one.client and one.relationship == "travels_with"}
    cases = _open_cases({one.client.id for one in related if one.client})
    found: dict[UUID, Along] = {}
    for one in sorted(related, key=lambda one: one.relationship == "travels_with"):
        if one.client is None or one.client.id in found:
            continue
        found[one.client.id] = Along(
            client_id=one.client.id,
            name=one.client.name,
            reference=one.client.reference,
            relationship=one.relationship,
            travels=one.client.id in travelling,
            case_id=cases.get(one.client.id),
        )
    return sorted(found.values(), key=lambda one: not one.travels)


def _open_cases(client_ids: set[UUID]) -> dict[UUID, UUID]:
    """The latest open case of each of these clients that has one."""
    rows = db.session.execute(
        select(CaseFile.client_id, CaseFile.id)
        .where(
            CaseFile.tenant_id == acting().tenant,
            CaseFile.client_id.in_(client_ids),
            CaseFile.state != CaseState.CLOSED,
            CaseFile.custody == Custody.HELD,
        )
        .order_by(CaseFile.id)
    )
    return {row.client_id: row.id for row in rows}
