"""Telling the steward of a listing what is wrong, and her answer, field by field."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core.errors import Invalid
from network.directory import keeping_wording as words
from network.directory import operations, queries
from network.directory.models import ListingSuggestion, Service
from network.directory.operations import Proposal
from network.directory.pages.keeping import show
from network.directory.pages.searching import blueprint
from network.directory.queries import holdings
from network.directory.schemas.keeping import SECTIONS, Field, ListingProblemSchema, schema_of
from network.directory.states import LISTING_PROBLEMS
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

# What whoever called there may correct, short enough for a phone.
SUGGESTED: tuple[Field, ...] = (
    *(one for one in SECTIONS["service"]["about"] if one.name in ("name", "description", "status", "alert")),
    *(one for one in SECTIONS["service"]["contact"]),
    *(
        one
        for one in SECTIONS["service"]["referral"]
        if one.name in ("referral_method", "response_hours", "application_process", "wait_time")
    ),
    *(one for one in SECTIONS["service"]["cost"]),
    *(one for one in SECTIONS["service"]["care"] if one.name == "eligibility_description"),
)


@blueprint.get("/directory/services/<uuid:service_id>/report")
@requires(Permission.DIRECTORY_VIEW)
def report_form(service_id: UUID) -> ResponseReturnValue:
    """Ask what is wrong."""
    return _asked(queries.get_service(service_id))


@blueprint.post("/directory/services/<uuid:service_id>/report")
@requires(Permission.DIRECTORY_VIEW)
def report(service_id: UUID) -> ResponseReturnValue:
    """Tell the steward what is wrong."""
    service = queries.get_service(service_id)
    try:
        given = forms.load(ListingProblemSchema, request.form)
        run_once(lambda: operations.report_problem(service_id, given["problem"]))
    except Invalid as wrong:
        return _asked(service, wrong.fields, 422)
    flash(
        _("Thank you. Whoever keeps this listing was told, and others see that a problem was reported."),
        "success",
    )
    return redirect(url_for(".service", service_id=service_id), 303)


def _asked(
    service: Service, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    problems = [(code, words.PROBLEMS[code]) for code in LISTING_PROBLEMS]
    return show("report", status, service=service, problems=problems, errors=errors or {})


@blueprint.get("/directory/services/<uuid:service_id>/suggest")
@requires(Permission.DIRECTORY_VIEW)
def suggest_form(service_id: UUID) -> ResponseReturnValue:
    """Show the fields as they stand, to be corrected."""
    service = queries.get_service(service_id)
    numbers = _numbers(service_id)
    values = {one.name: getattr(service, one.name) for one in SUGGESTED}
    return _suggesting(service, values | {f"phone-{one.id}": one.number for one in numbers})


@blueprint.post("/directory/services/<uuid:service_id>/suggest")
@requires(Permission.DIRECTORY_VIEW)
def suggest(service_id: UUID) -> ResponseReturnValue:
    """Propose what was changed to the steward."""
    service = queries.get_service(service_id)
    numbers = _numbers(service_id)
    fields = (*SUGGESTED, *(Field(f"phone-{one.id}", "tel") for one in numbers))
    try:
        given = forms.load(schema_of(tuple(fields)), request.form)
        proposals = [Proposal("service", service_id, one.name, given[one.name]) for one in SUGGESTED]
        proposals += [
            Proposal("phone", one.id, "number", value)
            for one in numbers
            if (value := given[f"phone-{one.id}"]) is not None
        ]
        changed = [one for one in proposals if not _same(service, numbers, one)]
        run_once(lambda: operations.suggest(service_id, changed))
    except Invalid as wrong:
        return _suggesting(service, request.form, wrong.fields, 422)
    flash(_("Thank you. Whoever keeps this listing looks at each field that you changed."), "success")
    return redirect(url_for(".service", service_id=service_id), 303)


def _same(service: Service, numbers: Any, one: Proposal) -> bool:
    if one.entity == "phone":
        return bool(next(row.number for row in numbers if row.id == one.entity_id) == one.value)
    return bool((getattr(service, one.field) or None) == (one.value or None))


def _numbers(service_id: UUID) -> Any:
    return holdings.parts_of("service", service_id, ["phone"])["phone"]


def _suggesting(
    service: Service, values: Any, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    return show(
        "suggest",
        status,
        service=service,
        fields=SUGGESTED,
        numbers=_numbers(service.id),
        values=values,
        errors=errors or {},
    )


@blueprint.get("/listings/reports")
@requires(Permission.DIRECTORY_VIEW)
def reports() -> ResponseReturnValue:
    """What others told us of our listings; or what we told others, with their answer."""
    side = "from" if request.args.get("side") == "from" else "to"
    page = queries.list_reports(side, cursor=request.args.get("cursor"))
    following = page.next_cursor and url_for(".reports", side=side, cursor=page.next_cursor)
    return show("reports", page=page, side=side, following=following)


@blueprint.get("/listings/reports/<uuid:report_id>")
@requires(Permission.DIRECTORY_VIEW)
def one_report(report_id: UUID) -> ResponseReturnValue:
    """One report: what stood there, what stands now, what is proposed."""
    return _report(report_id)


@blueprint.post("/listings/reports/<uuid:report_id>")
@requires(Permission.LISTING_EDIT)
def answer(report_id: UUID) -> ResponseReturnValue:
    """Take or leave each field, and say whether the problem was there."""
    asked = queries.get_report(report_id)
    waiting = [one.suggestion for one in queries.suggestions_of(report_id) if one.suggestion.state == "open"]
    taken = {
        one.id: request.form[f"taken.{one.id}"] == "yes"
        for one in waiting
        if f"taken.{one.id}" in request.form
    }
    service_id = asked.report.service_id
    try:
        if (asked.report.problem or asked.report.reason_code) and "right" not in request.form:
            raise Invalid(fields={"right": [_("Say whether it was right.")]})
        right = request.form.get("right") == "yes"
        run_once(lambda: operations.answer_report(report_id, right, taken))
    except Invalid as wrong:
        return _report(report_id, wrong.fields, 422)
    flash(_("Answered. Who reported it sees your answer."), "success")
    if right and service_id is not None:
        return redirect(url_for(".kept", plural="services", listing_id=service_id), 303)
    return redirect(url_for(".reports"), 303)


def _report(
    report_id: UUID, errors: dict[str, list[str]] | None = None, status: int = 200
) -> ResponseReturnValue:
    told = queries.get_report(report_id)
    ours = told.report.steward_tenant_id == acting().tenant
    return show(
        "one_report",
        status,
        told=told,
        suggestions=queries.suggestions_of(report_id),
        value_of=_value,
        answering=ours and told.report.state == "open" and Permission.LISTING_EDIT in acting().permissions,
        errors=errors or {},
        values=request.form,
    )


def _value(one: ListingSuggestion, value: Any) -> str:
    """A proposed value in the reader's words."""
    spec = next((field for field in SUGGESTED if field.name == one.field), None)
    return (words.shown(spec, value) if spec else str(value or "")) or "–"
