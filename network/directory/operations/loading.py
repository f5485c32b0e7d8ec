"""Listing an organization with everything it offers, from one description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from network.directory.geo import Point
from network.directory.models import Organization
from network.directory.operations.details import (
    add_phone,
    set_eligibility,
    set_languages,
    set_practices,
    set_schedule,
)
from network.directory.operations.listings import add_role, create_organization, create_service
from network.directory.operations.sites import create_location, place_service_at_location
from network.directory.queries import get_organization


def load_listing(data: Mapping[str, Any]) -> Organization:
    """List an organization with those behind it, its locations and services; whoever acts becomes the steward.

    ``data`` has the shape of an entry of the demonstration's ``partners.json``: name, country, run_by and board
    (classes of recipients), locations (by code), services with their needs, hours, conditions, practices, house
    rules and ways of taking referrals.
    """
    organization_id = create_organization(
        name=data["name"],
        alternate_name=data.get("own_name"),
        country=data["country"],
        description=data.get("description") or "",
        recipient_class=data.get("recipient_class", "service_provider"),
        email=data.get("email"),
        website=data.get("website"),
        visibility=data.get("visibility", "network"),
        invented=data.get("invented", False),
    )
    for relation in ("run_by", "board"):
        for class_code in data.get(relation, ()):
            add_role(organization_id, relation, class_code, country=data["country"])
    for phone in data.get("phones", ()):
        add_phone(phone["number"], type=phone.get("type"), organization_id=organization_id)
    # What the organization's entry says of the public holds for its parts, unless a part says otherwise.
    common = {"visibility": data.get("visibility", "network"), "invented": data.get("invented", False)}
    locations = {
        one["code"]: _load_location(organization_id, common | one) for one in data.get("locations", ())
    }
    for one in data.get("services", ()):
        _load_service(organization_id, common | one, locations)
    return get_organization(organization_id)


def _load_location(organization_id: UUID, data: Mapping[str, Any]) -> UUID:
    latitude, longitude = data.get("latitude"), data.get("longitude")
    return create_location(
        organization_id,
        place_code=data.get("place"),
        point=Point(latitude, longitude) if latitude is not None and longitude is not None else None,
        town=data.get("town"),
        time_zone=data.get("time_zone"),
        location_type=data.get("location_type", "physical"),
        name=data.get("name"),
        confidential=data.get("confidential", False),
        addresses=[one for one in data.get("addresses", ()) if one.get("address_1")],
        visibility=data["visibility"],
    )


def _load_service(organization_id: UUID, data: Mapping[str, Any], locations: Mapping[str, UUID]) -> None:
    referral = data.get("referral", {})
    conditions = dict(data.get("eligibility", {}))
    service_id = create_service(
        organization_id,
        name=data["name"],
        alternate_name=data.get("own_name"),
        description=data.get("description") or "",
        needs=data["needs"],
        referral_methods=referral.get("methods", ()) if referral.get("accepted", True) else ("not_accepted",),
        status=data.get("status", "active"),
        interpretation_services=data.get("interpretation_services"),
        application_process=data.get("application_process"),
        alert=data.get("alert"),
        response_hours=referral.get("usual_response_hours"),
        cost=conditions.pop("cost", None),
        visibility=data["visibility"],
        invented=data["invented"],
    )
    set_languages(service_id, data.get("languages", ()))
    set_eligibility(service_id, conditions)
    set_practices(service_id, data.get("partner_practices", {}), data.get("house_rules", {}))
    if data.get("schedules"):
        set_schedule(data["schedules"], service_id=service_id)
    for phone in data.get("phones", ()):
        add_phone(phone["number"], type=phone.get("type"), service_id=service_id)
    for code in data.get("locations", ()):
        place_service_at_location(service_id, locations[code])
