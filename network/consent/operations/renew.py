"""Confirming a provisional consent, and extending a grant by asking anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.cases.envelopes import opened, sealed
from network.cases.queries.clients import get_client
from network.consent.models import Consent, ConsentGrant
from network.consent.operations.asking import problems_of_asking, write_consent
from network.consent.operations.sealing import renew_ends
from network.consent.operations.telling import note, set_clocks, tell, visits_changed
from network.consent.queries import disclosures_under, get_consent, get_grant, grants_by_id, list_grants
from network.consent.questions import longest_of
from network.consent.states import ConsentState, GrantState, moved_consent
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid


def confirm_consent(consent_id: UUID, data: Mapping[str, Any]) -> Consent:
    """She confirms a provisional consent in a way that is not provisional itself.

    ``data``: method, language, and what the method needs. Raises ``Conflict`` once its time is over.
    """
    consent = get_consent(consent_id)
    client = get_client(consent.client_id, lock=True)
    consent = get_consent(consent_id, lock=True)
    consent.state = moved_consent("confirm", consent.state).value
    if consent.provisional_until is None or consent.confirmed_at is not None:
        raise Conflict(_("This consent needs no confirmation."))
    if consent.provisional_until <= clock.now():
        raise Conflict(_("The time to confirm is over. Ask again."))
    wrong = problems_of_asking(client, _as_confirmed(consent, data))
    if vocabulary.consent_method(data["method"]).provisional_hours:
        wrong["method"] = [_("Confirm it in a way that does not itself need to be confirmed.")]
    if wrong:
        raise Invalid(fields=wrong)
    consent.confirmed_at = clock.now()
    consent.version += 1
    consent.sealed = sealed(
        consent, {**opened(consent), "confirmed": {name: str(value) for name, value in data.items() if value}}
    )
    db.session.flush()
    note(consent, "confirmed")
    tell(consent, "consent.confirmed")
    record("confirmed", "consent", consent.id)
    held = [one for one in list_grants(client.id) if one.consent_id == consent.id]
    renew_ends(disclosures_under([one.id for one in held]))
    visits_changed(client.id, [one.purpose for one in held])
    return consent


def _as_confirmed(consent: Consent, data: Mapping[str, Any]) -> dict[str, Any]:
    """Who speaks stays as it was; how it is said is told anew."""
    before = opened(consent)
    guardian = before.get("guardian_relationship_id")
    return {
        "capacity": consent.capacity,
        "guardian_relationship_id": UUID(guardian) if guardian else None,
        "guardian_checked": before.get("guardian_checked"),
        "child_view": before.get("child_view"),
        **{name: value for name, value in data.items() if value},
    }


def extend_grant(grant_id: UUID, data: Mapping[str, Any]) -> ConsentGrant:
    """She is asked anew and lets a live grant last longer: ``days`` from now, and nothing else changes.

    ``data``: how she was asked, as in ``record_consent``, and ``days``. Raises ``Conflict`` for a grant that
    has ended: then a new consent is recorded.
    """
    grant = get_grant(grant_id)
    client = get_client(grant.client_id, lock=True)
    terms = grants_by_id([grant_id])[grant_id]
    if terms.state(clock.now()) is not GrantState.LIVE:
        raise Conflict(_("This has ended. Record a new consent."))
    wrong = problems_of_asking(client, data)
    if vocabulary.consent_method(data["method"]).provisional_hours:
        wrong["method"] = [_("Extend it in a way that does not itself need to be confirmed.")]
    if wrong:
        raise Invalid(fields=wrong)
    longest = longest_of(grant.purpose)
    if data["days"] > longest:
        raise Invalid(fields={"days": [_("At most %(count)s days.", count=longest)]})
    expires_at = clock.now() + timedelta(days=data["days"])
    grant = get_grant(grant_id, lock=True)
    if expires_at <= grant.expires_at:
        raise Invalid(fields={"days": [_("Choose a date later than the one that stands.")]})
    consent = get_consent(grant.consent_id)
    moved_consent("extend", consent.state)
    anew = write_consent(client, {"case_id": consent.case_id, **data}, ConsentState.GIVEN)
    grant.expires_at = expires_at
    db.session.flush()
    note(anew, "extended", grant_id=grant.id)
    set_clocks(grant.id, expires_at)
    renew_ends(disclosures_under([grant.id]))
    visits_changed(client.id, [grant.purpose])
    tell(anew, "consent.extended", {"consent_purposes": grant.purpose})
    record("extended", "grant", grant.id, fields=["expires_at"])
    return grant
