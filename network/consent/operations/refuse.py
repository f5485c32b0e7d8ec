"""Refusals: added at any time and carried out at once; lifted for one purpose, once; taken back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.audit.trail import record
from network.cases.envelopes import sealed
from network.cases.models import Client
from network.cases.queries.clients import get_client
from network.consent.models import Consent, ConsentRefusal, RefusalLift
from network.consent.operations.asking import write_consent
from network.consent.operations.sealing import seal
from network.consent.operations.telling import note, tell, visits_changed
from network.consent.policies import OF_HER_COUNTRY, OF_THIS_COUNTRY, find_refused
from network.consent.queries import (
    disclosures_of,
    find_latest_consent,
    get_consent,
    get_recipient,
    get_refusal,
    live_grants,
    live_refusals,
    refused_persons,
)
from network.consent.states import ConsentState
from network.consent.terms import RefusalTerms
from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.directory.queries import get_organization
from network.tenants.context import acting
from network.tenants.models import Tenant

NAMED = frozenset({"named_person", "named_organization"})


def add_refusal(client_id: UUID, data: Mapping[str, Any]) -> ConsentRefusal:
    """Never to this class, organization or person; ``data`` as ``RefusalSchema`` loads it.

    What already lies with a recipient that it covers is sealed at once. It hangs on the last time she was
    asked, or, where she never was, on a record of how she said it. Raises ``Invalid``; ``Conflict`` where
    it stands already.
    """
    client = get_client(client_id, lock=True)
    consent = find_latest_consent(client_id) or _first_record(client, data)
    written = write_refusals(consent, [data])
    if not written:
        raise Conflict(_("This refusal stands already."))
    tell(consent, "refusal.added")
    return written[0]


def carry_refusals(client_id: UUID, classes: Iterable[str], *, told_by: str, language: str) -> int:
    """Refusals that came with a case taken over bind us as they bound whoever sent it; returns how many.

    ``told_by``: the reference under which they came. A class that we do not know is an error.
    """
    codes = [vocabulary.recipient_class(code).code for code in classes]
    if not codes:
        return 0
    client = get_client(client_id, lock=True)
    asked = {
        "capacity": "child_assent" if client.is_child else "self",
        "method": "message",
        "language": language,
        "identity_check": told_by,
    }
    consent = write_consent(client, asked, ConsentState.REFUSED)
    note(consent, ConsentState.REFUSED.value)
    written = write_refusals(consent, [{"recipient_class": code} for code in codes])
    tell(consent, "refusal.added")
    return len(written)


def _first_record(client: Client, data: Mapping[str, Any]) -> Consent:
    """Anybody may refuse, a child too, and in any way: nothing is asked for but how it was said."""
    asked = {"capacity": "self", **{name: value for name, value in data.items() if value}}
    missing = {name: [_("Say how you were told.")] for name in ("method", "language") if name not in asked}
    if missing:
        raise Invalid(fields=missing)
    consent = write_consent(client, asked, ConsentState.REFUSED)
    note(consent, ConsentState.REFUSED.value)
    return consent


def write_refusals(consent: Consent, given: Iterable[Mapping[str, Any]]) -> list[ConsentRefusal]:
    """Write those that do not stand yet, and seal what already lies with whom they cover."""
    given = list(given)
    if not given:
        return []
    db.session.flush()  # what they hang on
    standing = {(one.class_code, one.organization_id) for one in live_refusals(consent.client_id)}
    persons = set(refused_persons(consent.client_id).values())
    written = []
    for data in given:
        refusal = _write(consent, data)
        key = (refusal.recipient_class, refusal.organization_id)
        if key in standing and not (data.get("person") and data["person"] not in persons):
            continue
        standing.add(key)
        db.session.add(refusal)
        db.session.flush()
        note(consent, "refused", refusal_id=refusal.id)
        record("refused", "consent", consent.id, fields=[refusal.recipient_class or "named_organization"])
        written.append(refusal)
    if written:
        _carry_out(consent, written)
    return written


def _write(consent: Consent, data: Mapping[str, Any]) -> ConsentRefusal:
    organization_id, class_code = data.get("organization_id"), data.get("recipient_class")
    if organization_id is not None:
        get_organization(organization_id)
        class_code = None if class_code in NAMED else class_code
    elif class_code is None or class_code == "named_organization":
        raise Invalid(fields={"organization_id": [_("Choose who is refused.")]})
    elif class_code == "named_person" and not data.get("person"):
        raise Invalid(fields={"person": [_("Enter the name of the person.")]})
    refusal = ConsentRefusal(
        tenant_id=consent.tenant_id,
        id=new_id(),
        consent_id=consent.id,
        client_id=consent.client_id,
        restricted=consent.restricted,
        recipient_class=class_code,
        organization_id=organization_id,
        country=data.get("country") or country_of(class_code, consent.client_id),
        created_at=clock.now(),
    )
    if data.get("person"):
        refusal.sealed = sealed(refusal, {"person": data["person"]})
    return refusal


def country_of(class_code: str | None, client_id: UUID) -> str | None:
    """Whose bodies a class means: her own country's, or those of the country where she is."""
    if class_code in OF_HER_COUNTRY:
        return get_client(client_id).nationality
    if class_code in OF_THIS_COUNTRY:
        return db.session.scalar(select(Tenant.country).where(Tenant.id == acting().tenant))
    return None


def _carry_out(consent: Consent, written: list[ConsentRefusal]) -> None:
    """A refusal covers what was sent before it, too."""
    terms = [
        RefusalTerms(one.id, one.recipient_class, one.organization_id, one.country, one.created_at)
        for one in written
    ]
    nationality = get_client(consent.client_id).nationality
    open_to_some = [one for one in disclosures_of(consent.client_id) if one.sealed_at is None]
    covered = {
        organization_id
        for organization_id in {one.organization_id for one in open_to_some}
        if find_refused(terms, get_recipient(organization_id), nationality)
    }
    seal((one for one in open_to_some if one.organization_id in covered), "refused")
    visits_changed(consent.client_id, {one.purpose for one in live_grants(consent.client_id)})


def lift_refusal_once(refusal_id: UUID, purpose: str) -> RefusalLift:
    """She lifts the refusal for one purpose: for the next disclosure alone, which uses it up. Not a grant."""
    vocabulary.purpose(purpose)
    refusal = get_refusal(refusal_id)
    get_client(refusal.client_id, lock=True)
    standing = {one.id: one for one in live_refusals(refusal.client_id)}
    if refusal.id not in standing:
        raise Conflict(_("This refusal does not stand any more."))
    if purpose in standing[refusal.id].lifted_for:
        raise Conflict(_("It is lifted for this already, and not used yet."))
    lift = RefusalLift(
        tenant_id=refusal.tenant_id,
        id=new_id(),
        refusal_id=refusal.id,
        client_id=refusal.client_id,
        restricted=refusal.restricted,
        purpose=purpose,
        lifted_at=clock.now(),
    )
    db.session.add(lift)
    db.session.flush()
    consent = get_consent(refusal.consent_id)
    note(consent, "lifted_once", refusal_id=refusal.id)
    tell(consent, "refusal.lifted", {"consent_purposes": purpose})
    record("lifted", "refusal", refusal.id, fields=[purpose])
    return lift


def withdraw_refusal(refusal_id: UUID) -> ConsentRefusal:
    """She takes a refusal back for good. Nothing leaves by it: that needs a grant."""
    refusal = get_refusal(refusal_id)
    get_client(refusal.client_id, lock=True)
    if refusal.ended_at is not None:
        raise Conflict(_("This refusal does not stand any more."))
    refusal.ended_at = clock.now()
    db.session.flush()
    consent = get_consent(refusal.consent_id)
    note(consent, "withdrawn", refusal_id=refusal.id)
    visits_changed(refusal.client_id, {one.purpose for one in live_grants(refusal.client_id)})
    tell(consent, "refusal.withdrawn")
    record("withdrawn", "refusal", refusal.id)
    return refusal
