"""Who a session belongs to. Every request asks it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select, update

from network.accounts import tokens
from network.accounts.models import Membership, Session
from network.accounts.permissions import permissions_of
from network.accounts.queries.staff import SEALED_AS
from network.accounts.states import MembershipState
from network.core import crypto
from network.core.db import db, unit_of_work
from network.tenants.context import Identity, acting, gate_identity, scope
from network.tenants.keys import unwrap_key
from network.tenants.models import StoredKey, Tenant

IDLE_LIMIT = timedelta(minutes=45)
ABSOLUTE_LIMIT = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)


@dataclass(frozen=True)
class OpenSession:
    """What a session's token leads to, before anything of the tenant was read."""

    id: UUID
    account_id: UUID
    tenant_id: UUID
    tenant_kind: str
    locked: bool


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


_OPEN_SESSION = _open_session()
_WHO_ACTS = _who_acts()


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
