"""The colleagues to whom senders may entrust what one person alone may read."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.directory.queries import listings_of_organization, organization_of_tenant
from network.referrals import operations
from network.referrals.pages.showing import blueprint, show
from network.referrals.queries.receivers import list_focal_points
from network.referrals.schemas import FocalPointSchema
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

P = Permission


@blueprint.get("/focal-points")
@requires(P.FOCAL_POINT_NAME)
def focal_points() -> ResponseReturnValue:
    """Who is named, and who may be."""
    return _page()


@blueprint.post("/focal-points")
@requires(P.FOCAL_POINT_NAME)
def name_focal_point() -> ResponseReturnValue:
    """Name a colleague."""
    try:
        given = forms.load(FocalPointSchema, request.form)
        run_once(lambda: operations.name_focal_point(**given).id)
    except Invalid as wrong:
        return _page(wrong.fields)
    flash(_("Senders can name this colleague from now on."), "success")
    return redirect(url_for(".focal_points"), 303)


@blueprint.post("/focal-points/<uuid:focal_point_id>/end")
@requires(P.FOCAL_POINT_NAME)
def end_focal_point(focal_point_id: UUID) -> ResponseReturnValue:
    """Name her no more."""
    run_once(lambda: operations.end_focal_point(focal_point_id).id)
    flash(_("Nobody can name this colleague any more. What was sent before stays."), "success")
    return redirect(url_for(".focal_points"), 303)


def _page(errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    with unit_of_work():
        people = operations.list_who_may_answer()
        named = list_focal_points(acting().tenant)
        organization_id = organization_of_tenant(acting().tenant)
        services = listings_of_organization(organization_id) if organization_id else ()
        record("viewed", "membership", None, fields=["name"])
    return show(
        "focal_points",
        errors,
        named=named,
        people=[(one.account_id, one.name) for one in people],
        services=list({one.service_id: one.service_name for one in services}.items()),
    )
