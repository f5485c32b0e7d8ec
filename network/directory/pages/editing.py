"""Filling in a listing: a section at a time, its parts, its week, what is free, and where it hides."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import vocabulary
from network.core.errors import Invalid, NotFound, StaleVersion
from network.directory import keeping_wording as words
from network.directory import operations, queries
from network.directory.pages.keeping import (
    ADDRESSES,
    address_of,
    back_to,
    kind_of,
    lines,
    show,
    values_of,
)
from network.directory.pages.searching import blueprint
from network.directory.queries import keeping
from network.directory.queries.reports import as_json
from network.directory.schemas.keeping import (
    PARTS,
    CapacitySchema,
    Field,
    HoursSchema,
    parts_of,
    schema_of,
    sections_of,
)
from network.directory.states import WEEKDAYS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language
from network.web.versions import given_version

OWNERS = ("organization", "service", "location")


def _section(kind: str, listing: Any, name: str) -> tuple[Field, ...]:
    found = sections_of(kind, confidential=getattr(listing, "confidential", False)).get(name)
    if found is None:
        raise NotFound
    return found


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/edit/<string:section>")
@requires(Permission.LISTING_EDIT)
def section_form(plural: str, listing_id: UUID, section: str) -> ResponseReturnValue:
    """Ask the fields of a section."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    fields = _section(kind, listing, section)
    return _edit(kind, listing, section, fields, values_of(kind, listing, fields))


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/edit/<string:section>")
@requires(Permission.LISTING_EDIT)
def save_section(plural: str, listing_id: UUID, section: str) -> ResponseReturnValue:
    """Save a section, on the version that the steward saw."""
    kind = kind_of(plural)
    listing = keeping.get_mine(kind, listing_id)
    fields = _section(kind, listing, section)
    try:
        given, version = forms.load(schema_of(fields), request.form), given_version()
        run_once(lambda: operations.save_section(kind, listing_id, section, given, version))
    except StaleVersion:
        listing = keeping.get_mine(kind, listing_id)
        theirs = lines(kind, listing, fields)
        return _edit(kind, listing, section, fields, request.form, theirs=theirs, status=409)
    except Invalid as wrong:
        return _edit(kind, listing, section, fields, request.form, wrong.fields, status=422)
    return back_to(kind, listing_id, _("Saved."))


def _edit(
    kind: str,
    listing: Any,
    section: str,
    fields: tuple[Field, ...],
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return show(
        "edit",
        status,
        kind=kind,
        listing=listing,
        title=str(words.SECTION_NAMES[section]),
        fields=fields,
        values=values,
        errors=errors or {},
        theirs=theirs,
        needs=_needs(),
        action=url_for(".save_section", plural=ADDRESSES[kind], listing_id=listing.id, section=section),
        version=listing.version,
    )


def _needs() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            group.label(language()),
            [(need.code, need.label(language())) for need in vocabulary.needs(group.code)],
        )
        for group in vocabulary.groups()
    ]


# parts


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/add/<string:entity>")
@requires(Permission.LISTING_EDIT)
def part_form(plural: str, listing_id: UUID, entity: str) -> ResponseReturnValue:
    """Ask for what is added to a listing."""
    kind = kind_of(plural)
    listing = _owner(kind, listing_id, entity)
    start = {"country": getattr(listing, "country", None), "city": getattr(listing, "town", None)}
    return _part(kind, listing, entity, start)


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/add/<string:entity>")
@requires(Permission.LISTING_EDIT)
def add_part(plural: str, listing_id: UUID, entity: str) -> ResponseReturnValue:
    """Add a number, a contact, a day with other hours, a paper, a price…"""
    kind = kind_of(plural)
    listing = _owner(kind, listing_id, entity)
    try:
        given = _loaded(entity)
        run_once(lambda: operations.add_part(entity, given, **{f"{kind}_id": listing_id}))
    except Invalid as wrong:
        return _part(kind, listing, entity, request.form, errors=wrong.fields, status=422)
    return back_to(kind, listing_id, _("Added."))


def _owner(kind: str, listing_id: UUID, entity: str) -> Any:
    listing = keeping.get_mine(kind, listing_id)
    if entity not in parts_of(kind, confidential=getattr(listing, "confidential", False)):
        raise NotFound
    return listing


def _loaded(entity: str) -> dict[str, Any]:
    given = forms.load(schema_of(PARTS[entity]), _without_seen())
    if given.get("closed"):
        given["opens_at"] = given["closes_at"] = None
    return given


def _without_seen() -> Any:
    form = request.form.copy()
    form.pop("seen", None)
    return form


@blueprint.get("/listings/parts/<string:entity>/<uuid:part_id>")
@requires(Permission.LISTING_EDIT)
def edit_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Ask the fields of a part again."""
    part = keeping.get_part(entity, part_id)
    kind, listing = _listing_of(part)
    return _part(kind, listing, entity, _as_form(entity, part), part=part)


@blueprint.post("/listings/parts/<string:entity>/<uuid:part_id>")
@requires(Permission.LISTING_EDIT)
def save_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Save a part, if it still reads as the steward saw it."""
    part = keeping.get_part(entity, part_id)
    kind, listing = _listing_of(part)
    if request.form.get("seen") != _seen(entity, part):
        theirs = [
            (words.label_of(one.name), words.shown(one, getattr(part, one.name))) for one in PARTS[entity]
        ]
        return _part(kind, listing, entity, request.form, part=part, theirs=theirs, status=409)
    try:
        given = _loaded(entity)
        run_once(lambda: _changed(entity, part_id, given))
    except Invalid as wrong:
        return _part(kind, listing, entity, request.form, part=part, errors=wrong.fields, status=422)
    return back_to(kind, listing.id, _("Saved."))


def _changed(entity: str, part_id: UUID, given: dict[str, Any]) -> UUID:
    operations.change(entity, part_id, given)
    return part_id


@blueprint.post("/listings/parts/<string:entity>/<uuid:part_id>/remove")
@requires(Permission.LISTING_EDIT)
def remove_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Take a part away; the history keeps it."""
    part = keeping.get_part(entity, part_id)
    kind, listing = _listing_of(part)
    listing_id = listing.id
    run_once(lambda: _removed(entity, part_id))
    return back_to(kind, listing_id, _("Removed."))


def _removed(entity: str, part_id: UUID) -> UUID:
    operations.remove(entity, part_id)
    return part_id


def _listing_of(part: Any) -> tuple[str, Any]:
    for kind in OWNERS:
        owner_id = getattr(part, f"{kind}_id", None)
        if owner_id is not None:
            return kind, keeping.get_mine(kind, owner_id)
    raise NotFound


def _as_form(entity: str, part: Any) -> dict[str, Any]:
    values = {one.name: as_json(getattr(part, one.name)) for one in PARTS[entity]}
    return {name: "true" if value is True else value for name, value in values.items()}


def _seen(entity: str, part: Any) -> str:
    return hashlib.sha256(orjson.dumps(_as_form(entity, part))).hexdigest()[:32]


def _part(
    kind: str,
    listing: Any,
    entity: str,
    values: Mapping[str, Any],
    *,
    part: Any = None,
    errors: dict[str, list[str]] | None = None,
    theirs: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    place = {"plural": ADDRESSES[kind], "listing_id": listing.id, "entity": entity}
    return show(
        "edit",
        status,
        kind=kind,
        listing=listing,
        title=str(words.PART_NAMES[entity]),
        fields=PARTS[entity],
        values=values,
        errors=errors or {},
        theirs=theirs,
        needs=(),
        action=url_for(".save_part", entity=entity, part_id=part.id)
        if part
        else url_for(".add_part", **place),
        seen=_seen(entity, part) if part else None,
        remove=url_for(".remove_part", entity=entity, part_id=part.id) if part else None,
        version=None,
    )


# the week


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/hours")
@requires(Permission.LISTING_EDIT)
def hours_form(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Ask the hours of each day."""
    kind = kind_of(plural)
    if kind == "organization":
        raise NotFound
    return _hours(kind, keeping.get_mine(kind, listing_id), _week(kind, listing_id))


@blueprint.post("/listings/<string:plural>/<uuid:listing_id>/hours")
@requires(Permission.LISTING_EDIT)
def save_hours(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Save the week."""
    kind = kind_of(plural)
    if kind == "organization":
        raise NotFound
    listing = keeping.get_mine(kind, listing_id)
    try:
        given, version = forms.load(HoursSchema, request.form), given_version()
        run_once(lambda: operations.save_hours(kind, listing_id, given, version))
    except StaleVersion:
        return _hours(kind, keeping.get_mine(kind, listing_id), request.form, stale=True, status=409)
    except Invalid as wrong:
        return _hours(kind, listing, request.form, wrong.fields, status=422)
    return back_to(kind, listing_id, _("The hours were saved."))


def _week(kind: str, listing_id: UUID) -> dict[str, str]:
    values: dict[str, str] = {}
    for one in keeping.schedules_of(kind, listing_id):
        if one.valid_from or one.valid_to:
            continue
        for day in (one.byday or "").split(","):
            nth = "_2" if f"{day.lower()}_opens" in values else ""
            values[f"{day.lower()}_opens{nth}"] = one.opens_at or ""
            values[f"{day.lower()}_closes{nth}"] = (
                "00:00" if one.closes_at == "24:00" else one.closes_at or ""
            )
    return values


def _hours(
    kind: str,
    listing: Any,
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    theirs = _week(kind, listing.id) if stale else {}
    return show(
        "hours",
        status,
        kind=kind,
        plural=ADDRESSES[kind],
        listing=listing,
        days=[(day.lower(), words.day_name(day)) for day in WEEKDAYS],
        values=values,
        errors=errors or {},
        theirs=[
            (words.day_name(day), f"{theirs[f'{day.lower()}_opens']}–{theirs[f'{day.lower()}_closes']}")
            for day in WEEKDAYS
            if f"{day.lower()}_opens" in theirs
        ]
        if stale
        else None,
    )


# what is free


@blueprint.get("/listings/services/<uuid:service_id>/capacity")
@requires(Permission.CAPACITY_SAY)
def capacity_form(service_id: UUID) -> ResponseReturnValue:
    """Ask how much is free, in the unit that was used last."""
    return _capacity(keeping.get_mine("service", service_id))


@blueprint.post("/listings/services/<uuid:service_id>/capacity")
@requires(Permission.CAPACITY_SAY)
def say_capacity(service_id: UUID) -> ResponseReturnValue:
    """Say how much is free now."""
    service = keeping.get_mine("service", service_id)
    try:
        given = forms.load(CapacitySchema, request.form)
        day = given.pop("next_free_on")
        at = datetime.combine(day, time(8), ZoneInfo(acting().time_zone)) if day else None
        run_once(lambda: operations.say_capacity(service_id, **given, next_free_at=at))
    except Invalid as wrong:
        return _capacity(service, wrong.fields, status=422)
    flash(_("Said. Everybody in the network sees it, and how old it is."), "success")
    return redirect(url_for(".service", service_id=service_id), 303)


def _capacity(
    service: Any, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    free = keeping.capacity_of(service.id)
    chosen = request.values.get("unit_id") or str(free[0].unit.id)
    now = next((one for one in free if str(one.unit.id) == chosen), free[0])
    return show(
        "capacity",
        status,
        service=service,
        free=free,
        now=now,
        quick=range(11),
        options=[(str(one.unit.id), words.unit_name(one.unit)) for one in free],
        errors=errors or {},
        values=request.form,
    )


# where it hides


@blueprint.get("/listings/locations/<uuid:location_id>/hide")
@requires(Permission.LISTING_EDIT)
def hide_form(location_id: UUID) -> ResponseReturnValue:
    """Say what becomes of a place that is made confidential."""
    return show("hide", listing=keeping.get_mine("location", location_id), kind="location")


@blueprint.post("/listings/locations/<uuid:location_id>/hide")
@requires(Permission.LISTING_EDIT)
def hide_location(location_id: UUID) -> ResponseReturnValue:
    """Make a place confidential: what leads to its door is sealed for its steward alone."""
    version = given_version()
    run_once(lambda: operations.hide_location(location_id, version))
    return back_to("location", location_id, _("The place is confidential. The network sees its town alone."))


# new ones


@blueprint.get("/listings/organizations/new")
@requires(Permission.LISTING_EDIT)
def organization_form() -> ResponseReturnValue:
    """Ask for a new organization."""
    return _new("organization", None, {"visibility": "network", "country": acting().country})


@blueprint.post("/listings/organizations/new")
@requires(Permission.LISTING_EDIT)
def add_organization() -> ResponseReturnValue:
    """List an organization; whoever acts becomes its steward."""
    try:
        given = forms.load(schema_of(NEW["organization"]), request.form)
        given["description"] = given["description"] or ""
        added = run_once(lambda: operations.create_organization(**given))
    except Invalid as wrong:
        return _new("organization", None, request.form, wrong.fields, 422)
    return back_to("organization", added, _("Listed. Now add its services and places."))


@blueprint.get("/listings/organizations/<uuid:organization_id>/new/<string:plural>")
@requires(Permission.LISTING_EDIT)
def listing_form(organization_id: UUID, plural: str) -> ResponseReturnValue:
    """Ask for a new service or place of an organization."""
    kind = _newable(plural)
    start = {"visibility": "network", "status": "active", "referral_method": "phone"}
    return _new(kind, keeping.get_mine("organization", organization_id), start)


@blueprint.post("/listings/organizations/<uuid:organization_id>/new/<string:plural>")
@requires(Permission.LISTING_EDIT)
def add_listing(organization_id: UUID, plural: str) -> ResponseReturnValue:
    """List a service or a place of an organization."""
    kind = _newable(plural)
    organization = keeping.get_mine("organization", organization_id)
    try:
        given = forms.load(schema_of(NEW[kind]), request.form)
        added = run_once(lambda: (_add_service if kind == "service" else _add_place)(organization, given))
    except Invalid as wrong:
        return _new(kind, organization, request.form, wrong.fields, 422)
    return back_to(kind, added, _("Added."))


def _add_service(organization: Any, given: dict[str, Any]) -> UUID:
    method = given.pop("referral_method")
    return operations.create_service(organization.id, referral_methods=[method], **given)


def _add_place(organization: Any, given: dict[str, Any]) -> UUID:
    typed = given["place"]
    found = queries.find_places(typed, organization.country) or queries.find_places(typed)
    if not found:
        said = _("We do not know this place. Check the spelling, or name the next larger town.")
        raise Invalid(fields={"place": [said]})
    return operations.create_location(
        organization.id,
        place_code=found[0].code,
        name=given["name"],
        confidential=given["confidential"],
        visibility=given["visibility"],
        town=found[0].name,
        time_zone=found[0].time_zone,
    )


def _newable(plural: str) -> str:
    kind = kind_of(plural)
    if kind == "organization":
        raise NotFound
    return kind


_VISIBLE = Field("visibility", "choice", True, "visibility")
NEW: Mapping[str, tuple[Field, ...]] = {
    "organization": (
        Field("name", required=True),
        Field("description", "words"),
        Field("country", "choice", True, "countries"),
        Field("recipient_class", "choice", True, "recipient_classes"),
        _VISIBLE,
    ),
    "service": (
        Field("name", required=True),
        Field("needs", "choices", True, "needs"),
        Field("referral_method", "choice", True, "referral_method"),
        _VISIBLE,
    ),
    "location": (Field("place", required=True), Field("name"), Field("confidential", "tick"), _VISIBLE),
}


def _new(
    kind: str,
    organization: Any,
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    titles = {"organization": _("New organization"), "service": _("New service"), "location": _("New place")}
    action = (
        url_for(".add_listing", organization_id=organization.id, plural=ADDRESSES[kind])
        if organization
        else url_for(".add_organization")
    )
    return show(
        "edit",
        status,
        kind="organization",
        listing=organization,
        title=titles[kind],
        fields=NEW[kind],
        values=values,
        errors=errors or {},
        theirs=None,
        needs=_needs(),
        action=action,
        version=None,
    )


@blueprint.post("/listings/services/<uuid:service_id>/places")
@requires(Permission.LISTING_EDIT)
def offer_at(service_id: UUID) -> ResponseReturnValue:
    """Offer a service at a place of its organization."""
    place = forms.as_uuid(request.form.get("location_id"), "location_id")
    run_once(lambda: operations.place_service_at_location(service_id, place))
    return back_to("service", service_id, _("It is offered there."))


@blueprint.post("/listings/services/<uuid:service_id>/places/<uuid:offered_id>/remove")
@requires(Permission.LISTING_EDIT)
def stop_offering(service_id: UUID, offered_id: UUID) -> ResponseReturnValue:
    """Offer a service at a place no longer."""
    if queries.get_service_at_location(offered_id).service_id != service_id:
        raise NotFound
    run_once(lambda: _removed("service_at_location", offered_id))
    return redirect(address_of("service", service_id), 303)
