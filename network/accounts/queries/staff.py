"""The staff of a tenant: who works there, as what, and under which name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.accounts.models import Account, Membership
from network.accounts.permissions import Permission, roles_with
from network.accounts.states import MembershipState
from network.core import crypto
from network.core.db import db
from network.core.errors import NotAuthenticated, NotFound
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.tenants.rows import get_own

SEALED_AS = "membership"


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


def _colleagues() -> Select[Any]:
    member = Membership.__table__.c
    return select(member.account_id, member.id, member.sealed).where(
        member.tenant_id == bindparam("tenant"),
        member.account_id == func.any(bindparam("accounts", type_=ARRAY(Uuid()))),
    )


_COLLEAGUES = _colleagues()


def get_membership(membership_id: UUID, *, lock: bool = False) -> Membership:
    """A membership of the acting tenant, with ``lock`` as it stands once it is ours; raises ``NotFound``."""
    return get_own(Membership, membership_id, lock=lock)


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
