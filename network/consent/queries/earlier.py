"""What she has answered to an organization before: what she took back, and what she said no to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.consent.queries.consents import list_consents
from network.consent.queries.grants import list_grants
from network.consent.terms import Recipient

MOST = 6


@dataclass(frozen=True)
class Earlier:
    """One answer: when, whether she took a yes back or said no, and what it was about."""

    at: datetime
    taken_back: bool
    purpose: str
    need: str | None


def list_earlier(client_id: UUID, recipient: Recipient) -> list[Earlier]:
    """What she took back from this recipient or refused it when she was asked, newest first, at most six."""
    found = [
        Earlier(one.withdrawn_at, True, one.purpose, one.need_code)
        for one in list_grants(client_id)
        if one.withdrawn_at is not None and one.reaches(recipient)
    ]
    found += [
        Earlier(consent.given_at, False, one["purpose"], one["need"])
        for consent in list_consents(client_id)
        for one in consent.asked.get("said_no") or ()
        if one["to"] == str(recipient.organization_id)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]
