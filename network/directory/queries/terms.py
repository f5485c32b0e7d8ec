"""What a referral and a disclosure ask of a listing, and nothing more: one query each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Date, bindparam, exists, or_, select

from network.core import clock
from network.core.db import db
from network.directory.hours import Hours, from_search
from network.directory.models import Service, ServiceHold, ServiceSearch
from network.directory.queries.asked import listing_asked
from network.directory.queries.holidays import AHEAD, days_off
from network.directory.queries.listing import kept_instead_of
from network.tenants.models import Tenant

_SEARCH, _SERVICE = ServiceSearch.__table__.c, Service.__table__.c
_TRACE = Service.__table__.alias("trace").c
_HOLD, _TENANT = ServiceHold.__table__.c, Tenant.__table__.c
_TERMS = (
    select(
        _TENANT.id.label("tenant_id"),
        (_TENANT.status == "suspended").label("suspended"),
        exists()
        .where(
            _HOLD.service_id.in_(
                select(_TRACE.id).where(
                    or_(_TRACE.id == _SEARCH.service_id, _TRACE.merged_into_id == _SEARCH.service_id)
                )
            ),
            _HOLD.released_at.is_(None),
        )
        .label("held"),
        _SERVICE.status,
        _SERVICE.referral_method,
        _SEARCH.country,
        _SEARCH.time_zone,
        _SEARCH.openings,
        _SEARCH.exceptions,
        days_off(
            _SEARCH.country, _SEARCH.service_id, bindparam("first", type_=Date), bindparam("last", type_=Date)
        ).label("days_off"),
    )
    .join_from(ServiceSearch.__table__, Service.__table__, _SERVICE.id == _SEARCH.service_id)
    .outerjoin(
        Tenant.__table__, (_TENANT.organization_id == _SEARCH.organization_id) & (_TENANT.status != "planned")
    )
    .where(_SEARCH.service_at_location_id == bindparam("asked"))
)
_PRACTICES = (
    select(_SEARCH.need_codes, _SEARCH.practices)
    .where(_SEARCH.organization_id == bindparam("organization"))
    .order_by(_SEARCH.service_name, _SEARCH.town, _SEARCH.service_at_location_id)
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Whether and when a service at a location can be asked. ``tenant_id``: who receives for it in the platform;
    None where nobody signs in for it, or not yet. ``suspended``: its membership rests. ``hours``: with the holidays and
    closures of more than a year to come."""

    tenant_id: UUID | None
    held: bool
    status: str
    referral_method: str
    country: str
    hours: Hours
    suspended: bool = False


def terms_of(service_at_location_id: UUID) -> Terms:
    """Whether and when it can be asked: not at all where nobody finds it any more; raises NotFound."""
    today: date = clock.now().date()
    around = {"first": today - timedelta(days=2), "last": today + AHEAD}
    row = db.session.execute(_TERMS, {"asked": service_at_location_id, **around}).first()
    if row is None:
        kept = db.session.scalar(kept_instead_of(service_at_location_id))
        row = db.session.execute(_TERMS, {"asked": kept, **around}).first() if kept is not None else None
    if row is None:
        gone = listing_asked(service_at_location_id)
        return Terms(gone.tenant_id, gone.held, "inactive", "not_accepted", gone.country, gone.hours)
    hours = from_search(row.openings, row.time_zone, [*row.exceptions, *row.days_off])
    return Terms(
        row.tenant_id, row.held, row.status, row.referral_method, row.country, hours, bool(row.suspended)
    )


def practices_of(organization_id: UUID, need_codes: Collection[str] = ()) -> list[Mapping[str, Any]]:
    """The practices that an organization states, of each service that meets one of these needs (of every one
    where none is named), by name and town."""
    rows = db.session.execute(_PRACTICES, {"organization": organization_id}).all()
    wanted = set(need_codes)
    return [row.practices for row in rows if not wanted or wanted & set(row.need_codes)]
