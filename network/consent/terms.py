"""Grants, refusals and recipients as they are weighed against each other: frozen copies, never rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.consent.states import GrantState, grant_state
from network.directory.recipients import RecipientOf


@dataclass(frozen=True)
class Recipient:
    """The receiving organization as the door sees it: itself, and every body that stands behind it.

    ``suspended``: its membership rests. ``planned``: nobody signs in there yet, so that it can only be told outside.
    """

    organization_id: UUID
    class_code: str
    country: str
    bodies: frozenset[RecipientOf]
    tenant_id: UUID | None = None
    suspended: bool = False
    planned: bool = False
    name: str = ""


@dataclass(frozen=True)
class GrantTerms:
    """A grant with what its consent says about its end."""

    id: UUID
    consent_id: UUID
    purpose: str
    need_code: str | None
    categories: frozenset[str]
    organization_id: UUID | None
    class_code: str | None
    country: str | None
    onward: bool
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None = None
    provisional_until: datetime | None = None
    confirmed_at: datetime | None = None
    capacity: str = "self"

    def state(self, now: datetime) -> GrantState:
        """Whether it is live at this instant, and if not, why."""
        return grant_state(
            withdrawn_at=self.withdrawn_at,
            expires_at=self.expires_at,
            provisional_until=self.provisional_until,
            confirmed_at=self.confirmed_at,
            now=now,
        )

    def reaches(self, recipient: Recipient) -> bool:
        """Whether it names this recipient: by itself, or by its own class and country. Never by a parent, a board
        or a name, so merging or renaming listings widens nothing."""
        if self.organization_id is not None:
            return self.organization_id == recipient.organization_id
        return self.class_code == recipient.class_code and self.country == recipient.country

    @property
    def ends_at(self) -> datetime:
        """When it ends if nothing happens: a provisional consent ends before its date."""
        if self.provisional_until is not None and self.confirmed_at is None:
            return min(self.expires_at, self.provisional_until)
        return self.expires_at


@dataclass(frozen=True)
class RefusalTerms:
    """A standing refusal. ``lifted_for``: purposes for which she lifted it, once each, not yet used."""

    id: UUID
    class_code: str | None
    organization_id: UUID | None
    country: str | None
    created_at: datetime
    lifted_for: frozenset[str] = frozenset()
