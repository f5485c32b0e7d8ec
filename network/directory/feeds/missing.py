"""What a newer feed of a source no longer holds: reported and kept, until its steward says whether it is still there.

A feed says nothing of kinds of rows of which it holds none: a file of services alone leaves organizations as they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, and_, any_, exists, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.planned import Planned
from network.directory.feeds.remembered import BATCH
from network.directory.models import ListingImport, ListingSource, Location, Organization, Service
from network.directory.operations import remove
from network.tenants.context import acting
from network.web.paging import Page, page_of

ASKED: Final = ("organization", "service", "location")
PAGE: Final = 30
_MODELS: Final[Mapping[str, Any]] = {"organization": Organization, "service": Service, "location": Location}


@dataclass(frozen=True, slots=True)
class Absent:
    """A row that came before and is not in the feed."""

    source_id: UUID
    entity: str
    foreign_id: str
    entity_id: UUID


@dataclass(frozen=True, slots=True)
class Missing:
    """A listing that a source no longer holds. ``name`` is empty for a confidential place."""

    source_id: UUID
    entity: str
    entity_id: UUID
    name: str
    source: str
    since: datetime | None


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


def settle_absent(one: ListingImport) -> None:
    """Carried out: from now on these are missing, and those that came again are not.

    A listing that another source still holds is not asked after.
    """
    other = aliased(ListingSource)
    elsewhere = exists().where(
        other.tenant_id == ListingSource.tenant_id,
        other.entity_id == ListingSource.entity_id,
        other.id != ListingSource.id,
        other.missing_at.is_(None),
        other.absent_from.is_distinct_from(one.id),
    )
    of_source = (ListingSource.tenant_id == one.tenant_id, ListingSource.source == one.source)
    db.session.execute(
        update(ListingSource)
        .where(
            *of_source, ListingSource.absent_from == one.id, ListingSource.missing_at.is_(None), ~elsewhere
        )
        .values(missing_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(ListingSource)
        .where(*of_source, ListingSource.entity.in_(one.totals.get("held", ())))
        .where(ListingSource.missing_at.is_not(None), ListingSource.absent_from.is_distinct_from(one.id))
        .values(missing_at=None, missing_answered_at=None)
        .execution_options(synchronize_session=False)
    )


def _named(*where: Any) -> Select[Any]:
    """Rows of sources with the listing that each is, where that stands and is still ours."""
    asked: Any = select(
        ListingSource.id,
        ListingSource.entity,
        ListingSource.entity_id,
        func.coalesce(Service.name, Organization.name, Location.name, Location.town, ""),
        ListingSource.source,
        ListingSource.missing_at,
    )
    for kind, model in _MODELS.items():
        asked = asked.outerjoin(
            model, and_(ListingSource.entity == kind, model.id == ListingSource.entity_id)
        )
        ours = (model.steward_tenant_id == acting().tenant, model.removed_at.is_(None))
        asked = asked.where(or_(model.id.is_(None), and_(*ours, model.merged_into_id.is_(None))))
    found: Select[Any] = asked.where(
        ListingSource.tenant_id == acting().tenant,
        ListingSource.entity.in_(ASKED),
        *where,
    )
    return found


def list_missing(cursor: str | None = None) -> Page[Missing]:
    """Listings of ours to be asked after, those that have been missing longest first."""
    asked = _named(ListingSource.missing_at.is_not(None), ListingSource.missing_answered_at.is_(None))
    return page_of(
        asked,
        (ListingSource.missing_at, ListingSource.id),
        name="missing",
        cursor=cursor,
        size=PAGE,
        descending=False,
        make=lambda row: Missing(*row),
    )


def get_missing(source_id: UUID) -> Missing:
    """A listing of ours that its source no longer holds. Raises NotFound."""
    row = db.session.execute(
        _named(ListingSource.id == source_id, ListingSource.missing_at.is_not(None))
    ).one_or_none()
    if row is None:
        raise NotFound
    return Missing(*row)


def list_absent(one: ListingImport, most: int = PAGE) -> list[Missing]:
    """Of the listings that the file of an import does not hold, the first by their names."""
    asked = _named(ListingSource.absent_from == one.id, ListingSource.source == one.source)
    rows = db.session.execute(asked.order_by(ListingSource.entity, ListingSource.id).limit(most))
    return [Missing(*row) for row in rows]


def answer_missing(source_id: UUID, *, still_there: bool) -> UUID:
    """Keep a listing that its source no longer holds, or take it off the list; returns the listing."""
    one = db.session.get(ListingSource, (acting().tenant, source_id))
    if one is None or one.missing_at is None or one.entity not in ASKED:
        raise NotFound
    one.missing_answered_at = clock.now()
    db.session.flush()
    if still_there:
        record("listing.still_there", one.entity, one.entity_id)
    elif db.session.get_one(_MODELS[one.entity], one.entity_id).removed_at is None:
        remove(one.entity, one.entity_id)
    return one.entity_id
