"""The receiver's part: arrived or not, taken over, closed, and what becomes of the record after a withdrawal."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.core.errors import Conflict, Invalid
from network.crossborder import operations as do
from network.crossborder.pages.showing import (
    ONE,
    P,
    as_it_stands,
    blueprint,
    form_before,
    made,
    move,
    moved_on,
    to_handoff,
    why,
)
from network.crossborder.schemas import KeptRecordSchema, NotArrivedSchema, TakeOverSchema
from network.exchange.queries import get_side
from network.web import forms
from network.web.doors import run_once

_not_arriving = form_before("not_arrive", "not_arrived", "not_arrived")


@blueprint.post(f"{ONE}/arrival")
@requires(P.ARRIVAL_RECORD)
def arrive(exchange_id: UUID) -> ResponseReturnValue:
    """They are here."""
    return made(
        exchange_id, "arrive", do.arrive, _("Arrived. The other centre is told that she or he is safe.")
    )


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
