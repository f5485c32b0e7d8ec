"""Coming in and going out: signing in, the locked screen, joining by invitation, the language of the page."""

from __future__ import annotations

from flask import flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts import gate
from network.accounts.guards import is_signed_in, public, requires
from network.accounts.operations import own
from network.accounts.pages.frame import address, blueprint, show, with_session
from network.accounts.permissions import ROLES, Permission
from network.accounts.queries import find_invitation, get_tenant
from network.accounts.schemas import FirstJoinSchema, JoinSchema, SignInSchema, UnlockSchema
from network.accounts.states import InvitationPurpose
from network.audit.trail import record_refusal
from network.core.db import unit_of_work
from network.core.errors import Invalid, NotAuthenticated, NotFound
from network.tenants.context import acting, job_identity, scope
from network.tenants.keys import settings
from network.web import forms
from network.web.i18n import choose_language, language, remember_language, safe_path
from network.web.limits import at_the_gate
from network.web.security import session_cookie_name


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
            given["email"], given["password"], address=address(), tenant_code=given["tenant"]
        )
    except Invalid as wrong:
        return show("sign_in", wrong.fields, next=target)
    except NotAuthenticated as wrong:
        return show("sign_in", {"email": [wrong.message]}, next=target)
    if before := request.cookies.get(session_cookie_name()):
        gate.end_session(before)  # somebody else's, at a desk that is shared
    session.clear()  # a CSRF token of before the sign-in must not be good after it
    response = with_session(redirect(target, 303), opened.token)
    # Her own language, and not that of whoever used this desk before.
    remember_language(response, opened.language)
    return response


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
            own.unlock_screen(given["password"], address=address())
    except Invalid as wrong:
        record_refusal("unlocked", "session", acting().session_id, "wrong-password")
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
        gate.accept_invitation(**given, address=address(), language=language())
    except Invalid as wrong:
        return _join_page(token, wrong.fields)
    if found.purpose == InvitationPurpose.RESET:
        flash(_("Your new password is kept. Sign in with it."), "success")
    else:
        flash(_("You have joined. Sign in with your e-mail address and password."), "success")
    return redirect(url_for(".sign_in"), 303)


def _join_page(token: str, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    found = find_invitation(token)
    if found is None:
        raise NotFound(_("This invitation cannot be used any more. Ask for a new one."))
    with scope(job_identity(found.tenant_id)):
        name = get_tenant(found.tenant_id).name
    roles = [str(ROLES[role].label) for role in found.roles]
    reset = found.purpose == InvitationPurpose.RESET
    about = {
        "token": token,
        "tenant_name": name,
        "roles": roles,
        "first": found.names_herself,
        "reset": reset,
    }
    return show("join", errors, **about)


# The switch of language in the header of every page, the sign-in's too.
switch_language = public(choose_language)
