"""The screening before a return, and a coordinator's review of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.audit.trail import record
from network.cases.queries import case_record, get_case, get_client
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder.pages.preparing import plan_of, prepared
from network.crossborder.pages.showing import Errors, P, blueprint, show
from network.crossborder.policies import REMAINS, allows_return
from network.crossborder.queries import get_screening, latest_screening, screening_words
from network.crossborder.queries.boards import handoffs_of_case, received_at_home
from network.crossborder.queries.records import open_handoffs_of
from network.crossborder.queries.reviews import list_reviewers
from network.crossborder.schemas import HandoffOfCaseSchema, ReturnReviewSchema, ReturnScreeningSchema
from network.tenants.context import acting
from network.web import forms
from network.web.doors import run_once

# What the page offers as one answer: whether it is her own choice, and whether anybody presses her.
CHOICES = {
    "free": ("true", "false"),
    "pressed": ("true", "true"),
    "no_other_way": ("false", "false"),
    "forced": ("false", "true"),
}
NOT_ALONE = "not_alone"
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
    answers, plan = forms.split(request.form, ReturnScreeningSchema)
    try:
        given = _screened(answers, plan.pop("choice", None), plan.pop("choice_heard", None))
        # Without a day nothing is planned, but what was typed wrong is said all the same.
        planned = forms.load(HandoffOfCaseSchema(partial=not plan.get("arrival_on")), plan)
        journey = planned if plan.get("arrival_on") else None
        made_id = run_once(lambda: _recorded(case_id, given, journey))
    except Invalid as wrong:
        return _page(case_id, _placed(wrong.fields), ask=True)
    except Conflict as refused:
        flash(refused.message, "error")
        return redirect(url_for(".handoffs_of_case_page", case_id=case_id), 303)
    if allows_return(latest_screening(case_id)):
        if journey is not None:
            return redirect(url_for(".preview", exchange_id=made_id), 303)
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


def _screened(answers: MultiDict[str, str], choice: str | None, heard: str | None) -> dict[str, Any]:
    """The answers; whether she was alone, whose choice it is and whether anybody presses are one question on the
    page. ``heard``: what was said where she could not be asked alone. For the dead there is nothing to explain."""
    if choice == NOT_ALONE:
        answers["asked_alone"], choice = "false", heard
    elif choice in CHOICES:
        answers.setdefault("asked_alone", "true")
    if choice in CHOICES:
        answers["own_choice"], answers["pressure"] = CHOICES[choice]
    if answers.get("return_kind") == REMAINS:
        answers["claim_explained"] = "false"
    return forms.load(ReturnScreeningSchema, answers)


def _recorded(case_id: UUID, given: dict[str, Any], journey: dict[str, Any] | None) -> UUID:
    """The screening; and the handoff with its journey, where nothing stands in the way of the return."""
    screening = do.screen_return(case_id, given)
    if journey is None or not allows_return(screening):
        return screening.id
    return prepared(case_id, journey)


# The questions, as they follow one another on the page.
_ASKED = ("return_kind", "choice", "choice_heard", "fear", "claim_explained")


def _placed(wrong: Errors) -> Errors:
    """Errors by the inputs of the page, in its order."""
    in_one = ("asked_alone", "own_choice", "pressure")
    placed = {name: lines for name, lines in wrong.items() if name not in in_one}
    if len(placed) < len(wrong):
        where = "choice_heard" if request.form.get("choice") == NOT_ALONE else "choice"
        placed[where] = [_("Choose whose choice it is, and whether anybody presses.")]
    first = [name for name in _ASKED if name in placed]
    return {name: placed[name] for name in (*first, *(rest for rest in placed if rest not in first))}


def _page(case_id: UUID, errors: Errors | None = None, *, ask: bool = False) -> ResponseReturnValue:
    with unit_of_work():
        case = case_record(get_case(case_id))
        sex = get_client(case.client_id).sex
        found = latest_screening(case_id)
        words: dict[str, Any] = screening_words(found) if found else {}
        asking = found is None or ask
        free = asking and not open_handoffs_of([case_id])
        plan = plan_of(case_id, homewards=True) if free and may(P.HANDOFF_PREPARE) else None
        record("viewed", "return", found.id if found else None, fields=("words",) if words else ())
    if asking:
        return show(
            "screening",
            errors,
            case=case,
            sex=sex,
            reviewers=[(str(one.account_id), one.name) for one in list_reviewers()],
            plan=plan,
            values=request.form if request.method == "POST" or plan is None else plan["proposed"],
        )
    return show(
        "screened",
        errors,
        case=case,
        screening=found,
        sex=get_client(case.client_id).sex,
        words=words,
        allowed=allows_return(found),
        received=received_at_home(handoffs_of_case(case_id)),
        may_review=may(P.RETURN_REVIEW),
    )


def may(permission: P) -> bool:
    """Whether who looks holds this permission."""
    return permission in acting().permissions
