"""What a steward says of a listing as a whole: its week, what is free, and where it hides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, request, url_for
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
from network.directory.queries.sections import week_of
from network.directory.schemas.keeping import (
    CapacitySchema,
    HoursSchema,
)
from network.directory.states import WEEKDAYS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

# the week


@blueprint.get("/listings/<string:plural>/<uuid:listing_id>/hours")
@requires(Permission.LISTING_EDIT)
def hours_form(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Ask the hours of each day."""
    kind = kind_of(plural)
    if kind == "organization":
        raise NotFound
    return _hours(kind, keeping.get_mine(kind, listing_id), week_of(kind, listing_id))


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


def _hours(
    kind: str,
    listing: Any,
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    theirs = week_of(kind, listing.id) if stale else {}
    return show(
        "hours",
        status,
        kind=kind,
        action=url_for(".save_hours", plural=ADDRESSES[kind], listing_id=listing.id),
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
    free = holdings.capacity_of(service.id)
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
