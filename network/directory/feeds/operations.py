"""Bringing a feed in: the file is kept sealed, compared with the directory, and carried out a piece at a time.

Each piece is a transaction of its own that ends with how far it came: after a kill the next piece begins there, and
one that is done again finds that it was done. Nothing of another steward is written; it is suggested.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import structlog
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core import clock
from network.core.crypto import seal, seal_bytes, unseal, unseal_bytes
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.directory.feeds import mapping, reading
from network.directory.feeds.deciding import PRIVATE, Verdict
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.planning import Known, Planned, current_rows, digest, judge, known_of, plan
from network.directory.feeds.records import Settings, Unreadable
from network.directory.feeds.storing import change_row, insert_rows, whole
from network.directory.feeds.tidying import tidy
from network.directory.models import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
    ListingQuarantine,
    ListingReport,
    ListingSource,
    ListingSuggestion,
    LocationPrivate,
)
from network.directory.models.sources import IMPORTABLE
from network.directory.states import QUARANTINE_REASONS
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.tenants.models import Tenant

PLAN: Final = "listing.import.plan"
APPLY: Final = "listing.import.apply"
PART_BYTES: Final = 1024 * 1024
PIECE: Final = 500
LONGEST_SOURCE: Final = 80
# An import that failed for no fault of its file, by where it stood: started again, it goes on there.
STOPPED: Final[Mapping[str, str]] = {"uploaded": "not_compared", "running": "not_carried_out"}

log = structlog.get_logger(__name__)


def start_import(
    data: bytes,
    *,
    file_name: str,
    source: str,
    mapped: Mapping[str, Any] | None = None,
    visibility: str = "network",
    confidential: bool = False,
) -> UUID:
    """Keep a file and have it compared with the directory; returns the import. Raises Invalid where it is no feed."""
    source = " ".join(source.split())
    if not source or len(source) > LONGEST_SOURCE:
        raise Invalid(fields={"source": [_("Name where this comes from, in 1 to 80 letters.")]})
    try:
        reading.kind_of(data)
    except Unreadable as wrong:
        raise Invalid(fields={"file": [mapping.told(wrong)]}) from None
    tenant = acting().tenant
    own = db.session.get_one(Tenant, tenant)
    import_id, now, key = new_id(), clock.now(), tenant_key(tenant)
    held = {"file_name": file_name[:200], "mapping": mapped}
    db.session.add(
        ListingImport(
            tenant_id=tenant,
            id=import_id,
            account_id=acting().account_id,
            source=source,
            options={
                "country": own.country,
                "time_zone": own.time_zone,
                "visibility": visibility,
                "confidential": confidential,
            },
            sealed=seal(key, "listing_import", tenant, import_id, held),
            size_bytes=len(data),
            totals={},
            created_at=now,
            modified_at=now,
        )
    )
    db.session.flush()
    for number, start in enumerate(range(0, len(data), PART_BYTES)):
        part = new_id()
        sealed = seal_bytes(key, "listing_import_part", tenant, part, data[start : start + PART_BYTES])
        db.session.add(
            ListingImportPart(tenant_id=tenant, id=part, import_id=import_id, position=number, sealed=sealed)
        )
    enqueue(PLAN, import_id)
    record("import.started", "listing_import", import_id)
    return import_id


def plan_import(import_id: UUID) -> None:
    """Compare the file with the directory and keep what would become of each row. Done once; again it does nothing."""
    one = _locked(import_id)
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
        _keep_rows(one, planned)
    _gone(ListingImportPart, one)
    _moved_on(one)


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
    """How many rows of which outcome, entity by entity; and how many values were set aside."""
    by: dict[str, Counter[str]] = {}
    for one in planned:
        by.setdefault(one.row.entity, Counter())[one.verdict.outcome] += 1
    return {
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


def begin_import(import_id: UUID, *, version: int | None = None) -> None:
    """Have a plan carried out, or one that stopped gone on with. Raises Conflict where there is none."""
    one = _locked(import_id)
    if one.state == "running":
        return
    stopped = one.state == "failed" and one.problem in STOPPED.values()
    if (one.state != "planned" and not stopped) or (version is not None and version != one.version):
        raise Conflict(_("This import cannot be started now."))
    if one.problem == STOPPED["uploaded"]:
        one.state, one.problem = "uploaded", None
        _moved_on(one)
        enqueue(PLAN, import_id)
    else:
        one.state, one.problem = "running", None
        _moved_on(one)
        enqueue(APPLY, import_id, expected_version=one.position)
    record("import.begun", "listing_import", import_id)


def stop_import(import_id: UUID, position: int | None) -> None:
    """Say of an import that it failed for good, at the piece after ``position`` or while it was compared."""
    one = _locked(import_id)
    if one.state != ("uploaded" if position is None else "running") or position not in (None, one.position):
        return
    one.problem, one.state = STOPPED[one.state], "failed"
    _moved_on(one)
    record("import.stopped", "listing_import", import_id)


def give_up_import(import_id: UUID) -> None:
    """Give up an import; of its file and its rows nothing is kept. What was carried out stays."""
    one = _locked(import_id)
    if one.state in ("done", "given_up"):
        return
    one.state = "given_up"
    _gone(ListingImportPart, one)
    _gone(ListingImportRow, one)
    _moved_on(one)
    record("import.given_up", "listing_import", import_id)


def carry_on(import_id: UUID, position: int) -> None:
    """Carry out the next piece, if ``position`` is where the import stands, and ask for the one after it."""
    one = _locked(import_id)
    if one.state != "running" or one.position != position:
        return
    if carry_out(one) < one.rows:
        enqueue(APPLY, import_id, expected_version=one.position)
        return
    one.state = "done"
    _moved_on(one)
    record("import.done", "listing_import", import_id)


def carry_out(one: ListingImport) -> int:
    """Carry out the next rows of an import; returns how far it came."""
    tenant, key = one.tenant_id, tenant_key(one.tenant_id)
    rows = list(
        db.session.scalars(
            select(ListingImportRow)
            .where(
                ListingImportRow.tenant_id == tenant,
                ListingImportRow.import_id == one.id,
                ListingImportRow.position > one.position,
                ListingImportRow.position <= one.position + PIECE,
            )
            .order_by(ListingImportRow.position)
        )
    )
    held = [(row, unseal(key, "listing_import_row", tenant, row.id, row.sealed)) for row in rows]
    for entity, group in groupby(held, key=lambda pair: pair[0].entity):
        _Piece(one, entity).carry_out(list(group))
    one.position = min(one.position + PIECE, one.rows)
    results = Counter(row.result or row.outcome for row in rows)
    before = Counter(one.totals.get("results", {}))
    one.totals = one.totals | {"results": dict(before + results)}
    _moved_on(one)
    return one.position


Held = tuple[ListingImportRow, dict[str, Any]]


class _Piece:
    """Rows of one entity, written together."""

    def __init__(self, one: ListingImport, entity: str):
        self.one = one
        self.entity = entity
        self.now = clock.now()
        self.tenant = one.tenant_id
        self.key = tenant_key(one.tenant_id)
        self.refused: dict[UUID, str] = {}

    def carry_out(self, held: list[Held]) -> None:
        alive = [
            pair
            for pair in held
            if not pair[1]["refused"] and not pair[1]["again"] and self.entity in ENTITIES
        ]
        known = known_of(self.one.source, self.entity, {payload["foreign_id"] for _row, payload in alive})
        targets = {UUID(payload["target"]) for _row, payload in alive}
        current = current_rows(ENTITIES[self.entity].model, targets) if alive else {}
        new: list[Held] = []
        seen: list[UUID] = []
        same: list[Held] = []
        told: dict[UUID, Known] = {}
        for row, payload in held:
            if payload["refused"] or payload["again"] or self.entity not in ENTITIES:
                row.result = row.outcome
                self._set_aside_whole(payload)
                continue
            there = known.get((self.entity, payload["foreign_id"]))
            target = current.get(UUID(payload["target"]))
            if there is not None and target is not None and there.digest == digest(payload["values"]):
                row.result = "unchanged"
                seen.append(there.source_id)
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
        self._seen_again(seen)
        if same:
            self._remember(same, told)
        self._create(new)

    def _seen_again(self, sources: list[UUID]) -> None:
        if sources:
            db.session.execute(
                update(ListingSource)
                .where(ListingSource.tenant_id == self.tenant, ListingSource.id.in_(sources))
                .values(seen_at=self.now)
            )

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
        self._remember(new, {})

    def _create_alone(self, pair: Held) -> None:
        """What the database refuses together is tried one by one, so that one bad row costs no other."""
        row, _payload = pair
        try:
            with db.session.begin_nested():
                self._insert([pair])
                self._remember([pair], {})
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
                    self._suggest(target, payload, verdict)
                self._remember([(row, payload)], {target: there} if there else {})
        except DBAPIError as error:
            log.warning("import_row_refused", entity=self.entity, error=type(error.orig).__name__)
            row.result, row.reasons = "refused", ["not_accepted"]
            return
        row.result = verdict.outcome
        row.reasons = list(dict.fromkeys([*verdict.reasons, *row.reasons]))

    def _suggest(self, target: UUID, payload: Mapping[str, Any], verdict: Verdict) -> None:
        """Tell the steward of the listing what the feed says otherwise, field by field."""
        listing = _listing_of(self.entity, target, payload["values"])
        if listing is None or payload["confidential"]:
            return
        column, listing_id, steward = listing
        report = ListingReport(
            id=new_id(),
            from_tenant_id=self.tenant,
            steward_tenant_id=steward,
            created_at=self.now,
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
                    from_tenant_id=self.tenant,
                    steward_tenant_id=steward,
                    entity=self.entity,
                    entity_id=target if name is not None else None,
                    field=name,
                    seen=ours,
                    proposed=new,
                )
            )
        db.session.flush()

    # What is remembered of each row

    def _remember(self, held: Sequence[Held], there: Mapping[UUID, Known]) -> None:
        if self.entity not in IMPORTABLE:
            return
        by_foreign = {known.entity_id: known for known in there.values()}
        rows: list[dict[str, Any]] = []
        doubts = []
        for _row, payload in held:
            known = by_foreign.get(UUID(payload["target"]))
            source_id = known.source_id if known else new_id()
            rows.append(
                {
                    "tenant_id": self.tenant,
                    "id": source_id,
                    "source": self.one.source,
                    "entity": self.entity,
                    "foreign_id": payload["foreign_id"],
                    "entity_id": UUID(payload["target"]),
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

    def _set_aside(self, found: Sequence[tuple[UUID, Mapping[str, Any]]]) -> None:
        ids = [source_id for source_id, _payload in found]
        db.session.execute(
            delete(ListingQuarantine).where(
                ListingQuarantine.tenant_id == self.tenant,
                ListingQuarantine.source_id.in_(ids),
                ~ListingQuarantine.field.contains(":", autoescape=True),
            )
        )
        rows = [
            self._quarantined(source_id, name, value, reason, hidden=payload["confidential"])
            for source_id, payload in found
            for name, value, reason in {doubt[0]: doubt for doubt in payload["doubts"]}.values()
        ]
        if rows:
            db.session.execute(insert(ListingQuarantine).on_conflict_do_nothing(), rows)

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

    def _set_aside_whole(self, payload: Mapping[str, Any]) -> None:
        """A row that cannot stand by itself is kept with the row that it hangs on, where there is one."""
        if not payload["refused"] or payload["again"]:
            return
        kind = ENTITIES.get(self.entity)
        for name in kind.refs if kind else ():
            owner = payload["values"].get(name)
            source = owner and db.session.scalar(
                select(ListingSource.id).where(
                    ListingSource.tenant_id == self.tenant,
                    ListingSource.source == self.one.source,
                    ListingSource.entity_id == UUID(owner),
                )
            )
            if source:
                said = "; ".join(f"{field}: {value}" for field, value, _reason in payload["doubts"])
                row = self._quarantined(
                    source,
                    f"{self.entity}:{payload['foreign_id']}",
                    said,
                    payload["refused"],
                    hidden=payload["confidential"],
                )
                statement = insert(ListingQuarantine).values(row)
                db.session.execute(
                    statement.on_conflict_do_update(
                        index_elements=["tenant_id", "source_id", "field"],
                        set_={"value": row["value"], "reason": row["reason"], "imported_at": self.now},
                    )
                )
                return


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


def _locked(import_id: UUID) -> ListingImport:
    one = db.session.scalar(
        select(ListingImport)
        .where(ListingImport.tenant_id == acting().tenant, ListingImport.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)  # a worker may have moved on while we waited for the lock
    )
    if one is None:
        raise NotFound
    return one


def _moved_on(one: ListingImport) -> None:
    one.version += 1
    one.modified_at = clock.now()
    db.session.flush()


def _gone(model: type[ListingImportPart] | type[ListingImportRow], one: ListingImport) -> None:
    db.session.execute(delete(model).where(model.tenant_id == one.tenant_id, model.import_id == one.id))


def carry_out_here(import_id: UUID, unit: Callable[[], Any], told: Callable[[int, int], None]) -> None:
    """Carry an import out in this process, each piece in a unit of its own; what a command does.

    What fails for an unexpected reason is not tried again: it is logged, and the import says that it failed.
    """
    try:
        _carried_out(import_id, unit, told)
    except Exception as error:  # noqa: BLE001  # whatever it is, the import is not to look as if it ran
        log.error("import_stopped", import_id=str(import_id), error=type(error).__name__)
        with unit():
            one = _locked(import_id)
            stop_import(import_id, one.position if one.state == "running" else None)


def _carried_out(import_id: UUID, unit: Callable[[], Any], told: Callable[[int, int], None]) -> None:
    with unit():
        plan_import(import_id)
    with unit():
        if _locked(import_id).state != "planned":
            return
        begin_import(import_id)
    while True:
        with unit():
            one = _locked(import_id)
            if one.state != "running":
                return
            told(one.position, one.rows)
            carry_on(import_id, one.position)


__all__ = [
    "APPLY",
    "PLAN",
    "begin_import",
    "carry_on",
    "carry_out_here",
    "give_up_import",
    "plan_import",
    "plan_of",
    "start_import",
    "stop_import",
    "totals",
]
