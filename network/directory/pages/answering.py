"""What others told of our listings, and what we told of theirs: the answer, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from network.directory.models import ListingSuggestion
from network.directory.pages.keeping import address_of, read_at, show
from network.directory.pages.searching import blueprint
from network.tenants.context import acting
from network.web.doors import run_once
from network.web.i18n import comma


@blueprint.get("/listings/reports")
@requires(Permission.DIRECTORY_VIEW)
def reports() -> ResponseReturnValue:
    """What others told us of our listings; or what we told others, with their answer."""
    side = "from" if request.args.get("side") == "from" else "to"
    page = queries.list_reports(side, cursor=request.args.get("cursor"))
    following = page.next_cursor and url_for(".reports", side=side, cursor=page.next_cursor)
    return show("reports", page=page, side=side, following=following, field_names=_field_names)


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
    try:
        said = request.form.get("right", "no")
        reported = asked.report.problem or asked.report.reason_code
        if reported and request.form.get("right") not in dict(_answers(asked)):
            raise Invalid(fields={"right": [_("Say whether it was right.")]})
        right, closed = said != "no", said if said in operations.CLOSINGS else None
        run_once(lambda: operations.answer_report(report_id, right, taken, closed))
    except Invalid as wrong:
        return _report(report_id, wrong.fields, 422)
    if right and asked.report.problem == "closed":
        said_so = _("Answered, and closed. Who reported it sees your answer; who waits for it is told.")
        flash(said_so, "success")
    else:
        flash(_("Answered. Who reported it sees your answer."), "success")
    if right:
        return redirect(address_of(asked.kind, asked.listing_id), 303)
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
        side="to" if ours else "from",
        suggestions=queries.suggestions_of(report_id),
        value_of=_value,
        answers=_answers(told),
        answered=_answered_lines(told),
        read_at=_listing_page(told),
        kept_at=address_of(told.kind, told.listing_id),
        answering=ours and told.report.state == "open" and Permission.LISTING_EDIT in acting().permissions,
        errors=errors or {},
        values=request.form,
    )


def _answers(told: queries.Told) -> list[tuple[str, str]]:
    """What the steward may say of the problem itself."""
    if told.report.problem != "closed":
        yes = _("Yes, it was wrong and I have put it right, or shall")
        return [("yes", yes), ("no", _("No, the listing is right"))]
    gone = _("Yes: take it off the directory. Whoever waits for it is told")
    if told.kind == "service":
        for_now = _("It is closed for now: say so. Whoever waits for it is told")
        return [("for_good", gone), ("for_now", for_now), ("no", _("No, it exists"))]
    return [("for_good", gone), ("no", _("No, it exists"))]


def _listing_page(told: Any) -> str:
    return read_at(told.kind, operations.get_listing(told.kind, told.listing_id))


def _value(one: ListingSuggestion, value: Any) -> str:
    """A proposed value in the reader's words."""
    if value is None:
        return _("To be removed") if one.field is None and one.proposed is None else "–"
    if one.field is None or one.field == operations.WEEK:
        return words.week_line(value) if one.field else words.row_line(one.entity, value)
    spec = words.field_of(one.entity, one.field)
    return (words.shown(spec, value) if spec else str(value or "")) or "–"


def _field_names(named: Iterable[Sequence[str | None]]) -> str:
    """What a report proposes to change, by name: each field once, and a row by what it is."""
    names = (words.label_of(one[1]) if one[1] else words.entity_name(str(one[0])) for one in named)
    return comma().join(dict.fromkeys(names))


def _answered_lines(told: queries.Told) -> list[tuple[str, str]]:
    """Which proposals of a report were taken, and which were not."""
    lines = [
        (str(words.REPORT_STATES[state]), _field_names(told.answered(state)))
        for state in ("accepted", "rejected")
    ]
    return [(title, names) for title, names in lines if names]
