"""Taking consent back, and its end by the clock: carried out at once, not noted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases.queries.clients import get_client
from network.consent import packets
from network.consent.models import Consent, ConsentGrant
from network.consent.operations.refuse import write_refusals
from network.consent.operations.sealing import seal, seal_all_of, seal_under
from network.consent.operations.telling import EXPIRY, WARNINGS, note, tell, visits_changed
from network.consent.queries import (
    WARNED_AHEAD,
    disclosures_under,
    find_latest_consent,
    get_consent,
    get_grant,
    grants_by_id,
    has_event,
    list_consents,
    list_grants,
    running_services,
    stands_with,
)
from network.consent.states import ConsentState, GrantState, moved_consent
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid

# How soon it is looked again whether a service that ran on the date has ended.
LOOKED_AGAIN = timedelta(days=1)
# She stops sharing (a service that has begun goes on without the file), or leaves the service as well (it is
# recalled, begun or not).
CHOICES = {"sharing": "consent.withdrawn", "service": "consent.left"}


def withdraw_grant(grant_id: UUID, leaves: str = "sharing") -> ConsentGrant:
    """Take one grant back. Every packet that left under it is sealed before this returns.

    ``leaves``: ``sharing`` or ``service``. Raises ``Conflict`` where it was withdrawn before.
    """
    kind = _kind(leaves)
    grant = get_grant(grant_id)
    get_client(grant.client_id, lock=True)
    grant = get_grant(grant_id, lock=True)
    if grant.withdrawn_at is not None:
        raise Conflict(_("This was taken back already."))
    consent = get_consent(grant.consent_id, lock=True)
    _withdraw(consent, [grant], clock.now())
    seal_under([grant.id], "withdrawn", leaves_service=leaves == "service")
    tell(consent, kind, {"consent_purposes": grant.purpose})
    return grant


def withdraw_consent(consent_id: UUID, leaves: str = "sharing") -> Consent:
    """Take back everything that she allowed on one occasion. Raises ``Conflict`` where nothing is left of it."""
    kind = _kind(leaves)
    client_id = get_consent(consent_id).client_id
    get_client(client_id, lock=True)
    consent = get_consent(consent_id, lock=True)
    grants = _standing(consent)
    if not grants:
        raise Conflict(_("This was taken back already."))
    _withdraw(consent, grants, clock.now())
    seal_under([grant.id for grant in grants], "withdrawn", leaves_service=leaves == "service")
    tell(consent, kind)
    return consent


def _standing(consent: Consent) -> list[ConsentGrant]:
    return [
        get_grant(terms.id, lock=True)
        for terms in list_grants(consent.client_id)
        if terms.consent_id == consent.id and terms.withdrawn_at is None
    ]


def withdraw_all(client_id: UUID, leaves: str = "sharing") -> tuple[UUID, ...]:
    """Take back everything she ever allowed; returns the grants that ended by it, at one instant. Her refusals go on
    standing."""
    kind = _kind(leaves)
    get_client(client_id, lock=True)
    ended, latest = _take_back(client_id)
    seal_all_of(client_id, "withdrawn", leaves_service=leaves == "service")
    if latest is not None:
        tell(latest, kind)
    return ended


def withdraw_from(client_id: UUID, organization_id: UUID, leaves: str = "sharing") -> tuple[UUID, ...]:
    """Stop everything for one organization: take back each grant that names it, and seal all that lies with it.

    A grant to every body of its class goes on for the others; so that this one gets nothing under it either, a
    refusal of the organization is recorded. Returns the grants that ended by it. Raises ``Conflict`` where nothing is
    left to stop.
    """
    kind = _kind(leaves)
    get_client(client_id, lock=True)
    ended, latest = _take_back(client_id, organization_id)
    left = stands_with(client_id, organization_id)
    sealed = seal(left.lying, "withdrawn", leaves_service=leaves == "service")
    latest = latest or find_latest_consent(client_id)
    if latest is None or not (ended or sealed or left.by_class):
        raise Conflict(_("There is nothing left to take back."))
    if left.by_class:
        write_refusals(latest, [{"organization_id": organization_id}])
    tell(latest, kind)
    return ended


def _take_back(
    client_id: UUID, organization_id: UUID | None = None
) -> tuple[tuple[UUID, ...], Consent | None]:
    """End every grant that still stands, or those that name an organization, at one instant; which ended, and the
    latest consent of which one did."""
    ended: list[UUID] = []
    now = clock.now()
    latest: Consent | None = None
    for asked in list_consents(client_id):
        consent = get_consent(asked.id, lock=True)
        grants = [
            one
            for one in _standing(consent)
            if organization_id is None or one.recipient_organization_id == organization_id
        ]
        if grants:
            _withdraw(consent, grants, now)
            latest = latest or consent
            ended += [grant.id for grant in grants]
    return tuple(ended), latest


def _kind(leaves: str) -> str:
    if leaves not in CHOICES:
        raise Invalid(fields={"leaves": [_("Choose: only stop sharing, or leave the service as well.")]})
    return CHOICES[leaves]


def _withdraw(consent: Consent, grants: Iterable[ConsentGrant], now: datetime) -> None:
    for grant in grants:
        grant.withdrawn_at = now
        note(consent, "withdrawn", grant_id=grant.id)
        record("withdrawn", "grant", grant.id, fields=[grant.purpose])
        visits_changed(grant.client_id, [grant.purpose])
    db.session.flush()
    left = [one for one in list_grants(consent.client_id) if one.consent_id == consent.id]
    if all(one.withdrawn_at is not None for one in left) and consent.state != ConsentState.WITHDRAWN:
        consent.state = moved_consent("withdraw", consent.state).value
        consent.version += 1
        db.session.flush()


def warn_of_expiry(grant_id: UUID) -> None:
    """Put on the timeline that a live grant ends soon; the worklist reads it from the grant itself.

    Where a service runs, what lies with it stays readable beyond the date: it is not cut off in the night.
    """
    terms = grants_by_id([grant_id]).get(grant_id)
    now = clock.now()
    if terms is None or terms.state(now) is not GrantState.LIVE or terms.expires_at > now + WARNED_AHEAD:
        return
    tell(get_consent(terms.consent_id), "consent.expiring", {"consent_purposes": terms.purpose})
    if terms.expires_at <= now + WARNINGS[-1]:
        _keep_running(grant_id, terms.expires_at)


def end_expired_grant(grant_id: UUID) -> None:
    """Carry out the end of a grant: seal what left under it, except where a service still runs; then look
    again tomorrow. Does nothing for a grant that was extended or withdrawn."""
    if grant_id not in grants_by_id([grant_id]):
        return
    get_client(get_grant(grant_id).client_id, lock=True)
    terms = grants_by_id([grant_id])[grant_id]  # whoever held her until now may have extended it
    if terms.state(clock.now()) is not GrantState.EXPIRED:
        return
    running = _keep_running(grant_id, clock.now())
    ended = [one for one in disclosures_under([grant_id]) if one.exchange_id not in running]
    seal(ended, "expired")
    if running:
        enqueue(EXPIRY, grant_id, available_at=clock.now() + LOOKED_AGAIN)
    consent = get_consent(terms.consent_id)
    if not has_event(consent.id, "expired", grant_id):
        note(consent, "expired", grant_id=grant_id)
        visits_changed(consent.client_id, [terms.purpose])
        tell(consent, "consent.expired", {"consent_purposes": terms.purpose})
        record("expired", "grant", grant_id, fields=[terms.purpose])


def _keep_running(grant_id: UUID, since: datetime) -> frozenset[UUID]:
    """Let what lies with a running service be read until it is looked at again; returns those exchanges."""
    disclosed = disclosures_under([grant_id])
    running = running_services([one.exchange_id for one in disclosed])
    for one in disclosed:
        if one.exchange_id in running:
            packets.set_end(one.packet_id, since + 2 * LOOKED_AGAIN)
    return running


def end_provisional_consent(consent_id: UUID) -> None:
    """End a provisional consent that nobody confirmed in time, with everything that left under it."""
    get_client(get_consent(consent_id).client_id, lock=True)
    consent = get_consent(consent_id, lock=True)
    over = consent.provisional_until is not None and consent.provisional_until <= clock.now()
    if not over or consent.confirmed_at is not None or consent.state != ConsentState.GIVEN:
        return
    grants = [one for one in list_grants(consent.client_id) if one.consent_id == consent.id]
    note(consent, "expired")
    seal_under([one.id for one in grants], "expired")
    visits_changed(consent.client_id, [one.purpose for one in grants])
    tell(consent, "consent.not_confirmed")
    record("expired", "consent", consent.id)
