"""What the sender does with a referral that is out: answer, withdraw, and close the loop with the client's own word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.cases.queries.cards import Document
from network.cases.queries.clients import list_documents
from network.core.errors import Invalid
from network.exchange.operations import Reason
from network.exchange.schemas import WordsSchema
from network.referrals import operations, wording
from network.referrals.pages.showing import ONE, Errors, blueprint, move, open_for, opened, sent, show
from network.referrals.queries.page import ReferralPage
from network.referrals.schemas import (
    ReferralClosureSchema,
    ReferralWithdrawalSchema,
)
from network.web import forms

P = Permission
NOT_HAD, PAPERS_BACK = "not_had", "papers_back"
RECOVERY = "documents.recovery"


@blueprint.get(f"{ONE}/answer")
@requires(P.REFERRAL_SEND)
def answer_form(exchange_id: UUID) -> ResponseReturnValue:
    """Their question, and the answer."""
    return _answering(exchange_id)


@blueprint.post(f"{ONE}/answer")
@requires(P.REFERRAL_SEND)
def answer(exchange_id: UUID) -> ResponseReturnValue:
    """Answer; their clock goes on."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("Your answer is with them.")
        return move(exchange_id, operations.answer_receiver, given["text"], said=said)

    return sent(exchange_id, WordsSchema, make, _answering)


def _answering(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    return show("answer", errors, page=open_for(exchange_id, "answer"))


@blueprint.get(f"{ONE}/withdrawal")
@requires(P.REFERRAL_SEND)
def withdrawal_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why is it taken back?"""
    return _withdrawing(exchange_id)


@blueprint.post(f"{ONE}/withdrawal")
@requires(P.REFERRAL_SEND)
def withdraw(exchange_id: UUID) -> ResponseReturnValue:
    """Take it back: what was sent is sealed at once."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        reason = Reason("withdrawal", given["reason"])
        said = _("The referral is withdrawn, and what was sent is sealed.")
        return move(exchange_id, operations.withdraw_referral, reason, given["text"], said=said)

    return sent(exchange_id, ReferralWithdrawalSchema, make, _withdrawing)


def _withdrawing(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "withdraw")
    return show("withdrawal", errors, page=page, reasons=wording.plain_reasons("withdrawal"))


@blueprint.get(f"{ONE}/closure")
@requires(P.REFERRAL_CLOSE)
def closure_form(exchange_id: UUID) -> ResponseReturnValue:
    """Did it help?"""
    return _closing(exchange_id)


@blueprint.post(f"{ONE}/closure")
@requires(P.REFERRAL_CLOSE)
def close(exchange_id: UUID) -> ResponseReturnValue:
    """Close the loop."""
    try:
        back = _helped() == PAPERS_BACK
        papers = [forms.as_uuid(one, "papers") for one in request.form.getlist("papers")] if back else []
        given = forms.load(ReferralClosureSchema, _closure_fields())
        answer = move(
            exchange_id,
            operations.close_referral,
            said=_("The referral is closed. Thank you."),
            recovered=papers,
            **given,
        )
    except Invalid as wrong:
        return _closing(exchange_id, wrong.fields)
    page = opened(exchange_id)
    if page.closure is None:
        return answer
    return redirect(url_for("cases_pages.case", case_id=page.side.case_id), 303)


def _closure_fields() -> dict[str, Any]:
    """The form's three answers and "could not be asked" as the schema takes them."""
    helped, words = _helped(), request.form.get("words", "").strip()
    if helped == NOT_HAD:
        code = request.form.get("not_had_code") or None
        if code is None:
            raise Invalid(fields={"not_had_code": [_("Choose why the client could not be asked.")]})
        return {"helped": None, "words": words, "not_had_code": code}
    return {"helped": "yes" if helped == PAPERS_BACK else helped, "words": words, "not_had_code": None}


def _helped() -> str | None:
    """The answer that was chosen, or that the button gave. Raises ``Invalid`` where the two are not the same."""
    chosen = request.form.get("helped") or None
    if not request.form.get("all_back"):
        return chosen
    if chosen not in (None, PAPERS_BACK, "yes"):
        raise Invalid(
            fields={"helped": [_("Another answer is chosen here. Close it by that one, or by the button.")]}
        )
    return PAPERS_BACK


def _closing(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "close")
    reasons = wording.plain_reasons("client_word_not_had")
    return show("closure", errors, page=page, reasons=reasons, papers=_papers(page))


def _papers(page: ReferralPage) -> list[Document]:
    """Her papers that somebody else holds, where the referral was to get them back."""
    if RECOVERY not in page.own_codes or page.side.client_id is None:
        return []
    return [
        one for one in list_documents(page.side.client_id) if one.holder != "client" and not one.recovered_on
    ]
