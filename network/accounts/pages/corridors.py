"""Corridors and agreements, as the headquarters keep them. Which cases go over them is not seen from here."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.operations import corridors as do
from network.accounts.pages.frame import blueprint, show
from network.accounts.permissions import Permission
from network.accounts.queries import list_tenants
from network.accounts.schemas import COUNTRIES, AgreementSchema, CorridorSchema, EndAgreementSchema
from network.core import clock
from network.core.errors import Conflict, Invalid
from network.tenants.context import acting
from network.tenants.queries import get_agreement, get_corridor, list_corridors
from network.web import forms
from network.web.doors import run_once
from network.web.templating import country_name


@blueprint.get("/corridors")
@requires(Permission.CORRIDOR_MANAGE)
def corridor_list() -> ResponseReturnValue:
    """Every corridor with its agreements, those in force first."""
    return show("corridors", corridors=list_corridors(), today=clock.today(acting().time_zone))


@blueprint.get("/corridors/new")
@requires(Permission.CORRIDOR_MANAGE)
def corridor_form() -> ResponseReturnValue:
    """Ask between which countries."""
    return _opening()


@blueprint.post("/corridors/new")
@requires(Permission.CORRIDOR_MANAGE)
def corridor_new() -> ResponseReturnValue:
    """Open a corridor."""
    try:
        given = forms.load(CorridorSchema, request.form)
        run_once(lambda: do.open_corridor(**given))
    except Invalid as wrong:
        return _opening(wrong.fields)
    return _back(_("The corridor was opened."))


@blueprint.get("/corridors/<uuid:corridor_id>/agreements/new")
@requires(Permission.CORRIDOR_MANAGE)
def agreement_form(corridor_id: UUID) -> ResponseReturnValue:
    """Ask which two centres agreed, and from when."""
    return _agreeing(corridor_id)


@blueprint.post("/corridors/<uuid:corridor_id>/agreements/new")
@requires(Permission.CORRIDOR_MANAGE)
def agreement_new(corridor_id: UUID) -> ResponseReturnValue:
    """Record an agreement."""
    try:
        given = forms.load(AgreementSchema, request.form)
        run_once(lambda: do.agree(corridor_id, **given))
    except Invalid as wrong:
        return _agreeing(corridor_id, wrong.fields)
    return _back(_("The agreement was recorded."))


@blueprint.get("/agreements/<uuid:agreement_id>/end")
@requires(Permission.CORRIDOR_MANAGE)
def agreement_end_form(agreement_id: UUID) -> ResponseReturnValue:
    """Ask when it ends, and say what follows."""
    return _ending(agreement_id)


@blueprint.post("/agreements/<uuid:agreement_id>/end")
@requires(Permission.CORRIDOR_MANAGE)
def agreement_end(agreement_id: UUID) -> ResponseReturnValue:
    """Let it end on that day."""
    try:
        given = forms.load(EndAgreementSchema, request.form)
        run_once(lambda: do.end_agreement(agreement_id, given["until_on"]))
    except Invalid as wrong:
        return _ending(agreement_id, wrong.fields)
    except Conflict as refused:
        flash(str(refused), "error")
        return redirect(url_for(".corridor_list"), 303)
    return _back(_("The agreement ends on that day."))


def _opening(errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    countries = sorted(((code, country_name(code)) for code in COUNTRIES), key=lambda pair: pair[1])
    return show("corridor_new", errors, countries=countries)


def _agreeing(corridor_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    corridor = get_corridor(corridor_id)
    centres = [one for one in list_tenants() if one.kind == "centre"]
    return show(
        "agreement_new",
        errors,
        corridor=corridor,
        origins=[(str(one.id), one.name) for one in centres if one.country == corridor.origin],
        destinations=[(str(one.id), one.name) for one in centres if one.country == corridor.destination],
    )


def _ending(agreement_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    kept = get_agreement(agreement_id)
    values = request.form if errors else {"until_on": clock.today(acting().time_zone).isoformat()}
    return show("agreement_end", errors, kept=kept, given=values)


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".corridor_list"), 303)
