"""Reads: who a session belongs to, what an account finds at the gate, and the staff of a tenant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from network.accounts import tokens
from network.accounts.models import Account, Invitation, Membership, Session
from network.accounts.permissions import Permission, permissions_of, roles_with
from network.accounts.states import MembershipState
from network.core import crypto
from network.core.db import db, unit_of_work
from network.core.errors import NotAuthenticated, NotFound
from network.tenants.context import Identity, acting, gate_identity, scope
from network.tenants.keys import tenant_key, unwrap_key
from network.tenants.models import StoredKey, Tenant

IDLE_LIMIT = timedelta(minutes=45)
ABSOLUTE_LIMIT = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)
INVITATION_LIFETIME = timedelta(days=7)
RESET_LIFETIME = timedelta(days=1)
SEALED_AS = "membership"


@dataclass(frozen=True)
class OpenSession:
    """What a session's token leads to, before anything of the tenant was read."""

    id: UUID
    account_id: UUID
    tenant_id: UUID
    tenant_kind: str
    locked: bool


@dataclass(frozen=True)
class StaffMember:
    """A person of the tenant, in the clear: for the tenant's own staff page."""

    id: UUID
    account_id: UUID | None
    name: str
    email: str
    roles: list[str]
    state: str
    language: str
    languages: list[str]
    version: int
    created_at: datetime
    successor_id: UUID | None


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


# Every request asks these two: they are built once, of columns alone.
def _open_session() -> Select[Any]:
    held = Session.__table__.c
    untouched = (held.last_seen_at < func.now() - TOUCH_AFTER).label("untouched")
    columns = (held.id, held.account_id, held.tenant_id, held.tenant_kind, held.locked_at, untouched)
    return select(*columns).where(held.token_hash == bindparam("token_hash"), is_live())


def _who_acts() -> Select[Any]:
    member, tenant, key = Membership.__table__.c, Tenant.__table__.c, StoredKey.__table__.c
    return select(
        member.id,
        member.roles,
        member.language,
        member.sealed,
        tenant.name,
        tenant.country,
        tenant.time_zone,
        key.wrapped,
    ).where(
        member.tenant_id == bindparam("tenant"),
        member.account_id == bindparam("account"),
        member.state == MembershipState.ACTIVE.value,
        tenant.id == member.tenant_id,
        tenant.status == "live",
        key.tenant_id == member.tenant_id,
        key.id == member.tenant_id,
    )


def find_session(token: str) -> OpenSession | None:
    """The live session of this token, its idle time started anew; None if there is none or it has ended."""
    hashed = tokens.session_hash(token)
    with scope(gate_identity(hashed)):
        # One row and no object: every request asks for it, and needs no session of the ORM to be made for that.
        with db.engine.connect() as gate:
            row = gate.execute(_OPEN_SESSION, {"token_hash": hashed}).first()
        if row is None:
            return None
        if row.untouched:
            _touch(hashed)
        return OpenSession(row.id, row.account_id, row.tenant_id, row.tenant_kind, row.locked_at is not None)


def is_live() -> ColumnElement[bool]:
    """That a session has neither ended nor been idle too long, by the database's clock."""
    held = Session.__table__.c
    return (
        held.revoked_at.is_(None)
        & (held.expires_at > func.now())
        & (held.last_seen_at > func.now() - IDLE_LIMIT)
    )


def _colleagues() -> Select[Any]:
    member = Membership.__table__.c
    return select(member.account_id, member.id, member.sealed).where(
        member.tenant_id == bindparam("tenant"),
        member.account_id == func.any(bindparam("accounts", type_=ARRAY(Uuid()))),
    )


_OPEN_SESSION = _open_session()
_WHO_ACTS = _who_acts()
_COLLEAGUES = _colleagues()


def _touch(hashed: str) -> None:
    with unit_of_work():
        db.session.execute(
            update(Session)
            .where(Session.token_hash == hashed)
            .values(last_seen_at=func.now())
            .execution_options(synchronize_session=False)
        )


def find_identity() -> Identity | None:
    """The whole identity of who acts, her roles read anew; None if she no longer works for this tenant."""
    provisional = acting()
    row = db.session.execute(
        _WHO_ACTS, {"tenant": provisional.tenant, "account": provisional.account}
    ).first()
    if row is None:
        return None
    key = unwrap_key(provisional.tenant, provisional.tenant, row.wrapped)
    name = crypto.unseal(key, SEALED_AS, provisional.tenant, row.id, row.sealed)["name"]
    return replace(
        provisional,
        roles=frozenset(row.roles),
        permissions=permissions_of(row.roles, provisional.tenant_kind),
        tenant_name=row.name,
        country=row.country,
        display_name=name,
        language=row.language,
        time_zone=row.time_zone,
    )


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


def get_membership(membership_id: UUID, *, lock: bool = False) -> Membership:
    """A membership of the acting tenant; raises ``NotFound``."""
    statement = select(Membership).where(
        Membership.tenant_id == acting().tenant, Membership.id == membership_id
    )
    found = db.session.scalars(statement.with_for_update() if lock else statement).first()
    if found is None:
        raise NotFound
    return found


def get_own_membership() -> Membership:
    """The membership of who acts; raises ``NotFound``."""
    found = db.session.scalars(
        select(Membership).where(
            Membership.tenant_id == acting().tenant, Membership.account_id == acting().account
        )
    ).first()
    if found is None:
        raise NotFound
    return found


def get_own_account() -> Account:
    """The account of who acts; raises ``NotFound``."""
    found = db.session.scalars(select(Account).where(Account.id == acting().account)).first()
    if found is None:
        raise NotFound
    return found


def list_staff(*, active_only: bool = False) -> list[StaffMember]:
    """The staff of the acting tenant, by name. A tenant's staff is few: the list is whole."""
    statement = select(Membership).where(Membership.tenant_id == acting().tenant)
    if active_only:
        statement = statement.where(Membership.state == MembershipState.ACTIVE)
    return sorted(map(in_the_clear, db.session.scalars(statement)), key=lambda one: one.name.casefold())


def list_able(permission: Permission) -> list[StaffMember]:
    """Who works in the acting tenant with a role that allows this, by name."""
    able = set(roles_with(permission))
    return [one for one in list_staff(active_only=True) if able & set(one.roles)]


def at_work(*, lock: bool = False) -> set[UUID]:
    """The accounts of the acting tenant that work with clients. With ``lock``, nobody leaves or changes roles
    before this unit of work has ended: of two who are shut out at once, the second is seen to be the last.
    """
    member = Membership.__table__.c
    statement = (
        select(member.account_id, member.roles)
        .where(member.tenant_id == acting().tenant, member.state == MembershipState.ACTIVE.value)
        .order_by(member.id)
    )
    able = set(roles_with(Permission.CLIENT_EDIT))
    found = db.session.execute(statement.with_for_update() if lock else statement)
    return {row.account_id for row in found if able & set(row.roles)}


def stay_at_work() -> None:
    """Whoever acts is not shut out before this unit of work has ended; raises ``NotAuthenticated`` if she was."""
    identity = acting()
    if identity.kind != "staff":
        return
    member = Membership.__table__.c
    mine = select(member.state).where(
        member.tenant_id == identity.tenant, member.account_id == identity.account
    )
    if db.session.scalar(mine.with_for_update(read=True)) == MembershipState.INACTIVE:
        raise NotAuthenticated


def get_staff_member(membership_id: UUID) -> StaffMember:
    """One person of the acting tenant; raises ``NotFound``."""
    return in_the_clear(get_membership(membership_id))


def in_the_clear(membership: Membership) -> StaffMember:
    """The membership with its name and e-mail address unsealed."""
    opened = crypto.unseal(
        tenant_key(membership.tenant_id), SEALED_AS, membership.tenant_id, membership.id, membership.sealed
    )
    return StaffMember(
        membership.id,
        membership.account_id,
        opened["name"],
        opened["email"],
        list(membership.roles),
        membership.state,
        membership.language,
        list(membership.languages),
        membership.version,
        membership.created_at,
        membership.successor_id,
    )


def names_of(account_ids: set[UUID]) -> dict[UUID, str]:
    """The names of colleagues of the acting tenant, by account; whoever is not of this tenant is left out."""
    if not account_ids:
        return {}
    tenant_id = acting().tenant
    found = db.session.execute(_COLLEAGUES, {"tenant": tenant_id, "accounts": list(account_ids)}).all()
    key = tenant_key(tenant_id)
    return {
        account_id: crypto.unseal(key, SEALED_AS, tenant_id, membership_id, sealed)["name"]
        for account_id, membership_id, sealed in found
    }


def names_of_members(membership_ids: set[UUID]) -> dict[UUID, str]:
    """The names of people of the acting tenant, by membership: of those too who have not joined, or left."""
    if not membership_ids:
        return {}
    found = db.session.scalars(
        select(Membership).where(
            Membership.tenant_id == acting().tenant, Membership.id.in_(sorted(membership_ids))
        )
    )
    return {one.id: one.name for one in map(in_the_clear, found)}


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
