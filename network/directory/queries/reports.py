"""What members told each other of listings: to the steward, from the reporter, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import ListingReport, ListingSuggestion, Phone, Service
from network.tenants.context import acting
from network.tenants.models import Tenant
from network.web.paging import Page, page_of


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a field, and the row it stands in; None of both where the row is gone."""

    row: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Told:
    """A report with the listing it is about and who told it."""

    report: ListingReport
    service_name: str
    teller: str


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


def current_value(entity: str, entity_id: UUID, field: str) -> Standing:
    """What stands in a field of a service or of a number of it."""
    row: Any = db.session.get(Service if entity == "service" else Phone, entity_id)
    return Standing(row, as_json(getattr(row, field)) if row is not None else None)


def list_reports(side: str, *, state: str = "", cursor: str | None = None) -> Page[Told]:
    """Reports to us as the steward (``side`` "to"), or from us ("from"); newest first."""
    mine = ListingReport.steward_tenant_id if side == "to" else ListingReport.from_tenant_id
    columns: tuple[Any, ...] = (ListingReport, Service.name, Tenant.name)
    asked: Select[Any] = (
        select(*columns)
        .outerjoin(Service, Service.id == ListingReport.service_id)
        .outerjoin(Tenant, Tenant.id == ListingReport.from_tenant_id)
        .where(mine == acting().tenant)
    )
    if state:
        asked = asked.where(ListingReport.state == state)
    return page_of(
        asked,
        (ListingReport.created_at, ListingReport.id),
        name=f"reports.{side}.{state}",
        cursor=cursor,
        make=lambda row: Told(row[0], row[1] or "", row[2] or ""),
    )


def get_report(report_id: UUID) -> Told:
    """A report that this tenant told or was told; raises NotFound."""
    row = db.session.execute(
        select(ListingReport, Service.name, Tenant.name)
        .outerjoin(Service, Service.id == ListingReport.service_id)
        .outerjoin(Tenant, Tenant.id == ListingReport.from_tenant_id)
        .where(ListingReport.id == report_id)
    ).first()
    if row is None:
        raise NotFound
    return Told(row[0], row[1] or "", row[2] or "")


def suggestions_of(report_id: UUID) -> Sequence[Suggested]:
    """The fields of a report, in the order in which they were proposed."""
    found = db.session.scalars(
        select(ListingSuggestion)
        .where(ListingSuggestion.report_id == report_id)
        .order_by(ListingSuggestion.id)
    )
    return [
        Suggested(one, current_value(one.entity, one.entity_id, one.field).value)
        for one in found
        if one.entity_id is not None and one.field is not None
    ]


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
