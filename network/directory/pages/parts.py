"""What hangs on a listing, one part at a time: added, changed, removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid, NotFound, StaleVersion
from network.directory import keeping_wording as words
from network.directory import operations
from network.directory.pages.keeping import (
    ADDRESSES,
    back_to,
    kind_of,
    show,
)
from network.directory.pages.searching import blueprint
from network.directory.queries import holdings, keeping
from network.directory.queries.reports import as_json
from network.directory.schemas.keeping import (
    PARTS,
    parts_of,
    schema_of,
)
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

OWNERS = ("organization", "service", "location")


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
    given = forms.load(schema_of(PARTS[entity]), _own_fields())
    if given.get("closed"):
        given["opens_at"] = given["closes_at"] = None
    return given


def _own_fields() -> Any:
    form = request.form.copy()
    for name in ("version", "of"):
        form.pop(name, None)
    return form


@blueprint.get("/listings/parts/<string:entity>/<uuid:part_id>")
@requires(Permission.LISTING_EDIT)
def edit_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Ask the fields of a part again."""
    part = holdings.get_part(entity, part_id)
    kind, listing = _listing_of(part)
    return _part(kind, listing, entity, as_form(entity, part), part=part)


@blueprint.post("/listings/parts/<string:entity>/<uuid:part_id>")
@requires(Permission.LISTING_EDIT)
def save_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Save a part, if it still reads as the steward saw it. What she typed is not lost, even where it is gone."""
    try:
        part = holdings.get_part(entity, part_id)
    except NotFound:
        return _gone(entity)
    kind, listing = _listing_of(part)
    try:
        given, version = _loaded(entity), given_version()
        run_once(lambda: _changed(entity, part_id, given, version))
    except StaleVersion:
        part = holdings.get_part(entity, part_id)
        theirs = [
            (words.label_of(one.name), words.shown(one, getattr(part, one.name))) for one in PARTS[entity]
        ]
        return _part(kind, listing, entity, request.form, part=part, theirs=theirs, status=409)
    except Invalid as wrong:
        return _part(kind, listing, entity, request.form, part=part, errors=wrong.fields, status=422)
    return back_to(kind, listing.id, _("Saved."))


def _gone(entity: str) -> ResponseReturnValue:
    """Somebody has removed it meanwhile: what was typed can be added anew."""
    kind, _slash, listing_id = request.form.get("of", "").partition("/")
    if kind not in OWNERS or entity not in PARTS:
        raise NotFound
    listing = _owner(kind, forms.as_uuid(listing_id, "of"), entity)
    return _part(kind, listing, entity, request.form, gone=True, status=409)


def _changed(entity: str, part_id: UUID, given: dict[str, Any], version: int) -> UUID:
    operations.change(entity, part_id, given, version=version)
    return part_id


@blueprint.post("/listings/parts/<string:entity>/<uuid:part_id>/remove")
@requires(Permission.LISTING_EDIT)
def remove_part(entity: str, part_id: UUID) -> ResponseReturnValue:
    """Take a part away; the history keeps it."""
    part = holdings.get_part(entity, part_id)
    kind, listing = _listing_of(part)
    listing_id = listing.id
    run_once(lambda: removed(entity, part_id))
    return back_to(kind, listing_id, _("Removed."))


def removed(entity: str, part_id: UUID) -> UUID:
    """Remove it, and say what was removed."""
    operations.remove(entity, part_id)
    return part_id


def _listing_of(part: Any) -> tuple[str, Any]:
    for kind in OWNERS:
        owner_id = getattr(part, f"{kind}_id", None)
        if owner_id is not None:
            return kind, keeping.get_mine(kind, owner_id)
    raise NotFound


def as_form(entity: str, part: Any) -> dict[str, Any]:
    """A part as its form takes it."""
    values = {one.name: as_json(getattr(part, one.name)) for one in PARTS[entity]}
    return {name: "true" if value is True else value for name, value in values.items()}


def _part(
    kind: str,
    listing: Any,
    entity: str,
    values: Mapping[str, Any],
    *,
    part: Any = None,
    errors: dict[str, list[str]] | None = None,
    theirs: list[tuple[str, str]] | None = None,
    gone: bool = False,
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
        of=f"{kind}/{listing.id}" if part else None,
        gone=gone,
        remove=url_for(".remove_part", entity=entity, part_id=part.id) if part else None,
        version=holdings.part_version(entity, part.id) if part else None,
    )
