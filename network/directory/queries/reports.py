"""What members told each other of listings: to the steward, from the reporter, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from network.core.db import Base, db
from network.core.errors import NotFound
from network.directory.models import ListingReport, ListingSuggestion, Location, Organization, Service
from network.directory.queries.holdings import KINDS
from network.directory.queries.sections import section_of, values_in, week_of
from network.tenants.context import acting
from network.tenants.models import Tenant
from network.web.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class Told:
    """A report with the listing it is about and who told it. ``fields``: what it proposes, each with the entity, the
    field and the state, in the order in which they were proposed."""

    report: ListingReport
    kind: str
    listing_id: UUID
    name: str
    teller: str
    fields: tuple[tuple[str, str | None, str], ...] = ()

    @property
    def outcome(self) -> str:
        """What came of it: its state, or ``in_part`` where some of what it said was taken and some was not."""
        answers = {state for _entity, _field, state in self.fields}
        if self.report.problem or self.report.reason_code:
            answers.add(self.report.state)
        return "in_part" if answers == {"accepted", "rejected"} else self.report.state

    def answered(self, state: str) -> tuple[tuple[str, str | None], ...]:
        """The fields of which the answer was this."""
        return tuple((entity, field) for entity, field, answer in self.fields if answer == state)


@dataclass(frozen=True, slots=True)
class Suggested:
    """One field of a report: what stood there, what stands there now, and what is proposed."""

    suggestion: ListingSuggestion
    now: Any


def as_json(value: Any) -> Any:
    """A value as suggestions, merges and history keep it."""
    if isinstance(value, UUID | date | datetime):
        return str(value) if isinstance(value, UUID) else value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def current_value(one: ListingSuggestion) -> Any:
    """What stands now where something is proposed; what stood there then, where it cannot be told by one field."""
    if one.entity_id is None:
        return None
    table = Base.metadata.tables[one.entity]
    row = db.session.execute(select(table).where(table.c.id == one.entity_id)).mappings().first()
    if row is None:
        return None
    if one.entity in KINDS and one.field == "week":
        return {name: value for name, value in week_of(one.entity, one.entity_id).items() if value}
    if one.field is None or (one.field not in row and one.entity not in KINDS):
        return one.seen
    if one.entity in KINDS and (one.field not in row or section_of(one.entity, one.field) is not None):
        listing = db.session.get(KINDS[one.entity], one.entity_id)
        return as_json(values_in(one.entity, listing, _beside(one.field))[one.field])
    return as_json(row[one.field])


def _beside(field: str) -> set[str]:
    """The field with those by which its section is known."""
    marks = {"languages": "interpreted", "interpreted": "languages"}
    section = section_of("service", field)
    known = {
        "whom": "sex",
        "standing": "legal_status",
        "papers": "documents_required",
        "care": "disability_access",
    }
    known |= {"practices": "police_on_site", "house-rules": "free_to_leave"}
    return {field, marks.get(field, field), known.get(section or "", field)}


def list_reports(side: str, *, state: str = "", cursor: str | None = None) -> Page[Told]:
    """Reports to us as the steward (``side`` "to"), or from us ("from"); newest first."""
    mine = ListingReport.steward_tenant_id if side == "to" else ListingReport.from_tenant_id
    asked = _told().where(mine == acting().tenant)
    if state:
        asked = asked.where(ListingReport.state == state)
    return page_of(
        asked,
        (ListingReport.created_at, ListingReport.id),
        name=f"reports.{side}.{state}",
        cursor=cursor,
        make=_as_told,
    )


def get_report(report_id: UUID) -> Told:
    """A report that this tenant told or was told; raises NotFound."""
    row = db.session.execute(_told().where(ListingReport.id == report_id)).first()
    if row is None:
        raise NotFound
    return _as_told(row)


def _told() -> Select[Any]:
    """Reports with the name of what they are about."""
    name = func.coalesce(Service.name, Organization.name, Location.name, Location.town)
    one = func.jsonb_build_array(ListingSuggestion.entity, ListingSuggestion.field, ListingSuggestion.state)
    proposed = (
        select(func.jsonb_agg(aggregate_order_by(one, ListingSuggestion.id)))
        .where(ListingSuggestion.report_id == ListingReport.id)
        .scalar_subquery()
    )
    columns: tuple[Any, ...] = (ListingReport, name, Tenant.name, proposed)
    return (
        select(*columns)
        .outerjoin(Service, Service.id == ListingReport.service_id)
        .outerjoin(Organization, Organization.id == ListingReport.organization_id)
        .outerjoin(Location, Location.id == ListingReport.location_id)
        .outerjoin(Tenant, Tenant.id == ListingReport.from_tenant_id)
    )


def _as_told(row: Any) -> Told:
    report: ListingReport = row[0]
    kind = next(kind for kind in KINDS if getattr(report, f"{kind}_id") is not None)
    return Told(
        report,
        kind,
        getattr(report, f"{kind}_id"),
        row[1] or "",
        row[2] or "",
        tuple(map(tuple, row[3] or ())),
    )


def suggestions_of(report_id: UUID) -> Sequence[Suggested]:
    """The fields of a report, in the order in which they were proposed."""
    found = db.session.scalars(
        select(ListingSuggestion)
        .where(ListingSuggestion.report_id == report_id)
        .order_by(ListingSuggestion.id)
    )
    return [Suggested(one, current_value(one)) for one in found]


def count_open_reports() -> int:
    """How many reports wait for this tenant's answer."""
    return (
        db.session.scalar(
            select(func.count()).where(
                ListingReport.steward_tenant_id == acting().tenant, ListingReport.state == "open"
            )
        )
        or 0
    )
