"""What was asked of a listing once, also when it is listed no more: whoever waits for it must be able to act."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar
from uuid import UUID

from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import (
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceSearch,
)
from network.directory.queries.listing import Listing, described, listing
from network.directory.queries.standing import tenant_of_organization

Row = TypeVar("Row", Service, Location, Organization)


def listing_asked(service_at_location_id: UUID) -> Listing:
    """A service at a location; where nobody finds it any more, what is still known of it, ``gone``.

    Raises NotFound for what never was.
    """
    try:
        return listing(service_at_location_id)
    except NotFound:
        return _gone(service_at_location_id)


def _gone(service_at_location_id: UUID) -> Listing:
    offered = db.session.get(ServiceAtLocation, service_at_location_id)
    if offered is None:
        raise NotFound
    service = _standing(Service, offered.service_id)
    location = _standing(Location, offered.location_id)
    organization = _standing(Organization, service.organization_id)
    known = ServiceSearch(
        service_at_location_id=service_at_location_id,
        service_id=service.id,
        location_id=location.id,
        organization_id=organization.id,
        town=location.town,
        country=location.country,
        time_zone=location.time_zone,
        confidential=location.confidential,
        latitude=None,
        longitude=None,
        openings=[],
        exceptions=[],
        need_codes=[],
        languages=[],
        eligibility={},
        practices={},
        house_rules={},
        visibility=service.visibility,
    )
    told = described(known, service, organization, tenant_of_organization(organization.id))
    return replace(told, gone=True)


def _standing(model: type[Row], row_id: UUID) -> Row:
    """The row, or the one that it was merged into."""
    row = db.session.get_one(model, row_id)
    return row if row.merged_into_id is None else db.session.get_one(model, row.merged_into_id)
