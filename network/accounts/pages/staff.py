"""The people of an organization: who they are, what each may do, and inviting another."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.operations import staff
from network.accounts.pages.frame import blueprint, role_choices, show
from network.accounts.permissions import ROLES, Permission
from network.accounts.queries import find_open_invitation_of, get_staff_member, list_staff
from network.accounts.schemas import InviteSchema, RolesSchema
from network.accounts.tokens import invitation_token
from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.tenants.context import acting
from network.tenants.keys import settings
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version


@blueprint.get("/staff")
@requires(Permission.STAFF_MANAGE)
def staff_list() -> ResponseReturnValue:
    """The people of this organization, and what each may do."""
    with unit_of_work():
        people = list_staff()
        record("viewed", "membership", None, fields=["name", "email"])
    return show("staff", people=people, roles=ROLES, me=acting().account_id)


@blueprint.get("/staff/invite")
@requires(Permission.STAFF_MANAGE)
def invite_form() -> ResponseReturnValue:
    """Ask whom to invite."""
    return show("invite", roles=role_choices())


@blueprint.post("/staff/invite")
@requires(Permission.STAFF_MANAGE)
def invite() -> ResponseReturnValue:
    """Invite a person, and show the link to hand over."""
    try:
        given = forms.load(InviteSchema, request.form)
        membership_id = run_once(
            lambda: staff.invite(given["name"], given["email"], given["roles"], languages=given["languages"])
        )
    except Invalid as wrong:
        return show("invite", wrong.fields, roles=role_choices())
    return redirect(url_for(".staff_member", membership_id=membership_id), 303)


@blueprint.get("/staff/<uuid:membership_id>")
@requires(Permission.STAFF_MANAGE)
def staff_member(membership_id: UUID) -> ResponseReturnValue:
    """One person: her roles, her invitation while it is open, and the way to shut her out."""
    return _member_page(membership_id)


@blueprint.post("/staff/<uuid:membership_id>/roles")
@requires(Permission.STAFF_MANAGE)
def change_roles(membership_id: UUID) -> ResponseReturnValue:
    """Give a colleague other roles."""
    try:
        given, version = forms.load(RolesSchema, request.form), given_version()
        run_once(lambda: staff.change_roles(membership_id, given["roles"], version))
    except Invalid as wrong:
        return _member_page(membership_id, wrong.fields)
    return _back_to(membership_id, _("The roles were changed."))


@blueprint.post("/staff/<uuid:membership_id>/deactivate")
@requires(Permission.STAFF_MANAGE)
def deactivate(membership_id: UUID) -> ResponseReturnValue:
    """Shut a colleague out."""
    version = given_version()
    run_once(lambda: staff.deactivate(membership_id, version))
    return _back_to(membership_id, _("This person can no longer sign in here."))


@blueprint.post("/staff/<uuid:membership_id>/reactivate")
@requires(Permission.STAFF_MANAGE)
def reactivate(membership_id: UUID) -> ResponseReturnValue:
    """Let a colleague in again."""
    version = given_version()
    run_once(lambda: staff.reactivate(membership_id, version))
    return _back_to(membership_id, _("This person can sign in again."))


@blueprint.post("/staff/<uuid:membership_id>/invite-again")
@requires(Permission.STAFF_MANAGE)
def invite_again(membership_id: UUID) -> ResponseReturnValue:
    """Make a new invitation for somebody who has not joined."""
    run_once(lambda: staff.invite_again(membership_id))
    return _back_to(membership_id, _("There is a new invitation. The one before no longer works."))


@blueprint.post("/staff/<uuid:membership_id>/new-password")
@requires(Permission.STAFF_MANAGE)
def offer_new_password(membership_id: UUID) -> ResponseReturnValue:
    """Make a link by which a colleague who forgot her password chooses another."""
    run_once(lambda: staff.offer_new_password(membership_id))
    return _back_to(membership_id, _("There is a link to choose a new password."))


def _member_page(membership_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    with unit_of_work():
        person = get_staff_member(membership_id)
        invitation_id = find_open_invitation_of(membership_id)
        record("viewed", "membership", membership_id, fields=["name", "email"])
    link = (
        settings().base_url + url_for(".invitation", token=invitation_token(invitation_id))
        if invitation_id
        else None
    )
    return show(
        "staff_member",
        errors,
        person=person,
        roles=role_choices(),
        link=link,
        myself=person.account_id == acting().account_id,
    )


def _back_to(membership_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".staff_member", membership_id=membership_id), 303)
