"""The wall: every transaction carries the signed context that the row-level security policies check.

The context is set in the engine's ``begin`` event, so that Core and ORM both get it, and only for the
transaction, so that a pooled connection cannot leak it. It is signed, so that injected SQL cannot choose
another tenant: the key lies in a schema that the application's role cannot read.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass

from flask import g, has_app_context
from sqlalchemy import Connection, Engine, event, text

from network.core.db import db
from network.tenants import context
from network.tenants.context import Identity

CONTEXT_SECONDS = 900
SET_CONTEXT = "SELECT set_config('network.context', %s, true), set_config('network.roles', %s, true)"
KEY_ID = "1"
_BLOCK_BYTES = 64


@dataclass(frozen=True)
class ContextSigner:
    """Signs contexts with the key that the database's own function checks."""

    key: bytes

    def sign(self, identity: Identity | None) -> str:
        """``key id | kind | tenant | account | subject | expiry | MAC``; empty where nobody acts."""
        if identity is None:
            return ""
        body = "|".join(
            (
                KEY_ID,
                identity.kind,
                str(identity.tenant_id or ""),
                str(identity.account_id or ""),
                _subject(identity),
                str(int(time.time()) + CONTEXT_SECONDS),
            )
        )
        return f"{body}|{hmac.new(self.key, body.encode(), hashlib.sha256).hexdigest()}"

    def pads(self) -> tuple[bytes, bytes]:
        """The key as HMAC's inner and outer pads (RFC 2104), which is what the database keeps."""
        block = self.key.ljust(_BLOCK_BYTES, b"\0")
        return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def _subject(identity: Identity) -> str:
    """The one row a gate, link or client context may see; for staff and jobs, the kind of their tenant."""
    if identity.kind in ("staff", "job"):
        return identity.tenant_kind or ""
    return identity.subject or ""


def isolate(engine: Engine, signer: ContextSigner) -> None:
    """Make every transaction of this engine begin by stating who acts."""

    @event.listens_for(engine, "begin")
    def state_context(connection: Connection) -> None:
        identity = context.find_acting() if has_app_context() else None
        _set(connection, signer.sign(identity), identity)


def roles_of(identity: Identity | None) -> str:
    """The roles as a transaction states them."""
    return ",".join(sorted(identity.roles)) if identity else ""


def enter_in_transaction(identity: Identity, signer: ContextSigner) -> None:
    """Enter a tenant's scope once, inside a transaction that had none: so the worker serves a row."""
    if context.find_acting() is not None:
        raise RuntimeError("the transaction already acts for somebody")
    g.acting = identity
    _set(db.session.connection(), signer.sign(identity), identity)


def state_again(connection: Connection, signer: ContextSigner) -> None:
    """State once more who acts, in the same transaction: a long one outlives the expiry of its context."""
    identity = context.find_acting()
    _set(connection, signer.sign(identity), identity)


def install_context_key(connection: Connection, signer: ContextSigner) -> None:
    """Store the pads of the signing key where only the checking function may read them. Runs as the owner."""
    inner, outer = signer.pads()
    connection.execute(
        text(
            "INSERT INTO network_private.context_key (id, inner_pad, outer_pad) VALUES (:id, :inner, :outer) "
            "ON CONFLICT (id) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
        ),
        {"id": KEY_ID, "inner": inner, "outer": outer},
    )


def _set(connection: Connection, signed: str, identity: Identity | None) -> None:
    """The roles are unsigned: no policy reads them, the history of listings tells them."""
    connection.exec_driver_sql(SET_CONTEXT, (signed, roles_of(identity)))
