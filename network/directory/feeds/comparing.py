"""Comparing a file with the directory: what would become of each of its rows, kept until it is carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from network.core.crypto import seal, unseal, unseal_bytes
from network.core.db import db
from network.core.ids import new_id
from network.directory.feeds import mapping, reading
from network.directory.feeds.missing import note_absent
from network.directory.feeds.planned import Planned
from network.directory.feeds.planning import plan
from network.directory.feeds.records import Settings, Unreadable
from network.directory.feeds.standing import forget, locked, moved_on
from network.directory.feeds.tidying import tidy
from network.directory.models import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
)
from network.tenants.keys import tenant_key


def plan_import(import_id: UUID) -> None:
    """Compare the file with the directory and keep what would become of each row. Done once; again it does nothing."""
    one = locked(import_id)
    if one.state != "uploaded":
        return
    tenant, key = one.tenant_id, tenant_key(one.tenant_id)
    parts = db.session.scalars(
        select(ListingImportPart)
        .where(ListingImportPart.tenant_id == tenant, ListingImportPart.import_id == import_id)
        .order_by(ListingImportPart.position)
    )
    data = b"".join(unseal_bytes(key, "listing_import_part", tenant, part.id, part.sealed) for part in parts)
    held = unseal(key, "listing_import", tenant, import_id, one.sealed)
    try:
        count, planned = plan_of(
            data, held["file_name"], held["mapping"], one.source, Settings.of(one.options)
        )
    except Unreadable as wrong:
        one.state, one.problem = "failed", wrong.reason
    else:
        one.records, one.rows, one.state = count, len(planned), "planned"
        one.totals = totals(planned)
        note_absent(one, planned)
        _keep_rows(one, planned)
    forget(ListingImportPart, one)
    moved_on(one)


def plan_of(
    data: bytes, file_name: str, mapped: Mapping[str, Any] | None, source: str, settings: Settings
) -> tuple[int, list[Planned]]:
    """How many records a file holds, and what would become of each row. Writes nothing. Raises Unreadable."""
    records = mapping.read(data, file_name, mapped, settings) if mapped else None
    if records is None:
        found = mapping.template_of(data)
        records = (
            mapping.read(data, file_name, found, settings) if found else reading.read_records(data, file_name)
        )
    if not records:
        raise Unreadable("no_rows")
    lines = len({record.line for record in records})
    return lines, plan(tidy(records, settings), source, settings)


def totals(planned: Sequence[Planned]) -> dict[str, Any]:
    """How many rows of which outcome, entity by entity; how many values were set aside; and how often for what."""
    by: dict[str, Counter[str]] = {}
    for one in planned:
        by.setdefault(one.row.entity, Counter())[one.verdict.outcome] += 1
    reasons = Counter(reason for one in planned for reason in one.verdict.reasons)
    reasons.update(reason for one in planned for _name, _value, reason in one.row.doubts)
    return {
        "reasons": dict(reasons),
        "outcomes": dict(Counter(one.verdict.outcome for one in planned)),
        "entities": {entity: dict(counts) for entity, counts in by.items()},
        "doubtful": sum(len(one.row.doubts) for one in planned),
        "conflicts": sum("changed_here" in one.verdict.reasons for one in planned),
        "copies": sum(one.row.copy for one in planned),
    }


def _keep_rows(one: ListingImport, planned: Sequence[Planned]) -> None:
    tenant, key = one.tenant_id, tenant_key(one.tenant_id)
    rows = []
    for position, each in enumerate(planned, 1):
        row_id = new_id()
        rows.append(
            {
                "tenant_id": tenant,
                "id": row_id,
                "import_id": one.id,
                "position": position,
                "entity": each.row.entity,
                "outcome": each.verdict.outcome,
                "result": None,
                "reasons": each.verdict.reasons,
                "doubtful": len(each.row.doubts),
                "sealed": seal(key, "listing_import_row", tenant, row_id, each.payload()),
            }
        )
    for start in range(0, len(rows), 1000):
        db.session.execute(insert(ListingImportRow), rows[start : start + 1000])
