"""What members tell the steward of a listing: that something is wrong, or how a field should read; and her answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.directory import fields
from network.directory.models import ListingReport, ListingSuggestion
from network.directory.operations import parts
from network.directory.queries import get_service
from network.directory.queries.reports import as_json, current_value
from network.directory.states import LISTING_PROBLEMS
from network.tenants.context import acting

# Of a service, and of a number of it: what somebody who called there may correct.
SUGGESTED: Mapping[str, frozenset[str]] = {
    "service": frozenset(
        {"name", "description", "status", "alert", "url", "email", "referral_method", "response_hours"}
        | {"application_process", "next_step", "wait_time", "cost", "fees_description"}
        | {"eligibility_description"}
    ),
    "phone": frozenset({"number", "description"}),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One field as somebody would have it; None empties it."""

    entity: str
    entity_id: UUID
    field: str
    value: Any


def report_problem(service_id: UUID, problem: str, proposals: Sequence[Proposal] = ()) -> UUID:
    """Tell the steward what is wrong with a service; with ``proposals``, how it should read. Said twice, it is one."""
    service = get_service(service_id)
    fields.one_of("problem", problem, LISTING_PROBLEMS)
    standing = db.session.scalar(
        select(ListingReport.id).where(
            ListingReport.service_id == service_id,
            ListingReport.from_tenant_id == acting().tenant,
            ListingReport.problem == problem,
            ListingReport.state == "open",
        )
    )
    if standing is not None and not proposals:
        return standing
    return _report(service_id, service.steward_tenant_id, None if standing else problem, proposals)


def suggest(service_id: UUID, proposals: Sequence[Proposal]) -> UUID:
    """Propose how fields of a service should read; the steward takes each by itself. Raises Invalid for none."""
    service = get_service(service_id)
    return _report(service_id, service.steward_tenant_id, None, proposals, required=True)


def _report(
    service_id: UUID,
    steward_id: UUID,
    problem: str | None,
    proposals: Sequence[Proposal],
    *,
    required: bool = False,
) -> UUID:
    changed = [(one, seen) for one in proposals if (seen := _seen(service_id, one)) != as_json(one.value)]
    if required and not changed:
        raise Invalid(_("Change at least one field."))
    report = ListingReport(
        id=new_id(),
        from_tenant_id=acting().tenant,
        steward_tenant_id=steward_id,
        service_id=service_id,
        problem=problem,
        created_at=clock.now(),
    )
    db.session.add(report)
    db.session.flush()
    for one, seen in changed:
        db.session.add(
            ListingSuggestion(
                id=new_id(),
                report_id=report.id,
                from_tenant_id=acting().tenant,
                steward_tenant_id=steward_id,
                entity=one.entity,
                entity_id=one.entity_id,
                field=one.field,
                seen=seen,
                proposed=as_json(one.value),
            )
        )
    db.session.flush()
    record("listing.reported", "service", service_id, reason=problem or "suggestion")
    return report.id


def _seen(service_id: UUID, one: Proposal) -> Any:
    """What stands there now; the row is the service or a number of it, and the value one that it takes."""
    if one.field not in SUGGESTED.get(one.entity, ()):
        raise fields.wrong(one.field, _("There is no such code."))
    found = current_value(one.entity, one.entity_id, one.field)
    if found.row is None or getattr(found.row, "service_id", found.row.id) != service_id:
        raise NotFound
    parts.check_value(one.entity, one.field, one.value)
    return found.value


def answer_report(report_id: UUID, accepted: bool, taken: Mapping[UUID, bool]) -> UUID:
    """As the steward: whether the problem was there, and each suggestion taken or not. What is taken is written.

    Raises NotFound, Conflict if it was answered, and Invalid where a suggestion has no answer.
    """
    report = db.session.get(ListingReport, report_id, with_for_update=True)
    if report is None or report.steward_tenant_id != acting().tenant:
        raise NotFound
    if report.state != "open":
        raise Conflict(_("This report was answered already."))
    now = clock.now()
    suggestions = db.session.scalars(
        select(ListingSuggestion)
        .where(ListingSuggestion.report_id == report_id, ListingSuggestion.state == "open")
        .order_by(ListingSuggestion.id)
    ).all()
    open_ones = [one for one in suggestions if one.id not in taken]
    if open_ones:
        raise Invalid(fields={f"taken.{one.id}": [_("Say yes or no to each field.")] for one in open_ones})
    for one in suggestions:
        if taken[one.id] and one.entity_id is not None and one.field is not None:
            parts.change(one.entity, one.entity_id, {one.field: one.proposed})
        one.state, one.resolved_at = "accepted" if taken[one.id] else "rejected", now
    right = accepted if report.problem or report.reason_code else any(taken.values())
    report.state, report.resolved_at = "accepted" if right else "rejected", now
    db.session.flush()
    record("listing.report_resolved", "listing_report", report_id, reason=report.state)
    return report_id
