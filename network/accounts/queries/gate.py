"""What an account and an invitation find at the gate, and which organizations there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from network.accounts import tokens
from network.accounts.models import Account, Invitation, Membership
from network.accounts.states import MembershipState
from network.core.db import db
from network.core.errors import NotFound
from network.tenants.context import acting, gate_identity, scope
from network.tenants.models import Tenant

INVITATION_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(days=1)


@dataclass(frozen=True)
class OpenInvitation:
    """An invitation that can be used now. ``names_herself`` where it was made for nobody in particular."""

    id: UUID
    tenant_id: UUID
    login_hash: str | None
    roles: list[str]
    purpose: str

    @property
    def names_herself(self) -> bool:
        """Whether who accepts gives her own name and e-mail address."""
        return self.login_hash is None


def find_account_at_gate(login: str) -> Account | None:
    """The account of the login that the gate's context carries."""
    return db.session.scalars(select(Account).where(Account.login_hash == login)).first()


def list_workplaces_at_gate(login: str) -> list[UUID]:
    """The tenants in which the login at the gate is active, the oldest first."""
    return list(
        db.session.scalars(
            select(Membership.tenant_id)
            .where(Membership.login_hash == login, Membership.state == MembershipState.ACTIVE)
            .order_by(Membership.created_at)
        )
    )


def list_tenants_at_gate(login: str) -> list[UUID]:
    """Every tenant for which the login at the gate works, or worked once."""
    return list(
        db.session.scalars(
            select(Membership.tenant_id).where(
                Membership.login_hash == login, Membership.account_id.is_not(None)
            )
        )
    )


def find_invitation(token: str) -> OpenInvitation | None:
    """The invitation of this token if it can still be used; None otherwise, whatever the reason."""
    hashed = tokens.invitation_hash(token)
    with scope(gate_identity(hashed)):
        found = db.session.scalars(
            select(Invitation).where(
                Invitation.token_hash == hashed,
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
                Invitation.expires_at > func.now(),
            )
        ).first()
        if found is None:
            return None
        return OpenInvitation(found.id, found.tenant_id, found.login_hash, list(found.roles), found.purpose)


def get_tenant(tenant_id: UUID) -> Tenant:
    """The tenant; raises ``NotFound``."""
    tenant = db.session.get(Tenant, tenant_id)
    if tenant is None:
        raise NotFound
    return tenant


def list_tenants() -> list[Tenant]:
    """Every organization of the network, by country and name."""
    return list(db.session.scalars(select(Tenant).order_by(Tenant.country, Tenant.name)))


def find_open_invitation_of(membership_id: UUID) -> UUID | None:
    """The id of the invitation that this member can still use, or None."""
    return db.session.scalars(
        select(Invitation.id).where(
            Invitation.tenant_id == acting().tenant,
            Invitation.membership_id == membership_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > func.now(),
        )
    ).first()
