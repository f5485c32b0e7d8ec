"""The people of an organization: who they are, what each may do, and inviting another."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.operations import leaving, staff
from network.accounts.pages.frame import blueprint, role_choices, show
from network.accounts.permissions import ROLES, Permission
from network.accounts.queries import find_open_invitation_of, get_membership, get_staff_member, list_staff
from network.accounts.schemas import InviteSchema, RolesSchema, SuccessorSchema
from network.accounts.tokens import invitation_token
from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, StaleVersion
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
        people, out_of_reach = list_staff(), leaving.count_out_of_reach()
        left_by = leaving.list_holders() if out_of_reach else []
        record("viewed", "membership", None, fields=["name", "email"])
    return show("staff", people=people, roles=ROLES, out_of_reach=out_of_reach, left_by=left_by)


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
    except Conflict as kept:
        return _not_yet(membership_id, kept)
    return _back_to(membership_id, _("The roles were changed."))


@blueprint.post("/staff/<uuid:membership_id>/deactivate")
@requires(Permission.STAFF_MANAGE)
def deactivate(membership_id: UUID) -> ResponseReturnValue:
    """Shut a colleague out."""
    version = given_version()
    try:
        run_once(lambda: staff.deactivate(membership_id, version))
    except Conflict as kept:
        return _not_yet(membership_id, kept)
    return _back_to(membership_id, _("This person can no longer sign in here."))


@blueprint.post("/staff/<uuid:membership_id>/successor")
@requires(Permission.STAFF_MANAGE)
def name_successor(membership_id: UUID) -> ResponseReturnValue:
    """Say who takes over the restricted clients whom only this person sees."""
    try:
        given, version = forms.load(SuccessorSchema, request.form), given_version()
        run_once(lambda: leaving.name_successor(membership_id, given["successor_id"], version))
    except Invalid as wrong:
        return _member_page(membership_id, wrong.fields)
    return _back_to(membership_id, _("It is settled who takes over."))


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
        membership = get_membership(membership_id)
        alone_with = leaving.count_alone_with(membership)
        successors = leaving.list_successors(membership) if alone_with else []
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
        alone_with=alone_with,
        successors=[(str(one.id), one.name) for one in successors],
        myself=person.account_id == acting().account_id,
    )


def _not_yet(membership_id: UUID, kept: Conflict) -> ResponseReturnValue:
    """What stands against it, on her page; what a colleague changed meanwhile has a page of its own."""
    if isinstance(kept, StaleVersion):
        raise kept
    flash(str(kept), "error")
    return redirect(url_for(".staff_member", membership_id=membership_id), 303)


def _back_to(membership_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".staff_member", membership_id=membership_id), 303)
