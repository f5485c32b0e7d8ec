"""What the other centre does with an offer: look, ask, accept, decline; and the answers and recalls of its sender."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.crossborder import operations as do
from network.crossborder import wording
from network.crossborder.pages.showing import (
    ONE,
    Errors,
    P,
    as_it_stands,
    blueprint,
    move,
    open_for,
    sent,
    show,
)
from network.crossborder.schemas import (
    HandoffDeclineSchema,
    HandoffMoveSchema,
    HandoffRecallSchema,
    HandoffWordsSchema,
)


@blueprint.post(f"{ONE}/review")
@requires(P.HANDOFF_ANSWER)
def review(exchange_id: UUID) -> ResponseReturnValue:
    """I look at it."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("The other centre is told that you look at it.")
        return move(exchange_id, "review", do.review, said=said, together=given["together"])

    return sent(exchange_id, HandoffMoveSchema, make, as_it_stands)


@blueprint.post(f"{ONE}/acceptance")
@requires(P.HANDOFF_ANSWER)
def accept(exchange_id: UUID) -> ResponseReturnValue:
    """Yes: now they see who it is."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("Accepted. Below you see who it is.")
        return move(exchange_id, "accept", do.accept, said=said, together=given["together"])

    return sent(exchange_id, HandoffMoveSchema, make, as_it_stands)


@blueprint.get(f"{ONE}/decline")
@requires(P.HANDOFF_ANSWER)
def decline_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why not?"""
    return _declining(exchange_id)


@blueprint.post(f"{ONE}/decline")
@requires(P.HANDOFF_ANSWER)
def decline(exchange_id: UUID) -> ResponseReturnValue:
    """No, with the reason."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(
            exchange_id,
            "decline",
            do.decline,
            given["reason"],
            given["text"],
            said=_("Declined. The other centre is told at once and can ask another."),
            together=given["together"],
        )

    return sent(exchange_id, HandoffDeclineSchema, make, _declining)


def _declining(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "decline")
    return show("decline", errors, page=page, reasons=wording.plain_reasons("handoff_decline"))


@blueprint.get(f"{ONE}/question")
@requires(P.HANDOFF_ANSWER)
def question_form(exchange_id: UUID) -> ResponseReturnValue:
    """What do you need to know?"""
    return _asking(exchange_id)


@blueprint.post(f"{ONE}/question")
@requires(P.HANDOFF_ANSWER)
def ask(exchange_id: UUID) -> ResponseReturnValue:
    """Ask before deciding."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(
            exchange_id, "ask", do.ask, given["text"], said=_("Your question is with the other centre.")
        )

    return sent(exchange_id, HandoffWordsSchema, make, _asking)


def _asking(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    return show("question", errors, page=open_for(exchange_id, "ask"))


@blueprint.get(f"{ONE}/answer")
@requires(P.HANDOFF_OFFER)
def answer_form(exchange_id: UUID) -> ResponseReturnValue:
    """What do they want to know?"""
    return _answering(exchange_id)


@blueprint.post(f"{ONE}/answer")
@requires(P.HANDOFF_OFFER)
def answer(exchange_id: UUID) -> ResponseReturnValue:
    """Answer, so that they can decide."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(exchange_id, "answer", do.answer, given["text"], said=_("Your answer is with them."))

    return sent(exchange_id, HandoffWordsSchema, make, _answering)


def _answering(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    return show("answer", errors, page=open_for(exchange_id, "answer"))


@blueprint.get(f"{ONE}/recall")
@requires(P.HANDOFF_OFFER)
def recall_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why is it taken back?"""
    return _recalling(exchange_id)


@blueprint.post(f"{ONE}/recall")
@requires(P.HANDOFF_OFFER)
def recall(exchange_id: UUID) -> ResponseReturnValue:
    """Take it back; what was sent is sealed at once."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        return move(
            exchange_id,
            "recall",
            do.recall,
            given["reason"],
            given["text"],
            said=_("Taken back. They can no longer read it."),
            together=given["together"],
        )

    return sent(exchange_id, HandoffRecallSchema, make, _recalling)


def _recalling(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "recall")
    return show("recall", errors, page=page, reasons=wording.plain_reasons("recall"))
