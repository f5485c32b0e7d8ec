"""Data keys: one a tenant, one a client, wrapped by the master key that lies outside the database."""

from __future__ import annotations

from uuid import UUID

from flask import current_app
from sqlalchemy import delete, select

from network.core import clock, crypto
from network.core.crypto import DataKey
from network.core.db import db
from network.core.errors import NotFound
from network.core.settings import Settings
from network.tenants.models import StoredKey

TOKENS = "name and number tokens"


def settings() -> Settings:
    """The settings of the running application."""
    held: Settings = current_app.extensions["network_settings"]
    return held


def create_key(tenant_id: UUID, key_id: UUID, purpose: str) -> DataKey:
    """Make and store a new key; its id is that of the tenant or client it belongs to."""
    key = DataKey(key_id, crypto.new_secret())
    db.session.add(
        StoredKey(
            tenant_id=tenant_id,
            id=key_id,
            purpose=purpose,
            wrapped=crypto.wrap(settings().master_key, key, tenant_id),
            created_at=clock.now(),
        )
    )
    db.session.flush()
    _remembered()[(tenant_id, key_id)] = key
    return key


def tenant_key(tenant_id: UUID) -> DataKey:
    """The tenant's own key; raises ``NotFound`` once it was destroyed."""
    return key_of(tenant_id, tenant_id)


def client_key(tenant_id: UUID, client_id: UUID) -> DataKey:
    """The client's key: her card, cases, notes and attachments; raises ``NotFound`` once she was erased."""
    return key_of(tenant_id, client_id)


def key_of(tenant_id: UUID, key_id: UUID) -> DataKey:
    """The key of this id; raises ``NotFound`` if it is not the tenant's or was destroyed."""
    known = _remembered().get((tenant_id, key_id))
    return known or keys_of(tenant_id, [key_id])[key_id]


def keys_of(tenant_id: UUID, key_ids: list[UUID]) -> dict[UUID, DataKey]:
    """Several keys with one query; raises ``NotFound`` if one is missing."""
    known = _remembered()
    wanted = {key_id for key_id in key_ids if (tenant_id, key_id) not in known}
    if wanted:
        rows = db.session.execute(
            select(StoredKey.id, StoredKey.wrapped).where(
                StoredKey.tenant_id == tenant_id, StoredKey.id.in_(wanted)
            )
        )
        for key_id, wrapped in rows:
            known[(tenant_id, key_id)] = crypto.unwrap(settings().master_key, key_id, tenant_id, wrapped)
    try:
        return {key_id: known[(tenant_id, key_id)] for key_id in key_ids}
    except KeyError as error:
        raise NotFound("the key was destroyed") from error


def unwrap_key(tenant_id: UUID, key_id: UUID, wrapped: bytes) -> DataKey:
    """The key in the clear, from a row that was read with others; later reads of this session find it."""
    key = crypto.unwrap(settings().master_key, key_id, tenant_id, wrapped)
    _remembered()[(tenant_id, key_id)] = key
    return key


def token_secret(tenant_id: UUID) -> bytes:
    """The tenant's secret for search tokens."""
    return crypto.derive(tenant_key(tenant_id).secret, TOKENS)


def destroy_key(tenant_id: UUID, key_id: UUID) -> None:
    """Delete a key: what it sealed can be read by nobody any more."""
    db.session.execute(delete(StoredKey).where(StoredKey.tenant_id == tenant_id, StoredKey.id == key_id))
    _remembered().pop((tenant_id, key_id), None)


def _remembered() -> dict[tuple[UUID, UUID], DataKey]:
    """Keys unwrapped in this session; they go with it."""
    held: dict[tuple[UUID, UUID], DataKey] = db.session().info.setdefault("data_keys", {})
    return held
