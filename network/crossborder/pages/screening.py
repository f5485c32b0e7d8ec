"""The screening before a return, and a coordinator's review of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.audit.trail import record
from network.cases.queries import case_record, get_case
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder.pages.showing import Errors, P, blueprint, show
from network.crossborder.policies import allows_return
from network.crossborder.queries import get_screening, latest_screening, screening_words
from network.crossborder.queries.reviews import list_reviewers
from network.crossborder.schemas import ReturnReviewSchema, ReturnScreeningSchema
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

SCREENING = "/cases/<uuid:case_id>/return-screening"


@blueprint.get(SCREENING)
@requires(P.RETURN_SCREEN)
def screening(case_id: UUID) -> ResponseReturnValue:
    """The last screening with its review, or the questions."""
    return _page(case_id, ask="again" in request.args)


@blueprint.post(SCREENING)
@requires(P.RETURN_SCREEN)
def screen(case_id: UUID) -> ResponseReturnValue:
    """Record how the return was screened."""
    try:
        given = forms.load(ReturnScreeningSchema, request.form)
        screening_id = run_once(lambda: do.screen_return(case_id, given).id)
    except Invalid as wrong:
        return _page(case_id, wrong.fields, ask=True)
    if allows_return(get_screening(screening_id)):
        flash(_("Recorded. Next: choose the centre at home."), "success")
        return redirect(url_for(".prepare_form", case_id=case_id), 303)
    flash(_("Recorded. A coordinator must review this return before it can be offered."), "success")
    return redirect(url_for(".screening", case_id=case_id), 303)


@blueprint.post("/return-screenings/<uuid:screening_id>/review")
@requires(P.RETURN_REVIEW)
def review_return(screening_id: UUID) -> ResponseReturnValue:
    """A coordinator decides whether the return may go on."""
    case_id = get_screening(screening_id).case_id
    try:
        decision = forms.load(ReturnReviewSchema, request.form)["decision"]
        run_once(lambda: do.review_return(screening_id, decision).id)
    except Invalid as wrong:
        return _page(case_id, wrong.fields)
    except Conflict as refused:
        flash(refused.message, "error")
    else:
        said = _("The return may go on.") if decision == "go_on" else _("The return is stopped.")
        flash(said, "success")
    return redirect(url_for(".screening", case_id=case_id), 303)


def _page(case_id: UUID, errors: Errors | None = None, *, ask: bool = False) -> ResponseReturnValue:
    with unit_of_work():
        case = case_record(get_case(case_id))
        found = latest_screening(case_id)
        words: dict[str, Any] = screening_words(found) if found else {}
        record("viewed", "return", found.id if found else None, fields=("words",) if words else ())
    if found is None or ask:
        reviewers = [(str(one.account_id), one.name) for one in list_reviewers()]
        return show("screening", errors, case=case, reviewers=reviewers)
    return show(
        "screened",
        errors,
        case=case,
        screening=found,
        words=words,
        allowed=allows_return(found),
        may_review=P.RETURN_REVIEW in acting().permissions,
    )
