"""Filters of the directory that a centre has kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from network.core.db import db
from network.core.errors import NotFound
from network.directory import models
from network.directory.search import Criteria, from_kept
from network.tenants.context import acting


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """Criteria under a name; nothing of any client is in them."""

    id: UUID
    label: str
    criteria: Criteria


def get_filter(filter_id: UUID) -> SavedFilter:
    """A filter of this centre; raises NotFound."""
    kept = db.session.get(models.SavedFilter, (acting().tenant, filter_id))
    if kept is None:
        raise NotFound
    return SavedFilter(kept.id, kept.label, from_kept(kept.criteria))


def list_filters() -> tuple[tuple[UUID, str], ...]:
    """(id, name) of the filters of this centre, by name."""
    kept = models.SavedFilter
    rows = db.session.execute(
        select(kept.id, kept.label).where(kept.tenant_id == acting().tenant).order_by(kept.label)
    )
    return tuple((row.id, row.label) for row in rows)
