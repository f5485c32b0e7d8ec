"""What she has answered to an organization before: what she took back, and what she said no to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
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
    """What she took back from this recipient or refused it when she was asked, of itself or of every body of its kind;
    newest first, at most six."""
    found = [
        Earlier(one.withdrawn_at, True, one.purpose, one.need_code)
        for one in list_grants(client_id)
        if one.withdrawn_at is not None and one.reaches(recipient)
    ]
    found += [
        Earlier(consent.given_at, False, one["purpose"], one["need"])
        for consent in list_consents(client_id)
        for one in consent.asked.get("said_no") or ()
        if _concerns(one, recipient)
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST]


def _concerns(said_no: Mapping[str, Any], recipient: Recipient) -> bool:
    """Whether a no was about this recipient: about itself, or about its class in its country."""
    if said_no["to"] is not None:
        return bool(said_no["to"] == str(recipient.organization_id))
    asked = (said_no.get("recipient_class"), said_no.get("recipient_country"))
    return asked == (recipient.class_code, recipient.country)
