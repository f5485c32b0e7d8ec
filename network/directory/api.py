"""The directory in JSON: search, services, organizations and the taxonomy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint
from marshmallow import RAISE

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.db import unit_of_work
from network.core.errors import NotFound
from network.directory import geo, operations, queries
from network.directory.asking import asked
from network.directory.schemas import (
    CreatedOut,
    CriteriaSchema,
    FindingsOut,
    GapSchema,
    GapsOut,
    GapsSchema,
    OrganizationOut,
    PlaceNameSchema,
    PlaceNamesOut,
    PlaceNamesSchema,
    SearchOut,
    SearchSchema,
    ServiceWithLocationsOut,
    TermsOut,
    profile,
)
from network.directory.search import Findings, find
from network.web.doors import run_once

blueprint = Blueprint("directory_api", __name__, url_prefix="/api/v1", description="The shared directory")


@blueprint.route("/services", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(CriteriaSchema, location="query", unknown=RAISE)
@blueprint.response(200, FindingsOut)
def services(given: dict[str, Any]) -> Findings:
    """Services that answer any of the needs near a place, the best fitting first, at most 50 a page.

    Without a place the search starts where your centre is. To say whom it is for (sex, age, nationality, legal status,
    sector, papers, children), with or without a client, use POST /api/v1/service-searches: nothing about a person
    belongs in an address, and what this does not know is refused.
    """
    return find(asked(given).criteria, counts=True)


@blueprint.route("/service-searches", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(SearchSchema)
@blueprint.response(201, SearchOut)
def start_search(given: dict[str, Any]) -> dict[str, Any]:
    """Search with somebody in mind, who need not be a client: what GET /api/v1/services takes, and in `profile` whom it
    is for. What cannot take her is last, with the reasons. The search is kept sealed and seen by who started it; where
    nobody takes her, the service gap is recorded."""
    criteria = asked(given).criteria
    search_id = run_once(
        lambda: operations.start_search(criteria, profile(given["profile"]), given["case_id"])
    )
    return _search(search_id)


@blueprint.route("/service-searches/<uuid:search_id>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.response(200, SearchOut)
def search(search_id: UUID) -> dict[str, Any]:
    """A search of one's own, and what it finds now."""
    return _search(search_id)


def _search(search_id: UUID) -> dict[str, Any]:
    kept = queries.get_search(search_id)
    findings = find(kept.criteria, kept.profile, counts=True)
    return {
        "id": kept.id,
        "case_id": kept.case_id,
        **{
            name: getattr(findings, name)
            for name in ("found", "total", "more", "looser", "facets", "corrected")
        },
    }


@blueprint.route("/service-gaps", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(GapSchema)
@blueprint.response(201, CreatedOut)
def record_gap(given: dict[str, Any]) -> dict[str, UUID]:
    """Record that nobody offers what is needed at a place."""
    place = geo.get_place(given["place_code"])
    return {"id": run_once(lambda: operations.record_service_gap(given["need"], place.name, place.country))}


@blueprint.route("/service-gaps", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(GapsSchema, location="query", unknown=RAISE)
@blueprint.response(200, GapsOut)
def gaps(given: dict[str, Any]) -> dict[str, Any]:
    """Where help is missing: your own centre's count of twelve months and this one, and what the centres have
    published of twelve whole months. Of one centre's numbers those of fewer than five people are left out, the others
    are rounded down to fives, and towns with few are counted with their country."""
    return {"own": queries.own_gaps(), "network": queries.network_gaps(given["country"])}


@blueprint.route("/services/<uuid:service_id>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.response(200, ServiceWithLocationsOut)
def service(service_id: UUID) -> Any:
    """One service, and where it is offered."""
    listings = queries.listings_of_service(service_id)
    if not listings:
        raise NotFound
    return list(listings)  # flask-smorest takes a tuple for an answer with a status


@blueprint.route("/services/<uuid:service_id>/hold", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def release_hold(service_id: UUID) -> None:
    """Offer a service again that this centre had put on hold: somebody has looked."""
    with unit_of_work():
        operations.release_hold(service_id)


@blueprint.route("/organizations/<uuid:organization_id>", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.response(200, OrganizationOut)
def organization(organization_id: UUID) -> Any:
    """One organization, who stands behind it, and what it offers."""
    return queries.organization_page(organization_id)


@blueprint.route("/taxonomy-terms", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.response(200, TermsOut)
def taxonomy_terms() -> dict[str, Any]:
    """The groups of needs and the needs, groups first."""
    return {"items": queries.taxonomy_terms()}


@blueprint.route("/place-names", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(PlaceNamesSchema, location="query")
@blueprint.response(200, PlaceNamesOut)
def place_names(given: dict[str, Any]) -> dict[str, Any]:
    """Names that members added to places of the gazetteer, by name; at most 200."""
    return {"items": queries.list_place_aliases(given["country"])}


@blueprint.route("/place-names", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(PlaceNameSchema)
@blueprint.response(201, CreatedOut)
def add_place_name(given: dict[str, Any]) -> dict[str, UUID]:
    """Add a name to a place; where your organization has added it before, the id of that one."""
    return {"id": run_once(lambda: operations.add_place_alias(given["name"], given["place_code"]))}


@blueprint.route("/place-names/<uuid:alias_id>", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def remove_place_name(alias_id: UUID) -> None:
    """Take a name away: whoever added it, or the headquarters."""
    with unit_of_work():
        operations.remove_place_alias(alias_id)
