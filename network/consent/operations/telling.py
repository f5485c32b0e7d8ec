"""What consent writes down of its acts: its own events, the lines on the case's timeline, its clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import Table, insert

from network.background.outbox import enqueue
from network.cases.operations.events import CaseIds, tell_cases_of, write_event
from network.cases.timeline import declare_events
from network.consent.models import Consent, ConsentEvent
from network.consent.questions import CONTACT_LATER
from network.core import clock
from network.core.db import write_later
from network.core.ids import new_id
from network.tenants.context import acting

EXPIRY: Final = "consent.expiry"
PROVISIONAL: Final = "consent.provisional"
SEALED: Final = "exchange.sealed"
LEFT: Final = "exchange.left"
VISITS: Final = "consent.visits"
WARNINGS: Final = (timedelta(days=14), timedelta(days=3))
_NOTE = insert(cast(Table, ConsentEvent.__table__))  # nobody reads it back: the ORM need not watch it

declare_events(
    {
        "consent.given": _l("Consent recorded"),
        "consent.refused": _l("Asked for consent: said no"),
        "consent.confirmed": _l("Consent confirmed"),
        "consent.extended": _l("Consent extended"),
        "consent.withdrawn": _l("Consent withdrawn: stops sharing"),
        "consent.left": _l("Consent withdrawn: leaves the service"),
        "consent.expiring": _l("Consent ends soon"),
        "consent.expired": _l("Consent ended"),
        "consent.not_confirmed": _l("Consent ended: it was not confirmed in time"),
        "refusal.added": _l("Refusal recorded"),
        "refusal.nobody": _l("Asked who must not be told: nobody was named"),
        "refusal.lifted": _l("Refusal lifted for one purpose, once"),
        "refusal.withdrawn": _l("Refusal taken back"),
    },
    endpoint="consent_pages.asked",
    argument="consent_id",
)
declare_events({"packet.sealed": _l("What was sent is sealed")})


def note(
    consent: Consent, kind: str, *, grant_id: UUID | None = None, refusal_id: UUID | None = None
) -> None:
    """Append to the consent's own history, in codes."""
    write_later(
        _NOTE,
        {
            "tenant_id": consent.tenant_id,
            "id": new_id(),
            "consent_id": consent.id,
            "client_id": consent.client_id,
            "restricted": consent.restricted,
            "kind": kind,
            "grant_id": grant_id,
            "refusal_id": refusal_id,
            "account_id": acting().account_id,
            "at": clock.now(),
        },
    )


def tell(consent: Consent, kind: str, codes: Mapping[str, str] | None = None) -> None:
    """Put it on the timeline of the case in which she was asked, or of all that are open."""
    if consent.case_id is not None:
        case = CaseIds(consent.case_id, consent.client_id, consent.restricted)
        write_event(case, kind, "consent", consent.id, codes)
    else:
        tell_cases_of(consent.client_id, kind, "consent", consent.id, codes)


def visits_changed(client_id: UUID, purposes: Iterable[str]) -> None:
    """Until when she may be contacted after her return has changed, where one of these purposes is that one: whoever
    visits her is told."""
    if CONTACT_LATER in purposes:
        enqueue(VISITS, client_id)


def set_clocks(grant_id: UUID, expires_at: datetime) -> None:
    """Have the grant's end announced 14 and 3 days ahead, and carried out on the date."""
    now = clock.now()
    for ahead in WARNINGS:
        if expires_at - ahead > now:
            enqueue(EXPIRY, grant_id, available_at=expires_at - ahead)
    enqueue(EXPIRY, grant_id, available_at=expires_at)
