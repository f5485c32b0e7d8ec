"""Making places: where an organization is, what of it stays sealed, and what is offered there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.core.ids import new_id
from network.directory import fields, geo
from network.directory.geo import Place, Point
from network.directory.models import Address, Location, LocationPrivate, ServiceAtLocation
from network.directory.policies import require_steward
from network.directory.queries import find_places, get_organization, get_service
from network.directory.states import LOCATION_TYPES, VISIBILITIES
from network.tenants.context import acting
from network.tenants.keys import tenant_key


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


def list_place(organization_id: UUID, given: Mapping[str, Any]) -> UUID:
    """List a place as it is asked for at first: its town by name, its own name, whether it is confidential."""
    organization, typed = get_organization(organization_id), given["place"]
    found = find_places(typed, organization.country) or find_places(typed)
    if not found:
        raise fields.wrong(
            "place", _("We do not know this place. Check the spelling, or name the next larger town.")
        )
    return create_location(
        organization_id,
        place_code=found[0].code,
        name=given["name"],
        confidential=given["confidential"],
        visibility=given["visibility"],
        town=found[0].name,
        time_zone=found[0].time_zone,
    )


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
