"""Keeping listings in JSON: what the pages of a steward do, for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import clock
from network.core.errors import NotFound
from network.directory import operations, queries
from network.directory.queries import keeping
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    HoursSchema,
    ListingProblemSchema,
    VerifySchema,
    schema_of,
    sections_of,
)
from network.directory.states import DO_NOT_LIST_REASONS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.forms import RequestSchema
from network.web.versions import given_version, with_etag

blueprint = Blueprint("listings_api", __name__, url_prefix="/api/v1", description="Keeping listings")
KINDS = {"organizations": "organization", "services": "service", "locations": "location"}


class WithholdSchema(RequestSchema):
    """Why a listing is not to be listed."""

    reason = fields.String(required=True, validate=validate.OneOf(DO_NOT_LIST_REASONS))


class FreeSchema(RequestSchema):
    """What is free now, in a unit of ``GET /hsds/v3``'s capacities."""

    unit_id = fields.UUID(required=True)
    available = fields.Integer(required=True, validate=validate.Range(0, 100_000))
    maximum = fields.Integer(load_default=None, validate=validate.Range(0, 100_000))
    next_free_at = fields.AwareDateTime(load_default=None)


class ReportAnswerSchema(RequestSchema):
    """Whether a report was right, and which suggestions are taken, by their ids."""

    right = fields.Boolean(load_default=False)
    taken = fields.Dict(keys=fields.UUID(), values=fields.Boolean(), load_default=dict)


class MergeSchema(RequestSchema):
    """Which listing is taken into which, and the fields whose value is the merged one's."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS.values())))
    kept_id = fields.UUID(required=True)
    merged_id = fields.UUID(required=True)
    take = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))


class ClaimAnswerSchema(RequestSchema):
    """Whether the organization keeps its own listing."""

    accepted = fields.Boolean(required=True)


class ChangeOut(Schema):
    """One change of a listing; of a confidential place, that it changed and not what."""

    at = fields.AwareDateTime(attribute="change.at")
    entity = fields.String(attribute="change.entity")
    entity_id = fields.UUID(attribute="change.entity_id")
    action = fields.String(attribute="change.action")
    field = fields.String(attribute="change.field", allow_none=True)
    old_value = fields.Raw(attribute="change.old_value", allow_none=True)
    new_value = fields.Raw(attribute="change.new_value", allow_none=True)
    withheld = fields.Boolean(attribute="change.withheld")
    by = fields.String()
    by_roles = fields.String(attribute="change.by_roles", allow_none=True)


class HistoryOut(Schema):
    """Changes, newest first."""

    items = fields.List(fields.Nested(ChangeOut))
    next_cursor = fields.String(allow_none=True)


class CursorSchema(RequestSchema):
    """Where a list goes on."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=600))


def _kind(plural: str) -> str:
    if plural not in KINDS:
        raise NotFound
    return KINDS[plural]


@blueprint.route("/listings/<plural>/<uuid:listing_id>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def one(plural: str, listing_id: UUID) -> Response:
    """A listing of yours: how far it can be trusted, and the ETag by which it is changed."""
    kind = _kind(plural)
    listing = keeping.get_mine(kind, listing_id)
    told = {
        "id": str(listing.id),
        "name": listing.name,
        "standing": keeping.standing_of(listing, clock.today(acting().time_zone)),
        "verified_on": listing.verified_on and listing.verified_on.isoformat(),
        "verification_due_on": listing.verification_due_on and listing.verification_due_on.isoformat(),
        "do_not_list": listing.do_not_list,
        "sections": sorted(sections_of(kind, confidential=getattr(listing, "confidential", False))),
    }
    return with_etag(jsonify(told), listing)


@blueprint.route("/listings/<plural>/<uuid:listing_id>/sections/<section>", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(200, CreatedOut)
def save_section(plural: str, listing_id: UUID, section: str) -> dict[str, UUID]:
    """Save a section as the page has it. Needs If-Match; what is left out is emptied."""
    kind = _kind(plural)
    listing = keeping.get_mine(kind, listing_id)
    asked = sections_of(kind, confidential=getattr(listing, "confidential", False)).get(section)
    if asked is None:
        raise NotFound
    given, version = forms.load_json(schema_of(asked)), given_version()
    return {"id": run_once(lambda: operations.save_section(kind, listing_id, section, given, version))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/hours", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(HoursSchema)
@blueprint.response(200, CreatedOut)
def save_hours(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Save the week of a service or a location. Needs If-Match."""
    kind, version = _kind(plural), given_version()
    if kind == "organization":
        raise NotFound
    return {"id": run_once(lambda: operations.save_hours(kind, listing_id, given, version))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/verifications", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(VerifySchema)
@blueprint.response(201, CreatedOut)
def verify(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Say that a listing of yours is right as it stands today."""
    kind = _kind(plural)
    return {"id": run_once(lambda: operations.verify(kind, listing_id, given["how"]))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/withholding", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(WithholdSchema)
@blueprint.response(200, CreatedOut)
def withhold(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Never list it, whatever is imported."""
    kind = _kind(plural)
    return {"id": run_once(lambda: operations.withhold(kind, listing_id, given["reason"]))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/withholding", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def list_again(plural: str, listing_id: UUID) -> None:
    """List again what was withheld."""
    kind = _kind(plural)
    run_once(lambda: operations.list_again(kind, listing_id))


@blueprint.route("/listings/<plural>/<uuid:listing_id>/history", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(CursorSchema, location="query")
@blueprint.response(200, HistoryOut)
def history(given: dict[str, Any], plural: str, listing_id: UUID) -> Any:
    """Who changed what of a listing, by tenant and role, newest first."""
    return keeping.history_of(_kind(plural), listing_id, cursor=given["cursor"])


@blueprint.route("/services/<uuid:service_id>/capacity", methods=["PUT"])
@requires(Permission.CAPACITY_SAY)
@blueprint.arguments(FreeSchema)
@blueprint.response(200, CreatedOut)
def say_capacity(given: dict[str, Any], service_id: UUID) -> dict[str, UUID]:
    """Say what a service of yours has free now."""
    return {"id": run_once(lambda: operations.say_capacity(service_id, **given))}


@blueprint.route("/services/<uuid:service_id>/reports", methods=["POST"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(ListingProblemSchema)
@blueprint.response(201, CreatedOut)
def report(given: dict[str, Any], service_id: UUID) -> dict[str, UUID]:
    """Tell the steward of a service what is wrong with it."""
    return {"id": run_once(lambda: operations.report_problem("service", service_id, given["problem"]))}


@blueprint.route("/listing-reports/<uuid:report_id>/answer", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(ReportAnswerSchema)
@blueprint.response(200, CreatedOut)
def answer(given: dict[str, Any], report_id: UUID) -> dict[str, UUID]:
    """Answer a report on a listing of yours, field by field; what is taken is written."""
    queries.get_report(report_id)
    return {"id": run_once(lambda: operations.answer_report(report_id, given["right"], given["taken"]))}


@blueprint.route("/listing-merges", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(MergeSchema)
@blueprint.response(201, CreatedOut)
def merge(given: dict[str, Any]) -> dict[str, UUID]:
    """Take one listing of yours into another; the id is that by which it is undone."""
    return {
        "id": run_once(
            lambda: operations.merge(given["kind"], given["kept_id"], given["merged_id"], given["take"])
        )
    }


@blueprint.route("/listing-merges/<uuid:merge_id>", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def undo_merge(merge_id: UUID) -> None:
    """Part two listings again."""
    run_once(lambda: operations.undo_merge(merge_id))


@blueprint.route("/listing-claims/<uuid:claim_id>/answer", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(ClaimAnswerSchema)
@blueprint.response(200, CreatedOut)
def answer_claim(given: dict[str, Any], claim_id: UUID) -> dict[str, UUID]:
    """Keep your own listing from now on, or leave it with its steward."""
    return {"id": run_once(lambda: operations.answer_claim(claim_id, accepted=given["accepted"]))}
