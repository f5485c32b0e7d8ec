"""Invitations to organizations to keep their own listing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from babel.core import get_global
from sqlalchemy import select

from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import ListingClaim, Location, Organization
from network.tenants.context import acting
from network.tenants.models import Tenant


def get_claim(claim_id: UUID) -> ListingClaim:
    """An invitation that this tenant may see; raises NotFound."""
    found = db.session.get(ListingClaim, claim_id)
    if found is None:
        raise NotFound
    return found


def standing_claim(organization_id: UUID) -> ListingClaim | None:
    """The invitation of an organization that waits for its answer, for whoever may see it."""
    return db.session.scalar(
        select(ListingClaim).where(
            ListingClaim.organization_id == organization_id, ListingClaim.state == "invited"
        )
    )


def claims_of_ours() -> Sequence[tuple[ListingClaim, Organization]]:
    """The listings that this tenant may take over, with their organizations."""
    rows = db.session.execute(
        select(ListingClaim, Organization)
        .join(Organization, Organization.id == ListingClaim.organization_id)
        .where(ListingClaim.tenant_id == acting().tenant, ListingClaim.state == "invited")
        .order_by(ListingClaim.id)
    )
    return [(row[0], row[1]) for row in rows]


def members_to_invite(organization: Organization) -> Sequence[Tenant]:
    """The live partners and centres of the organization's country that could keep its listing beside their own."""
    return db.session.scalars(
        select(Tenant)
        .where(
            Tenant.kind.in_(("partner", "centre")),
            Tenant.status == "live",
            Tenant.country == organization.country,
            Tenant.id != organization.steward_tenant_id,
        )
        .order_by(Tenant.name, Tenant.id)
    ).all()


def time_zone_of(organization: Organization) -> str:
    """The time zone of its first place, or else of its country where that has one alone; empty where neither tells."""
    zone = db.session.scalar(
        select(Location.time_zone)
        .where(Location.organization_id == organization.id, Location.removed_at.is_(None))
        .order_by(Location.id)
        .limit(1)
    )
    zones = get_global("territory_zones").get(organization.country, [])
    return zone or (str(zones[0]) if len(zones) == 1 else "")


def list_claims() -> Sequence[ListingClaim]:
    """The invitations that wait and that this tenant may see: its own, on its listings, by it; oldest first."""
    return db.session.scalars(
        select(ListingClaim).where(ListingClaim.state == "invited").order_by(ListingClaim.id).limit(500)
    ).all()
