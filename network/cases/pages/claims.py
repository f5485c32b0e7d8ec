"""The pages of claims: recording one, what became of it, and the client's leave to act for her."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel.numbers import get_territory_currencies
from flask import request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases import operations as do
from network.cases import queries as read
from network.cases.models import Claim, ClaimAuthorization
from network.cases.pages.showing import CURRENCIES, as_form, blueprint, done, show
from network.cases.queries import ClaimRecord
from network.cases.queries.cards import home, home_today
from network.cases.queries.rows import get_row
from network.cases.schemas.cases import AuthorizationSchema, ClaimMoveSchema, ClaimSchema
from network.cases.states import NeedState, moves_of_claim
from network.core.db import unit_of_work
from network.core.errors import Conflict, IllegalTransition, Invalid
from network.web import forms
from network.web.doors import run_once
from network.web.versions import given_version

P = Permission
BACK = "cases_pages.claim"
OPEN_NEEDS = (NeedState.OPEN, NeedState.IN_PROGRESS)
# What a need says of the claim that is most likely recorded next; whoever records it may choose another.
KINDS = {"labour.wages": "wages_unpaid", "documents.recovery": "documents_withheld"}

# Whoever needs one of these is about to leave, and the claim was recorded because of that: what comes next.
GOING_HOME, SCREEN = frozenset({"return.travel", "return.counselling"}), "screen"


@blueprint.get("/cases/<uuid:case_id>/claims/new")
@requires(P.CASE_EDIT)
def claim_form(case_id: UUID) -> ResponseReturnValue:
    """Ask what the claim is about."""
    return _new_page(case_id, _likely(case_id))


@blueprint.post("/cases/<uuid:case_id>/claims/new")
@requires(P.CASE_EDIT)
def record_claim(case_id: UUID) -> ResponseReturnValue:
    """Record a claim."""
    typed = MultiDict(request.form)
    then = typed.pop("then", None)
    try:
        own, rest = forms.split(typed, AuthorizationSchema)
        given = forms.load(ClaimSchema, rest)
        signed = forms.load(AuthorizationSchema, own) if own.getlist("scope") else None
        claim_id = run_once(lambda: _recorded(case_id, given, signed))
    except Invalid as wrong:
        return _new_page(case_id, typed, wrong.fields)
    if then == SCREEN:
        return done("crossborder_pages.screening", _("The claim was recorded."), case_id=case_id)
    if signed is not None:
        return done("cases_pages.case", _("The claim and the authorization were recorded."), case_id=case_id)
    return done(BACK, _("The claim was recorded."), claim_id=claim_id)


def _recorded(case_id: UUID, given: dict[str, Any], signed: dict[str, Any] | None) -> UUID:
    """The claim, and her leave to act in it where she signed at once."""
    restricted = given.pop("restricted", None)
    claim_id = do.record_claim(case_id, given, restricted=restricted).id
    if signed is not None:
        do.sign_authorization(claim_id, **signed)
    return claim_id


@blueprint.get("/claims/<uuid:claim_id>")
@requires(P.CASE_VIEW)
def claim(claim_id: UUID) -> ResponseReturnValue:
    """A claim: what is sought, what became of it, and who may act."""
    return _claim_page(claim_id, MultiDict({"signed_on": home_today().isoformat()}))


@blueprint.post("/claims/<uuid:claim_id>/moves")
@requires(P.CASE_EDIT)
def move_claim(claim_id: UUID) -> ResponseReturnValue:
    """Record what became of a claim."""
    try:
        given, version = forms.load(ClaimMoveSchema, request.form), given_version()
        move = given.pop("move")
        run_once(lambda: do.move_claim(claim_id, move, given, version).id)
    except Invalid as wrong:
        return _claim_page(claim_id, request.form, wrong.fields)
    except IllegalTransition:
        raise
    except Conflict:
        message = _("Somebody else changed this claim first. Look at what stands now, and try again.")
        return _claim_page(claim_id, request.form, {"move": [message]}, status=409)
    return done(BACK, _("The claim was saved."), claim_id=claim_id)


@blueprint.post("/claims/<uuid:claim_id>/authorizations")
@requires(P.CASE_EDIT)
def sign_authorization(claim_id: UUID) -> ResponseReturnValue:
    """Record that the client signed."""
    try:
        given = forms.load(AuthorizationSchema, request.form)
        run_once(lambda: do.sign_authorization(claim_id, **given).id)
    except Invalid as wrong:
        return _claim_page(claim_id, request.form, wrong.fields)
    return done(BACK, _("The authorization was recorded."), claim_id=claim_id)


@blueprint.post("/authorizations/<uuid:authorization_id>/revoke")
@requires(P.CASE_EDIT)
def revoke_authorization(authorization_id: UUID) -> ResponseReturnValue:
    """The client takes her leave back."""
    claim_id = get_row(ClaimAuthorization, authorization_id).claim_id
    run_once(lambda: do.revoke_authorization(authorization_id).id)
    return done(BACK, _("The authorization was taken back."), claim_id=claim_id)


def _likely(case_id: UUID) -> MultiDict[str, Any]:
    """What stands in the form beforehand: what she came for, her employer, and the money of this country."""
    with unit_of_work():
        case = read.get_case(case_id)
        employer = read.card_of(read.get_client(case.client_id)).get("employer")
        needs = [one.need_code for one in read.list_needs(case_id) if one.state in OPEN_NEEDS]
        record("viewed", "client", case.client_id, fields=["employer"])
    paid_in = next(iter(get_territory_currencies(home().country)), "")
    kinds = [KINDS[code] for code in needs if code in KINDS]
    return as_form(
        {
            "kind": kinds[0] if kinds else None,
            "respondent": employer,
            "currency": paid_in if paid_in in CURRENCIES else None,
            "signed_on": home_today().isoformat(),
        }
    )


def _new_page(
    case_id: UUID, values: MultiDict[str, Any], errors: dict[str, list[str]] | None = None
) -> ResponseReturnValue:
    needs = {one.need_code for one in read.list_needs(case_id) if one.state in OPEN_NEEDS}
    return show(
        "claim_new",
        errors,
        case=read.get_case(case_id),
        values=values,
        currencies=CURRENCIES,
        goes_home=not needs.isdisjoint(GOING_HOME),
    )


def _claim_page(
    claim_id: UUID,
    values: MultiDict[str, Any],
    errors: dict[str, list[str]] | None = None,
    *,
    status: int = 0,
) -> ResponseReturnValue:
    with unit_of_work():
        row = get_row(Claim, claim_id)
        held: ClaimRecord = next(one for one in read.list_claims(row.case_id) if one.id == claim_id)
        case = read.case_record(read.get_case(row.case_id))
        record("viewed", "claim", claim_id)
    return show(
        "claim",
        errors,
        status=status,
        claim=held,
        case=case,
        values=values,
        moves=moves_of_claim(held.state),
        currencies=CURRENCIES,
    )
