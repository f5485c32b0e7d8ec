"""Days on which the hours of a whole country do not hold: those to come, whose hours they hide, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, select

from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.directory.hours import LOOK_AHEAD_DAYS
from network.directory.models import (
    ListingChange,
    Location,
    ScheduleException,
    Service,
    ServiceAtLocation,
)
from network.directory.queries.keeping import Change
from network.tenants.models import Tenant
from network.web.paging import Page, page_of

KEPT_FOR = timedelta(days=31)
AHEAD = timedelta(days=400)


def list_days(country: str | None = None) -> Sequence[ScheduleException]:
    """The days of a country, or of all, that lie ahead or ended in the last month; by country and day."""
    asked = select(ScheduleException).where(
        ScheduleException.country.is_not(None),
        ScheduleException.last_on >= clock.now().date() - KEPT_FOR,
    )
    if country is not None:
        asked = asked.where(ScheduleException.country == country)
    return db.session.scalars(
        asked.order_by(ScheduleException.country, ScheduleException.first_on, ScheduleException.id).limit(500)
    ).all()


def get_day(exception_id: UUID) -> ScheduleException:
    """Days of a country; raises NotFound."""
    found = db.session.get(ScheduleException, exception_id)
    if found is None or found.country is None:
        raise NotFound
    return found


def days_that_hide(kind: str, listing_id: UUID) -> Sequence[ScheduleException]:
    """The country's days to come on which the week of a service or a place does not hold."""
    here = select(Location.country).where(Location.id == listing_id)
    if kind == "service":
        here = (
            select(Location.country)
            .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
            .join(Service, Service.id == ServiceAtLocation.service_id)
            .where(
                Service.id == listing_id,
                Service.open_on_holidays.is_(False),
                ServiceAtLocation.removed_at.is_(None),
            )
        )
    today = clock.now().date()
    return db.session.scalars(
        select(ScheduleException)
        .where(
            ScheduleException.country.in_(here),
            ScheduleException.last_on >= today,
            ScheduleException.first_on <= today + AHEAD,
        )
        .order_by(ScheduleException.first_on, ScheduleException.id)
        .limit(50)
    ).all()


def days_off(country: Any, service_id: Any, first: Any = None, last: Any = None) -> ColumnElement[Any]:
    """The country's days from ``first`` to ``last`` (around today if not said) as the search keeps exceptions, for a
    row that is selected; none for a service that keeps its week on them."""
    today: date = clock.now().date()
    first = today - timedelta(days=2) if first is None else first
    last = today + timedelta(days=LOOK_AHEAD_DAYS) if last is None else last
    keeps = select(Service.id).where(Service.open_on_holidays.is_(True))
    table = cast(Table, ScheduleException.__table__)
    return (
        select(func.coalesce(func.jsonb_agg(func.exception_as_json(table.table_valued())), func.jsonb("[]")))
        .where(
            ScheduleException.country == country,
            ScheduleException.first_on <= last,
            ScheduleException.last_on >= first,
            service_id.not_in(keeps),
        )
        .scalar_subquery()
    )


def history_of_days(*, cursor: str | None = None) -> Page[Change]:
    """Who changed which days of which country, newest first."""
    whole = func.num_nonnulls(
        ListingChange.organization_id, ListingChange.service_id, ListingChange.location_id
    )
    columns: tuple[Any, ...] = (ListingChange, Tenant.name)
    asked = (
        select(*columns)
        .outerjoin(Tenant, Tenant.id == ListingChange.by_tenant_id)
        .where(whole == 0, ListingChange.entity == "schedule_exception")
    )
    return page_of(
        asked,
        (ListingChange.number,),
        name="history.holidays",
        cursor=cursor,
        make=lambda row: Change(row[0], row[1] or ""),
    )
