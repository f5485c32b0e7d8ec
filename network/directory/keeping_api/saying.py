"""What is said of a listing beside its sections: what stands in them, the week, where it is offered, what is free."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import NotFound
from network.directory import operations, queries
from network.directory.keeping_api.door import blueprint, kind_of
from network.directory.queries import holdings, keeping
from network.directory.queries.holidays import days_that_hide
from network.directory.queries.reports import as_json
from network.directory.queries.sections import values_in, week_of
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    sections_of,
)
from network.web.doors import run_once
from network.web.forms import RequestSchema
from network.web.versions import with_etag


class FreeSchema(RequestSchema):
    """What is free now, in a unit of ``GET /hsds/v3``'s capacities."""

    unit_id = fields.UUID(required=True)
    available = fields.Integer(required=True, validate=validate.Range(0, 100_000))
    maximum = fields.Integer(load_default=None, validate=validate.Range(0, 100_000))
    next_free_at = fields.AwareDateTime(load_default=None)


class OfferSchema(RequestSchema):
    """Where a service is offered."""

    location_id = fields.UUID(required=True)


@blueprint.route("/listings/<plural>/<uuid:listing_id>/sections/<section>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def section(plural: str, listing_id: UUID, section: str) -> Response:
    """What stands in a section of a listing of yours, as PUT takes it; the ETag is that of the listing."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    asked = sections_of(kind, confidential=getattr(listing, "confidential", False)).get(section)
    if asked is None:
        raise NotFound
    values = values_in(kind, listing, {one.name for one in asked})
    return with_etag(jsonify({name: as_json(value) for name, value in values.items()}), listing)


@blueprint.route("/listings/<plural>/<uuid:listing_id>/hours", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def hours(plural: str, listing_id: UUID) -> Response:
    """The week of a service or a place of yours, and the country's days that hide it."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    if kind == "organization":
        raise NotFound
    hidden = [day_as_json(one) for one in days_that_hide(kind, listing_id)]
    return with_etag(jsonify({"week": week_of(kind, listing_id), "hidden_on": hidden}), listing)


def day_as_json(one: Any) -> dict[str, Any]:
    """Days of a country."""
    names = ("id", "country", "first_on", "last_on", "kind", "closed", "opens_at", "closes_at", "description")
    return {name: as_json(getattr(one, name)) for name in names}


@blueprint.route("/services/<uuid:service_id>/offers", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(OfferSchema)
@blueprint.response(201, CreatedOut)
def offer_at(given: dict[str, Any], service_id: UUID) -> dict[str, UUID]:
    """Offer a service of yours at a place of its organization."""
    keeping.get_mine("service", service_id)
    return {"id": run_once(lambda: operations.place_service_at_location(service_id, given["location_id"]))}


@blueprint.route("/services/<uuid:service_id>/offers", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def offers(service_id: UUID) -> Response:
    """Where a service of yours is offered."""
    keeping.get_mine("service", service_id)
    return jsonify(
        {
            "items": [
                {"id": str(row.id), "location_id": str(place.id), "town": place.town, "name": place.name}
                for row, place in keeping.offered_at(service_id)
            ]
        }
    )


@blueprint.route("/services/<uuid:service_id>/offers/<uuid:offered_id>", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def stop_offering(service_id: UUID, offered_id: UUID) -> None:
    """Offer a service of yours at a place no longer."""
    keeping.get_mine("service", service_id)
    if queries.get_service_at_location(offered_id).service_id != service_id:
        raise NotFound
    run_once(lambda: _stopped(offered_id))


def _stopped(offered_id: UUID) -> UUID:
    operations.remove("service_at_location", offered_id)
    return offered_id


@blueprint.route("/services/<uuid:service_id>/capacity", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
def capacity(service_id: UUID) -> Response:
    """What a service has free, in every unit that was ever said, and the network's units."""
    queries.get_service(service_id)
    return jsonify({"items": [_free(one) for one in holdings.capacity_of(service_id)]})


def _free(one: holdings.Free) -> dict[str, Any]:
    said = one.capacity
    return {
        "unit_id": str(one.unit.id),
        "unit": one.unit.name,
        "available": as_json(said.available) if said else None,
        "maximum": as_json(said.maximum) if said else None,
        "updated_at": as_json(said.updated_at) if said else None,
        "next_free_at": as_json(said.next_free_at) if said else None,
    }


@blueprint.route("/services/<uuid:service_id>/capacity", methods=["PUT"])
@requires(Permission.CAPACITY_SAY)
@blueprint.arguments(FreeSchema)
@blueprint.response(200, CreatedOut)
def say_capacity(given: dict[str, Any], service_id: UUID) -> dict[str, UUID]:
    """Say what a service of yours has free now."""
    return {"id": run_once(lambda: operations.say_capacity(service_id, **given))}
