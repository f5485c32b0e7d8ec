"""What is kept of each row of a source: its values as they were said last, and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.core.ids import new_id
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import WITH_ROW
from network.directory.feeds.sources.remembered import Known, digest
from network.directory.models import (
    ListingImportRow,
    ListingQuarantine,
    ListingSource,
)
from network.directory.models.sources import IMPORTABLE
from network.directory.states import QUARANTINE_REASONS
from network.tenants.context import acting
from network.tenants.keys import tenant_key

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

    def seen_again(self, sources: list[UUID]) -> None:
        """Say of rows in which nothing changed that they are still there."""
        if sources:
            db.session.execute(
                update(ListingSource)
                .where(ListingSource.tenant_id == self.tenant, ListingSource.id.in_(sources))
                .values(seen_at=self.now)
            )

    def _set_aside(self, found: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
        ids = [source_id for source_id, _payload in found]
        db.session.execute(
            delete(ListingQuarantine).where(
                ListingQuarantine.tenant_id == self.tenant,
                ListingQuarantine.source_id.in_(ids),
                ~ListingQuarantine.field.contains(":", autoescape=True),
            )
        )
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
        rows = [
            self._quarantined(source_id, name, value, reason, hidden=payload["confidential"])
            for source_id, payload in found
            for name, value, reason in {doubt[0]: doubt for doubt in payload["doubts"]}.values()
        ]
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
