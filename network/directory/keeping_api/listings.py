"""Listings of one's own: the list, new ones, a section at a time, the week, verifying, withholding, removing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from marshmallow import RAISE, Schema, fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import clock
from network.core.errors import NotFound
from network.directory import operations
from network.directory.keeping_api.door import FIELDS, CursorSchema, HistoryOut, blueprint, kind_of, several
from network.directory.queries import keeping
from network.directory.queries.reports import as_json
from network.directory.schemas import CreatedOut
from network.directory.schemas.keeping import (
    NEW,
    HoursSchema,
    VerifySchema,
    named_schema,
    schema_of,
    sections_of,
)
from network.directory.states import DO_NOT_LIST_REASONS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.forms import RequestSchema
from network.web.versions import given_version, with_etag


class MineSchema(CursorSchema):
    """Which listings of one's own."""

    name = fields.String(load_default="", validate=validate.Length(max=80))
    wanted = fields.String(
        load_default="",
        validate=validate.OneOf(
            ["", "due", "not_verified", "reported", "withheld", "removed", "no_position"]
        ),
    )


class KeptOut(Schema):
    """A listing of one's own and how far it can be trusted."""

    id = fields.UUID()
    name = fields.String()
    of = fields.String(metadata={"description": "Its organization; of an organization, its country."})
    standing = fields.String()
    verified_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    withheld = fields.Boolean()
    removed = fields.Boolean()
    reported = fields.Boolean()


KeptPage = several("KeptPage", KeptOut, "Listings by name.", paged=True)


class WithheldOut(Schema):
    """What is not to be listed, who said so, and why."""

    kind = fields.String()
    id = fields.UUID(attribute="listing.id")
    name = fields.String(attribute="listing.name", allow_none=True)
    reason = fields.String(attribute="listing.do_not_list_reason", allow_none=True)
    by = fields.String()


WithheldPage = several(
    "WithheldPage", WithheldOut, "What is withheld anywhere, the last changed first.", paged=True
)


class WithholdSchema(RequestSchema):
    """Why a listing is not to be listed."""

    reason = fields.String(required=True, validate=validate.OneOf(DO_NOT_LIST_REASONS))


@blueprint.route("/listings/<plural>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(MineSchema, location="query", unknown=RAISE)
@blueprint.response(200, KeptPage)
def mine(given: dict[str, Any], plural: str) -> Any:
    """The listings that your organization keeps, by name."""
    return keeping.list_mine(kind_of(plural), **given)


@blueprint.route("/listings/organizations", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(named_schema("NewOrganizationSchema", NEW["organization"]))
@blueprint.response(201, CreatedOut)
def add_organization(given: dict[str, Any]) -> dict[str, UUID]:
    """List an organization; yours keeps it."""
    given["description"] = given["description"] or ""
    return {"id": run_once(lambda: operations.create_organization(**given))}


@blueprint.route("/listings/organizations/<uuid:organization_id>/services", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(named_schema("NewServiceSchema", NEW["service"]))
@blueprint.response(201, CreatedOut)
def add_service(given: dict[str, Any], organization_id: UUID) -> dict[str, UUID]:
    """List a service of an organization that you keep; the rest is filled in by sections."""
    keeping.get_mine("organization", organization_id)
    return {"id": run_once(lambda: operations.list_service(organization_id, given))}


@blueprint.route("/listings/organizations/<uuid:organization_id>/locations", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(named_schema("NewLocationSchema", NEW["location"]))
@blueprint.response(201, CreatedOut)
def add_location(given: dict[str, Any], organization_id: UUID) -> dict[str, UUID]:
    """List a place of an organization that you keep, by its town."""
    keeping.get_mine("organization", organization_id)
    return {"id": run_once(lambda: operations.list_place(organization_id, given))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
def one(plural: str, listing_id: UUID) -> Response:
    """A listing of yours: how far it can be trusted, and the ETag by which it is changed."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    told = {
        "id": str(listing.id),
        "name": listing.name,
        "standing": keeping.standing_of(listing, clock.today(acting().time_zone)),
        "verified_on": listing.verified_on and listing.verified_on.isoformat(),
        "verification_due_on": listing.verification_due_on and listing.verification_due_on.isoformat(),
        "do_not_list": listing.do_not_list,
        "withheld_by": keeping.name_of_member(listing.do_not_list_by_tenant_id) or None,
        "withheld_because": listing.do_not_list_reason,
        "removed": listing.removed_at is not None,
        "merged_into_id": as_json(listing.merged_into_id),
        "sections": sorted(sections_of(kind, confidential=getattr(listing, "confidential", False))),
    }
    return with_etag(jsonify(told), listing)


@blueprint.route("/listings/<plural>/<uuid:listing_id>/sections/<section>", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.doc(requestBody=FIELDS)
@blueprint.response(200, CreatedOut)
def save_section(plural: str, listing_id: UUID, section: str) -> dict[str, UUID]:
    """Save a section as the page has it. Needs If-Match; what is left out is emptied."""
    kind = kind_of(plural)
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
    kind, version = kind_of(plural), given_version()
    if kind == "organization":
        raise NotFound
    return {"id": run_once(lambda: operations.save_hours(kind, listing_id, given, version))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/verifications", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(VerifySchema)
@blueprint.response(201, CreatedOut)
def verify(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Say that a listing of yours is right as it stands today."""
    kind = kind_of(plural)
    return {"id": run_once(lambda: operations.verify(kind, listing_id, given["how"]))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/withholding", methods=["PUT"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(WithholdSchema)
@blueprint.response(200, CreatedOut)
def withhold(given: dict[str, Any], plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Never list it, whatever is imported."""
    kind = kind_of(plural)
    return {"id": run_once(lambda: operations.withhold(kind, listing_id, given["reason"]))}


@blueprint.route("/listings/<plural>/<uuid:listing_id>/withholding", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def list_again(plural: str, listing_id: UUID) -> None:
    """List again what was withheld."""
    kind = kind_of(plural)
    run_once(lambda: operations.list_again(kind, listing_id))


@blueprint.route("/listings/<plural>/<uuid:listing_id>", methods=["DELETE"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(204)
def remove(plural: str, listing_id: UUID) -> None:
    """Take a listing of yours off the directory; it can be restored. Needs If-Match."""
    kind, version = kind_of(plural), given_version()
    keeping.get_mine(kind, listing_id)
    run_once(lambda: _removed(kind, listing_id, version))


def _removed(kind: str, listing_id: UUID, version: int) -> UUID:
    operations.remove(kind, listing_id, version=version)
    return listing_id


@blueprint.route("/listings/<plural>/<uuid:listing_id>/restoration", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(200, CreatedOut)
def restore(plural: str, listing_id: UUID) -> dict[str, UUID]:
    """Put back what was removed. Needs If-Match."""
    kind, version = kind_of(plural), given_version()
    keeping.get_mine(kind, listing_id)
    return {"id": run_once(lambda: _restored(kind, listing_id, version))}


def _restored(kind: str, listing_id: UUID, version: int) -> UUID:
    operations.restore(kind, listing_id, version=version)
    return listing_id


@blueprint.route("/listings/locations/<uuid:listing_id>/hiding", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(200, CreatedOut)
def hide(listing_id: UUID) -> dict[str, UUID]:
    """Make a place of yours confidential: the directory keeps its town alone. Needs If-Match; there is no way back."""
    version = given_version()
    keeping.get_mine("location", listing_id)
    return {"id": run_once(lambda: operations.hide_location(listing_id, version))}


@blueprint.route("/withheld-listings/<plural>", methods=["GET"])
@requires(Permission.TENANT_MANAGE)
@blueprint.arguments(CursorSchema, location="query", unknown=RAISE)
@blueprint.response(200, WithheldPage)
def withheld(given: dict[str, Any], plural: str) -> Any:
    """What is not to be listed anywhere in the network, by whom and why."""
    return keeping.list_withheld(kind_of(plural), cursor=given["cursor"])


@blueprint.route("/listings/<plural>/<uuid:listing_id>/history", methods=["GET"])
@requires(Permission.DIRECTORY_VIEW)
@blueprint.arguments(CursorSchema, location="query")
@blueprint.response(200, HistoryOut)
def history(given: dict[str, Any], plural: str, listing_id: UUID) -> Any:
    """Who changed what of a listing, by tenant and role, newest first."""
    return keeping.history_of(kind_of(plural), listing_id, cursor=given["cursor"])
