"""The door in JSON: consents, grants, refusals, disclosures, and what would leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from network.accounts.guards import requires
from network.accounts.permissions import Permission
from network.audit.trail import record
from network.cases.queries import get_client
from network.consent import operations
from network.consent.disclosure import Proposal, Wanted, propose
from network.consent.queries import (
    ConsentRecord,
    DisclosureRecord,
    consent_record,
    disclosures_of,
    get_consent,
    grants_by_id,
    list_consents,
    list_grants,
    live_refusals,
)
from network.consent.schemas import (
    ConfirmSchema,
    ConsentOut,
    ConsentSchema,
    DisclosureOut,
    DoorAnswerOut,
    ExtendSchema,
    GrantOut,
    LiftSchema,
    RefusalOut,
    RefusalSchema,
    WantedSchema,
    WithdrawnOut,
    WithdrawSchema,
)
from network.consent.terms import GrantTerms, RefusalTerms
from network.core.db import unit_of_work
from network.core.errors import NotFound
from network.web.doors import run_once

blueprint = Blueprint(
    "consent_api", __name__, url_prefix="/api/v1", description="Consent, refusals, and what leaves a centre"
)


@blueprint.route("/clients/<uuid:client_id>/consents", methods=["GET"])
@requires(Permission.CASE_VIEW)
@blueprint.response(200, ConsentOut(many=True))
def consent_list(client_id: UUID) -> list[dict[str, Any]]:
    """Each time she was asked, newest first, with the grants of that time."""
    with unit_of_work():
        get_client(client_id)
        grants = list_grants(client_id)
        found = [_told(one, grants) for one in list_consents(client_id)]
        record("viewed", "consent", client_id, fields=["restatement"])
    return found


@blueprint.route("/clients/<uuid:client_id>/consents", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(ConsentSchema)
@blueprint.response(201, ConsentOut)
def new_consent(given: dict[str, Any], client_id: UUID) -> dict[str, Any]:
    """Record what she allowed and refused, and how she was asked."""
    return _consent(run_once(lambda: operations.record_consent(client_id, given).id))


@blueprint.route("/consents/<uuid:consent_id>", methods=["GET"])
@requires(Permission.CASE_VIEW)
@blueprint.response(200, ConsentOut)
def one_consent(consent_id: UUID) -> dict[str, Any]:
    """One time she was asked."""
    return _consent(consent_id)


@blueprint.route("/consents/<uuid:consent_id>/confirmation", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(ConfirmSchema)
@blueprint.response(200, ConsentOut)
def confirm(given: dict[str, Any], consent_id: UUID) -> dict[str, Any]:
    """Confirm a consent that was given by telephone, message or carrier."""
    return _consent(run_once(lambda: operations.confirm_consent(consent_id, given).id))


@blueprint.route("/consents/<uuid:consent_id>/withdrawal", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, ConsentOut)
def withdraw(given: dict[str, Any], consent_id: UUID) -> dict[str, Any]:
    """Take back everything of one time; what was sent under it is sealed when this answers."""
    return _consent(run_once(lambda: operations.withdraw_consent(consent_id, given["leaves"]).id))


@blueprint.route("/clients/<uuid:client_id>/withdrawal", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, WithdrawnOut)
def withdraw_everything(given: dict[str, Any], client_id: UUID) -> dict[str, int]:
    """Take back everything she ever allowed."""

    def once() -> UUID:
        return next(iter(operations.withdraw_all(client_id, given["leaves"])), client_id)

    return _ended(client_id, run_once(once))


@blueprint.route(
    "/clients/<uuid:client_id>/organizations/<uuid:organization_id>/withdrawal", methods=["POST"]
)
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, WithdrawnOut)
def withdraw_from(given: dict[str, Any], client_id: UUID, organization_id: UUID) -> dict[str, int]:
    """Stop everything for one organization; what lies with it is sealed when this answers."""

    def once() -> UUID:
        return next(iter(operations.withdraw_from(client_id, organization_id, given["leaves"])), client_id)

    return _ended(client_id, run_once(once))


@blueprint.route("/clients/<uuid:client_id>/grants", methods=["GET"])
@requires(Permission.CASE_VIEW)
@blueprint.response(200, GrantOut(many=True))
def grant_list(client_id: UUID) -> list[GrantTerms]:
    """Every grant she ever gave, newest first."""
    with unit_of_work():
        get_client(client_id)
        found = list(list_grants(client_id))  # flask-smorest takes a tuple for an answer with a status
        record("viewed", "grant", client_id)
    return list(found)


@blueprint.route("/grants/<uuid:grant_id>/withdrawal", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(WithdrawSchema)
@blueprint.response(200, GrantOut)
def withdraw_grant(given: dict[str, Any], grant_id: UUID) -> GrantTerms:
    """Take one grant back; what was sent under it is sealed when this answers."""
    run_once(lambda: operations.withdraw_grant(grant_id, given["leaves"]).id)
    return _grant(grant_id)


@blueprint.route("/grants/<uuid:grant_id>/extension", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(ExtendSchema)
@blueprint.response(200, GrantOut)
def extend_grant(given: dict[str, Any], grant_id: UUID) -> GrantTerms:
    """She was asked anew and lets a live grant last longer."""
    run_once(lambda: operations.extend_grant(grant_id, given).id)
    return _grant(grant_id)


@blueprint.route("/clients/<uuid:client_id>/refusals", methods=["GET"])
@requires(Permission.CASE_VIEW)
@blueprint.response(200, RefusalOut(many=True))
def refusal_list(client_id: UUID) -> list[RefusalTerms]:
    """Her standing refusals, oldest first."""
    with unit_of_work():
        get_client(client_id)
        found = list(live_refusals(client_id))
        record("viewed", "refusal", client_id)
    return list(found)


@blueprint.route("/clients/<uuid:client_id>/refusals", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(RefusalSchema)
@blueprint.response(201, RefusalOut)
def new_refusal(given: dict[str, Any], client_id: UUID) -> RefusalTerms:
    """Never to them; what already lies with whom it covers is sealed when this answers."""
    refusal_id = run_once(lambda: operations.add_refusal(client_id, given).id)
    return _refusal(client_id, refusal_id)


@blueprint.route("/refusals/<uuid:refusal_id>/lift", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.arguments(LiftSchema)
@blueprint.response(204)
def lift_refusal(given: dict[str, Any], refusal_id: UUID) -> None:
    """Lift a refusal for one purpose, once."""
    run_once(lambda: operations.lift_refusal_once(refusal_id, given["purpose"]).id)


@blueprint.route("/refusals/<uuid:refusal_id>/withdrawal", methods=["POST"])
@requires(Permission.CONSENT_RECORD)
@blueprint.response(204)
def withdraw_refusal(refusal_id: UUID) -> None:
    """She takes a refusal back for good."""
    run_once(lambda: operations.withdraw_refusal(refusal_id).id)


@blueprint.route("/clients/<uuid:client_id>/disclosures", methods=["GET"])
@requires(Permission.CASE_VIEW)
@blueprint.response(200, DisclosureOut(many=True))
def disclosure_list(client_id: UUID) -> list[DisclosureRecord]:
    """Who was told what, when; newest first."""
    with unit_of_work():
        get_client(client_id)
        found = disclosures_of(client_id)
        record("viewed", "disclosure", client_id)
    return found


@blueprint.route("/cases/<uuid:case_id>/proposal", methods=["POST"])
@requires(Permission.CASE_VIEW)
@blueprint.arguments(WantedSchema)
@blueprint.response(200, DoorAnswerOut)
def proposal(given: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """What would leave, field by field, and what would not and why. Nothing leaves by asking."""
    wanted = Wanted(
        case_id=case_id,
        recipient_organization_id=given["recipient_organization_id"],
        purpose=given["purpose"],
        need_codes=tuple(given["need_codes"]),
        added=frozenset(given["added"]),
        left_out=frozenset(given["left_out"]),
    )
    with unit_of_work():
        found = propose(wanted)
        record("viewed", "proposal", case_id, fields=found.categories)
    return _proposed(found)


def _ended(client_id: UUID, first: UUID) -> dict[str, int]:
    """How many grants one withdrawal ended: all at the instant of the first of them. None where it ended none."""
    with unit_of_work():
        grants = list_grants(client_id)
    at = next((one.withdrawn_at for one in grants if one.id == first), None)
    return {"ended": sum(at is not None and one.withdrawn_at == at for one in grants)}


def _proposed(found: Proposal) -> dict[str, Any]:
    missing = [
        {"category": line.category, "code": line.code, "why": found.why(line), "blocks": line.blocks}
        for line in found.missing
    ]
    names = ("ok", "leaving", "warnings", "offers", "needs_named", "readable_until", "onward", "feedback")
    return {name: getattr(found, name) for name in (*names, "legal_basis")} | {"missing": missing}


def _consent(consent_id: UUID) -> dict[str, Any]:
    with unit_of_work():
        consent = consent_record(get_consent(consent_id))
        told = _told(consent, list_grants(consent.client_id))
        record("viewed", "consent", consent_id, fields=["restatement"])
    return told


def _told(consent: ConsentRecord, grants: tuple[GrantTerms, ...]) -> dict[str, Any]:
    return {**vars(consent), "grants": [one for one in grants if one.consent_id == consent.id]}


def _grant(grant_id: UUID) -> GrantTerms:
    found = grants_by_id([grant_id]).get(grant_id)
    if found is None:
        raise NotFound
    return found


def _refusal(client_id: UUID, refusal_id: UUID) -> RefusalTerms:
    found = next((one for one in live_refusals(client_id) if one.id == refusal_id), None)
    if found is None:
        raise NotFound
    return found
