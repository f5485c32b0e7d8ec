"""The door in JSON: sessions for programs, who one is, and the staff of a tenant."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from network.accounts import gate
from network.accounts.guards import public, requires
from network.accounts.operations import corridors, leaving, own, staff
from network.accounts.operations.opening import first_invitation_token, open_tenant
from network.accounts.permissions import Permission
from network.accounts.queries import (
    StaffMember,
    find_open_invitation_of,
    get_membership,
    get_staff_member,
    get_tenant,
    list_staff,
    list_tenants,
)
from network.accounts.schemas import (
    AgreementOut,
    AgreementSchema,
    CorridorOut,
    EndAgreementSchema,
    FirstJoinSchema,
    IdentityOut,
    InvitedOut,
    InviteSchema,
    JoinSchema,
    OpenedTenantOut,
    RolesSchema,
    SessionOut,
    SignInSchema,
    StaffMemberOut,
    SuccessorSchema,
    TenantOut,
    TenantSchema,
)
from network.accounts.tokens import invitation_token
from network.audit.trail import record
from network.core.db import unit_of_work
from network.tenants.context import Identity, acting
from network.tenants.models import Tenant
from network.tenants.queries import Agreed, CorridorAgreements, get_agreement, list_corridors
from network.web.doors import run_once
from network.web.limits import at_the_gate
from network.web.versions import etag, given_version

blueprint = Blueprint(
    "accounts_api", __name__, url_prefix="/api/v1", description="Sessions, invitations and staff"
)


@blueprint.route("/sessions", methods=["POST"])
@public
@at_the_gate
@blueprint.arguments(SignInSchema)
@blueprint.response(201, SessionOut)
def open_session(given: dict[str, Any]) -> Any:
    """Sign in; the token goes into ``Authorization: Bearer``. No cookie is set."""
    return gate.sign_in(
        given["email"], given["password"], address=request.remote_addr or "", tenant_code=given["tenant"]
    )


@blueprint.route("/sessions/current", methods=["GET"])
@requires(Permission.OWN_ACCOUNT)
@blueprint.response(200, IdentityOut)
def current_session() -> Identity:
    """Who is signed in, for whom, and what she may do."""
    return acting()


@blueprint.route("/sessions/current", methods=["DELETE"])
@requires(Permission.OWN_ACCOUNT, even_locked=True)
@blueprint.response(204)
def end_session() -> None:
    """Sign out."""
    with unit_of_work():
        own.sign_out()


@blueprint.route("/invitations/accept", methods=["POST"])
@public
@at_the_gate
@blueprint.arguments(JoinSchema)
@blueprint.response(204)
def accept_invitation(given: dict[str, Any]) -> None:
    """Join the tenant that invited."""
    gate.accept_invitation(**given, address=request.remote_addr or "")


@blueprint.route("/invitations/accept-first", methods=["POST"])
@public
@at_the_gate
@blueprint.arguments(FirstJoinSchema)
@blueprint.response(204)
def accept_first_invitation(given: dict[str, Any]) -> None:
    """Join a new tenant as its first person, who names herself."""
    gate.accept_invitation(**given, address=request.remote_addr or "")


@blueprint.route("/staff", methods=["GET"])
@requires(Permission.STAFF_MANAGE)
@blueprint.response(200, StaffMemberOut(many=True))
def staff_list() -> list[StaffMember]:
    """The people of this tenant, by name."""
    with unit_of_work():
        people = list_staff()
        record("viewed", "membership", None, fields=["name", "email"])
    return people


@blueprint.route("/staff", methods=["POST"])
@requires(Permission.STAFF_MANAGE)
@blueprint.arguments(InviteSchema)
@blueprint.alt_response(201, schema=InvitedOut)
def invite(given: dict[str, Any]) -> ResponseReturnValue:
    """Invite a person; the answer holds the token to hand over."""
    membership_id = run_once(
        lambda: staff.invite(given["name"], given["email"], given["roles"], languages=given["languages"])
    )
    return _member(membership_id, 201)


@blueprint.route("/staff/<uuid:membership_id>", methods=["GET"])
@requires(Permission.STAFF_MANAGE)
@blueprint.alt_response(200, schema=InvitedOut)
def staff_member(membership_id: UUID) -> ResponseReturnValue:
    """One person of this tenant."""
    return _member(membership_id)


@blueprint.route("/staff/<uuid:membership_id>/roles", methods=["PUT"])
@requires(Permission.STAFF_MANAGE)
@blueprint.arguments(RolesSchema)
@blueprint.alt_response(200, schema=InvitedOut)
def change_roles(given: dict[str, Any], membership_id: UUID) -> ResponseReturnValue:
    """Give a colleague other roles. Needs If-Match."""
    version = given_version()
    run_once(lambda: staff.change_roles(membership_id, given["roles"], version))
    return _member(membership_id)


@blueprint.route("/staff/<uuid:membership_id>/deactivate", methods=["POST"])
@requires(Permission.STAFF_MANAGE)
@blueprint.alt_response(200, schema=InvitedOut)
def deactivate(membership_id: UUID) -> ResponseReturnValue:
    """Shut a colleague out. Needs If-Match."""
    version = given_version()
    run_once(lambda: staff.deactivate(membership_id, version))
    return _member(membership_id)


@blueprint.route("/staff/<uuid:membership_id>/reactivate", methods=["POST"])
@requires(Permission.STAFF_MANAGE)
@blueprint.alt_response(200, schema=InvitedOut)
def reactivate(membership_id: UUID) -> ResponseReturnValue:
    """Let a colleague in again. Needs If-Match."""
    version = given_version()
    run_once(lambda: staff.reactivate(membership_id, version))
    return _member(membership_id)


@blueprint.route("/staff/<uuid:membership_id>/successor", methods=["PUT"])
@requires(Permission.STAFF_MANAGE)
@blueprint.arguments(SuccessorSchema)
@blueprint.alt_response(200, schema=InvitedOut)
def name_successor(given: dict[str, Any], membership_id: UUID) -> ResponseReturnValue:
    """Say who takes over the restricted clients whom only this person sees. Needs If-Match."""
    version = given_version()
    run_once(lambda: leaving.name_successor(membership_id, given["successor_id"], version))
    return _member(membership_id)


@blueprint.route("/staff/<uuid:membership_id>/new-password", methods=["POST"])
@requires(Permission.STAFF_MANAGE)
@blueprint.alt_response(200, schema=InvitedOut)
def offer_new_password(membership_id: UUID) -> ResponseReturnValue:
    """Let a colleague who forgot her password choose another; the answer holds the token to hand over."""
    run_once(lambda: staff.offer_new_password(membership_id))
    return _member(membership_id)


@blueprint.route("/tenants", methods=["GET"])
@requires(Permission.TENANT_MANAGE)
@blueprint.response(200, TenantOut(many=True))
def tenant_list() -> list[Tenant]:
    """Every organization of the network."""
    return list_tenants()


@blueprint.route("/tenants", methods=["POST"])
@requires(Permission.TENANT_MANAGE)
@blueprint.arguments(TenantSchema)
@blueprint.response(201, OpenedTenantOut)
def new_tenant(given: dict[str, Any]) -> dict[str, Any]:
    """Open an organization; the token of its first invitation works once a job has prepared it."""
    tenant_id = run_once(lambda: open_tenant(**given))
    opened: dict[str, Any] = TenantOut().dump(get_tenant(tenant_id))
    return {**opened, "id": tenant_id, "invitation_token": first_invitation_token(tenant_id)}


@blueprint.route("/corridors", methods=["GET"])
@requires(Permission.CORRIDOR_MANAGE)
@blueprint.response(200, CorridorOut(many=True))
def corridor_list() -> list[CorridorAgreements]:
    """Every corridor with its agreements."""
    return list_corridors()


@blueprint.route("/corridors/<uuid:corridor_id>/agreements", methods=["POST"])
@requires(Permission.CORRIDOR_MANAGE)
@blueprint.arguments(AgreementSchema)
@blueprint.response(201, AgreementOut)
def new_agreement(given: dict[str, Any], corridor_id: UUID) -> Agreed:
    """Record that two centres of a corridor exchange cases."""
    return get_agreement(run_once(lambda: corridors.agree(corridor_id, **given)))


@blueprint.route("/agreements/<uuid:agreement_id>/end", methods=["POST"])
@requires(Permission.CORRIDOR_MANAGE)
@blueprint.arguments(EndAgreementSchema)
@blueprint.response(200, AgreementOut)
def end_agreement(given: dict[str, Any], agreement_id: UUID) -> Agreed:
    """Let an agreement end on a day to come."""
    return get_agreement(run_once(lambda: corridors.end_agreement(agreement_id, given["until_on"])))


def _member(membership_id: UUID, status: int = 200) -> Response:
    """One person as JSON, with her ETag, and her invitation's token while it is open."""
    with unit_of_work():
        person = get_staff_member(membership_id)
        invitation_id = find_open_invitation_of(membership_id)
        alone_with = leaving.count_alone_with(get_membership(membership_id))
        record("viewed", "membership", membership_id, fields=["name", "email"])
    body = StaffMemberOut().dump(person)
    body["alone_with"] = alone_with
    body["invitation_token"] = invitation_token(invitation_id) if invitation_id else None
    response = jsonify(body)
    response.status_code = status
    response.headers["ETag"] = etag(person)
    return response
