"""The pages of the door: signing in and out, the locked screen, joining, staff, one's own account."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.accounts import gate
from network.accounts.guards import is_signed_in, public, requires
from network.accounts.operations import own, staff
from network.accounts.permissions import ROLES, Permission, roles_for
from network.accounts.queries import (
    ABSOLUTE_LIMIT,
    find_invitation,
    find_open_invitation_of,
    get_own_membership,
    get_staff_member,
    get_tenant,
    in_the_clear,
    list_staff,
)
from network.accounts.schemas import (
    ChangePasswordSchema,
    FirstJoinSchema,
    InviteSchema,
    JoinSchema,
    LanguagesSchema,
    RolesSchema,
    SignInSchema,
    UnlockSchema,
    WorkplaceSchema,
)
from network.accounts.tokens import invitation_token
from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import Invalid, NotAuthenticated, NotFound
from network.tenants.context import acting, job_identity, scope
from network.tenants.keys import settings
from network.web import drafts, forms
from network.web.doors import run_once
from network.web.i18n import choose_language, remember_language, safe_path
from network.web.limits import at_the_gate
from network.web.navigation import Item
from network.web.security import session_cookie_name
from network.web.templating import language_name
from network.web.versions import given_version

# What staff of our corridors speak with clients; any other language can be given through the API.
SPOKEN = (
    *("am", "ar", "bn", "en", "fa", "fil", "fr", "hi", "id", "ms", "my", "ne"),
    *("om", "pa", "si", "so", "sw", "ta", "th", "ti", "tr", "ur", "vi"),
)

DRAFT_NAME = re.compile(r"[a-z][a-z-]{0,39}\Z")

blueprint = Blueprint("accounts_pages", __name__)
NAVIGATION = (Item(_l("Staff"), "accounts_pages.staff_list", Permission.STAFF_MANAGE, order=90),)


def show(template: str, errors: dict[str, list[str]] | None = None, **about: Any) -> ResponseReturnValue:
    """A page of this feature; with errors it comes back as a 422, with what was typed still there."""
    page = render_template(f"accounts/{template}.html", errors=errors or {}, values=request.form, **about)
    return page, 422 if errors else 200


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask for e-mail address and password."""
    target = safe_path(request.args.get("next", "/"))
    return redirect(target) if is_signed_in() else show("sign_in", next=target)


@blueprint.post("/sign-in")
@public
@at_the_gate
def open_session() -> ResponseReturnValue:
    """Sign in, and go on to where the visitor wanted to go."""
    target = safe_path(request.form.get("next", "/"))
    try:
        given = forms.load(SignInSchema, request.form)
        opened = gate.sign_in(
            given["email"], given["password"], address=_address(), tenant_code=given["tenant"]
        )
    except Invalid as wrong:
        return show("sign_in", wrong.fields, next=target)
    except NotAuthenticated as wrong:
        return show("sign_in", {"email": [wrong.message]}, next=target)
    session.clear()  # a CSRF token of before the sign-in must not be good after it
    return with_session(redirect(target, 303), opened.token)


@blueprint.post("/sign-out")
@requires(Permission.OWN_ACCOUNT, even_locked=True)
def sign_out() -> ResponseReturnValue:
    """End the session."""
    with unit_of_work():
        own.sign_out()
    session.clear()
    response = redirect(url_for(".sign_in"), 303)
    response.delete_cookie(session_cookie_name(), secure=settings().secure_cookies, httponly=True)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.post("/lock")
@requires(Permission.OWN_ACCOUNT, even_locked=True)
def lock() -> ResponseReturnValue:
    """Lock the screen with one tap."""
    with unit_of_work():
        own.lock_screen()
    return redirect(url_for(".unlock"), 303)


@blueprint.get("/unlock")
@requires(Permission.OWN_ACCOUNT, even_locked=True)
def unlock() -> ResponseReturnValue:
    """Ask for the password of whoever locked the screen."""
    return show("unlock", next=safe_path(request.args.get("next", "/")))


@blueprint.post("/unlock")
@requires(Permission.OWN_ACCOUNT, even_locked=True)
@at_the_gate
def open_again() -> ResponseReturnValue:
    """Go on after the lock."""
    target = safe_path(request.form.get("next", "/"))
    try:
        given = forms.load(UnlockSchema, request.form)
        with unit_of_work():
            own.unlock_screen(given["password"], address=_address())
    except Invalid as wrong:
        return show("unlock", wrong.fields, next=target)
    return redirect(target, 303)


@blueprint.get("/join/<token>")
@public
@at_the_gate
def invitation(token: str) -> ResponseReturnValue:
    """Show who invites, and ask for a password. Changes nothing."""
    return _join_page(token)


@blueprint.post("/join")
@public
@at_the_gate
def join() -> ResponseReturnValue:
    """Accept an invitation."""
    token = request.form.get("token", "")
    found = find_invitation(token)
    if found is None:
        return _join_page(token)
    try:
        given = forms.load(FirstJoinSchema if found.names_herself else JoinSchema, request.form)
        gate.accept_invitation(**given, address=_address())
    except Invalid as wrong:
        return _join_page(token, wrong.fields)
    flash(_("You have joined. Sign in with your e-mail address and password."), "success")
    return redirect(url_for(".sign_in"), 303)


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
    return show("invite", roles=_role_choices())


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
        return show("invite", wrong.fields, roles=_role_choices())
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


@blueprint.get("/account")
@requires(Permission.OWN_ACCOUNT)
def account() -> ResponseReturnValue:
    """One's own name, roles, languages and password."""
    return _account_page()


@blueprint.post("/account/password")
@requires(Permission.OWN_ACCOUNT)
@at_the_gate
def change_password() -> ResponseReturnValue:
    """Replace one's password."""
    try:
        given = forms.load(ChangePasswordSchema, request.form)
        run_once(lambda: own.change_password(given["current_password"], given["new_password"]))
    except Invalid as wrong:
        return _account_page(wrong.fields)
    flash(_("Your password was changed. Everywhere else you were signed out."), "success")
    return redirect(url_for(".account"), 303)


@blueprint.post("/account/languages")
@requires(Permission.OWN_ACCOUNT)
def change_languages() -> ResponseReturnValue:
    """Say in which language pages come, and which one speaks."""
    try:
        given, version = forms.load(LanguagesSchema, request.form), given_version()
        run_once(lambda: own.change_languages(given["language"], given["languages"], version))
    except Invalid as wrong:
        return _account_page(wrong.fields)
    flash(_("Your languages were saved."), "success")
    response = redirect(url_for(".account"), 303)
    remember_language(response, given["language"])
    return response


@blueprint.post("/account/workplace")
@requires(Permission.OWN_ACCOUNT)
def change_workplace() -> ResponseReturnValue:
    """Go on working for another organization that one belongs to."""
    given = forms.load(WorkplaceSchema, request.form)
    opened = gate.change_workplace(given["tenant_id"])
    return with_session(redirect("/", 303), opened.token)


@blueprint.post("/drafts/<form>/new")
@blueprint.post("/drafts/<form>/<uuid:subject_id>")
@requires(Permission.OWN_ACCOUNT)
def keep_draft(form: str, subject_id: UUID | None = None) -> ResponseReturnValue:
    """Keep what is being typed; the page does this by itself (``data-autosave-url``)."""
    if not DRAFT_NAME.match(form):
        raise NotFound
    with unit_of_work():
        drafts.save_draft(form, subject_id, request.form.to_dict(flat=False))
    return Response(status=204)


def with_session(response: Any, token: str) -> Response:
    """The answer, with the session's cookie."""
    response.set_cookie(
        session_cookie_name(),
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        secure=settings().secure_cookies,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    made: Response = response
    return made


def _address() -> str:
    return request.remote_addr or ""


def _role_choices() -> list[tuple[str, str]]:
    return [(name, str(role.label)) for name, role in roles_for(acting().tenant_kind).items()]


def _join_page(token: str, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    found = find_invitation(token)
    if found is None:
        raise NotFound(_("This invitation cannot be used any more. Ask for a new one."))
    with scope(job_identity(found.tenant_id)):
        name = get_tenant(found.tenant_id).name
    roles = [str(ROLES[role].label) for role in found.roles]
    return show("join", errors, token=token, tenant_name=name, roles=roles, first=found.names_herself)


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
        roles=_role_choices(),
        link=link,
        myself=person.account_id == acting().account_id,
    )


def _back_to(membership_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".staff_member", membership_id=membership_id), 303)


def _account_page(errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    workplaces = gate.list_workplaces()
    me = in_the_clear(get_own_membership())
    roles = [str(ROLES[role].label) for role in me.roles]
    spoken = sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])
    return show("account", errors, me=me, roles=roles, workplaces=workplaces, spoken=spoken)


# The switch of language in the header of every page, the sign-in's too.
switch_language = public(choose_language)
