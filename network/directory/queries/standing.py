"""Who stands behind an organization, and which tenant it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from network.core.asking import Question, ask
from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import Organization, OrganizationRole
from network.directory.queries.listing import Listing, listings_of_organization
from network.directory.queries.records import get_organization
from network.directory.recipients import RecipientOf, expand
from network.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Body:
    """Who runs an organization, sits on its board or stands above it."""

    relation: str
    class_code: str
    country: str | None
    name: str | None
    organization_id: UUID | None


def bodies_behind(organization_id: UUID) -> tuple[Body, ...]:
    """Who runs an organization, sits on its board or stands above it, as its listing says: runs, board, parent."""
    organization = get_organization(organization_id)
    roles = db.session.scalars(
        select(OrganizationRole)
        .where(OrganizationRole.organization_id == organization_id)
        .order_by(OrganizationRole.id)
    )
    found = [
        Body(role.relation, role.class_code, role.country, role.name, role.other_organization_id)
        for role in roles
    ]
    if organization.parent_organization_id is not None:
        parent = get_organization(organization.parent_organization_id)
        found.append(Body("parent", parent.recipient_class, parent.country, parent.name, parent.id))
    order = ("run_by", "board", "parent")
    return tuple(sorted(found, key=lambda body: order.index(body.relation)))


# Everybody that stands behind organizations, at any distance, and what was merged with them;
# UNION ends the walk where it goes in circles.
_BEHIND = text(
    """
    WITH RECURSIVE behind (root, id, via) AS (
        SELECT asked, asked, 'self' FROM unnest(CAST(:organizations AS uuid[])) AS asked
      UNION
        SELECT behind.root, step.id, CASE behind.via WHEN 'self' THEN step.relation ELSE behind.via END
        FROM behind CROSS JOIN LATERAL (
            SELECT parent_organization_id AS id, 'parent' AS relation FROM organization
            WHERE organization.id = behind.id AND parent_organization_id IS NOT NULL
          UNION ALL
            SELECT merged_into_id, 'self' FROM organization
            WHERE organization.id = behind.id AND merged_into_id IS NOT NULL
          UNION ALL
            SELECT organization.id, 'self' FROM organization WHERE merged_into_id = behind.id
          UNION ALL
            SELECT other_organization_id, relation FROM organization_role
            WHERE organization_role.organization_id = behind.id AND other_organization_id IS NOT NULL) AS step)
    SELECT behind.root, organization.recipient_class, organization.country, organization.id, behind.via
    FROM behind JOIN organization ON organization.id = behind.id
  UNION
    SELECT behind.root, role.class_code, role.country, role.other_organization_id,
        CASE behind.via WHEN 'self' THEN role.relation ELSE behind.via END
    FROM behind JOIN organization_role AS role ON role.organization_id = behind.id
    """
)


def recipient_classes_of(organization_id: UUID) -> frozenset[RecipientOf]:
    """Everything a refusal may hit in an organization; raises NotFound.

    Itself, who runs it, who is on its board, its parents, and whoever stands behind these, at any distance; each
    under its own class and every class that includes it. Ask ``recipients.is_hit_by`` whether a refusal hits one.
    """
    found = recipient_classes_of_all([organization_id])
    if organization_id not in found:
        raise NotFound
    return found[organization_id]


def behind(organization_ids: Sequence[UUID]) -> Question:
    """What ``recipient_classes_of`` asks: it may be asked together with more."""
    return Question(_BEHIND, {"organizations": list(organization_ids)})


def recipient_classes_of_all(organization_ids: Sequence[UUID]) -> dict[UUID, frozenset[RecipientOf]]:
    """The same for many organizations, with one query; those that do not exist are left out."""
    found: dict[UUID, set[RecipientOf]] = {}
    for root, class_code, country, body_id, via in ask(behind(organization_ids)):
        found.setdefault(root, set()).update(expand(RecipientOf(class_code, country, body_id, via)))
    return {root: frozenset(bodies) for root, bodies in found.items()}


def organization_of_tenant(tenant_id: UUID) -> UUID | None:
    """The organization with which a tenant stands in the directory, if it has one."""
    return db.session.scalar(select(Tenant.organization_id).where(Tenant.id == tenant_id))


def tenant_of_organization(organization_id: UUID) -> UUID | None:
    """The tenant that has claimed an organization, if one has."""
    return db.session.scalar(select(Tenant.id).where(Tenant.organization_id == organization_id))


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """An organization with what its page tells. ``services``: one listing of each service."""

    organization: Organization
    tenant_id: UUID | None
    bodies: tuple[Body, ...]
    services: tuple[Listing, ...]


def organization_page(organization_id: UUID) -> OrganizationPage:
    """An organization, who stands behind it and what it offers; raises NotFound."""
    offered = {one.service_id: one for one in reversed(listings_of_organization(organization_id))}
    return OrganizationPage(
        organization=get_organization(organization_id),
        tenant_id=tenant_of_organization(organization_id),
        bodies=bodies_behind(organization_id),
        services=tuple(reversed(offered.values())),
    )
