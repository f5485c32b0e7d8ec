"""Confirming a provisional consent, and letting a grant last longer by asking anew."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases.queries import ClientCard
from network.consent import operations as do
from network.consent.pages.showing import blueprint, case_and_card, done, grant_rows, show
from network.consent.queries import consent_record, get_consent, get_grant, grants_by_id
from network.consent.questions import DEFAULT_DAYS, days_of
from network.consent.schemas import ConfirmSchema, ExtendSchema
from network.consent.wording import how_asked
from network.core import vocabulary
from network.core.db import unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.web import forms
from network.web.doors import run_once


@blueprint.get("/cases/<uuid:case_id>/consents/<uuid:consent_id>/confirmation")
@requires(Permission.CONSENT_RECORD)
def confirmation(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """How was it confirmed?"""
    return _confirming(case_id, consent_id)


@blueprint.post("/cases/<uuid:case_id>/consents/<uuid:consent_id>/confirmation")
@requires(Permission.CONSENT_RECORD)
def confirm(case_id: UUID, consent_id: UUID) -> ResponseReturnValue:
    """It stands now until its date."""
    _same_client(case_id, get_consent(consent_id).client_id)
    try:
        given = forms.load(ConfirmSchema, request.form)
        run_once(lambda: do.confirm_consent(consent_id, given).id)
    except Invalid as wrong:
        return _confirming(case_id, consent_id, wrong.fields)
    except Conflict as refused:
        return _confirming(case_id, consent_id, {"method": [refused.message]})
    return done(".of_case", _("The consent is confirmed."), case_id=case_id)


@blueprint.get("/cases/<uuid:case_id>/grants/<uuid:grant_id>/extension")
@requires(Permission.CONSENT_RECORD)
def extension(case_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Ask again: until when?"""
    return _extending(case_id, grant_id)


@blueprint.post("/cases/<uuid:case_id>/grants/<uuid:grant_id>/extension")
@requires(Permission.CONSENT_RECORD)
def extend(case_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """Nothing changes but the date."""
    _same_client(case_id, get_grant(grant_id).client_id)
    try:
        given = forms.load(ExtendSchema, request.form)
        run_once(lambda: do.extend_grant(grant_id, given).id)
    except Invalid as wrong:
        return _extending(case_id, grant_id, wrong.fields)
    except Conflict as refused:
        return _extending(case_id, grant_id, {"days": [refused.message]})
    return done(".of_case", _("The consent was extended."), case_id=case_id)


def _same_client(case_id: UUID, client_id: UUID) -> None:
    """What is changed belongs to this case's client; raises ``NotFound``."""
    if case_and_card(case_id)[1].id != client_id:
        raise NotFound


def _confirming(
    case_id: UUID, consent_id: UUID, errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    with unit_of_work():
        case, card = case_and_card(case_id)
        consent = consent_record(get_consent(consent_id))
        _same_client(case_id, consent.client_id)
        ways = how_asked(card)
        record("viewed", "consent", consent_id)
    ways["methods"] = _firm(ways["methods"])
    values = request.form if errors else _values(card)
    return show("confirmation", errors, case=case, card=card, consent=consent, values=values, **ways)


def _extending(
    case_id: UUID, grant_id: UUID, errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    with unit_of_work():
        case, card = case_and_card(case_id)
        held = get_grant(grant_id)
        _same_client(case_id, held.client_id)
        (grant,) = grant_rows(grants_by_id([grant_id]).values())
        ways = how_asked(card, held.purpose)
        record("viewed", "grant", grant_id)
    ways["methods"] = _firm(ways["methods"])
    values = request.form if errors else _values(card, days_of(held.purpose))
    return show("extension", errors, case=case, card=card, grant=grant, values=values, **ways)


def _firm(methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The ways that need no confirmation themselves."""
    return [one for one in methods if not vocabulary.consent_method(one[0]).provisional_hours]


def _values(card: ClientCard, days: int = DEFAULT_DAYS) -> dict[str, str]:
    return {
        "capacity": "parent" if card.is_child else "self",
        "method": "signature_paper",
        "language": card.languages[0] if card.languages else "",
        "days": str(days),
    }
