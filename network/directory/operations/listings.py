"""Making listings: organizations, who stands behind them, services, locations, and what is offered where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock, vocabulary
from network.core.crypto import seal
from network.core.db import db
from network.core.errors import Conflict
from network.core.ids import new_id
from network.directory import fields, geo
from network.directory.geo import Place, Point
from network.directory.models import (
    Address,
    Location,
    LocationPrivate,
    Organization,
    OrganizationRole,
    Service,
    ServiceAtLocation,
)
from network.directory.operations.details import set_needs
from network.directory.policies import require_headquarters, require_steward
from network.directory.queries import get_organization, get_service
from network.directory.states import (
    LOCATION_TYPES,
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VISIBILITIES,
)
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.tenants.models import Tenant


def create_organization(
    *,
    name: str,
    country: str,
    description: str = "",
    recipient_class: str = "service_provider",
    alternate_name: str | None = None,
    email: str | None = None,
    website: str | None = None,
    parent_organization_id: UUID | None = None,
    visibility: str = "network",
    invented: bool = False,
    verified_on: date | None = None,
) -> UUID:
    """List an organization; whoever acts becomes its steward. ``recipient_class``: what it is to a refusal."""
    if parent_organization_id is not None:
        get_organization(parent_organization_id)
    now = clock.now()
    organization = Organization(
        id=new_id(),
        steward_tenant_id=acting().tenant,
        name=fields.name("name", name),
        alternate_name=fields.optional_text("alternate_name", alternate_name),
        description=fields.optional_text("description", description) or "",
        email=fields.optional_text("email", email),
        website=fields.optional_text("website", website),
        country=fields.country("country", country),
        recipient_class=vocabulary.check("recipient_classes", recipient_class),
        parent_organization_id=parent_organization_id,
        visibility=fields.one_of("visibility", visibility, VISIBILITIES),
        invented=invented,
        verified_on=verified_on,
        created_at=now,
        modified_at=now,
    )
    db.session.add(organization)
    db.session.flush()
    record("organization.created", "organization", organization.id)
    return organization.id


def add_role(
    organization_id: UUID,
    relation: str,
    class_code: str,
    *,
    country: str | None = None,
    name: str | None = None,
    other_organization_id: UUID | None = None,
) -> UUID:
    """State who runs an organization, sits on its board or stands above it. Refusals of clients go by it."""
    organization = get_organization(organization_id)
    require_steward(acting(), organization)
    if other_organization_id is not None:
        if other_organization_id == organization_id:
            raise fields.wrong("other_organization_id", _("Choose another organization."))
        get_organization(other_organization_id)
    role = OrganizationRole(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        relation=fields.one_of("relation", relation, RELATIONS),
        class_code=vocabulary.check("recipient_classes", class_code),
        country=fields.country("country", country) if country else None,
        name=fields.optional_text("name", name),
        other_organization_id=other_organization_id,
    )
    db.session.add(role)
    db.session.flush()
    record("organization.role_added", "organization", organization_id, fields=(relation,))
    return role.id


def create_service(
    organization_id: UUID,
    *,
    name: str,
    needs: Sequence[str],
    referral_methods: Sequence[str],
    description: str = "",
    alternate_name: str | None = None,
    url: str | None = None,
    email: str | None = None,
    status: str = "active",
    interpretation_services: str | None = None,
    application_process: str | None = None,
    alert: str | None = None,
    response_hours: int | None = None,
    cost: str | None = None,
    visibility: str = "network",
    invented: bool = False,
    verified_on: date | None = None,
) -> UUID:
    """List a service of an organization. ``referral_methods``: the first is the one to use; ``not_accepted`` stands
    alone."""
    organization = get_organization(organization_id)
    require_steward(acting(), organization)
    methods = _methods(referral_methods)
    if response_hours is not None and response_hours < 1:
        raise fields.wrong("response_hours", _("Enter at least one hour."))
    now = clock.now()
    service = Service(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        name=fields.name("name", name),
        alternate_name=fields.optional_text("alternate_name", alternate_name),
        description=fields.optional_text("description", description) or "",
        url=fields.optional_text("url", url),
        email=fields.optional_text("email", email),
        status=fields.one_of("status", status, SERVICE_STATUSES),
        interpretation_services=fields.optional_text("interpretation_services", interpretation_services),
        application_process=fields.optional_text("application_process", application_process),
        alert=fields.optional_text("alert", alert),
        referral_method=methods[0],
        other_referral_methods=methods[1:],
        response_hours=response_hours,
        cost=vocabulary.check("eligibility.cost", cost) if cost is not None else None,
        visibility=fields.one_of("visibility", visibility, VISIBILITIES),
        invented=invented,
        verified_on=verified_on,
        created_at=now,
        modified_at=now,
    )
    db.session.add(service)
    db.session.flush()
    set_needs(service.id, needs)
    record("service.created", "service", service.id)
    return service.id


def _methods(given: Sequence[str]) -> list[str]:
    methods = [fields.one_of("referral_method", method, REFERRAL_METHODS) for method in dict.fromkeys(given)]
    if not methods:
        raise fields.wrong("referral_methods", _("Say how it takes referrals, or that it does not."))
    if "not_accepted" in methods and len(methods) > 1:
        raise fields.wrong("referral_methods", _("It takes referrals or it does not."))
    return methods


def create_location(
    organization_id: UUID,
    *,
    place_code: str | None = None,
    point: Point | None = None,
    town: str | None = None,
    country: str | None = None,
    time_zone: str | None = None,
    location_type: str = "physical",
    name: str | None = None,
    description: str | None = None,
    transportation: str | None = None,
    confidential: bool = False,
    visibility: str = "network",
    addresses: Sequence[Mapping[str, Any]] = (),
) -> UUID:
    """List a place of an organization. What is not given comes from the gazetteer, by code or by nearness.

    Of a confidential place the directory gets the town and its centre; everything else, the exact position
    included, is sealed for the steward alone.
    """
    organization = get_organization(organization_id)
    require_steward(acting(), organization)
    place = _place(place_code, point, confidential)
    now = clock.now()
    location = Location(
        id=new_id(),
        organization_id=organization_id,
        steward_tenant_id=organization.steward_tenant_id,
        location_type=fields.one_of("location_type", location_type, LOCATION_TYPES),
        place_code=place.code if place else None,
        confidential=confidential,
        visibility=fields.one_of("visibility", visibility, VISIBILITIES),
        created_at=now,
        modified_at=now,
    )
    db.session.add(location)
    told = {"name": name, "description": description, "transportation": transportation}
    if confidential:
        assert place is not None
        _stand_at(location, place.point, place.name, place.country, place.time_zone)
        db.session.flush()
        _keep_private(location, told, point, addresses)
    else:
        where = point or (place.point if place and location_type == "physical" else None)
        _stand_at(
            location,
            where,
            town or (place.name if place else ""),
            country or (place.country if place else organization.country),
            time_zone or (place.time_zone if place else ""),
        )
        for field, text in told.items():
            setattr(location, field, fields.optional_text(field, text))
        db.session.flush()
        _add_addresses(location, addresses)
    db.session.flush()
    record("location.created", "location", location.id)
    return location.id


def _place(code: str | None, point: Point | None, confidential: bool) -> Place | None:
    if code is not None:
        return geo.get_place(code)
    if confidential:
        if point is None:
            raise fields.wrong("place_code", _("Name the town of a confidential place."))
        return geo.nearest_place(point)
    return None


def _stand_at(location: Location, point: Point | None, town: str, country: str, time_zone: str) -> None:
    if point is None and location.location_type == "physical":
        raise fields.wrong("place_code", _("Say where it is: a town or a position."))
    location.latitude = point.latitude if point else None
    location.longitude = point.longitude if point else None
    location.town = fields.name("town", town)
    location.country = fields.country("country", country)
    location.time_zone = fields.time_zone("time_zone", time_zone)


def _keep_private(
    location: Location, told: Mapping[str, Any], point: Point | None, addresses: Sequence[Mapping[str, Any]]
) -> None:
    kept: dict[str, Any] = {field: text for field, text in told.items() if text}
    if point is not None:
        kept |= {"latitude": point.latitude, "longitude": point.longitude}
    if addresses:
        kept["addresses"] = [{key: value for key, value in one.items() if value} for one in addresses]
    if not kept:
        return
    tenant_id = location.steward_tenant_id
    sealed = seal(tenant_key(tenant_id), "location_private", tenant_id, location.id, kept)
    db.session.add(
        LocationPrivate(tenant_id=tenant_id, id=location.id, sealed=sealed, modified_at=location.modified_at)
    )


def _add_addresses(location: Location, addresses: Sequence[Mapping[str, Any]]) -> None:
    for one in addresses:
        texts = ("attention", "address_1", "address_2", "region", "state_province", "postal_code")
        db.session.add(
            Address(
                id=new_id(),
                location_id=location.id,
                steward_tenant_id=location.steward_tenant_id,
                city=fields.name("city", one.get("city") or location.town),
                country=fields.country("country", one.get("country") or location.country),
                address_type=fields.one_of(
                    "address_type", one.get("address_type", "physical"), LOCATION_TYPES
                ),
                **{text: fields.optional_text(text, one.get(text)) for text in texts},
            )
        )


def place_service_at_location(service_id: UUID, location_id: UUID, description: str | None = None) -> UUID:
    """Offer a service at a location of the same organization."""
    service = get_service(service_id)
    require_steward(acting(), get_organization(service.organization_id))
    location = db.session.get(Location, location_id)
    if location is None or location.organization_id != service.organization_id:
        raise fields.wrong("location_id", _("Choose a location of the organization itself."))
    now = clock.now()
    offered = db.session.scalar(
        select(ServiceAtLocation).where(
            ServiceAtLocation.service_id == service_id, ServiceAtLocation.location_id == location_id
        )
    )
    if offered is not None and offered.removed_at is None:
        raise fields.wrong("location_id", _("The service is offered there already."))
    if offered is None:
        offered = ServiceAtLocation(
            id=new_id(),
            service_id=service_id,
            location_id=location_id,
            steward_tenant_id=service.steward_tenant_id,
            created_at=now,
        )
        db.session.add(offered)
    offered.description = fields.optional_text("description", description)
    offered.removed_at, offered.modified_at = None, now
    db.session.flush()
    record("service.placed", "service", service_id)
    return offered.id


def link_tenant(organization_id: UUID, tenant_id: UUID) -> None:
    """Give a tenant its organization in the directory, and the stewardship of the listing. Headquarters only."""
    require_headquarters(acting())
    organization = get_organization(organization_id)
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None:
        raise fields.wrong("tenant_id", _("There is no such member."))
    claimed = db.session.query(Tenant.id).filter(Tenant.organization_id == organization_id).scalar()
    if claimed not in (None, tenant_id) or tenant.organization_id not in (None, organization_id):
        raise Conflict(_("This organization or this member is linked already."))
    tenant.organization_id = organization_id
    organization.steward_tenant_id = tenant_id
    db.session.flush()
    record("organization.linked", "organization", organization_id)
