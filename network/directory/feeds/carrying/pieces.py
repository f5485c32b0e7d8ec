"""A piece of an import: rows of one entity, written together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.directory.feeds.carrying.storing import change_row, insert_rows, whole
from network.directory.feeds.carrying.suggesting import suggest
from network.directory.feeds.comparing.deciding import PRIVATE, Verdict
from network.directory.feeds.comparing.discretion import hide_what_came_late
from network.directory.feeds.comparing.planning import judge
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import Settings
from network.directory.feeds.sources.remembered import Known, current_rows, digest, known_of
from network.directory.feeds.sources.remembering import Held, Memory
from network.directory.models import (
    ListingImport,
    ListingImportRow,
    LocationPrivate,
)
from network.tenants.keys import tenant_key

log = structlog.get_logger(__name__)


class Piece:
    """Rows of one entity, written together."""

    def __init__(self, one: ListingImport, entity: str):
        self.one = one
        self.entity = entity
        self.now = clock.now()
        self.tenant = one.tenant_id
        self.key = tenant_key(one.tenant_id)
        self.memory = Memory(one.source, entity)

    def carry_out(self, held: list[Held]) -> None:
        """Write them; each says what became of it."""
        hide_what_came_late(self.entity, held)
        alive = [
            pair
            for pair in held
            if not pair[1]["refused"] and not pair[1]["again"] and self.entity in ENTITIES
        ]
        known = known_of(self.one.source, self.entity, {payload["foreign_id"] for _row, payload in alive})
        targets = {UUID(payload["target"]) for _row, payload in alive}
        current = current_rows(ENTITIES[self.entity].model, targets) if alive else {}
        new: list[Held] = []
        seen: list[tuple[UUID, dict[str, Any]]] = []
        same: list[Held] = []
        told: dict[UUID, Known] = {}
        for row, payload in held:
            if payload["refused"] or payload["again"] or self.entity not in ENTITIES:
                row.result = row.outcome
                self.memory.set_aside_whole(payload)
                continue
            there = known.get((self.entity, payload["foreign_id"]))
            target = current.get(UUID(payload["target"]))
            if there is not None and target is not None and there.digest == digest(payload["values"]):
                row.result = "unchanged"
                seen.append((there.source_id, payload))
                continue
            verdict = judge(
                self.entity,
                payload["values"],
                target,
                there.before() if there else None,
                payload["recognised"],
            )
            if verdict.outcome == "created" and row.outcome == "suggested":
                verdict = Verdict("suggested", reasons=["not_yours"])
            if verdict.outcome == "created":
                new.append((row, payload))
                continue
            if verdict.outcome == "unchanged":
                row.result = "unchanged"
                row.reasons = list(dict.fromkeys([*verdict.reasons, *row.reasons]))
                same.append((row, payload))
                if there is not None:
                    told[UUID(payload["target"])] = there
                continue
            self._change(row, payload, verdict, there)
        self.memory.seen_again(seen)
        if same:
            self.memory.remember(same, told)
        self._create(new)

    def _create(self, new: list[Held]) -> None:
        if not new:
            return
        try:
            with db.session.begin_nested():
                self._insert(new)
        except DBAPIError:
            for pair in new:
                self._create_alone(pair)
            return
        for row, _payload in new:
            row.result = "created"
        self.memory.remember(new, {})

    def _create_alone(self, pair: Held) -> None:
        """What the database refuses together is tried one by one, so that one bad row costs no other."""
        row, _payload = pair
        try:
            with db.session.begin_nested():
                self._insert([pair])
                self.memory.remember([pair], {})
        except DBAPIError as error:
            log.warning("import_row_refused", entity=self.entity, error=type(error.orig).__name__)
            row.result, row.reasons = "refused", ["not_accepted"]
            return
        row.result = "created"

    def _insert(self, new: Sequence[Held]) -> None:
        settings = Settings.of(self.one.options)
        rows = [
            whole(
                self.entity,
                UUID(payload["target"]),
                payload["values"],
                steward=self.tenant,
                now=self.now,
                country=settings.country,
                visibility=settings.visibility,
            )
            for _row, payload in new
        ]
        insert_rows(ENTITIES[self.entity].model, rows)
        for _row, payload in new:
            if payload["values"].get(PRIVATE):
                self._keep_private(UUID(payload["target"]), payload["values"][PRIVATE])

    def _keep_private(self, location_id: UUID, told: Mapping[str, Any]) -> None:
        sealed = seal(self.key, "location_private", self.tenant, location_id, dict(told))
        statement = insert(LocationPrivate).values(
            tenant_id=self.tenant, id=location_id, sealed=sealed, version=1, modified_at=self.now
        )
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=["tenant_id", "id"],
                set_={"sealed": sealed, "modified_at": self.now, "version": LocationPrivate.version + 1},
            )
        )

    def _change(
        self, row: ListingImportRow, payload: dict[str, Any], verdict: Verdict, there: Known | None
    ) -> None:
        target = UUID(payload["target"])
        changes = {name: new for name, (_ours, new) in verdict.changes.items()}
        try:
            with db.session.begin_nested():
                if verdict.outcome in ("changed", "merged") and changes:
                    change_row(self.entity, target, changes, self.now)
                    if PRIVATE in changes:
                        self._keep_private(target, changes[PRIVATE])
                elif verdict.outcome == "suggested":
                    suggest(self.entity, target, payload, verdict)
                self.memory.remember([(row, payload)], {target: there} if there else {})
        except DBAPIError as error:
            log.warning("import_row_refused", entity=self.entity, error=type(error.orig).__name__)
            row.result, row.reasons = "refused", ["not_accepted"]
            return
        row.result = verdict.outcome
        row.reasons = list(dict.fromkeys([*verdict.reasons, *row.reasons]))
