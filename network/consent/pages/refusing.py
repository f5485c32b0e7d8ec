"""Refusals: recorded at any time, lifted for one purpose, once, or taken back."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.consent import operations as do
from network.consent.pages.showing import blueprint, case_and_card, done, refusal_rows, show
from network.consent.queries import find_latest_consent, get_refusal
from network.consent.questions import NEVER_FIRST, NO_RECIPIENT
from network.consent.schemas import LiftSchema, RefusalSchema
from network.consent.wording import how_asked
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.web import forms
from network.web.doors import run_once
from network.web.i18n import language


@blueprint.get("/cases/<uuid:case_id>/refusals/new")
@requires(Permission.CONSENT_RECORD)
def refusal_form(case_id: UUID) -> ResponseReturnValue:
    """Never to whom?"""
    return _form(case_id)


@blueprint.post("/cases/<uuid:case_id>/refusals/new")
@requires(Permission.CONSENT_RECORD)
def add_refusal(case_id: UUID) -> ResponseReturnValue:
    """Record it; what already lies with them is sealed when the next page shows."""
    try:
        given = forms.load(RefusalSchema, request.form)
        run_once(lambda: do.add_refusal(_client_of(case_id), given).id)
    except Invalid as wrong:
        return _form(case_id, wrong.fields)
    except Conflict as stands:
        return _form(case_id, {"recipient_class": [stands.message]})
    return done(".of_case", _("The refusal is recorded. It wins over every consent."), case_id=case_id)


@blueprint.get("/cases/<uuid:case_id>/refusals/<uuid:refusal_id>")
@requires(Permission.CONSENT_RECORD)
def refusal(case_id: UUID, refusal_id: UUID) -> ResponseReturnValue:
    """One refusal: lift it for one purpose, once, or take it back."""
    return _one(case_id, refusal_id)


@blueprint.post("/cases/<uuid:case_id>/refusals/<uuid:refusal_id>/lift")
@requires(Permission.CONSENT_RECORD)
def lift(case_id: UUID, refusal_id: UUID) -> ResponseReturnValue:
    """She lifts it for one purpose, once."""
    _of_case(case_id, refusal_id)
    try:
        given = forms.load(LiftSchema, request.form)
        run_once(lambda: do.lift_refusal_once(refusal_id, given["purpose"]).id)
    except Invalid as wrong:
        return _one(case_id, refusal_id, wrong.fields)
    except Conflict as stands:
        return _one(case_id, refusal_id, {"purpose": [stands.message]})
    return done(".of_case", _("It is lifted for this, once. For all else it stands."), case_id=case_id)


@blueprint.post("/cases/<uuid:case_id>/refusals/<uuid:refusal_id>/withdrawal")
@requires(Permission.CONSENT_RECORD)
def take_back(case_id: UUID, refusal_id: UUID) -> ResponseReturnValue:
    """She takes it back for good."""
    _of_case(case_id, refusal_id)
    run_once(lambda: do.withdraw_refusal(refusal_id).id)
    return done(".of_case", _("The refusal does not stand any more."), case_id=case_id)


def _client_of(case_id: UUID) -> UUID:
    return case_and_card(case_id)[1].id


def _of_case(case_id: UUID, refusal_id: UUID) -> None:
    """The refusal is of this case's client; raises ``NotFound``."""
    if get_refusal(refusal_id).client_id != _client_of(case_id):
        raise NotFound


def _form(case_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    with unit_of_work():
        case, card = case_and_card(case_id)
        asked_before = find_latest_consent(card.id) is not None
        ways = how_asked(card)
        record("viewed", "refusal", case_id)
    locale = language()
    first = [(code, vocabulary.label("recipient_classes", code, locale)) for code in NEVER_FIRST]
    more = [
        one
        for one in vocabulary.choices("recipient_classes", locale)
        if one[0] not in (*NEVER_FIRST, *NO_RECIPIENT)
    ]
    return show(
        "refusal_new", errors, case=case, card=card, first=first, more=more, asked_before=asked_before, **ways
    )


def _one(case_id: UUID, refusal_id: UUID, errors: dict[str, list[str]] | None = None) -> ResponseReturnValue:
    with unit_of_work():
        _of_case(case_id, refusal_id)
        case, card = case_and_card(case_id)
        found = next((row for row in refusal_rows(card.id) if row["id"] == refusal_id), None)
        record("viewed", "refusal", refusal_id)
    if found is None:
        raise NotFound
    purposes = vocabulary.choices("consent_purposes", language())
    wanted = request.args.get("purpose", "")
    values = request.form if errors else {"purpose": wanted or "travel_document"}
    return show("refusal", errors, case=case, card=card, refusal=found, purposes=purposes, values=values)
