"""What was listed and is no longer: removed, merged, withdrawn, or no longer public; nothing of it but its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, not_, null, select, union
from sqlalchemy.orm import InstrumentedAttribute

from network.directory.hsds import standing, writing
from network.directory.hsds.asking import Wanted
from network.directory.hsds.nesting import Made
from network.directory.hsds.standing import Reader, Row, among, every
from network.directory.models import (
    ListingWithdrawal,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
)

# What leaves a tombstone, and what it is part of.
PARTS: Final[Mapping[str, tuple[Any, ...]]] = {
    "service": (Service, Organization),
    "organization": (Organization,),
    "service_at_location": (ServiceAtLocation, Service, Organization, Location),
}


@dataclass(frozen=True, slots=True)
class Gone:
    """A listing that was told and is no longer listed. ``survivor_id``: the one that took it in."""

    survivor_id: UUID | None


def find(reader: Reader, entity: str, record_id: UUID) -> Gone | None:
    """Where a listing went that is not told any more; None where who asks was never told of it."""
    row = next(iter(_ended(reader, entity, [record_id])), None)
    return None if row is None else Gone(_survivors(reader, entity, [row]).get(record_id))


def tombstones(reader: Reader, entity: str, ids: Sequence[UUID]) -> dict[UUID, Made]:
    """That these are gone, and why."""
    rows = _ended(reader, entity, ids)
    survivors = _survivors(reader, entity, rows)
    return {row["id"]: writing.tombstone(entity, row, survivor=survivors.get(row["id"])) for row in rows}


def with_withdrawn(reader: Reader, entity: str, wanted: Wanted, changed: Select[Any]) -> Select[Any]:
    """What changed, and for strangers what was public and is so no longer."""
    if not (wanted.for_a_copy and reader.public):
        return changed
    withdrawn = _withdrawn(entity).where(ListingWithdrawal.withdrawn_at >= wanted.modified_after)
    if wanted.organization_id is not None:
        withdrawn = withdrawn.where(ListingWithdrawal.organization_id == wanted.organization_id)
    either = union(changed.order_by(None), withdrawn).subquery("changed")
    return select(either.c.id).order_by(either.c.id)


def _withdrawn(entity: str) -> Select[Any]:
    """The ids of what was public and is not."""
    model = PARTS[entity][0]
    public = [part.visibility == "public" for part in PARTS[entity] if part is not ServiceAtLocation]
    still = (
        exists().select_from(standing.joined(model)).where(model.id == ListingWithdrawal.entity_id, *public)
    )
    return select(ListingWithdrawal.entity_id.label("id")).where(
        ListingWithdrawal.entity == entity, not_(still.correlate(ListingWithdrawal))
    )


def _ended(reader: Reader, entity: str, ids: Sequence[UUID]) -> Sequence[Row]:
    """Those of these that are gone, if they could be told before."""
    parts = PARTS[entity]
    model = parts[0]
    merged = null() if model is ServiceAtLocation else model.merged_into_id
    statement = (
        select(
            model.id,
            func.coalesce(*(part.removed_at for part in parts)).label("removed_at"),
            merged.label("merged_into_id"),
            func.greatest(*(part.modified_at for part in parts)).label("modified_at"),
        )
        .select_from(standing.joined(model))
        .where(among(model.id, ids), standing.is_gone(*parts))
    )
    if not reader.public:
        return reader.rows(statement)
    public = [part.visibility == "public" for part in parts if part is not ServiceAtLocation]
    hidden = _withdrawn(entity).where(among(ListingWithdrawal.entity_id, ids))
    latest = hidden.add_columns(
        null().label("removed_at"),
        null().label("merged_into_id"),
        func.max(ListingWithdrawal.withdrawn_at).label("modified_at"),
    ).group_by(ListingWithdrawal.entity_id)
    return [*reader.rows(statement.where(*public)), *reader.rows(latest)]


def _survivors(reader: Reader, entity: str, rows: Sequence[Row]) -> dict[UUID, UUID]:
    """Which listing took each of these in, where that may be told."""
    into = {row["id"]: row["merged_into_id"] for row in rows if row["merged_into_id"] is not None}
    if not into:
        return {}
    key: InstrumentedAttribute[Any] = Service.id if entity == "service" else Organization.id
    told = (
        standing.services_of(reader)
        if entity == "service"
        else every(Organization).where(*reader.listed(Organization))
    )
    found = {row["id"] for row in reader.rows(told.where(among(key, set(into.values()))))}
    return {one: survivor for one, survivor in into.items() if survivor in found}
