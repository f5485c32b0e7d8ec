"""Two listings that are one, and organizations that keep their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.accounts.schemas import TenantSchema
from network.core.errors import Invalid
from network.directory import operations, queries
from network.directory.keeping_api.door import KINDS, blueprint, kind_of, several
from network.directory.queries.duplicates import find_duplicates, merges_of_ours
from network.directory.schemas import CreatedOut
from network.web.doors import run_once
from network.web.forms import RequestSchema


class MergeSchema(RequestSchema):
    """Which listing is taken into which, and the fields whose value is the merged one's."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS.values())))
    kept_id = fields.UUID(required=True)
    merged_id = fields.UUID(required=True)
    take = fields.List(fields.String(), load_default=list, validate=validate.Length(max=50))


class ClaimAnswerSchema(RequestSchema):
    """Whether the organization keeps its own listing."""

    accepted = fields.Boolean(required=True)


class PairSchema(RequestSchema):
    """Two listings that somebody looked at and found to be two."""

    kind = fields.String(required=True, validate=validate.OneOf(list(KINDS.values())))
    first_id = fields.UUID(required=True)
    second_id = fields.UUID(required=True)


class InvitationSchema(RequestSchema):
    """A member that keeps the listing beside its own; or what a new partner is called."""

    organization_id = fields.UUID(required=True)
    member_id = fields.UUID(load_default=None, allow_none=True)
    code = fields.String(load_default=None)
    reference_prefix = fields.String(load_default=None)
    default_language = fields.String(load_default=None)
    time_zone = fields.String(load_default=None)


class DuplicateOut(Schema):
    """Two listings of yours that may be one, and why: name, phone, site, mail, near.

    ``metres`` between them, where that is known; ``apart``: they belong to two organizations, which are merged first.
    """

    first = fields.UUID()
    second = fields.UUID()
    name = fields.String()
    other = fields.String()
    of = fields.String()
    why = fields.List(fields.String())
    metres = fields.Integer(allow_none=True)
    apart = fields.Boolean()


DuplicatesOut = several("DuplicatesOut", DuplicateOut, "Pairs, the most alike first, at most 50.")


class ListingMergeOut(Schema):
    """A merge that stands."""

    id = fields.UUID()
    entity = fields.String()
    kept_id = fields.UUID()
    merged_id = fields.UUID()
    merged_at = fields.AwareDateTime()


ListingMergesOut = several("ListingMergesOut", ListingMergeOut, "Merges, newest first, at most 50.")


class ListingClaimOut(Schema):
    """An invitation to keep a listing."""

    id = fields.UUID()
    organization_id = fields.UUID()
    tenant_id = fields.UUID(allow_none=True)
    state = fields.String()
    invited_at = fields.AwareDateTime()


ListingClaimsOut = several(
    "ListingClaimsOut", ListingClaimOut, "Invitations that wait for an answer, oldest first."
)


@blueprint.route("/listing-duplicates/<plural>", methods=["GET"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(200, DuplicatesOut)
def duplicates(plural: str) -> dict[str, Any]:
    """Pairs of your listings that may be one and that nobody has decided on."""
    return {"items": find_duplicates(kind_of(plural))}


@blueprint.route("/listing-duplicates", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(PairSchema)
@blueprint.response(201, CreatedOut)
def two(given: dict[str, Any]) -> dict[str, UUID]:
    """Remember that they are two."""
    return {"id": run_once(lambda: operations.mark_not_duplicate(**given))}


@blueprint.route("/listing-merges", methods=["GET"])
@requires(Permission.LISTING_EDIT)
@blueprint.response(200, ListingMergesOut)
def merges() -> dict[str, Any]:
    """What was merged of yours and stands; each can be undone."""
    return {"items": merges_of_ours()}


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


@blueprint.route("/listing-claims", methods=["GET"])
@requires(Permission.LISTING_EDIT, Permission.TENANT_MANAGE, any_of=True)
@blueprint.response(200, ListingClaimsOut)
def claims() -> dict[str, Any]:
    """Invitations to keep a listing that wait: to you, on your listings, or by you."""
    return {"items": queries.list_claims()}


@blueprint.route("/listing-claims", methods=["POST"])
@requires(Permission.TENANT_MANAGE)
@blueprint.arguments(InvitationSchema)
@blueprint.response(201, CreatedOut)
def invite(given: dict[str, Any]) -> dict[str, UUID]:
    """Invite an organization, or a member beside its own listing, to keep this one."""
    organization_id, member_id = given.pop("organization_id"), given.pop("member_id")
    if member_id is not None:
        return {"id": run_once(lambda: operations.invite_to_claim(organization_id, member_id))}
    organization = queries.get_organization(organization_id)
    asked = {name: value for name, value in given.items() if value is not None}
    asked |= {"kind": "partner", "name": organization.name, "country": organization.country}
    wrong = TenantSchema().validate(asked)
    if wrong:
        raise Invalid(fields=wrong)
    about = {name: TenantSchema().load(asked)[name] for name in given}
    return {"id": run_once(lambda: operations.invite_to_claim(organization_id, **about))}


@blueprint.route("/listing-claims/<uuid:claim_id>", methods=["DELETE"])
@requires(Permission.TENANT_MANAGE)
@blueprint.response(204)
def withdraw_claim(claim_id: UUID) -> None:
    """Take back an invitation that nobody has answered."""
    run_once(lambda: operations.withdraw_claim(claim_id))


@blueprint.route("/listing-claims/<uuid:claim_id>/answer", methods=["POST"])
@requires(Permission.LISTING_EDIT)
@blueprint.arguments(ClaimAnswerSchema)
@blueprint.response(200, CreatedOut)
def answer_claim(given: dict[str, Any], claim_id: UUID) -> dict[str, UUID]:
    """Keep your own listing from now on, or leave it with its steward."""
    return {"id": run_once(lambda: operations.answer_claim(claim_id, accepted=given["accepted"]))}
