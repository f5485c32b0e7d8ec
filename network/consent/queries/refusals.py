"""Standing refusals, and what an organization is in their eyes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from network.cases.envelopes import opened
from network.cases.models import CaseNeed
from network.cases.states import NeedState
from network.consent.models import ConsentRefusal, RefusalLift
from network.consent.terms import Recipient, RefusalTerms
from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import Organization
from network.directory.queries import get_organization, recipient_classes_of
from network.tenants.context import acting
from network.tenants.models import Tenant


def get_refusal(refusal_id: UUID) -> ConsentRefusal:
    """A refusal; raises ``NotFound``."""
    found = db.session.scalars(
        select(ConsentRefusal).where(
            ConsentRefusal.tenant_id == acting().tenant, ConsentRefusal.id == refusal_id
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def live_refusals(client_id: UUID) -> tuple[RefusalTerms, ...]:
    """Her standing refusals, oldest first, with the purposes for which she lifted one and did not use it yet."""
    tenant_id = acting().tenant
    refusals = db.session.execute(
        select(
            ConsentRefusal.id,
            ConsentRefusal.recipient_class,
            ConsentRefusal.organization_id,
            ConsentRefusal.country,
            ConsentRefusal.created_at,
        )
        .where(
            ConsentRefusal.tenant_id == tenant_id,
            ConsentRefusal.client_id == client_id,
            ConsentRefusal.ended_at.is_(None),
        )
        .order_by(ConsentRefusal.created_at, ConsentRefusal.id)
    ).all()
    lifted: dict[UUID, set[str]] = {}
    for refusal_id, purpose in db.session.execute(
        select(RefusalLift.refusal_id, RefusalLift.purpose).where(
            RefusalLift.tenant_id == tenant_id,
            RefusalLift.client_id == client_id,
            RefusalLift.used_at.is_(None),
        )
    ):
        lifted.setdefault(refusal_id, set()).add(purpose)
    return tuple(
        RefusalTerms(
            row.id,
            row.recipient_class,
            row.organization_id,
            row.country,
            row.created_at,
            frozenset(lifted.get(row.id, ())),
        )
        for row in refusals
    )


def refused_persons(client_id: UUID) -> dict[UUID, str]:
    """The names of persons whom she refused, by refusal."""
    rows = db.session.scalars(
        select(ConsentRefusal).where(
            ConsentRefusal.tenant_id == acting().tenant,
            ConsentRefusal.client_id == client_id,
            ConsentRefusal.ended_at.is_(None),
            ConsentRefusal.sealed.is_not(None),
        )
    )
    return {row.id: opened(row).get("person", "") for row in rows}


def get_recipient(organization_id: UUID) -> Recipient:
    """An organization as the door sees it: its class, its tenant, and everybody behind it; raises ``NotFound``."""
    organization = get_organization(organization_id)
    tenant = db.session.execute(
        select(Tenant.id, Tenant.status).where(Tenant.organization_id == organization_id)
    ).first()
    return Recipient(
        organization_id=organization.id,
        class_code=organization.recipient_class,
        country=organization.country,
        bodies=recipient_classes_of(organization_id),
        tenant_id=tenant.id if tenant else None,
        suspended=tenant is not None and tenant.status != "live",
        name=organization.name,
    )


def organization_names(organization_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of organizations; one that is listed no more is left out."""
    if not organization_ids:
        return {}
    rows = db.session.execute(
        select(Organization.id, Organization.name).where(Organization.id.in_(organization_ids))
    )
    return {row.id: row.name for row in rows}


def has_need(client_id: UUID, need_code: str) -> bool:
    """Whether this need is recorded in any of her cases and was not withdrawn."""
    statement = select(CaseNeed.id).where(
        CaseNeed.tenant_id == acting().tenant,
        CaseNeed.client_id == client_id,
        CaseNeed.need_code == need_code,
        CaseNeed.state != NeedState.WITHDRAWN,
    )
    return db.session.scalars(statement.limit(1)).first() is not None
