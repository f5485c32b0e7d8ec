"""Days on which the hours of a whole country do not hold: everybody reads them, the headquarters keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid, StaleVersion
from network.directory import keeping_wording as words
from network.directory import operations
from network.directory.models import ScheduleException
from network.directory.pages.days import by_day
from network.directory.pages.keeping import show
from network.directory.pages.parts import as_form
from network.directory.pages.searching import blueprint
from network.directory.queries.holdings import part_version
from network.directory.queries.holidays import get_day, history_of_days, list_days
from network.directory.schemas.keeping import HOLIDAY, PARTS, schema_of
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

ENTITY = "schedule_exception"


@blueprint.get("/directory/holidays")
@requires(Permission.DIRECTORY_VIEW)
def holidays() -> ResponseReturnValue:
    """The days to come, country by country."""
    by_country: dict[str, list[ScheduleException]] = {}
    for one in list_days():
        by_country.setdefault(str(one.country), []).append(one)
    return show("holidays", by_country=by_country)


@blueprint.get("/directory/holidays/history")
@requires(Permission.DIRECTORY_VIEW)
def holidays_history() -> ResponseReturnValue:
    """Who changed which days, and what stood there before."""
    page = history_of_days(cursor=request.args.get("cursor"))
    following = page.next_cursor and url_for(".holidays_history", cursor=page.next_cursor)
    back = url_for(".holidays")
    return show("history", title=_("Public holidays"), back=back, days=by_day(page), following=following)


@blueprint.get("/directory/holidays/new")
@requires(Permission.TENANT_MANAGE)
def holiday_form() -> ResponseReturnValue:
    """Ask for the days of a country."""
    return _asked({"country": request.args.get("country"), "closed": "true"})


@blueprint.post("/directory/holidays/new")
@requires(Permission.TENANT_MANAGE)
def add_holiday() -> ResponseReturnValue:
    """Keep the days of a country."""
    try:
        given = _loaded(HOLIDAY)
        country = given.pop("country")
        run_once(lambda: operations.add_holiday(country, given))
    except Invalid as wrong:
        return _asked(request.form, wrong.fields, status=422)
    return _back(_("Added. From now on these days hide the hours of the country."))


@blueprint.get("/directory/holidays/<uuid:exception_id>")
@requires(Permission.TENANT_MANAGE)
def edit_holiday(exception_id: UUID) -> ResponseReturnValue:
    """Ask again."""
    day = get_day(exception_id)
    return _asked(as_form(ENTITY, day), day=day)


@blueprint.post("/directory/holidays/<uuid:exception_id>")
@requires(Permission.TENANT_MANAGE)
def save_holiday(exception_id: UUID) -> ResponseReturnValue:
    """Save the days, as they were seen."""
    day = get_day(exception_id)
    try:
        given, version = _loaded(PARTS[ENTITY]), given_version()
        run_once(lambda: operations.change_holiday(exception_id, given, version))
    except StaleVersion:
        return _asked(request.form, day=get_day(exception_id), stale=True, status=409)
    except Invalid as wrong:
        return _asked(request.form, wrong.fields, day=day, status=422)
    return _back(_("Saved."))


@blueprint.post("/directory/holidays/<uuid:exception_id>/remove")
@requires(Permission.TENANT_MANAGE)
def remove_holiday(exception_id: UUID) -> ResponseReturnValue:
    """Take the days back: the weekly hours hold on them."""
    run_once(lambda: operations.remove_holiday(exception_id))
    return _back(_("Removed."))


def _loaded(section: Any) -> dict[str, Any]:
    form = request.form.copy()
    form.pop("version", None)
    given: dict[str, Any] = forms.load(schema_of(section), form)
    if given.get("closed"):
        given["opens_at"] = given["closes_at"] = None
    return given


def _back(said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".holidays"), 303)


def _asked(
    values: Mapping[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    day: ScheduleException | None = None,
    stale: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    kept: dict[str, Any] = {"exception_id": day.id} if day else {}
    section = PARTS[ENTITY] if day else HOLIDAY
    return show(
        "edit",
        status,
        kind="organization",
        listing=None,
        back=url_for(".holidays"),
        title=words.country_name(str(day.country)) if day else _("Days of a country"),
        fields=section,
        values=values,
        errors=errors or {},
        theirs=[(words.label_of(one.name), words.shown(one, getattr(day, one.name))) for one in section]
        if stale
        else None,
        needs=(),
        action=url_for(".save_holiday" if day else ".add_holiday", **kept),
        remove=url_for(".remove_holiday", **kept) if day else None,
        version=part_version(ENTITY, day.id) if day else None,
    )
