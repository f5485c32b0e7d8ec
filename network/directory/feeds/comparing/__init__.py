"""Comparing a file with the directory: what would become of each of its rows, kept until it is carried out.

``planning`` says of each row which row of the directory it is (``referring``, ``homes``: by ids; ``likeness``,
``signs``: by what it says) and what becomes of it (``deciding``); ``discretion`` keeps the doors of confidential places
out of it, and ``absent`` tells what the file no longer holds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from network.core.crypto import seal, unseal, unseal_bytes
from network.core.db import db
from network.core.ids import new_id
from network.directory.feeds import mapping, reading
from network.directory.feeds.comparing.absent import absent_from, held_of, note_absent
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.comparing.planning import plan
from network.directory.feeds.queries import get_import
from network.directory.feeds.reading import memory
from network.directory.feeds.records import Settings, Unreadable
from network.directory.feeds.standing import forget, locked, moved_on
from network.directory.feeds.tidying import tidy
from network.directory.models import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
)
from network.directory.queries.places import added_names
from network.tenants.keys import tenant_key

BATCH: Final = 2_000
_PLAN: Final = "plan"  # among the totals until all rows are kept: what they were kept of


def plan_import(import_id: UUID, unit: Callable[[], AbstractContextManager[Any]]) -> None:
    """Compare the file with the directory and keep what would become of each row, some rows a unit of work.

    Where it ended before the last row it is compared again, and goes on behind the rows that were kept, unless these
    would come out otherwise by now: then from the first. Once all are kept it does nothing.
    """
    with unit():
        one = get_import(import_id)
        compared = _Compared.of(one) if one.state == "uploaded" else None
    if compared is None:
        return
    with unit():
        position = compared.begin(locked(import_id))
    while position is not None and position < len(compared.planned):
        with unit():
            position = compared.keep(locked(import_id), position)
    if position is not None:
        with unit():
            compared.end(locked(import_id), position)


class _Compared:
    """What would become of the rows of a file, until all of it is kept. ``problem``: why it cannot be read."""

    def __init__(self, count: int, planned: list[Planned], source: str, problem: str = ""):
        self.count = count
        self.planned: list[Planned | None] = [*planned]
        self.problem = problem
        self.totals = totals(planned)
        self.held = held_of(planned)
        self.absent = absent_from(source, planned) if planned else []
        self.digest = _digest(planned)

    @classmethod
    def of(cls, one: ListingImport) -> _Compared:
        """Reads the file of an import and compares it. Writes nothing."""
        tenant, key = one.tenant_id, tenant_key(one.tenant_id)
        parts = db.session.scalars(
            select(ListingImportPart)
            .where(ListingImportPart.tenant_id == tenant, ListingImportPart.import_id == one.id)
            .order_by(ListingImportPart.position)
        )
        data = b"".join(
            unseal_bytes(key, "listing_import_part", tenant, part.id, part.sealed) for part in parts
        )
        held = unseal(key, "listing_import", tenant, one.id, one.sealed)
        settings = Settings.of(one.options)
        try:
            count, planned = plan_of(data, held["file_name"], held["mapping"], one.source, settings)
        except Unreadable as wrong:
            return cls(0, [], one.source, wrong.reason)
        return cls(count, planned, one.source)

    def begin(self, one: ListingImport) -> int | None:
        """Say how many rows there are; returns behind which to go on, None where there is nothing to go on with."""
        if one.state != "uploaded":
            return None
        if self.problem:
            one.state, one.problem, one.rows, one.position, one.totals = "failed", self.problem, 0, 0, {}
            forget(ListingImportPart, one)
            forget(ListingImportRow, one)
            moved_on(one)
            return None
        if one.totals.get(_PLAN) != self.digest:
            forget(ListingImportRow, one)
            one.position = 0
        one.records, one.rows, one.totals = self.count, len(self.planned), {_PLAN: self.digest}
        moved_on(one)
        return one.position

    def keep(self, one: ListingImport, position: int) -> int | None:
        """Keep the rows behind a position; returns how far it came, None where somebody else is at it or gave it up."""
        if one.state != "uploaded" or one.position != position or one.totals.get(_PLAN) != self.digest:
            return None
        tenant, key, end = one.tenant_id, tenant_key(one.tenant_id), position + BATCH
        rows = []
        batch = [each for each in self.planned[position:end] if each is not None]
        for number, each in enumerate(batch, position + 1):
            row_id = new_id()
            rows.append(
                {
                    "tenant_id": tenant,
                    "id": row_id,
                    "import_id": one.id,
                    "position": number,
                    "entity": each.row.entity,
                    "outcome": each.verdict.outcome,
                    "result": None,
                    "reasons": each.verdict.reasons,
                    "doubtful": len(each.row.doubts),
                    "sealed": seal(key, "listing_import_row", tenant, row_id, each.payload()),
                }
            )
        db.session.execute(insert(ListingImportRow), rows)
        self.planned[position:end] = [None] * len(batch)
        one.position = position + len(batch)
        moved_on(one)
        return one.position

    def end(self, one: ListingImport, position: int) -> None:
        """All rows are kept: somebody may look at them."""
        if one.state != "uploaded" or one.position != position or one.totals.get(_PLAN) != self.digest:
            return
        one.state, one.position, one.totals = "planned", 0, self.totals
        note_absent(one, self.absent, self.held)
        forget(ListingImportPart, one)
        moved_on(one)


def _digest(planned: Iterable[Planned]) -> str:
    """Of what would become of the rows, in their order."""
    made = hashlib.sha256()
    for one in planned:
        told = (one.row.entity, one.row.foreign_id, str(one.target), one.verdict.outcome)
        made.update("\0".join(told).encode("utf-8", "replace") + b"\n")
    return made.hexdigest()


def plan_of(
    data: bytes, file_name: str, mapped: Mapping[str, Any] | None, source: str, settings: Settings
) -> tuple[int, list[Planned]]:
    """How many records a file holds, and what would become of each row. Writes nothing. Raises Unreadable."""
    with memory.bounded():
        return _plan_of(data, file_name, mapped, source, settings)


def _plan_of(
    data: bytes, file_name: str, mapped: Mapping[str, Any] | None, source: str, settings: Settings
) -> tuple[int, list[Planned]]:
    records = mapping.read(data, file_name, mapped, settings) if mapped else None
    if records is None:
        found = mapping.template_of(data)
        records = (
            mapping.read(data, file_name, found, settings) if found else reading.read_records(data, file_name)
        )
    if not records:
        raise Unreadable("no_rows")
    lines = len({record.line for record in records})
    rows = tidy(records, replace(settings, towns=added_names()))
    del records  # as large as the file, and not needed any more
    return lines, plan(rows, source, settings)


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
