"""The organizations of the network, as the headquarters open and see them. No case is seen from here."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.operations.opening import first_invitation_token, invite_first_again, open_tenant
from network.accounts.pages.frame import blueprint, show
from network.accounts.permissions import Permission
from network.accounts.queries import get_tenant, list_tenants
from network.accounts.schemas import COUNTRIES, TenantSchema
from network.core.errors import Invalid
from network.tenants.keys import settings
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import LANGUAGES
from network.web.templating import country_name


@blueprint.get("/tenants")
@requires(Permission.TENANT_MANAGE)
def tenant_list() -> ResponseReturnValue:
    """Every organization of the network."""
    return show("tenants", tenants=list_tenants())


@blueprint.get("/tenants/new")
@requires(Permission.TENANT_MANAGE)
def tenant_form() -> ResponseReturnValue:
    """Ask which organization joins the network."""
    return _form()


@blueprint.post("/tenants/new")
@requires(Permission.TENANT_MANAGE)
def tenant_new() -> ResponseReturnValue:
    """Open an organization, and show the link for its first person."""
    try:
        given = forms.load(TenantSchema, request.form)
        tenant_id = run_once(lambda: open_tenant(**given))
    except Invalid as wrong:
        return _form(wrong.fields)
    flash(_("The organization was opened."), "success")
    return redirect(url_for(".tenant", tenant_id=tenant_id), 303)


@blueprint.get("/tenants/<uuid:tenant_id>")
@requires(Permission.TENANT_MANAGE)
def tenant(tenant_id: UUID) -> ResponseReturnValue:
    """One organization, and the link by which its first person joins."""
    path = url_for(".invitation", token=first_invitation_token(tenant_id))
    return show("tenant", tenant=get_tenant(tenant_id), link=settings().base_url + path)


@blueprint.post("/tenants/<uuid:tenant_id>/invite-again")
@requires(Permission.TENANT_MANAGE)
def invite_first(tenant_id: UUID) -> ResponseReturnValue:
    """Make the link for the first person valid again."""
    run_once(lambda: invite_first_again(tenant_id))
    flash(_("In a few seconds the link works for seven days more, unless somebody has joined."), "success")
    return redirect(url_for(".tenant", tenant_id=tenant_id), 303)


def _form(errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    countries = sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda pair: pair[1])
    return show("tenant_new", errors, countries=countries, tongues=list(LANGUAGES.items()))
