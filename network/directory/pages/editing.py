"""Filling in a listing, a section at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import vocabulary
from network.core.errors import Invalid, NotFound, StaleVersion
from network.directory import geo, operations
from network.directory import keeping_wording as words
from network.directory.geo import Place
from network.directory.pages.keeping import (
    ADDRESSES,
    back_to,
    kind_of,
    lines,
    show,
    values_of,
)
from network.directory.pages.searching import blueprint
from network.directory.queries import keeping
from network.directory.schemas.keeping import (
    Field,
    schema_of,
    sections_of,
)
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language
from network.web.versions import given_version


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
    values = values_of(kind, listing, fields)
    meant = _place_meant(listing, values)
    if meant is not None and request.args.get("place") == meant.code:
        values = {**values, "place": meant.label(language())}
    return _edit(kind, listing, section, fields, values, meant=meant)


def _place_meant(listing: Any, values: Mapping[str, Any]) -> Place | None:
    """The town that may be meant by one that is on no map: an import kept it as it was written."""
    if "place" not in values or listing.latitude is not None or not listing.town:
        return None
    return geo.place_meant(listing.town, listing.country)


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
    meant: Place | None = None,
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
        needs=need_groups(),
        action=url_for(".save_section", plural=ADDRESSES[kind], listing_id=listing.id, section=section),
        version=listing.version,
        meant=meant and (meant.label(language()), f"{request.path}?place={meant.code}"),
    )


def need_groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """All needs, by their groups, for the reader."""
    return [
        (
            group.label(language()),
            [(need.code, need.label(language())) for need in vocabulary.needs(group.code)],
        )
        for group in vocabulary.groups()
    ]
