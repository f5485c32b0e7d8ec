"""Listings that their source no longer holds: they are kept until their steward says whether they are still there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from network.audit.trail import record
from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.directory.models import ListingImport, ListingSource, Location, Organization, Service
from network.directory.operations import remove
from network.tenants.context import acting
from network.web.paging import Page, page_of

ASKED: Final = ("organization", "service", "location")
PAGE: Final = 30
_MODELS: Final[Mapping[str, Any]] = {"organization": Organization, "service": Service, "location": Location}


@dataclass(frozen=True, slots=True)
class Missing:
    """A listing that a source no longer holds. ``name`` is empty for a confidential place."""

    source_id: UUID
    entity: str
    entity_id: UUID
    name: str
    source: str
    since: datetime | None


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
