"""A steward's own listings: the list with what is due, one listing with all that it holds, its history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import clock
from network.core.errors import NotFound
from network.directory import keeping_wording as words
from network.directory import operations, queries, wording
from network.directory.pages.days import by_day
from network.directory.pages.offered import towns_told
from network.directory.pages.searching import blueprint
from network.directory.queries import PhoneNumber, holdings, keeping
from network.directory.queries.holidays import days_that_hide
from network.directory.queries.sections import values_in
from network.directory.schemas.keeping import Field, VerifySchema, parts_of, sections_of
from network.directory.states import WEEKDAYS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

KINDS = {"organizations": "organization", "services": "service", "locations": "location"}
ADDRESSES = {kind: plural for plural, kind in KINDS.items()}


def kind_of(plural: str) -> str:
    """The kind of listing that an address names; raises NotFound."""
    if plural not in KINDS:
        raise NotFound
    return KINDS[plural]


def show(template: str, status: int = 200, **about: Any) -> ResponseReturnValue:
    """A page of listings, with the words that they share."""
    about.setdefault("errors", {})
    about.setdefault("values", {})
    page = render_template(
        f"listings/{template}.html", words=words, wording=wording, address_of=address_of, **about
    )
    return page, status


def address_of(kind: str, listing_id: UUID) -> str:
    """The page on which a steward keeps a listing."""
    return url_for("directory_pages.kept", plural=ADDRESSES[kind], listing_id=listing_id)


def read_at(kind: str, listing: Any) -> str:
    """Where everybody reads a listing; a place on the page of its organization."""
    if kind == "service":
        return url_for("directory_pages.service", service_id=listing.id)
    return url_for(
        "directory_pages.organization",
        organization_id=listing.id if kind == "organization" else listing.organization_id,
    )


def back_to(kind: str, listing_id: UUID, said: str) -> ResponseReturnValue:
    """The listing, with what was done."""
    flash(said, "success")
    return redirect(address_of(kind, listing_id), 303)


@blueprint.get("/listings")
@requires(Permission.LISTING_EDIT)
def mine() -> ResponseReturnValue:
    """What this organization stewards, by name; what is due, and who waits for an answer."""
    plural = request.args.get("kind", "services")
    kind, wanted, name = kind_of(plural), request.args.get("wanted", ""), request.args.get("name", "")[:80]
    page = keeping.list_mine(kind, name=name, wanted=wanted, cursor=request.args.get("cursor"))
    following = page.next_cursor and url_for(
        ".mine", kind=plural, wanted=wanted, name=name, cursor=page.next_cursor
    )
    return show(
        "mine",
        page=page,
        plural=plural,
        kind=kind,
        places=towns_told([one.id for one in page.items] if kind == "service" else []),
        wanted=wanted,
        name=name,
        following=following,
        waiting=queries.count_open_reports(),
        nowhere=keeping.count_without_position(),
        claims=queries.claims_of_ours(),
    )


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>")
@requires(Permission.LISTING_EDIT)
def kept(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """One listing, as its steward keeps it: each section with its way to change it."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    hidden = getattr(listing, "confidential", False)
    entities = parts_of(kind, confidential=hidden)
    return show(
        "kept",
        kind=kind,
        plural=plural,
        listing=listing,
        hidden=hidden,
        standing=keeping.standing_of(listing, clock.today(acting().time_zone)),
        sections={
            name: lines(kind, listing, section)
            for name, section in sections_of(kind, confidential=hidden).items()
        },
        hanging=holdings.parts_of(kind, listing_id, entities),
        week=week_lines(kind, listing_id) if kind != "organization" else None,
        off=days_that_hide(kind, listing_id) if kind != "organization" else (),
        withheld=withheld_by(listing),
        **_around(kind, listing),
    )


@blueprint.get("/listings/due/<uuid:service_id>")
@requires(Permission.LISTING_EDIT)
def kept_service(service_id: UUID) -> ResponseReturnValue:
    """A service that is due, from home."""
    keeping.get_mine("service", service_id)
    return redirect(address_of("service", service_id))


def _around(kind: str, listing: Any) -> dict[str, Any]:
    if kind == "organization":
        services, places = keeping.services_and_places(listing.id)
        return {
            "services": services,
            "places": places,
            "towns": towns_told(one.id for one in services),
            "member": queries.tenant_of_organization(listing.id),
        }
    organization = queries.get_organization(listing.organization_id)
    if kind == "location":
        return {"organization": organization}
    offered = keeping.offered_at(listing.id)
    _services, places = keeping.services_and_places(organization.id)
    there = {location.id for _row, location in offered}
    return {
        "organization": organization,
        "offered": offered,
        "elsewhere": [(one.id, one.name or words.town_of(one)) for one in places if one.id not in there],
        "free": [one for one in holdings.capacity_of(listing.id) if one.capacity is not None],
        "numbers": _to_call(listing.id),
    }


def _to_call(service_id: UUID) -> list[PhoneNumber]:
    """The numbers by which a service is called, whoever they hang on: it, its places or its organization."""
    told = queries.listings_of_service(service_id)
    return list({phone.number: phone for one in told for phone in one.phones}.values())


def lines(kind: str, listing: Any, section: tuple[Field, ...]) -> list[tuple[str, str]]:
    """The fields of a section that are filled in, for the reader."""
    values = values_of(kind, listing, section)
    return [
        (words.label_of(field.name), words.shown(field, values[field.name]))
        for field in section
        if values[field.name] not in (None, "", [])
    ]


def values_of(kind: str, listing: Any, section: tuple[Field, ...]) -> dict[str, Any]:
    """What stands in the fields of a section now, as its form takes it."""
    told = values_in(kind, listing, {field.name for field in section})
    return {name: "true" if value is True else value for name, value in told.items()}


def week_lines(kind: str, listing_id: UUID) -> list[tuple[str, str]]:
    """The regular week of a listing: (day, times) in order."""
    times: dict[str, list[str]] = {}
    for one in holdings.schedules_of(kind, listing_id):
        for day in (one.byday or "").split(","):
            season = (
                f" ({one.valid_from or ''}–{one.valid_to or ''})" if one.valid_from or one.valid_to else ""
            )
            times.setdefault(day, []).append(f"{one.opens_at}–{one.closes_at}{season}")
    return [(words.day_name(day), ", ".join(times[day])) for day in WEEKDAYS if day in times]


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/verify")
@requires(Permission.LISTING_EDIT)
def verify(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Say that it is right as it stands."""
    kind, given = kind_of(plural), forms.load(VerifySchema, request.form)
    run_once(lambda: operations.verify(kind, listing_id, given["how"]))
    return back_to(kind, listing_id, _("Verified today. It holds for six months."))


def withheld_by(listing: Any) -> dict[str, Any]:
    """Who withholds a listing, why, and whether who reads may list it again; empty for one that is listed."""
    if not listing.do_not_list:
        return {}
    reason = listing.do_not_list_reason
    return {
        "by": keeping.name_of_member(listing.do_not_list_by_tenant_id),
        "why": str(words.REASONS[reason]) if reason else "",
        "again": operations.may_list_again(listing),
    }


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/history")
@requires(Permission.DIRECTORY_VIEW)
def history(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Who changed what of it, when, and what stood there before."""
    kind = kind_of(plural)
    page = keeping.history_of(kind, listing_id, cursor=request.args.get("cursor"), for_reading=True)
    listing: Any = operations.get_listing(kind, listing_id)
    following = page.next_cursor and url_for(
        ".history", plural=plural, listing_id=listing_id, cursor=page.next_cursor
    )
    own = listing.steward_tenant_id == acting().tenant and Permission.LISTING_EDIT in acting().permissions
    days = by_day(page)
    return show("history", kind=kind, listing=listing, days=days, following=following, own=own)
