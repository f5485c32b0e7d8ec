"""One's own account: languages, password, workplaces; and the drafts of what one is typing."""

from __future__ import annotations

import re
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from network.accounts import gate
from network.accounts.guards import requires
from network.accounts.operations import own
from network.accounts.pages.frame import address, blueprint, show, with_session
from network.accounts.permissions import ROLES, Permission
from network.accounts.queries import get_own_membership, in_the_clear
from network.accounts.schemas import ChangePasswordSchema, LanguagesSchema, WorkplaceSchema
from network.core.db import unit_of_work
from network.core.errors import Invalid, NotFound
from network.web import drafts, forms
from network.web.doors import came_too_late, run_once
from network.web.i18n import remember_language
from network.web.limits import at_the_gate
from network.web.templating import language_name
from network.web.versions import given_version

# What staff of our corridors speak with clients; any other language can be given through the API.
SPOKEN = (
    *("am", "ar", "bn", "en", "fa", "fil", "fr", "hi", "id", "ms", "my", "ne"),
    *("om", "pa", "si", "so", "sw", "ta", "th", "ti", "tr", "ur", "vi"),
)

DRAFT_NAME = re.compile(r"[a-z][a-z-]{0,39}\Z")


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
        run_once(
            lambda: own.change_password(given["current_password"], given["new_password"], address=address())
        )
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
    with force_locale(given["language"]):  # the answer is read in the language just chosen
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
    """Keep what is being typed; the page does this by itself (``data-autosave-url``).

    On a slow line a save may arrive after the form that it belongs to: then it is not kept, or what was sent would
    be offered again.
    """
    if not DRAFT_NAME.match(form):
        raise NotFound
    with unit_of_work():
        if came_too_late():
            return Response(status=204)
        drafts.save_draft(form, subject_id, request.form.to_dict(flat=False))
    return Response(status=204)


def _account_page(errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    workplaces = gate.list_workplaces()
    me = in_the_clear(get_own_membership())
    roles = [str(ROLES[role].label) for role in me.roles]
    spoken = sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])
    return show("account", errors, me=me, roles=roles, workplaces=workplaces, spoken=spoken)
