"""Where help is missing: recorded with a tap, counted by the centre, and seen by the whole network without a name."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.directory import geo, operations, queries, wording
from network.directory.pages.searching import blueprint
from network.directory.schemas import GapSchema, GapsSchema
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.templating import country_name


@blueprint.get("/directory/gaps")
@requires(Permission.DIRECTORY_VIEW)
def gaps() -> ResponseReturnValue:
    """Where help is missing."""
    country = forms.load(GapsSchema, request.args)["country"]
    known = queries.countries_with_gaps()
    return render_template(
        "directory/gaps.html",
        own=queries.own_gaps() if acting().tenant_kind != "network" else (),
        published=queries.network_gaps(country),
        country=country,
        countries=sorted(((code, country_name(code)) for code in known if code), key=lambda one: one[1]),
        wording=wording,
    )


@blueprint.post("/directory/gaps")
@requires(Permission.DIRECTORY_VIEW)
def record_gap() -> ResponseReturnValue:
    """Record that nobody offers what was needed."""
    given = forms.load(GapSchema, request.form)
    place = geo.get_place(given["place_code"])
    run_once(lambda: _recorded(given["need"], place))
    flash(_("Recorded. The network counts where help is missing."), "success")
    return redirect(url_for(".gaps"), 303)


def _recorded(need: str, place: geo.Place) -> UUID:
    return operations.record_service_gap(need, place.name, place.country)
