"""Opening and closing the sealed part of a row, under the key of the client whom it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol
from uuid import UUID

from network.cases.models import Client
from network.core import crypto
from network.tenants import keys


class Sealed(Protocol):
    """Any row of the cases floor that has a sealed part."""

    @property
    def __tablename__(self) -> str: ...
    @property
    def tenant_id(self) -> Any: ...
    @property
    def id(self) -> Any: ...
    @property
    def sealed(self) -> Any: ...


def key_id_of(row: Sealed) -> UUID:
    """Whose key seals the row: the client's; the tenant's own where the row is about no client."""
    is_client = row.__tablename__ == Client.__tablename__
    key_id: UUID | None = row.id if is_client else getattr(row, "client_id", None)
    return key_id or row.tenant_id


def sealed(row: Sealed, data: Mapping[str, Any]) -> bytes:
    """The envelope of ``data`` for this row, whose ids are set already."""
    key = keys.key_of(row.tenant_id, key_id_of(row))
    return crypto.seal(key, row.__tablename__, row.tenant_id, row.id, dict(data))


def opened(row: Sealed) -> dict[str, Any]:
    """What the row holds sealed."""
    key = keys.key_of(row.tenant_id, key_id_of(row))
    return crypto.unseal(key, row.__tablename__, row.tenant_id, row.id, row.sealed)


def fetch_keys(rows: Iterable[Sealed]) -> None:
    """Fetch the keys of many rows at once, so that opening each asks the database nothing more."""
    wanted: dict[UUID, list[UUID]] = {}
    for row in rows:
        wanted.setdefault(row.tenant_id, []).append(key_id_of(row))
    for tenant_id, key_ids in wanted.items():
        keys.keys_of(tenant_id, key_ids)
