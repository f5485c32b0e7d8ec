"""Telling the steward of a listing what is wrong, and how its fields should read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid, NotFound
from network.directory import keeping_wording as words
from network.directory import operations
from network.directory.operations import Proposal
from network.directory.pages.editing import need_groups
from network.directory.pages.keeping import ADDRESSES, kind_of, read_at, show, values_of
from network.directory.pages.searching import blueprint
from network.directory.queries import holdings
from network.directory.queries.sections import values_in, week_of
from network.directory.schemas.keeping import Field, HoursSchema, ListingProblemSchema, schema_of
from network.directory.states import LISTING_PROBLEMS, WEEKDAYS
from network.web import forms
from network.web.doors import run_once

# What whoever called there corrects most often, short enough for a phone; the rest a section at a time.
_SHORT: Mapping[str, tuple[str, ...]] = {
    "organization": ("name", "description", "email", "website"),
    "service": (
        *("name", "description", "status", "alert", "email", "url", "referral_method", "response_hours"),
        *("application_process", "wait_time", "cost", "fees_description", "eligibility_description"),
    ),
    "location": ("name", "description", "transportation"),
}
_NEW = "phone-new"


@blueprint.get("/directory/<string:plural>/<uuid:listing_id>/report")
@requires(Permission.DIRECTORY_VIEW)
def report_form(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Ask what is wrong."""
    kind = kind_of(plural)
    return _asked(kind, operations.get_listing(kind, listing_id))


@blueprint.post("/directory/<string:plural>/<uuid:listing_id>/report")
@requires(Permission.DIRECTORY_VIEW)
def report(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Tell the steward what is wrong."""
    kind = kind_of(plural)
    listing: Any = operations.get_listing(kind, listing_id)
    try:
        given = forms.load(ListingProblemSchema, request.form)
        run_once(lambda: operations.report_problem(kind, listing_id, given["problem"]))
    except Invalid as wrong:
        return _asked(kind, listing, wrong.fields, 422)
    flash(
        _("Thank you. Whoever keeps this listing was told, and others see that a problem was reported."),
        "success",
    )
    return redirect(read_at(kind, listing), 303)


def _asked(
    kind: str, listing: Any, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    problems = [(code, words.PROBLEMS[code]) for code in LISTING_PROBLEMS]
    about = {"kind": kind, "plural": ADDRESSES[kind], "listing": listing, "back": read_at(kind, listing)}
    return show("report", status, **about, problems=problems, errors=errors or {})


@blueprint.get("/directory/<string:plural>/<uuid:listing_id>/suggest")
@requires(Permission.DIRECTORY_VIEW)
def suggest_form(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Show the fields as they stand, to be corrected."""
    kind = kind_of(plural)
    listing: Any = operations.get_listing(kind, listing_id)
    values = values_of(kind, listing, _short(kind, listing))
    numbers = _numbers(kind, listing)
    return _suggesting(kind, listing, values | {f"phone-{one.id}": one.number for one in numbers})


@blueprint.post("/directory/<string:plural>/<uuid:listing_id>/suggest")
@requires(Permission.DIRECTORY_VIEW)
def suggest(plural: str, listing_id: UUID) -> ResponseReturnValue:
    """Propose what was changed to the steward. A number that was emptied is to go."""
    kind = kind_of(plural)
    listing: Any = operations.get_listing(kind, listing_id)
    short, numbers = _short(kind, listing), _numbers(kind, listing)
    fields = (*short, *(Field(f"phone-{one.id}", "tel") for one in numbers), Field(_NEW, "tel"))
    try:
        given = forms.load(schema_of(tuple(fields)), request.form)
        proposals = _changed(kind, listing, short, given)
        for one in numbers:
            if given[f"phone-{one.id}"] is None:
                proposals.append(Proposal("phone", one.id, None, None))
            elif given[f"phone-{one.id}"] != one.number:
                proposals.append(Proposal("phone", one.id, "number", given[f"phone-{one.id}"]))
        if given[_NEW]:
            proposals.append(Proposal("phone", None, None, {"number": given[_NEW]}))
        run_once(lambda: operations.suggest(kind, listing_id, proposals))
    except Invalid as wrong:
        return _suggesting(kind, listing, request.form, wrong.fields, 422)
    return _thanked(kind, listing)


@blueprint.get("/directory/<string:plural>/<uuid:listing_id>/suggest/<string:section>")
@requires(Permission.DIRECTORY_VIEW)
def suggest_section_form(plural: str, listing_id: UUID, section: str) -> ResponseReturnValue:
    """Show one section, or the week, to be corrected."""
    kind = kind_of(plural)
    listing: Any = operations.get_listing(kind, listing_id)
    if section == "hours":
        return _suggest_section(kind, listing, section, week_of(kind, _open_hours(kind, listing_id)))
    fields = _section(kind, listing, section)
    return _suggest_section(kind, listing, section, values_of(kind, listing, fields))


@blueprint.post("/directory/<string:plural>/<uuid:listing_id>/suggest/<string:section>")
@requires(Permission.DIRECTORY_VIEW)
def suggest_section(plural: str, listing_id: UUID, section: str) -> ResponseReturnValue:
    """Propose what was changed in one section, or in the week."""
    kind = kind_of(plural)
    listing: Any = operations.get_listing(kind, listing_id)
    if section == "hours":
        return _propose_hours(kind, listing)
    fields = _section(kind, listing, section)
    try:
        given = forms.load(schema_of(fields), request.form)
        run_once(lambda: operations.suggest(kind, listing_id, _changed(kind, listing, fields, given)))
    except Invalid as wrong:
        return _suggest_section(kind, listing, section, request.form, wrong.fields, 422)
    return _thanked(kind, listing)


def _propose_hours(kind: str, listing: Any) -> ResponseReturnValue:
    _open_hours(kind, listing.id)
    try:
        given = forms.load(HoursSchema, request.form)
        week = {name: value for name, value in given.items() if value}
        asked = [Proposal(kind, listing.id, operations.WEEK, week)]
        run_once(lambda: operations.suggest(kind, listing.id, asked))
    except Invalid as wrong:
        return _suggest_section(kind, listing, "hours", request.form, wrong.fields, 422)
    return _thanked(kind, listing)


def _open_hours(kind: str, listing_id: UUID) -> UUID:
    if kind == "organization":
        raise NotFound
    return listing_id


def _section(kind: str, listing: Any, section: str) -> tuple[Field, ...]:
    held = operations.suggestible(kind, confidential=getattr(listing, "confidential", False))
    if section not in held:
        raise NotFound
    return held[section]


def _short(kind: str, listing: Any) -> tuple[Field, ...]:
    if getattr(listing, "confidential", False):
        return ()
    held = {one.name: one for section in operations.suggestible(kind).values() for one in section}
    return tuple(held[name] for name in _SHORT[kind])


def _changed(kind: str, listing: Any, fields: tuple[Field, ...], given: Mapping[str, Any]) -> list[Proposal]:
    standing = values_in(kind, listing, {one.name for one in fields})
    return [
        Proposal(kind, listing.id, one.name, given[one.name])
        for one in fields
        if _plain(standing[one.name]) != _plain(given[one.name])
    ]


def _plain(value: Any) -> Any:
    """The same for all that says nothing, and for the same choices in another order."""
    if isinstance(value, list):
        return sorted(value) or None
    return None if value in ("", False) else value


def _numbers(kind: str, listing: Any) -> Any:
    if getattr(listing, "confidential", False):
        return ()
    return holdings.parts_of(kind, listing.id, ["phone"])["phone"]


def _thanked(kind: str, listing: Any) -> ResponseReturnValue:
    flash(_("Thank you. Whoever keeps this listing looks at each field that you changed."), "success")
    return redirect(read_at(kind, listing), 303)


def _suggesting(
    kind: str, listing: Any, values: Any, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    held = operations.suggestible(kind, confidential=getattr(listing, "confidential", False))
    sections = [*held, *(["hours"] if kind != "organization" else [])]
    return show(
        "suggest",
        status,
        kind=kind,
        plural=ADDRESSES[kind],
        listing=listing,
        back=read_at(kind, listing),
        fields=_short(kind, listing),
        numbers=_numbers(kind, listing),
        new_number=None if getattr(listing, "confidential", False) else _NEW,
        sections=[(name, words.SECTION_NAMES[name]) for name in sections],
        values=values,
        errors=errors or {},
    )


def _suggest_section(
    kind: str,
    listing: Any,
    section: str,
    values: Any,
    errors: dict[str, list[str]] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """One section, or the week, as its steward has it, to be corrected."""
    place: dict[str, Any] = {"plural": ADDRESSES[kind], "listing_id": listing.id}
    about: dict[str, Any] = (
        {"days": [(day.lower(), words.day_name(day)) for day in WEEKDAYS]}
        if section == "hours"
        else {"fields": _section(kind, listing, section), "needs": need_groups(), "version": None}
    )
    return show(
        "hours" if section == "hours" else "edit",
        status,
        kind=kind,
        listing=listing,
        title=str(words.SECTION_NAMES[section]),
        back=url_for(".suggest_form", **place),
        action=url_for(".suggest_section", **place, section=section),
        values=values,
        errors=errors or {},
        theirs=None,
        suggesting=True,
        **about,
    )
