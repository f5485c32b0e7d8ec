"""What stands between a client and one organization: what it may be told, and what lies with it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from network.consent.queries.disclosed import DisclosureRecord, disclosures_of
from network.consent.queries.grants import live_grants
from network.consent.queries.refusals import get_recipient, live_refusals
from network.consent.terms import GrantTerms


@dataclass(frozen=True)
class StandsWith:
    """``named``: the live grants that name the organization. ``by_class``: those to every body of its class, where
    no refusal of the organization stands against them. ``lying``: what was sent to it and is not sealed."""

    organization_id: UUID
    name: str
    named: tuple[GrantTerms, ...]
    by_class: tuple[GrantTerms, ...]
    lying: tuple[DisclosureRecord, ...]

    @property
    def anything(self) -> bool:
        """Whether there is anything to stop."""
        return bool(self.named or self.by_class or self.lying)


def stands_with(client_id: UUID, organization_id: UUID) -> StandsWith:
    """What the organization may be told about her, and what lies with it; raises ``NotFound`` for one that is
    not listed."""
    recipient = get_recipient(organization_id)
    reaching = [grant for grant in live_grants(client_id) if grant.reaches(recipient)]
    refused = any(one.organization_id == organization_id for one in live_refusals(client_id))
    return StandsWith(
        organization_id,
        recipient.name,
        named=tuple(one for one in reaching if one.organization_id is not None),
        by_class=() if refused else tuple(one for one in reaching if one.organization_id is None),
        lying=tuple(
            one
            for one in disclosures_of(client_id)
            if one.organization_id == organization_id and one.sealed_at is None
        ),
    )
