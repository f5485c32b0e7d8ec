"""Who acts, for which tenant, during one request, job or command.

The identity lives in ``flask.g`` of the current application context: a bare context variable keeps the
previous request's tenant on threaded servers. A scope starts and ends with a fresh session, because a
second scope in one transaction would still see the first tenant's rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from flask import g

from network.core.db import db, in_unit_of_work
from network.core.errors import NotAuthenticated

Kind = Literal["staff", "job", "gate", "link", "client"]
TenantKind = Literal["centre", "partner", "network"]


@dataclass(frozen=True)
class Identity:
    """Who acts: a frozen copy, never a database object.

    ``kind`` is staff (signed in), job (the platform's own work for one tenant), gate (nobody yet: may see
    the one row whose keyed hash is ``subject``), link (a partner without an account) or client.
    """

    kind: Kind
    tenant_id: UUID | None = None
    account_id: UUID | None = None
    subject: str | None = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    tenant_kind: TenantKind | None = None
    tenant_name: str = ""
    display_name: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    country: str = ""
    session_id: UUID | None = field(default=None, compare=False)

    @property
    def tenant(self) -> UUID:
        """The tenant acted for; raises ``NotAuthenticated`` where there is none."""
        if self.tenant_id is None:
            raise NotAuthenticated
        return self.tenant_id

    @property
    def account(self) -> UUID:
        """The account acting; raises ``NotAuthenticated`` where there is none."""
        if self.account_id is None:
            raise NotAuthenticated
        return self.account_id


def job_identity(tenant_id: UUID, tenant_kind: TenantKind | None = None) -> Identity:
    """The platform's own work for one tenant; with kind ``network``, for what the headquarters steward."""
    return Identity(kind="job", tenant_id=tenant_id, tenant_kind=tenant_kind)


def gate_identity(subject: str) -> Identity:
    """Nobody yet: sees the one gate row that carries this keyed hash (hex)."""
    return Identity(kind="gate", subject=subject)


def find_acting() -> Identity | None:
    """Who acts in this application context, or None."""
    identity: Identity | None = g.get("acting")
    return identity


def acting() -> Identity:
    """Who acts in this application context; raises ``NotAuthenticated`` if nobody does."""
    identity = find_acting()
    if identity is None:
        raise NotAuthenticated
    return identity


@contextmanager
def scope(identity: Identity) -> Iterator[Identity]:
    """Act as ``identity`` inside the block: a fresh session on entering and on leaving."""
    if in_unit_of_work():
        raise RuntimeError("a scope is entered before the unit of work, never inside it")
    before = find_acting()
    db.session.remove()
    g.acting = identity
    try:
        yield identity
    finally:
        db.session.remove()
        g.acting = before


def enter_scope(identity: Identity) -> None:
    """Act as ``identity`` until the request ends; the guard of a route calls this."""
    if in_unit_of_work():
        raise RuntimeError("a scope is entered before the unit of work, never inside it")
    db.session.remove()
    g.acting = identity


def complete_identity(identity: Identity) -> None:
    """Say more about who acts already: her name, roles and permissions. Whom she acts for stays the same."""
    known = acting()
    same = (known.kind, known.tenant_id, known.account_id, known.tenant_kind, known.subject) == (
        identity.kind,
        identity.tenant_id,
        identity.account_id,
        identity.tenant_kind,
        identity.subject,
    )
    if not same:
        raise RuntimeError("another identity needs a scope of its own")
    g.acting = identity
