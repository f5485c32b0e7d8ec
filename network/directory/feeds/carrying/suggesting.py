"""Telling the steward of a listing what a feed says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from network.core import clock
from network.core.db import db
from network.core.ids import new_id
from network.directory.feeds.comparing.deciding import Verdict
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.sources.remembered import current_rows
from network.directory.models import (
    ListingReport,
    ListingSuggestion,
)
from network.tenants.context import acting


def suggest(entity: str, target: UUID, payload: Mapping[str, Any], verdict: Verdict) -> None:
    """Tell the steward of the listing what the feed says otherwise, field by field."""
    listing = _listing_of(entity, target, payload["values"])
    if listing is None or payload["confidential"]:
        return
    column, listing_id, steward = listing
    report = ListingReport(
        id=new_id(),
        from_tenant_id=acting().tenant,
        steward_tenant_id=steward,
        created_at=clock.now(),
        **{column: listing_id},
    )
    db.session.add(report)
    db.session.flush()
    pairs: list[tuple[str | None, Any, Any]] = [(name, *pair) for name, pair in verdict.changes.items()]
    for name, ours, new in pairs or [(None, None, payload["values"])]:
        db.session.add(
            ListingSuggestion(
                id=new_id(),
                report_id=report.id,
                from_tenant_id=acting().tenant,
                steward_tenant_id=steward,
                entity=entity,
                entity_id=target if name is not None else None,
                field=name,
                seen=ours,
                proposed=new,
            )
        )
    db.session.flush()


def _listing_of(entity: str, target: UUID, values: Mapping[str, Any]) -> tuple[str, UUID, UUID] | None:
    """The listing that a row of another is part of: the column of a report, its id, its steward."""
    current = current_rows(ENTITIES[entity].model, [target]).get(target) or {}
    said: dict[str, Any] = {**values, **{name: value for name, value in current.items() if value is not None}}
    if entity in ("organization", "service", "location"):
        said[f"{entity}_id"] = target
    if said.get("link_entity") in ("organization", "service", "location"):
        said.setdefault(f"{said['link_entity']}_id", said["link_id"])
    for kind in ("service", "location", "organization"):
        if said.get(f"{kind}_id") and (kind != "organization" or entity != "location"):
            owner = UUID(str(said[f"{kind}_id"]))
            row = current_rows(ENTITIES[kind].model, [owner]).get(owner)
            if row is not None:
                return f"{kind}_id", owner, row["steward_tenant_id"]
    return None
