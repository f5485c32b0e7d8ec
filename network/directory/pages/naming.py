"""Names that members add to the gazetteer's places: how people here say where something is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid
from network.directory import geo, operations, queries
from network.directory.geo import Place
from network.directory.pages.searching import blueprint
from network.directory.policies import may_name_places
from network.directory.schemas import PlaceNameFormSchema
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language
from network.web.templating import country_name


@blueprint.get("/directory/place-names")
@requires(Permission.LISTING_EDIT)
def place_names() -> ResponseReturnValue:
    """The names that were added, and a form for another: an import that met a town with a slip names both."""
    place = geo.find_place(request.args.get("place_code", ""))
    if place is None:
        return _page()
    return _page(
        {"name": request.args.get("name", "")[: geo.LONGEST], "place_code": place.code}, meant=(place,)
    )


@blueprint.post("/directory/place-names")
@requires(Permission.LISTING_EDIT)
def add_place_name() -> ResponseReturnValue:
    """Add a name; where several places may be meant, ask which."""
    try:
        given = forms.load(PlaceNameFormSchema, request.form)
        meant = _meant(given)
        if len(meant) > 1:
            return _page(values=given, meant=meant)
        run_once(lambda: operations.add_place_alias(given["name"], meant[0].code))
    except Invalid as wrong:
        return _page(values=request.form, errors=wrong.fields), 422
    flash(_("Added. Everybody finds the place by this name now."), "success")
    return redirect(url_for(".place_names"), 303)


def _meant(given: dict[str, Any]) -> tuple[Place, ...]:
    """The place that was chosen, or those that the name of it may mean. Raises Invalid where there is none."""
    if given["place_code"]:
        return (geo.get_place(given["place_code"]),)
    found = queries.find_places(given["place"]) if given["place"] else ()
    if not found:
        raise Invalid(fields={"place": [_("We do not know this place. Name it as it stands on a map.")]})
    return found


@blueprint.post("/directory/place-names/<uuid:alias_id>/remove")
@requires(Permission.LISTING_EDIT)
def remove_place_name(alias_id: UUID) -> ResponseReturnValue:
    """Take a name away."""
    run_once(lambda: _removed(alias_id))
    flash(_("The name is taken away."), "success")
    return redirect(url_for(".place_names"), 303)


def _removed(alias_id: UUID) -> UUID:
    operations.remove_place_alias(alias_id)
    return alias_id


def _page(
    values: Any = None, errors: dict[str, list[str]] | None = None, meant: tuple[Place, ...] = ()
) -> str:
    reader = language()
    return render_template(
        "directory/place_names.html",
        values=values or {},
        errors=errors or {},
        meant=[
            (place.code, f"{place.full_label(reader)} ({country_name(place.country)})") for place in meant
        ],
        aliases=queries.list_place_aliases(),
        reader=reader,
        may_add=may_name_places(acting()),
        may_remove=lambda alias: (
            alias.steward_tenant_id == acting().tenant or acting().tenant_kind == "network"
        ),
    )
