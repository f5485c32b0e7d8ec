"""The rows of an invented consent: what she allowed for each need, whom she refuses, and their history."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from network.background.models import OutboxRow
from network.bench.seeding.cases import Opened, audit, tell
from network.bench.seeding.clients import at_noon, sealed
from network.bench.seeding.rows import Rows
from network.consent.models import Consent, ConsentEvent, ConsentGrant, ConsentRefusal
from network.core import clock
from network.core.ids import new_id

DAYS = 365
REFUSING_SHARE = 0.3
SAID = {
    "restatement": "The shelter may know my name and number and what I need. My recruiter may not know anything.",
    "evidence": "Signed on the screen of the intake desk.",
}


@dataclass(frozen=True)
class Allowed:
    """What she allowed: the grants by need, since when and until when."""

    grants: Mapping[str, UUID]
    at: datetime
    expires_at: datetime


def give_consent(rows: Rows, case: Opened, dice: random.Random) -> Allowed:
    """Write down that she agreed to be referred for each of her needs within the country, for a year.

    Of open cases the consent was given anew lately, so that it covers what is sent today.
    """
    at = clock.now() - timedelta(days=dice.randint(1, 60)) if case.state == "open" else _long_ago(case)
    consent_id, client = new_id(), case.client
    rows.add(
        Consent,
        id=consent_id,
        **case.below(),
        state="given",
        capacity="self",
        method="signature_screen",
        language=client.person.card["languages"][0],
        notice_version="2026-11",
        recorded_by=client.worker,
        given_at=at,
        version=1,
        sealed=sealed(Consent, client.key, case.centre.tenant_id, consent_id, SAID),
    )
    grants = {code: _grant(rows, case, consent_id, at, code) for code in case.trouble.needs}
    _note(rows, case, consent_id, at)
    if dice.random() < REFUSING_SHARE:
        _refuse(rows, case, consent_id, at)
    tell(rows, case, at, "consent.given", "consent", consent_id)
    audit(rows, case.centre, client, at, "given", "consent", consent_id)
    return Allowed(grants, at, at + timedelta(days=DAYS))


def _long_ago(case: Opened) -> datetime:
    return at_noon(case.opened_on, 10)


def _grant(rows: Rows, case: Opened, consent_id: UUID, at: datetime, need_code: str) -> UUID:
    grant_id, expires_at = new_id(), at + timedelta(days=DAYS)
    rows.add(
        ConsentGrant,
        id=grant_id,
        consent_id=consent_id,
        **case.client.below(case.centre),
        purpose="service_provision",
        need_code=need_code,
        categories=["contact", "identity"],
        recipient_class="service_provider",
        recipient_country=case.centre.country,
        onward=False,
        expires_at=expires_at,
        created_at=at,
    )
    _note(rows, case, consent_id, at, grant_id=grant_id)
    for ahead_days in (14, 3, 0):
        due = expires_at - timedelta(days=ahead_days)
        rows.add(
            OutboxRow,
            tenant_id=case.centre.tenant_id,
            id=new_id(),
            topic="consent.expiry",
            subject_id=grant_id,
            available_at=due,
            created_at=at,
            attempts=0,
            done_at=due if due < clock.now() else None,
        )
    return grant_id


def _refuse(rows: Rows, case: Opened, consent_id: UUID, at: datetime) -> None:
    refusal_id = new_id()
    rows.add(
        ConsentRefusal,
        id=refusal_id,
        consent_id=consent_id,
        **case.client.below(case.centre),
        recipient_class="recruiter",
        created_at=at,
    )
    _note(rows, case, consent_id, at, refusal_id=refusal_id)
    audit(rows, case.centre, case.client, at, "refused", "consent", consent_id)


def _note(
    rows: Rows,
    case: Opened,
    consent_id: UUID,
    at: datetime,
    *,
    grant_id: UUID | None = None,
    refusal_id: UUID | None = None,
) -> None:
    rows.add(
        ConsentEvent,
        id=new_id(),
        consent_id=consent_id,
        **case.client.below(case.centre),
        kind="refused" if refusal_id else "given",
        grant_id=grant_id,
        refusal_id=refusal_id,
        account_id=case.client.worker,
        at=at,
    )
