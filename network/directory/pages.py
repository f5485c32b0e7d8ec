"""The directory's pages: searching it, a service, an organization.

A search that has a client in mind is posted and kept on the server; the address holds its id and nothing of her.
"""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import clock, vocabulary
from network.core.errors import Invalid, NotFound
from network.directory import acts, geo, operations, queries, wording
from network.directory.asking import Asked, asked, home
from network.directory.queries import SavedSearch
from network.directory.schemas import CriteriaSchema, GapSchema, SearchSchema, profile
from network.directory.search import Criteria, Findings, find
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language
from network.web.navigation import Item
from network.web.templating import language_name

blueprint = Blueprint("directory_pages", __name__)
NAVIGATION = (Item(_l("Directory"), "directory_pages.index", Permission.DIRECTORY_VIEW, order=50),)

RADII_KM = (10, 25, 50, 100, 200, 300)
# What clients and partners of our corridors speak; any other language can be asked for through the API.
SPOKEN = ("am", "ar", "bn", "en", "fil", "fr", "hi", "id", "ms", "ne", "si", "sw", "ta", "ti", "ur")
_UNSEARCHED: dict[str, Any] = {"findings": None, "criteria": None, "others": (), "search": None}


@blueprint.get("/directory")
@requires(Permission.DIRECTORY_VIEW)
def index() -> ResponseReturnValue:
    """The form, and with a need, a place or an organization in the address what they find."""
    if not request.args:
        start = home()
        return _page(values={"place": start.name if start else "", "radius_km": 50}, **_UNSEARCHED)
    try:
        wanted = asked(forms.load(CriteriaSchema, request.args))
    except Invalid as wrong:
        return _page(values=request.args, errors=wrong.fields, **_UNSEARCHED), 422
    return _page(
        values=_typed(wanted.criteria),
        findings=find(wanted.criteria),
        criteria=wanted.criteria,
        others=wanted.others,
        search=None,
    )


@blueprint.post("/directory/searches")
@requires(Permission.DIRECTORY_VIEW)
def start_search() -> ResponseReturnValue:
    """Start a search that has somebody in mind."""
    try:
        given = forms.load(SearchSchema, request.form)
        wanted = asked(given)
    except Invalid as wrong:
        return _page(values=request.form, errors=wrong.fields, **_UNSEARCHED), 422
    return _kept(wanted, given)


def _kept(wanted: Asked, given: dict[str, Any]) -> ResponseReturnValue:
    search_id = run_once(
        lambda: operations.start_search(wanted.criteria, profile(given["profile"]), given["case_id"])
    )
    return redirect(url_for(".search", search_id=search_id), 303)


@blueprint.get("/directory/searches/<uuid:search_id>")
@requires(Permission.DIRECTORY_VIEW)
def search(search_id: UUID) -> ResponseReturnValue:
    """What a search finds now."""
    return _page(**_about(queries.get_search(search_id)))


def _about(kept: SavedSearch) -> dict[str, Any]:
    return {
        "values": _typed(kept.criteria),
        "findings": find(kept.criteria, kept.profile),
        "criteria": kept.criteria,
        "others": (),
        "search": kept,
    }


@blueprint.post("/directory/searches/<uuid:search_id>/again")
@requires(Permission.DIRECTORY_VIEW)
def search_again(search_id: UUID) -> ResponseReturnValue:
    """Search for the same client with other criteria."""
    kept = queries.get_search(search_id)
    try:
        wanted = asked(forms.load(CriteriaSchema, request.form))
    except Invalid as wrong:
        return _page(**(_about(kept) | {"values": request.form, "errors": wrong.fields})), 422
    again = run_once(lambda: operations.start_search(wanted.criteria, kept.profile, kept.case_id))
    return redirect(url_for(".search", search_id=again), 303)


@blueprint.post("/directory/gaps")
@requires(Permission.DIRECTORY_VIEW)
def record_gap() -> ResponseReturnValue:
    """Record that nobody offers what was needed."""
    given = forms.load(GapSchema, request.form)
    place = geo.get_place(given["place_code"])
    run_once(lambda: operations.record_service_gap(given["need"], place.name, place.country))
    flash(_("Recorded. The network counts where help is missing."), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/directory/services/<uuid:service_id>")
@requires(Permission.DIRECTORY_VIEW)
def service(service_id: UUID) -> ResponseReturnValue:
    """A service: where, when, for whom, and what a client must hear of it."""
    listings = queries.listings_of_service(service_id)
    if not listings:
        raise NotFound
    kept = _search_named_in_address()
    return render_template(
        "directory/service.html",
        service=listings[0],
        listings=listings,
        bodies=queries.bodies_behind(listings[0].organization_id),
        search=kept,
        now=clock.now(),
        wording=wording,
        acts_on=acts.acts_on,
        own={
            one.location_id: queries.private_address(one.location_id) for one in listings if one.confidential
        },
    )


def _search_named_in_address() -> SavedSearch | None:
    """The search from which the reader comes, to go back to it and to act for its case."""
    named = request.args.get("search")
    return queries.get_search(forms.as_uuid(named, "search")) if named else None


@blueprint.post("/directory/services/<uuid:service_id>/release-hold")
@requires(Permission.LISTING_EDIT)
def release_hold(service_id: UUID) -> ResponseReturnValue:
    """Offer a service again: somebody has looked."""
    run_once(lambda: _released(service_id))
    flash(_("This service is offered again."), "success")
    return redirect(url_for(".service", service_id=service_id), 303)


def _released(service_id: UUID) -> UUID:
    operations.release_hold(service_id)
    return service_id


@blueprint.get("/directory/organizations/<uuid:organization_id>")
@requires(Permission.DIRECTORY_VIEW)
def organization(organization_id: UUID) -> ResponseReturnValue:
    """An organization, who stands behind it, and what it offers."""
    return render_template(
        "directory/organization.html", page=queries.organization_page(organization_id), wording=wording
    )


def _page(
    values: Any,
    findings: Findings | None,
    criteria: Criteria | None,
    search: SavedSearch | None,
    errors: dict[str, list[str]] | None = None,
    **about: Any,
) -> str:
    return render_template(
        "directory/index.html",
        values=values,
        errors=errors or {},
        findings=findings,
        criteria=criteria,
        search=search,
        missing_at=_nearest(criteria) if findings is not None and not findings.found else "",
        needs=_needs(language()),
        spoken=_spoken(language()),
        radii=RADII_KM,
        wording=wording,
        acts_on=acts.acts_on,
        link_to=_link_to,
        **about,
    )


def _nearest(criteria: Criteria | None) -> str:
    """The place of the gazetteer at which help is missing."""
    return geo.nearest_place(criteria.point).code if criteria and criteria.point else ""


@cache
def _needs(reader: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The needs by group, as the form offers them."""
    return [
        (group.label(reader), [(need.code, need.label(reader)) for need in vocabulary.needs(group.code)])
        for group in vocabulary.groups()
    ]


@cache
def _spoken(reader: str) -> list[tuple[str, str]]:
    """The languages that the form offers, by their names in the reader's language."""
    return sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])


def _typed(criteria: Criteria) -> dict[str, Any]:
    """The criteria as the form shows them."""
    return {
        "needs": criteria.needs[0] if criteria.needs else "",
        "place": criteria.place,
        "radius_km": f"{criteria.radius_km:g}",
        "language": criteria.language or "",
    }


def _link_to(criteria: Criteria) -> str:
    """The address of a search without a client."""
    assert criteria.point is not None
    return url_for(
        ".index",
        needs=list(criteria.needs),
        latitude=criteria.point.latitude,
        longitude=criteria.point.longitude,
        radius_km=f"{criteria.radius_km:g}",
        language=criteria.language,
    )
