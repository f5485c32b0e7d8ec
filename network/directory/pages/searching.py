"""Searching the directory, a service, an organization.

A search that has a client in mind, of a case or said by hand, is posted and kept on the server; the address holds its
id and nothing of her. The form is always posted: without a person it leads to an address that says what is searched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import clock
from network.core.errors import Invalid, NotFound
from network.directory import acts, geo, keeping_wording, operations, queries, search_wording, whom, wording
from network.directory.asking import Asked, asked, home
from network.directory.choices import choices, in_address, typed
from network.directory.eligibility import Profile
from network.directory.mapping import map_of
from network.directory.queries import SavedFilter, SavedSearch, holdings
from network.directory.schemas import CriteriaSchema, FilterSchema, SearchSchema, profile
from network.directory.search import Criteria, Findings, find
from network.directory.search.criteria import LAST_PAGE
from network.tenants.keys import settings
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language

blueprint = Blueprint("directory_pages", __name__)

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
    return _page(**_without_client(wanted.criteria), others=wanted.others)


def _without_client(criteria: Criteria) -> dict[str, Any]:
    return {
        "values": typed(criteria),
        "findings": find(criteria, counts=True),
        "criteria": criteria,
        "search": None,
    }


@blueprint.get("/directory/filters/<uuid:filter_id>")
@requires(Permission.DIRECTORY_VIEW)
def saved_filter(filter_id: UUID) -> ResponseReturnValue:
    """A filter that a colleague kept, and what it finds now. Its address may be passed on within the centre."""
    kept = queries.get_filter(filter_id)
    criteria = replace(kept.criteria, page=_page_number())
    share_at = settings().base_url + url_for(".saved_filter", filter_id=filter_id)
    return _page(**_without_client(criteria), others=(), filter=kept, share_at=share_at)


@blueprint.post("/directory/filters")
@requires(Permission.DIRECTORY_VIEW)
def save_filter() -> ResponseReturnValue:
    """Keep the criteria of a search without a client under a name, for the whole centre."""
    try:
        given = forms.load(FilterSchema, request.form)
        wanted = asked(given)
        filter_id = run_once(lambda: operations.save_filter(given["label"], wanted.criteria))
    except Invalid as wrong:
        return _page(values=request.form, errors=wrong.fields, **_UNSEARCHED), 422
    flash(_("Saved. Colleagues find it in the directory, too."), "success")
    return redirect(url_for(".saved_filter", filter_id=filter_id), 303)


@blueprint.post("/directory/filters/<uuid:filter_id>/delete")
@requires(Permission.DIRECTORY_VIEW)
def delete_filter(filter_id: UUID) -> ResponseReturnValue:
    """Nobody uses this filter any more."""
    run_once(lambda: operations.delete_filter(filter_id))
    flash(_("The filter is deleted."), "success")
    return redirect(url_for(".index"), 303)


def _page_number() -> int:
    """Which page of the results is asked for; the first where that is no number."""
    asked_for = request.args.get("page", "1")
    return min(max(int(asked_for), 1), LAST_PAGE) if asked_for.isascii() and asked_for.isdigit() else 1


@blueprint.post("/directory/searches")
@requires(Permission.DIRECTORY_VIEW)
def start_search() -> ResponseReturnValue:
    """Start a search that has somebody in mind. Where the form asks for whom and nothing is said, it is a plain one."""
    try:
        given = forms.load(SearchSchema, request.form)
        wanted = asked(given)
    except Invalid as wrong:
        return _page(values=request.form, errors=wrong.fields, **_UNSEARCHED), 422
    return _started(wanted, profile(given["profile"]), given["case_id"])


def _started(wanted: Asked, person: Profile | None, case_id: UUID | None) -> ResponseReturnValue:
    if person is None and case_id is None and whom.is_asked(request.form):
        return redirect(url_for(".index", **_plain_address()), 303)
    search_id = run_once(lambda: operations.start_search(wanted.criteria, person, case_id))
    return redirect(url_for(".search", search_id=search_id), 303)


def _plain_address() -> dict[str, Any]:
    """What is searched as it was typed, and nothing else of the form."""
    given = {name: [one for one in request.form.getlist(name) if one] for name in CriteriaSchema().fields}
    return {name: values for name, values in given.items() if values}


@blueprint.get("/directory/searches/<uuid:search_id>")
@requires(Permission.DIRECTORY_VIEW)
def search(search_id: UUID) -> ResponseReturnValue:
    """What a search finds now."""
    return _page(**_about(queries.get_search(search_id)))


def _about(kept: SavedSearch) -> dict[str, Any]:
    criteria = replace(kept.criteria, page=_page_number())
    return {
        "values": typed(criteria) | whom.typed(None if kept.case_id else kept.profile),
        "findings": find(criteria, kept.profile, counts=True),
        "criteria": criteria,
        "others": (),
        "search": kept,
    }


@blueprint.post("/directory/searches/<uuid:search_id>/again")
@requires(Permission.DIRECTORY_VIEW)
def search_again(search_id: UUID) -> ResponseReturnValue:
    """Search for the same client with other criteria; who was said by hand may be said otherwise."""
    kept = queries.get_search(search_id)
    by_hand = kept.case_id is None and whom.is_asked(request.form)
    try:
        given = forms.load(SearchSchema if by_hand else CriteriaSchema, request.form)
        wanted = asked(given)
    except Invalid as wrong:
        return _page(**(_about(kept) | {"values": request.form, "errors": wrong.fields})), 422
    person = _with_children(kept, profile(given["profile"])) if by_hand else kept.profile
    return _started(wanted, person, kept.case_id)


def _with_children(kept: SavedSearch, person: Profile | None) -> Profile | None:
    """The person as she is said now, with the children whom the form does not ask for."""
    if kept.profile is None or not kept.profile.children:
        return person
    return replace(person or Profile(), children=kept.profile.children)


@blueprint.get("/directory/services/<uuid:service_id>")
@requires(Permission.DIRECTORY_VIEW)
def service(service_id: UUID) -> ResponseReturnValue:
    """A service: where, when, for whom, and what a client must hear of it."""
    listings = queries.listings_of_service(service_id)
    if not listings:
        merged_into = queries.get_service(service_id).merged_into_id
        if merged_into is None:
            raise NotFound
        return redirect(url_for(".service", service_id=merged_into))
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
        problems=keeping_wording.PROBLEMS,
        free_line=keeping_wording.free_line,
        free=[one for one in holdings.capacity_of(service_id) if one.capacity is not None],
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
    filter: SavedFilter | None = None,
    **about: Any,
) -> str:
    return render_template(
        "directory/index.html",
        values=values,
        errors=errors or {},
        findings=findings,
        criteria=criteria,
        search=search,
        filter=filter,
        filters=queries.list_filters() if findings is None else (),
        choices=choices(language(), criteria, findings),
        whom=whom,
        reader=language(),
        person_is_said=search is not None and search.profile is not None,
        missing_at=_nearest(criteria) if findings is not None and not findings.found else "",
        wording=wording,
        said=search_wording,
        acts_on=acts.acts_on,
        address=in_address,
        drawn=map_of(criteria, findings),
        **about,
    )


def _nearest(criteria: Criteria | None) -> str:
    """The place of the gazetteer at which help is missing."""
    return geo.nearest_place(criteria.point).code if criteria and criteria.point else ""
