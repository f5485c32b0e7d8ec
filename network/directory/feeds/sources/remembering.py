"""What is kept of each row of a source: its values as they were said last, and what was set aside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.core.ids import new_id
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import WITH_ROW
from network.directory.feeds.sources.remembered import Known, digest
from network.directory.feeds.values.texts import said
from network.directory.models import (
    ListingImportRow,
    ListingQuarantine,
    ListingSource,
)
from network.directory.models.sources import IMPORTABLE
from network.directory.states import QUARANTINE_REASONS
from network.tenants.context import acting
from network.tenants.keys import tenant_key

_OF_ANOTHER_ROW = (
    f"^({'|'.join(ENTITIES)}):"  # by which a row is called that is kept with the one it hangs on
)
_MOST_OF_A_FIELD = 20  # values that differ, of one field of a row that was told again and again

Held = tuple[ListingImportRow, dict[str, Any]]  # a row of an import, and what it holds, opened


class Memory:
    """Of the rows of one entity of a source."""

    def __init__(self, source: str, entity: str):
        self.source = source
        self.entity = entity
        self.now = clock.now()
        self.tenant = acting().tenant
        self.key = tenant_key(self.tenant)

    def remember(self, held: Sequence[Held], there: Mapping[UUID, Known]) -> None:
        """Keep what these rows say, by the row that they are; ``there``: what was known of that row before.

        Where that was merged since, it is kept of the merged one, which may be parted again.
        """
        if self.entity not in IMPORTABLE:
            return
        rows: list[dict[str, Any]] = []
        doubts = []
        for _row, payload in held:
            known = there.get(UUID(payload["target"]))
            source_id = known.source_id if known else new_id()
            rows.append(
                {
                    "tenant_id": self.tenant,
                    "id": source_id,
                    "source": self.source,
                    "entity": self.entity,
                    "foreign_id": payload["foreign_id"],
                    "entity_id": known.entity_id if known else UUID(payload["target"]),
                    "digest": digest(payload["values"]),
                    "sealed": seal(self.key, "listing_source", self.tenant, source_id, payload["values"]),
                    "imported_at": self.now,
                    "seen_at": self.now,
                }
            )
            doubts.append((source_id, payload))
        statement = insert(ListingSource)
        new = statement.excluded
        kept = {name: new[name] for name in ("entity_id", "digest", "seen_at", "imported_at", "sealed")}
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "source", "entity", "foreign_id"],
                set_=kept,
                where=ListingSource.id == new.id,
            ),
            rows,
        )
        self._set_aside(doubts)

    def seen_again(self, found: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
        """Say of rows in which nothing changed that they are still there; what is set aside may have changed."""
        if not found:
            return
        sources = [source_id for source_id, _payload in found]
        db.session.execute(
            update(ListingSource)
            .where(ListingSource.tenant_id == self.tenant, ListingSource.id.in_(sources))
            .values(seen_at=self.now)
        )
        kept: dict[UUID, dict[str, tuple[str | None, str]]] = {}
        for source_id, field, value, reason in db.session.execute(
            select(
                ListingQuarantine.source_id,
                ListingQuarantine.field,
                ListingQuarantine.value,
                ListingQuarantine.reason,
            ).where(self._own(sources))
        ):
            kept.setdefault(source_id, {})[field] = (value, reason)
        others = [
            (source_id, payload)
            for source_id, payload in found
            if not _is_kept(self._rows_of(source_id, payload), kept.get(source_id, {}))
        ]
        if others:
            self._set_aside(others)

    def _own(self, sources: Sequence[UUID]) -> ColumnElement[bool]:
        """Of these rows what was set aside of themselves, and not rows that hang on them."""
        return and_(
            ListingQuarantine.tenant_id == self.tenant,
            ListingQuarantine.source_id.in_(sources),
            ~ListingQuarantine.field.regexp_match(_OF_ANOTHER_ROW),
        )

    def _rows_of(self, source_id: UUID, payload: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [
            self._quarantined(source_id, name, value, reason, hidden=payload["confidential"])
            for name, value, reason in _by_field(payload["doubts"])
        ]

    def _set_aside(self, found: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
        ids = [source_id for source_id, _payload in found]
        db.session.execute(delete(ListingQuarantine).where(self._own(ids)))
        # What could not stand by itself was kept with the row that it hangs on; now it stands.
        of_source = select(ListingSource.id).where(
            ListingSource.tenant_id == self.tenant, ListingSource.source == self.source
        )
        whole = [self._field(payload) for _source_id, payload in found]
        db.session.execute(
            delete(ListingQuarantine).where(
                ListingQuarantine.tenant_id == self.tenant,
                ListingQuarantine.field.in_(whole),
                ListingQuarantine.source_id.in_(of_source),
            )
        )
        rows = [row for source_id, payload in found for row in self._rows_of(source_id, payload)]
        if rows:
            db.session.execute(insert(ListingQuarantine).on_conflict_do_nothing(), rows)

    def _field(self, payload: Mapping[str, Any]) -> str:
        """By what a row is called that is kept whole with the one that it hangs on."""
        return f"{self.entity}:{payload['foreign_id']}"[:200]

    def _quarantined(
        self, source_id: UUID, name: str, value: str, reason: str, *, hidden: bool
    ) -> dict[str, Any]:
        return {
            "tenant_id": self.tenant,
            "id": new_id(),
            "source_id": source_id,
            "field": name[:200],
            "value": None if hidden else value,
            "reason": reason if reason in QUARANTINE_REASONS else "no_place_for_it",
            "imported_at": self.now,
        }

    def set_aside_whole(self, payload: Mapping[str, Any]) -> None:
        """A row that cannot stand by itself is kept with the row that it hangs on, where there is one."""
        if not payload["refused"] or payload["again"]:
            return
        kind = ENTITIES.get(self.entity)
        if kind is None:
            return
        for name in kind.refs:
            owner = payload["values"].get(name)
            source = owner and db.session.scalar(
                select(ListingSource.id).where(
                    ListingSource.tenant_id == self.tenant,
                    ListingSource.source == self.source,
                    ListingSource.entity_id == UUID(owner),
                )
            )
            if source:
                said = "; ".join(
                    f"{field}: {value}"
                    for field, value, reason in payload["doubts"]
                    if reason != WITH_ROW or field not in kind.refs
                )
                row = self._quarantined(
                    source,
                    self._field(payload),
                    said,
                    payload["refused"],
                    hidden=payload["confidential"],
                )
                statement = insert(ListingQuarantine).values(row)
                db.session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["tenant_id", "source_id", "field"],
                        set_={"value": row["value"], "reason": row["reason"], "imported_at": self.now},
                        where=ListingQuarantine.value.is_distinct_from(row["value"])
                        | (ListingQuarantine.reason != row["reason"]),
                    )
                )
                return


def _is_kept(rows: Sequence[Mapping[str, Any]], kept: Mapping[str, tuple[str | None, str]]) -> bool:
    """Whether this stands there as it is said now; a value that was forgotten since need not be told again."""
    said_now = {row["field"]: (row["value"], row["reason"]) for row in reversed(rows)}
    return said_now.keys() == kept.keys() and all(
        reason == kept[field][1] and kept[field][0] in (None, value)
        for field, (value, reason) in said_now.items()
    )


def _by_field(doubts: Sequence[Sequence[str]]) -> Iterator[tuple[str, str, str]]:
    """What was set aside, a field once: all that it was said to be, with the first reason."""
    fields: dict[str, list[Sequence[str]]] = {}
    for doubt in doubts:
        fields.setdefault(doubt[0], []).append(doubt)
    for name, told in fields.items():
        values = [value for value in dict.fromkeys(value for _name, value, _reason in told) if value]
        more = "" if len(values) <= _MOST_OF_A_FIELD else f"\n… (+{len(values) - _MOST_OF_A_FIELD})"
        yield name, said("\n".join(values[:_MOST_OF_A_FIELD]) + more), told[0][2]
