"""Legal complaints: recording them, what becomes of them, and the client's leave to act for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases import policies
from network.cases.card.fields import RECORDS, Field
from network.cases.card.values import as_date, check, check_all
from network.cases.envelopes import opened, sealed
from network.cases.models import Claim, ClaimAuthorization
from network.cases.models.claims import INSTRUMENTS, SCOPES
from network.cases.operations.events import write_event
from network.cases.operations.team import restrict_client
from network.cases.queries.cards import home_today
from network.cases.queries.cases import get_case
from network.cases.queries.rows import get_row
from network.cases.states import ClaimState, moved_claim
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.core.ids import new_id
from network.core.terms import ClaimForum, ClaimKind
from network.core.versions import expect_version
from network.tenants.context import acting

_OF_CLAIM = RECORDS["claim"][2]
FIELDS = {
    code: _OF_CLAIM[code]
    for code in (
        "kind", "forum", "respondent", "facts", "remedies", "amount_claimed", "currency", "lodged_on", "lapses_on",
    )
}  # fmt: skip
_OF_MOVE: dict[str, Field] = {
    **{code: _OF_CLAIM[code] for code in ("forum", "amount_awarded", "amount_paid", "currency", "lapses_on")},
    "remedies_obtained": Field(
        "remedies_obtained", "legal_claim", _l("What was obtained"), "codes", "claim_remedies"
    ),
    "on": Field("on", "legal_claim", _l("Date"), "date"),
}
_EVIDENCE = Field("evidence", "legal_claim", _l("Evidence"), "long")
# Conciliation is a settlement too, though an office conducts it.
_SETTLING_FORUMS = frozenset({"labour_conciliation"})
# Whoever handed the case over may be told that its claim was paid: work of the floor above.
PAID = "handoff.claim_paid"


def record_claim(case_id: UUID, data: Mapping[str, Any], *, restricted: bool | None = None) -> Claim:
    """Record a complaint: lodged where ``lodged_on`` is given, being prepared otherwise.

    A kind that the vocabulary restricts makes the client restricted, unless ``restricted`` is False.
    Raises Invalid, also for settling what is never mediated.
    """
    told = check_all(FIELDS, data)
    kind, forum = _kind_and_forum(told)
    _check(kind, forum, told)
    case = get_case(case_id)
    policies.check_may_write_case(acting(), case)
    if restricted or (restricted is None and kind.restricted):
        restrict_client(case.client_id)
    lodged_on = as_date(told.get("lodged_on"))
    claim = Claim(
        tenant_id=case.tenant_id,
        id=new_id(),
        case_id=case.id,
        client_id=case.client_id,
        restricted=case.restricted,
        kind=kind.code,
        forum=forum.code,
        state=ClaimState.LODGED if lodged_on else ClaimState.PREPARING,
        remedies=told.get("remedies", []),
        remedies_obtained=[],
        amount_claimed=_amount(told, "amount_claimed"),
        currency=told.get("currency"),
        lodged_on=lodged_on,
        lapses_on=as_date(told.get("lapses_on")),
        version=1,
    )
    claim.sealed = sealed(claim, {code: told[code] for code in ("respondent", "facts") if code in told})
    db.session.add(claim)
    db.session.flush()
    codes = {"claim_kinds": kind.code, "claim_forums": forum.code}
    write_event(case, "claim.recorded", "claim", claim.id, codes)
    record("recorded", "claim", claim.id, fields=sorted(told))
    return claim


def move_claim(claim_id: UUID, move: str, data: Mapping[str, Any], version: int) -> Claim:
    """Record what became of a claim: a move of ``states.CLAIM_MOVES`` with its amounts, remedies obtained
    and day. Raises Invalid, IllegalTransition, StaleVersion."""
    claim = get_row(Claim, claim_id, lock=True)
    case = get_case(claim.case_id)
    policies.check_may_write_case(acting(), case)
    expect_version(claim, version, theirs={"state": claim.state})
    told = check_all(_OF_MOVE, data)
    claim.state = moved_claim(move, claim.state)
    on = as_date(told.get("on")) or home_today()
    if on > home_today():
        raise Invalid(fields={"on": [_("Enter a day that has come.")]})
    _apply_move(claim, move, told, on)
    claim.version += 1
    db.session.flush()
    write_event(case, f"claim.{move}", "claim", claim.id, {"claim_kinds": claim.kind})
    record("changed", "claim", claim.id, fields=["state", *sorted(told)])
    if move == "pay" and case.origin_exchange_id is not None:
        enqueue(PAID, case.origin_exchange_id)
    return claim


def update_claim(claim_id: UUID, changes: Mapping[str, Any], version: int) -> Claim:
    """Correct what is recorded of a claim; an empty value clears a field. Raises StaleVersion."""
    claim = get_row(Claim, claim_id, lock=True)
    case = get_case(claim.case_id)
    policies.check_may_write_case(acting(), case)
    expect_version(claim, version, theirs={"state": claim.state})
    before: dict[str, Any] = opened(claim) | {
        "kind": claim.kind,
        "forum": claim.forum,
        "remedies": claim.remedies,
        "amount_claimed": claim.amount_claimed,
        "currency": claim.currency,
        "lodged_on": claim.lodged_on,
        "lapses_on": claim.lapses_on,
    }
    told = check_all(FIELDS, before | dict(changes))
    kind, forum = _kind_and_forum(told)
    _check(kind, forum, told)
    claim.kind, claim.forum = kind.code, forum.code
    claim.remedies = told.get("remedies", [])
    claim.amount_claimed, claim.currency = _amount(told, "amount_claimed"), told.get("currency")
    claim.lodged_on, claim.lapses_on = as_date(told.get("lodged_on")), as_date(told.get("lapses_on"))
    claim.sealed = sealed(claim, {code: told[code] for code in ("respondent", "facts") if code in told})
    claim.version += 1
    db.session.flush()
    write_event(case, "claim.changed", "claim", claim.id, {"claim_kinds": claim.kind})
    record("changed", "claim", claim.id, fields=sorted(changes))
    return claim


def sign_authorization(
    claim_id: UUID,
    *,
    scope: Iterable[str],
    signed_on: date,
    valid_until: date | None = None,
    instrument: str = "authorization_simple",
    evidence: str = "",
) -> ClaimAuthorization:
    """Record the client's signed leave to act for her in a claim, what for and until when. Raises Invalid."""
    claim = get_row(Claim, claim_id)
    case = get_case(claim.case_id)
    policies.check_may_write_case(acting(), case)
    powers = list(dict.fromkeys(scope))
    wrong: dict[str, list[Any]] = {}
    if not powers or not set(powers) <= set(SCOPES):
        wrong["scope"] = [_("Choose what the centre may do for the client.")]
    if instrument not in INSTRUMENTS:
        wrong["instrument"] = [_("Choose from the list.")]
    if signed_on > home_today():
        wrong["signed_on"] = [_("Enter a day that has come.")]
    if valid_until is not None and valid_until < signed_on:
        wrong["valid_until"] = [_("Enter a day after the signature.")]
    if wrong:
        raise Invalid(fields=wrong)
    words = check(_EVIDENCE, evidence)
    signed = ClaimAuthorization(
        tenant_id=claim.tenant_id,
        id=new_id(),
        claim_id=claim.id,
        client_id=claim.client_id,
        restricted=claim.restricted,
        instrument=instrument,
        scope=powers,
        signed_on=signed_on,
        valid_until=valid_until,
        recorded_at=clock.now(),
    )
    signed.sealed = sealed(signed, {"evidence": words} if words else {})
    db.session.add(signed)
    db.session.flush()
    write_event(case, "authorization.signed", "claim", claim.id, {"claim_kinds": claim.kind})
    record("authorized", "claim", claim.id, fields=["scope", "valid_until"])
    return signed


def revoke_authorization(authorization_id: UUID) -> ClaimAuthorization:
    """The client takes her leave back."""
    signed = get_row(ClaimAuthorization, authorization_id, lock=True)
    claim = get_row(Claim, signed.claim_id)
    policies.check_may_move_case(acting(), get_case(claim.case_id))
    if signed.revoked_on is None:
        signed.revoked_on = home_today()
        db.session.flush()
        write_event(get_case(claim.case_id), "authorization.revoked", "claim", claim.id)
        record("revoked", "claim", claim.id)
    return signed


def _kind_and_forum(told: Mapping[str, Any]) -> tuple[ClaimKind, ClaimForum]:
    if "kind" not in told:
        raise Invalid(fields={"kind": [_("Choose what the claim is about.")]})
    return vocabulary.claim_kind(told["kind"]), vocabulary.claim_forum(told.get("forum", "none_yet"))


def _check(kind: ClaimKind, forum: ClaimForum, told: Mapping[str, Any]) -> None:
    """What the vocabulary's flags demand of a claim."""
    wrong: dict[str, list[Any]] = {}
    if (kind.needs_note or forum.needs_note) and not told.get("facts"):
        wrong["facts"] = [_("Say what it is.")]
    if kind.mediation == "never" and (forum.kind == "settlement" or forum.code in _SETTLING_FORUMS):
        wrong["forum"] = [_("This is never settled by negotiation or mediation. Choose another forum.")]
    if told.get("amount_claimed") and not kind.money:
        wrong["amount_claimed"] = [_("This kind of claim is not about money.")]
    if told.get("amount_claimed") and not told.get("currency"):
        wrong["currency"] = [_("Choose the currency.")]
    if told.get("lodged_on") and forum.code == "none_yet":
        wrong["forum"] = [_("Choose where the claim was lodged.")]
    if wrong:
        raise Invalid(fields=wrong)


def _apply_move(claim: Claim, move: str, told: Mapping[str, Any], on: date) -> None:
    claim.currency = told.get("currency") or claim.currency
    claim.remedies_obtained = told.get("remedies_obtained", claim.remedies_obtained)
    claim.lapses_on = as_date(told.get("lapses_on")) or claim.lapses_on
    claim.amount_awarded = _amount(told, "amount_awarded") or claim.amount_awarded
    claim.amount_paid = _amount(told, "amount_paid") or claim.amount_paid
    if move == "lodge":
        claim.forum, claim.lodged_on = told.get("forum", claim.forum), on
    elif move in ("settle", "award", "reject"):
        claim.decided_on = on
    elif move == "pay":
        claim.paid_on = on
    _check(
        vocabulary.claim_kind(claim.kind),
        vocabulary.claim_forum(claim.forum),
        {"facts": True, "lodged_on": claim.lodged_on},
    )
    wrong: dict[str, list[Any]] = {}
    if move == "pay" and claim.amount_paid is None:
        wrong["amount_paid"] = [_("Enter the amount that was paid.")]
    if (claim.amount_paid is not None or claim.amount_awarded is not None) and claim.currency is None:
        wrong["currency"] = [_("Choose the currency.")]
    if wrong:
        raise Invalid(fields=wrong)


def _amount(told: Mapping[str, Any], field: str) -> Decimal | None:
    return Decimal(told[field]) if told.get(field) is not None else None
