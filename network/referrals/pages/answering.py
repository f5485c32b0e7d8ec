"""What a receiver does with a referral: say yes or no in under a minute, and later what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.core import vocabulary
from network.core.errors import Invalid
from network.exchange.operations import Reason
from network.exchange.schemas import WordsSchema
from network.referrals import operations, wording
from network.referrals.pages.showing import ONE, Errors, blueprint, move, open_for, sent, show
from network.referrals.queries.page import ReferralPage
from network.referrals.schemas import (
    AppointmentSchema,
    NotServedSchema,
    ReferralDeclineSchema,
    ServiceOutcomeSchema,
)
from network.referrals.states import PLAIN_OUTCOMES
from network.tenants.context import acting
from network.web import forms
from network.web.i18n import language

P = Permission


@blueprint.post(f"{ONE}/acknowledgement")
@requires(P.REFERRAL_ANSWER)
def acknowledge(exchange_id: UUID) -> ResponseReturnValue:
    """I have seen it."""
    said = _("The sender is told that you have seen it.")
    return move(exchange_id, operations.acknowledge_referral, said=said, versioned=False)


@blueprint.post(f"{ONE}/acceptance")
@requires(P.REFERRAL_ANSWER)
def accept(exchange_id: UUID) -> ResponseReturnValue:
    """Yes: now they see who it is."""
    said = _("Accepted. Below you see who it is.")
    return move(exchange_id, operations.accept_referral, said=said, versioned=False)


@blueprint.get(f"{ONE}/decline")
@requires(P.REFERRAL_ANSWER)
def decline_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why not?"""
    return _declining(exchange_id)


@blueprint.post(f"{ONE}/decline")
@requires(P.REFERRAL_ANSWER)
def decline(exchange_id: UUID) -> ResponseReturnValue:
    """No, with the reason."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        reason = Reason("decline", given["reason"])
        said = _("Declined. The sender is told at once and can ask somebody else.")
        return move(
            exchange_id,
            operations.decline_referral,
            reason,
            given["text"],
            given["on"],
            said=said,
            versioned=False,
        )

    return sent(exchange_id, ReferralDeclineSchema, make, _declining)


def _declining(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "decline")
    unknowable = frozenset() if page.exchange.accepted_at else frozenset({"already_served"})
    return show("decline", errors, page=page, reasons=wording.grouped_reasons("decline", unknowable))


@blueprint.get(f"{ONE}/question")
@requires(P.REFERRAL_ANSWER)
def question_form(exchange_id: UUID) -> ResponseReturnValue:
    """What do you need to know?"""
    return _asking(exchange_id)


@blueprint.post(f"{ONE}/question")
@requires(P.REFERRAL_ANSWER)
def ask(exchange_id: UUID) -> ResponseReturnValue:
    """Ask; until the answer the clock stands still."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("Your question is with the sender. Until the answer comes, your time stands still.")
        return move(exchange_id, operations.ask_sender, given["text"], said=said)

    return sent(exchange_id, WordsSchema, make, _asking)


def _asking(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    return show("question", errors, page=open_for(exchange_id, "ask"))


@blueprint.get(f"{ONE}/appointment")
@requires(P.REFERRAL_RECORD_OUTCOME)
def appointment_form(exchange_id: UUID) -> ResponseReturnValue:
    """When and where?"""
    return _scheduling(exchange_id)


@blueprint.post(f"{ONE}/appointment")
@requires(P.REFERRAL_RECORD_OUTCOME)
def schedule(exchange_id: UUID) -> ResponseReturnValue:
    """The appointment is made."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("The sender is told when and where.")
        return move(
            exchange_id, operations.schedule_service, given["on"], given["place"], given["text"], said=said
        )

    return sent(exchange_id, AppointmentSchema, make, _scheduling)


def _scheduling(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "schedule")
    where = page.listing.town if page.listing.confidential else ", ".join(page.listing.address)
    values = request.form if errors else {"place": where}
    return show("appointment", errors, page=page, values=values, endpoint="schedule")


@blueprint.get(f"{ONE}/appointment/change")
@requires(P.REFERRAL_RECORD_OUTCOME)
def changed_appointment_form(exchange_id: UUID) -> ResponseReturnValue:
    """When and where instead?"""
    return _changing(exchange_id)


@blueprint.post(f"{ONE}/appointment/change")
@requires(P.REFERRAL_RECORD_OUTCOME)
def change_appointment(exchange_id: UUID) -> ResponseReturnValue:
    """The appointment is moved."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        said = _("The appointment was changed. The sender is told.")
        return move(
            exchange_id, operations.change_appointment, given["on"], given["place"], given["text"], said=said
        )

    return sent(exchange_id, AppointmentSchema, make, _changing)


def _changing(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "change_appointment")
    values = request.form if errors else _as_it_stands(page)
    return show("appointment", errors, page=page, values=values, endpoint="change_appointment")


def _as_it_stands(page: ReferralPage) -> dict[str, str]:
    """The appointment as the fields of its form hold it, in the time of the place."""
    at, told = page.referral.appointment_at, page.appointment
    return {
        "on": at.astimezone(ZoneInfo(acting().time_zone)).strftime("%Y-%m-%dT%H:%M") if at else "",
        "place": told.data["place"] if told else "",
        "text": told.text if told else "",
    }


@blueprint.post(f"{ONE}/start")
@requires(P.REFERRAL_RECORD_OUTCOME)
def start(exchange_id: UUID) -> ResponseReturnValue:
    """The service has begun."""
    return move(exchange_id, operations.start_service, said=_("Noted: the service has begun."))


@blueprint.get(f"{ONE}/outcome")
@requires(P.REFERRAL_RECORD_OUTCOME)
def outcome_form(exchange_id: UUID) -> ResponseReturnValue:
    """What came of it?"""
    return _recording(exchange_id)


@blueprint.post(f"{ONE}/outcome")
@requires(P.REFERRAL_RECORD_OUTCOME)
def record_outcome(exchange_id: UUID) -> ResponseReturnValue:
    """What came of each need."""
    try:
        given = forms.load(ServiceOutcomeSchema, _outcome_fields())
        said = _("Thank you. The sender is told what came of it.")
        outcomes = dict(enumerate(given["outcomes"]))
        return move(exchange_id, operations.complete_service, outcomes, given["text"], said=said)
    except Invalid as wrong:
        placed = {
            ("outcomes.0" if name.startswith("outcomes") else name): lines
            for name, lines in wrong.fields.items()
        }
        return _recording(exchange_id, placed)


def _outcome_fields() -> dict[str, Any]:
    """The answers by position as the schema takes them."""
    names = sorted((name for name in request.form if name.startswith("outcomes.")), key=len)
    answers = [request.form[name] for name in names if request.form[name]]
    return {"outcomes": answers or None, "text": request.form.get("text", "").strip()}


def _recording(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "complete")
    feedback = page.packet is not None and page.packet.feedback
    outcomes = [
        (code, entry)
        for code, entry in vocabulary.choices("service_outcomes", language())
        if feedback or code in PLAIN_OUTCOMES
    ]
    if len(page.needs) == 1:
        outcomes = [(code, entry) for code, entry in outcomes if code != "not_served"]
    return show("outcome", errors, page=page, outcomes=outcomes, feedback=feedback)


@blueprint.get(f"{ONE}/not-served")
@requires(P.REFERRAL_RECORD_OUTCOME, P.REFERRAL_CLOSE, any_of=True)
def not_served_form(exchange_id: UUID) -> ResponseReturnValue:
    """Why was nobody served?"""
    return _not_serving(exchange_id)


@blueprint.post(f"{ONE}/not-served")
@requires(P.REFERRAL_RECORD_OUTCOME, P.REFERRAL_CLOSE, any_of=True)
def not_served(exchange_id: UUID) -> ResponseReturnValue:
    """Nobody was served, and whose reason it was: by either side."""

    def make(given: dict[str, Any]) -> ResponseReturnValue:
        reason = Reason("not_served", given["reason"])
        said = _("Recorded that nobody was served.")
        return move(exchange_id, operations.record_not_served, reason, given["text"], said=said)

    return sent(exchange_id, NotServedSchema, make, _not_serving)


def _not_serving(exchange_id: UUID, errors: Errors | None = None) -> ResponseReturnValue:
    page = open_for(exchange_id, "not_served")
    free = page.is_sender or (page.packet is not None and page.packet.feedback)
    wordy = frozenset(one.code for one in vocabulary.reasons("not_served") if one.needs_note)
    reasons = wording.grouped_reasons("not_served", frozenset() if free else wordy)
    return show("not_served", errors, page=page, reasons=reasons, free=free)
