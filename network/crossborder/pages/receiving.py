"""The receiver's part: arrived or not, taken over, closed, and what becomes of the record after a withdrawal."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.pages.showing import (
    ONE,
    Errors,
    P,
    as_it_stands,
    blueprint,
    form_before,
    made,
    move,
    moved_on,
    open_for,
    show,
    to_handoff,
    why,
)
from network.crossborder.schemas import (
    ArrivalCorrectionSchema,
    KeptRecordSchema,
    NotArrivedSchema,
    TakeOverSchema,
)
from network.exchange.queries import get_side
from network.web import forms
from network.web.doors import run_once

_not_arriving = form_before("not_arrive", "not_arrived", "not_arrived")


@blueprint.post(f"{ONE}/arrival")
@requires(P.ARRIVAL_RECORD)
def arrive(exchange_id: UUID) -> ResponseReturnValue:
    """They are here."""
    return made(exchange_id, "arrive", do.arrive, _("Arrived. The other centre is told."))


@blueprint.get(f"{ONE}/non-arrival")
@requires(P.ARRIVAL_RECORD)
def not_arrive_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why did they not come?"""
    return _not_arriving(exchange_id)


@blueprint.post(f"{ONE}/non-arrival")
@requires(P.ARRIVAL_RECORD)
def not_arrive(exchange_id: UUID) -> ResponseReturnValue:
    """They did not come, and why."""
    said = _("Recorded. The other centre is told.")
    return made(
        exchange_id,
        "not_arrive",
        do.not_arrive,
        said,
        schema=NotArrivedSchema,
        takes=why,
        again=_not_arriving,
    )


@blueprint.get(f"{ONE}/arrival-correction")
@requires(P.ARRIVAL_RECORD)
def correct_arrival_form(exchange_id: UUID) -> ResponseReturnValue:
    """What was wrong with the arrival?"""
    return _correcting(exchange_id)


@blueprint.post(f"{ONE}/arrival-correction")
@requires(P.ARRIVAL_RECORD)
def correct_arrival(exchange_id: UUID) -> ResponseReturnValue:
    """Recorded of the wrong person, too early, or on another day."""
    try:
        given = forms.load(ArrivalCorrectionSchema, request.form)
        name = do.correction_by(given["reason"])
        said = _("The day is corrected. The other centre is told.")
        if name == "take_back_arrival":
            said = _("The arrival is taken back. The other centre is told.")
        first = (given["reason"], given["arrived_on"], given["text"])
        return move(exchange_id, name, do.correct_arrival, *first, said=said, together=given["together"])
    except Invalid as wrong:
        return _correcting(exchange_id, wrong.fields)


def _correcting(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    """The page that asks it; once the case was taken over only the day can be mended."""
    page = open_for(exchange_id, "redate_arrival")
    reasons = [
        (code, text)
        for code, text in wording.plain_reasons("arrival_corrected")
        if do.correction_by(code) in page.moves
    ]
    return show("arrival_correction", errors, page=page, reasons=reasons)


@blueprint.post(f"{ONE}/take-over")
@requires(P.TAKE_OVER)
def take_over(exchange_id: UUID) -> ResponseReturnValue:
    """Become responsible, and go on in the new case."""
    said = _("Taken over. This is your own case now, with its follow-ups planned from the arrival.")
    try:
        given = forms.load(TakeOverSchema, request.form)
        back = move(exchange_id, "take_over", do.take_over, said=said, **given)
    except Invalid as wrong:
        return as_it_stands(exchange_id, wrong.fields)
    case_id = get_side(exchange_id).case_id
    return redirect(url_for("cases_pages.case", case_id=case_id), 303) if case_id else back


@blueprint.post(f"{ONE}/closure")
@requires(P.TAKE_OVER)
def close(exchange_id: UUID) -> ResponseReturnValue:
    """End the handoff."""
    return made(exchange_id, "close", do.close, _("Closed."))


@blueprint.post(f"{ONE}/kept-record")
@requires(P.TAKE_OVER)
def keep_record(exchange_id: UUID) -> ResponseReturnValue:
    """Answer a request for deletion."""
    try:
        legal_basis = forms.load(KeptRecordSchema, request.form)["legal_basis"]
        run_once(lambda: do.keep_record(exchange_id, legal_basis).exchange_id)
    except Invalid as wrong:
        return as_it_stands(exchange_id, wrong.fields)
    except Conflict as refused:
        flash(refused.message or moved_on(), "error")
    else:
        flash(_("Answered: the record is kept, and why."), "success")
    return to_handoff(exchange_id)
