"""One listing with everything that its page needs, in three queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from network.core.db import db
from network.core.errors import NotFound
from network.directory.hours import Hours, from_search
from network.directory.models import (
    Address,
    Location,
    Organization,
    Phone,
    Service,
    ServiceAtLocation,
    ServiceHold,
    ServiceSearch,
)
from network.directory.practices import ToHear, to_hear
from network.directory.queries.holidays import days_off
from network.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number to call, and what it is for."""

    number: str
    extension: int | None = None
    type: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A service at a location with everything that a page of it needs.

    ``tenant_id``: the tenant of its organization, which receives referrals in the platform; None where nobody has
    claimed the listing. ``address`` is empty for a confidential location, whoever asks. ``phones``: those of the
    service first, then of the location, then of the organization.
    """

    service_at_location_id: UUID
    service_id: UUID
    service_name: str
    service_alternate_name: str | None
    description: str
    application_process: str | None
    interpretation_services: str | None
    organization_id: UUID
    organization_name: str
    organization_alternate_name: str | None
    organization_country: str
    tenant_id: UUID | None
    steward_tenant_id: UUID
    location_id: UUID
    town: str
    country: str
    latitude: float | None
    longitude: float | None
    confidential: bool
    address: tuple[str, ...]
    transportation: str | None
    zone: str
    hours: Hours
    need_codes: tuple[str, ...]
    languages: tuple[str, ...]
    phones: tuple[PhoneNumber, ...]
    email: str | None
    website: str | None
    eligibility: Mapping[str, Any]
    practices: Mapping[str, str]
    house_rules: Mapping[str, str]
    referral_method: str
    other_referral_methods: tuple[str, ...]
    response_hours: int | None
    cost: str | None
    status: str
    alert: str | None
    visibility: str
    invented: bool
    verified_on: date | None
    held: bool
    suspended: bool = False
    next_step: str | None = None
    reported_at: datetime | None = None
    reported_problem: str | None = None
    gone: bool = False

    @property
    def takes_referrals(self) -> bool:
        """Whether a new referral may be offered: it takes them, runs, and this centre has not put it on hold."""
        runs = self.status == "active" and not self.gone
        return self.referral_method != "not_accepted" and runs and not self.held

    @property
    def to_hear(self) -> ToHear:
        """What a client must hear of it before she agrees."""
        return to_hear(self.practices)


def listing(service_at_location_id: UUID) -> Listing:
    """A service at a location with everything that a page of it needs; raises NotFound."""
    found = listings_where(ServiceSearch.service_at_location_id == service_at_location_id)
    if not found:
        found = listings_where(
            ServiceSearch.service_at_location_id.in_(kept_instead_of(service_at_location_id))
        )
    if not found:
        raise NotFound
    return found[0]


def kept_instead_of(service_at_location_id: UUID) -> Select[UUID]:
    """What stands for a service at a location whose service or location was merged into another."""
    traced, kept = aliased(ServiceAtLocation), aliased(ServiceAtLocation)
    service, location = aliased(Service), aliased(Location)
    return (
        select(kept.id)
        .select_from(traced)
        .join(service, service.id == traced.service_id)
        .join(location, location.id == traced.location_id)
        .join(
            kept,
            and_(
                kept.service_id == func.coalesce(service.merged_into_id, service.id),
                kept.location_id == func.coalesce(location.merged_into_id, location.id),
            ),
        )
        .where(traced.id == service_at_location_id, kept.id != traced.id)
    )


def listings_of_service(service_id: UUID) -> tuple[Listing, ...]:
    """A service at each of its locations, by town."""
    return listings_where(ServiceSearch.service_id == service_id)


def listings_of_organization(organization_id: UUID) -> tuple[Listing, ...]:
    """All services of an organization at all their locations, by name and town."""
    return listings_where(ServiceSearch.organization_id == organization_id)


def listings_where(*conditions: ColumnElement[bool]) -> tuple[Listing, ...]:
    """Listings by name and town, in three queries, however many there are."""
    trace = aliased(Service)
    held = exists().where(
        ServiceHold.service_id == trace.id,
        or_(trace.id == ServiceSearch.service_id, trace.merged_into_id == ServiceSearch.service_id),
        ServiceHold.released_at.is_(None),
    )
    off = days_off(ServiceSearch.country, ServiceSearch.service_id)
    columns: tuple[Any, ...] = (
        *(ServiceSearch, Service, Organization, Tenant.id, Tenant.status, Location.transportation, held, off),
    )
    rows: Sequence[Any] = db.session.execute(
        select(*columns)
        .join(Service, Service.id == ServiceSearch.service_id)
        .join(Organization, Organization.id == ServiceSearch.organization_id)
        .join(Location, Location.id == ServiceSearch.location_id)
        .outerjoin(Tenant, and_(Tenant.organization_id == Organization.id, Tenant.status != "planned"))
        .where(*conditions)
        .order_by(ServiceSearch.service_name, ServiceSearch.town, ServiceSearch.service_at_location_id)
    ).all()
    if not rows:
        return ()
    phones = _phones([row[0] for row in rows])
    addresses = _addresses([row[0].location_id for row in rows if not row[0].confidential])
    return tuple(_listing(phones, addresses, *row) for row in rows)


def described(
    known: ServiceSearch, service: Service, organization: Organization, tenant_id: UUID | None
) -> Listing:
    """A listing of what is known of it, where no search holds it."""
    return _listing(_phones([known]), {}, known, service, organization, tenant_id, None, None, False, ())


def _listing(
    phones: Mapping[UUID, Sequence[Phone]],
    addresses: Mapping[UUID, tuple[str, ...]],
    found: ServiceSearch,
    service: Service,
    organization: Organization,
    tenant_id: UUID | None,
    tenant_status: str | None,
    transportation: str | None,
    held: bool,
    off: Sequence[Mapping[str, Any]],
) -> Listing:
    owners = (found.service_at_location_id, found.service_id, found.location_id, found.organization_id)
    return Listing(
        service_at_location_id=found.service_at_location_id,
        service_id=service.id,
        service_name=service.name,
        service_alternate_name=service.alternate_name,
        description=service.description,
        application_process=service.application_process,
        interpretation_services=service.interpretation_services,
        organization_id=organization.id,
        organization_name=organization.name,
        organization_alternate_name=organization.alternate_name,
        organization_country=organization.country,
        tenant_id=tenant_id,
        steward_tenant_id=organization.steward_tenant_id,
        location_id=found.location_id,
        town=found.town,
        country=found.country,
        latitude=found.latitude,
        longitude=found.longitude,
        confidential=found.confidential,
        address=addresses.get(found.location_id, ()),
        transportation=transportation,
        zone=found.time_zone,
        hours=from_search(found.openings, found.time_zone, [*found.exceptions, *off]),
        need_codes=tuple(found.need_codes),
        languages=tuple(found.languages),
        phones=tuple(_number(phone) for owner in owners for phone in phones.get(owner, ())),
        email=service.email or organization.email,
        website=service.url or organization.website,
        eligibility=found.eligibility,
        practices=found.practices,
        house_rules=found.house_rules,
        referral_method=service.referral_method,
        other_referral_methods=tuple(service.other_referral_methods),
        response_hours=service.response_hours,
        cost=service.cost,
        status=service.status,
        alert=service.alert,
        visibility=found.visibility,
        invented=service.invented,
        verified_on=service.verified_on,
        held=held,
        suspended=tenant_status == "suspended",
        next_step=service.next_step,
        reported_at=service.reported_at,
        reported_problem=service.reported_problem,
    )


def _number(phone: Phone) -> PhoneNumber:
    return PhoneNumber(phone.number, phone.extension, phone.type, phone.description)


def _phones(found: Sequence[ServiceSearch]) -> dict[UUID, list[Phone]]:
    """The numbers of each owner: organization, service, location or service at a location."""
    numbers = db.session.scalars(
        select(Phone)
        .where(
            or_(
                Phone.organization_id.in_({one.organization_id for one in found}),
                Phone.service_id.in_({one.service_id for one in found}),
                # A landline's number tells the door it rings behind.
                Phone.location_id.in_({one.location_id for one in found if not one.confidential}),
                Phone.service_at_location_id.in_({one.service_at_location_id for one in found}),
            )
        )
        .order_by(Phone.id)
    )
    by_owner: dict[UUID, list[Phone]] = {}
    for phone in numbers:
        owner = phone.service_at_location_id or phone.service_id or phone.location_id or phone.organization_id
        if owner is not None:
            by_owner.setdefault(owner, []).append(phone)
    return by_owner


def _addresses(location_ids: Sequence[UUID]) -> dict[UUID, tuple[str, ...]]:
    if not location_ids:
        return {}
    found = db.session.scalars(
        select(Address).where(Address.location_id.in_(location_ids)).order_by(Address.id)
    )
    lines: dict[UUID, tuple[str, ...]] = {}
    for one in found:
        parts = (one.attention, one.address_1, one.address_2, one.city, one.state_province, one.postal_code)
        lines.setdefault(one.location_id, tuple(part for part in parts if part))
    return lines
