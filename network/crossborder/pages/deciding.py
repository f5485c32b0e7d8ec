"""What the other centre does with an offer: look, ask, accept, decline; and the answers and recalls of its sender."""

from __future__ import annotations

from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.crossborder import operations as do
from network.crossborder.pages.showing import ONE, P, blueprint, form_before, made, why, words
from network.crossborder.schemas import HandoffDeclineSchema, HandoffRecallSchema
from network.exchange.schemas import WordsSchema

_declining = form_before("decline", "decline", "handoff_decline")
_asking = form_before("ask", "question")
_answering = form_before("answer", "answer")
_recalling = form_before("recall", "recall", "recall")


@blueprint.post(f"{ONE}/review")
@requires(P.HANDOFF_ANSWER)
def review(exchange_id: UUID) -> ResponseReturnValue:
    """I look at it."""
    return made(exchange_id, "review", do.review, _("The other centre is told that you look at it."))


@blueprint.post(f"{ONE}/acceptance")
@requires(P.HANDOFF_ANSWER)
def accept(exchange_id: UUID) -> ResponseReturnValue:
    """Yes: now they see who it is."""
    return made(exchange_id, "accept", do.accept, _("Accepted. Below you see who it is."))


@blueprint.get(f"{ONE}/decline")
@requires(P.HANDOFF_ANSWER)
def decline_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why not?"""
    return _declining(exchange_id)


@blueprint.post(f"{ONE}/decline")
@requires(P.HANDOFF_ANSWER)
def decline(exchange_id: UUID) -> ResponseReturnValue:
    """No, with the reason."""
    said = _("Declined. The other centre is told at once and can ask another.")
    return made(
        exchange_id, "decline", do.decline, said, schema=HandoffDeclineSchema, takes=why, again=_declining
    )


@blueprint.get(f"{ONE}/question")
@requires(P.HANDOFF_ANSWER)
def question_form(exchange_id: UUID) -> ResponseReturnValue:
    """What do you need to know?"""
    return _asking(exchange_id)


@blueprint.post(f"{ONE}/question")
@requires(P.HANDOFF_ANSWER)
def ask(exchange_id: UUID) -> ResponseReturnValue:
    """Ask before deciding."""
    said = _("Your question is with the other centre.")
    return made(exchange_id, "ask", do.ask, said, schema=WordsSchema, takes=words, again=_asking)


@blueprint.get(f"{ONE}/answer")
@requires(P.HANDOFF_OFFER)
def answer_form(exchange_id: UUID) -> ResponseReturnValue:
    """What do they want to know?"""
    return _answering(exchange_id)


@blueprint.post(f"{ONE}/answer")
@requires(P.HANDOFF_OFFER)
def answer(exchange_id: UUID) -> ResponseReturnValue:
    """Answer, so that they can decide."""
    said = _("Your answer is with them.")
    return made(exchange_id, "answer", do.answer, said, schema=WordsSchema, takes=words, again=_answering)


@blueprint.get(f"{ONE}/recall")
@requires(P.HANDOFF_OFFER)
def recall_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why is it taken back?"""
    return _recalling(exchange_id)


@blueprint.post(f"{ONE}/recall")
@requires(P.HANDOFF_OFFER)
def recall(exchange_id: UUID) -> ResponseReturnValue:
    """Take it back; what was sent is sealed at once."""
    said = _("Taken back. They can no longer read it.")
    return made(
        exchange_id, "recall", do.recall, said, schema=HandoffRecallSchema, takes=why, again=_recalling
    )
