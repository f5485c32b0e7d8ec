"""Opening a tenant: the headquarters insert its row; a job in its own scope makes keys and first invitation."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select

from network.accounts import tokens
from network.accounts.models import Invitation, Membership
from network.accounts.operations import tidying
from network.accounts.permissions import FIRST_ROLE
from network.accounts.queries import INVITATION_LIFETIME, get_tenant
from network.accounts.states import MembershipState
from network.audit.trail import record
from network.background.outbox import enqueue_for_new_tenant
from network.core import clock
from network.core.db import db
from network.core.errors import Forbidden
from network.tenants import operations as tenants
from network.tenants.context import TenantKind, acting
from network.tenants.keys import create_key
from network.tenants.models import StoredKey

CREATED = "tenant.created"


def open_tenant(**about: Any) -> UUID:
    """Insert a tenant (the keywords of ``tenants.operations.create_tenant``) and have it prepared.

    Returns its id. The token of its first invitation is ``first_invitation_token(id)``.
    """
    if acting().tenant_kind != "network":
        raise Forbidden
    tenant = tenants.create_tenant(**about)
    record("opened", "tenant", tenant.id)
    enqueue_for_new_tenant(CREATED, tenant.id)
    return tenant.id


def invite_first_again(tenant_id: UUID) -> UUID:
    """Have the first invitation of a tenant that nobody has joined made valid again; returns the tenant's id."""
    if acting().tenant_kind != "network":
        raise Forbidden
    record("invited", "tenant", get_tenant(tenant_id).id)
    enqueue_for_new_tenant(CREATED, tenant_id)
    return tenant_id


def first_invitation_token(tenant_id: UUID) -> str:
    """The token of a tenant's first invitation, which opens nothing once somebody has joined with it."""
    return tokens.invitation_token(tenant_id)


def prepare_tenant() -> None:
    """In the new tenant's own scope: make its key, and the first invitation. Again, it mends what is missing."""
    tenant = get_tenant(acting().tenant)
    if db.session.get(StoredKey, (tenant.id, tenant.id)) is None:
        create_key(tenant.id, tenant.id, "tenant")
        tidying.come_again()
    somebody = select(Membership.id).where(
        Membership.tenant_id == tenant.id, Membership.state == MembershipState.ACTIVE
    )
    if db.session.scalar(somebody) is None:
        _invite_first(tenant.id, FIRST_ROLE[cast(TenantKind, tenant.kind)])
        record("prepared", "tenant", tenant.id)
    db.session.flush()


def _invite_first(tenant_id: UUID, role: str) -> None:
    """The invitation has the tenant's own id, from which its token is made: no address is kept anywhere."""
    known = db.session.get(Invitation, tenant_id)
    if known is not None:
        known.expires_at = func.now() + INVITATION_LIFETIME
        return
    db.session.add(
        Invitation(
            id=tenant_id,
            token_hash=tokens.invitation_hash(first_invitation_token(tenant_id)),
            tenant_id=tenant_id,
            roles=[role],
            created_at=clock.now(),
            expires_at=func.now() + INVITATION_LIFETIME,
        )
    )
