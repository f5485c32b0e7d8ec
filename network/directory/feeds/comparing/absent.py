"""What a newer feed of a source no longer holds, told before anything is carried out.

A feed says nothing of kinds of rows of which it holds none: a file of services alone leaves organizations as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, select, update

from network.core.db import db
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.sources.remembered import BATCH
from network.directory.models import ListingImport, ListingSource
from network.tenants.context import acting


@dataclass(frozen=True, slots=True)
class Absent:
    """A row that came before and is not in the feed."""

    source_id: UUID
    entity: str
    foreign_id: str
    entity_id: UUID


def held_of(planned: Iterable[Planned]) -> list[str]:
    """The kinds of rows of which a feed holds any."""
    return sorted({one.row.entity for one in planned if one.row.line and one.row.entity in ENTITIES})


def absent_from(source: str, planned: Sequence[Planned]) -> list[Absent]:
    """The rows of this source that came before, stand here as ours, and are not in this feed."""
    there = {(one.row.entity, one.row.foreign_id) for one in planned}
    targets = {one.target for one in planned}
    rows = db.session.execute(
        select(ListingSource.id, ListingSource.entity, ListingSource.foreign_id, ListingSource.entity_id)
        .where(ListingSource.tenant_id == acting().tenant, ListingSource.source == source)
        .where(ListingSource.entity.in_(held_of(planned)))
        .order_by(ListingSource.entity, ListingSource.id)
    )
    gone = [Absent(*row) for row in rows if (row[1], row[2]) not in there and row[3] not in targets]
    by_entity: dict[str, list[UUID]] = defaultdict(list)
    for one in gone:
        by_entity[one.entity].append(one.entity_id)
    stand = {(entity, one) for entity, ids in by_entity.items() for one in _standing(entity, ids)}
    return [one for one in gone if (one.entity, one.entity_id) in stand]


def _standing(entity: str, ids: Sequence[UUID]) -> Iterable[UUID]:
    columns = ENTITIES[entity].model.__table__.c
    for start in range(0, len(ids), BATCH):
        asked = select(columns.id).where(
            columns.id == any_(literal(list(ids[start : start + BATCH]), ARRAY(Uuid)))
        )
        asked = asked.where(columns.steward_tenant_id == acting().tenant)
        for name in ("removed_at", "merged_into_id"):
            if name in columns:
                asked = asked.where(columns[name].is_(None))
        yield from db.session.scalars(asked)


def note_absent(one: ListingImport, gone: Sequence[Absent], held: Sequence[str]) -> None:
    """Keep with an import which rows its file does not hold, and count them in its totals; ``held``: as ``held_of``."""
    for start in range(0, len(gone), BATCH):
        ids = [each.source_id for each in gone[start : start + BATCH]]
        db.session.execute(
            update(ListingSource)
            .where(ListingSource.tenant_id == one.tenant_id, ListingSource.id.in_(ids))
            .values(absent_from=one.id)
        )
    counted = dict(Counter(each.entity for each in gone))
    one.totals = one.totals | {"missing": counted, "held": [*held]}
