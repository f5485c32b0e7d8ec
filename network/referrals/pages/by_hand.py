"""What is recorded of an organization that has no sign-in: what it said, that it was told of an end; and the letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.referrals import operations, wording
from network.referrals.letter import paper, print_letter
from network.referrals.operations import Heard
from network.referrals.pages.showing import ONE, Errors, blueprint, move, moved_on, opened, sent, show
from network.referrals.queries.page import ReferralPage
from network.referrals.schemas import HeardSchema, LetterSchema, TellingSchema
from network.referrals.states import HEARD, PLAIN_OUTCOMES
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language
from network.web.versions import given_version

P = Permission


@blueprint.get(f"{ONE}/heard/<answer>")
@requires(P.REFERRAL_SEND)
def heard_form(exchange_id: UUID, answer: str) -> ResponseReturnValue:
    """They have said this: by which way, and what came with it?"""
    return _hearing(exchange_id, answer)


@blueprint.post(f"{ONE}/heard/<answer>")
@requires(P.REFERRAL_SEND)
def record_heard(exchange_id: UUID, answer: str) -> ResponseReturnValue:
    """Record what they said."""
    if answer not in HEARD:
        raise NotFound
    try:
        given = forms.load(HeardSchema, _fields(answer))
        outcomes = dict(enumerate(given.pop("outcomes")))
        heard = Heard(**given, outcomes=outcomes)
        return move(exchange_id, operations.record_heard, heard, said=_("Recorded what they said."))
    except Invalid as wrong:
        placed = {
            ("outcomes.0" if name.startswith("outcomes") else name): lines
            for name, lines in wrong.fields.items()
        }
        return _hearing(exchange_id, answer, placed)


def _fields(answer: str) -> dict[str, Any]:
    """The form as the schema takes it, the outcomes by position."""
    names = sorted((name for name in request.form if name.startswith("outcomes.")), key=len)
    given = {name: request.form.get(name, "") for name in ("channel", "reason", "text", "on", "place")}
    held = {name: value for name, value in given.items() if value}
    outcomes = [request.form[name] for name in names if request.form[name]]
    return {"move": answer, **held, **({"outcomes": outcomes} if outcomes else {})}


def _hearing(exchange_id: UUID, answer: str, errors: Errors | None = None) -> ResponseReturnValue:
    page = opened(exchange_id)
    if answer not in HEARD or not (page.is_sender and page.outside):
        raise NotFound
    if answer not in page.moves:
        raise Conflict(moved_on())
    feedback = page.packet is not None and page.packet.feedback
    reasons = answer if answer in ("decline", "not_served") else ""
    return show(
        "heard",
        errors,
        page=page,
        answer=answer,
        feedback=feedback,
        reasons=wording.grouped_reasons(reasons) if reasons else (),
        outcomes=_outcomes(page, feedback),
    )


def _outcomes(page: ReferralPage, feedback: bool) -> list[tuple[str, str]]:
    known = [
        (code, entry)
        for code, entry in vocabulary.choices("service_outcomes", language())
        if feedback or code in PLAIN_OUTCOMES
    ]
    return [one for one in known if one[0] != "not_served"] if len(page.needs) == 1 else known


@blueprint.post(f"{ONE}/ending-told")
@requires(P.REFERRAL_SEND)
def ending_told(exchange_id: UUID) -> ResponseReturnValue:
    """They were told that sharing has ended."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        version = given_version()
        try:
            run_once(lambda: operations.tell_ended(exchange_id, given["channel"], version))
        except Conflict as refused:
            flash(refused.message or moved_on(), "error")
        else:
            flash(_("Recorded that you have told them."), "success")
        return redirect(url_for(".show", exchange_id=exchange_id), 303)

    def again(exchange_id: UUID, errors: Errors) -> ResponseReturnValue:
        return show("ending_told", errors, page=opened(exchange_id))

    return sent(exchange_id, TellingSchema, make, again)


@blueprint.post(f"{ONE}/letter")
@requires(P.REFERRAL_SEND)
def letter(exchange_id: UUID) -> ResponseReturnValue:
    """What they were told, on paper, for the client to carry. Posted: printing is an act that is on record."""
    given = forms.load(LetterSchema, request.form)
    with unit_of_work():
        content = print_letter(exchange_id, given["language"])
    return paper(content)
