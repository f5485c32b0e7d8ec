"""What is remembered of a source, and the rows of the directory as they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Uuid, any_, literal, null, select

from network.core.crypto import unseal
from network.core.db import Base, db
from network.directory.models import ListingSource, LocationPrivate
from network.tenants.context import acting
from network.tenants.keys import tenant_key

BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a row of a source."""

    source_id: UUID
    entity_id: UUID
    digest: bytes
    sealed: bytes | None

    def before(self) -> dict[str, Any]:
        """The values that the source said last."""
        if self.sealed is None:
            return {}
        tenant = acting().tenant
        return unseal(tenant_key(tenant), "listing_source", tenant, self.source_id, self.sealed)


def digest(values: Mapping[str, Any]) -> bytes:
    """Of the values of a row, as they are kept."""
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def known_of(
    source: str, entity: str | None = None, foreign_ids: Collection[str] | None = None
) -> dict[tuple[str, str], Known]:
    """The rows of a source that were imported before, by entity and foreign id; of all of them not what they said."""
    sealed = ListingSource.sealed if entity is not None else null()
    asked = select(
        ListingSource.entity, ListingSource.foreign_id, ListingSource.id, ListingSource.entity_id,
        ListingSource.digest, sealed,
    ).where(ListingSource.tenant_id == acting().tenant, ListingSource.source == source)  # fmt: skip
    if entity is not None:
        asked = asked.where(ListingSource.entity == entity, ListingSource.foreign_id.in_(foreign_ids or ()))
    return {(one[0], one[1]): Known(*one[2:]) for one in db.session.execute(asked)}


def said_before(known: Collection[Known]) -> dict[UUID, dict[str, Any]]:
    """The values that the source said last of some rows, by their ids in ``listing_source``."""
    tenant = acting().tenant
    ids = [one.source_id for one in known]
    rows = db.session.execute(
        select(ListingSource.id, ListingSource.sealed).where(
            ListingSource.tenant_id == tenant, ListingSource.id == any_(literal(ids, ARRAY(Uuid)))
        )
    )
    key = tenant_key(tenant)
    return {one: unseal(key, "listing_source", tenant, one, sealed) if sealed else {} for one, sealed in rows}


def current_rows(
    model: type[Base], ids: Collection[UUID], names: Collection[str] = ()
) -> dict[UUID, dict[str, Any]]:
    """Rows as they stand, by id; of each only the columns of these names that there are, if any are named."""
    columns = [one for one in model.__table__.c if not names or one.name in ("id", *names)]
    found: dict[UUID, dict[str, Any]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), BATCH):
        some = literal(wanted[start : start + BATCH], ARRAY(Uuid))
        rows = db.session.execute(select(*columns).where(model.__table__.c.id == any_(some))).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return found


def private_values(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What is kept to ourselves of confidential places of ours."""
    tenant = acting().tenant
    rows = db.session.execute(
        select(LocationPrivate.id, LocationPrivate.sealed).where(
            LocationPrivate.tenant_id == tenant, LocationPrivate.id.in_(list(ids))
        )
    )
    return {one: unseal(tenant_key(tenant), "location_private", tenant, one, sealed) for one, sealed in rows}
