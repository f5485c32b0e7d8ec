"""Proving the trail: whoever rules the database rewrites it, and `network audit verify` tells where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from network.app import create_app
from network.audit import queries
from network.audit.anchors import public_key, signing_key
from network.audit.jobs import ANCHORED, anchor_heads
from network.audit.trail import record
from network.audit.verifying import Report, Verdict, verify
from network.core.db import unit_of_work
from network.core.ids import new_id
from network.core.settings import Settings
from network.tenants.context import scope
from tests.factories import make_tenant, staff
from tests.support.servers import Database, network_environment

RECHAIN = """
UPDATE audit_head SET seq = 0, hash = sha256(''::bytea) WHERE tenant_id = '%(tenant)s';
DO $$
DECLARE entry audit_event%%ROWTYPE; before bytea := sha256(''::bytea);
BEGIN
    FOR entry IN SELECT * FROM audit_event WHERE tenant_id = '%(tenant)s' ORDER BY seq LOOP
        entry.prev_hash := before;
        entry.hash := audit_event_hash(entry);
        UPDATE audit_event SET prev_hash = entry.prev_hash, hash = entry.hash
            WHERE tenant_id = entry.tenant_id AND id = entry.id;
        before := entry.hash;
        UPDATE audit_head SET seq = entry.seq, hash = entry.hash WHERE tenant_id = entry.tenant_id;
    END LOOP;
END $$;
"""


@dataclass
class Trail:
    """An installation with one tenant of nine entries, anchored, and its database's superuser."""

    app: Flask
    settings: Settings
    tenant: UUID
    admin: psycopg.Connection

    def write(self, count: int = 1) -> None:
        with self.app.app_context(), scope(staff(self.tenant)):
            for _ in range(count):
                with unit_of_work():
                    record("viewed", "client", new_id(), fields=["name"])

    def anchor(self) -> int:
        with self.app.app_context():
            return anchor_heads()

    def verify(self, *paths: Path) -> Report:
        with self.app.app_context():
            return verify(paths or (self.settings.anchors_file,), [public_key(self.settings.audit_key)])

    def verdict(self) -> Verdict:
        report = self.verify()
        return next(one for one in report.verdicts if one.tenant_id == self.tenant)

    def superuser(self, statement: str) -> None:
        """Do something as the server's administrator, whom row-level security and grants do not bind."""
        self.admin.execute(statement.replace("%(tenant)s", str(self.tenant)).replace("%%", "%"))


@pytest.fixture
def trail(fresh_database: Database, redis_url: str, tmp_path: Path) -> Iterator[Trail]:
    """A database of its own, whose trail can be rewritten without harm to other tests."""
    from network.stack.migrations import install_context_key

    settings = Settings.from_environ(network_environment(fresh_database, redis_url, tmp_path))
    install_context_key(settings.owner_database_url, settings.context_key)
    app = create_app(settings)
    with psycopg.connect(fresh_database.admin_url, autocommit=True) as admin:
        made = Trail(app, settings, make_tenant(app), admin)
        made.write(9)
        made.anchor()
        yield made


def test_an_untouched_trail_holds_and_says_how_much_of_it_is_promised(trail: Trail) -> None:
    trail.write(2)
    verdict = trail.verdict()
    assert (verdict.entries, verdict.anchored, verdict.fault) == (11, 9, None)
    assert trail.verify().ok


def test_the_hash_is_computed_outside_the_database_as_inside(trail: Trail) -> None:
    with (
        trail.app.app_context(),
        scope(replace(staff(trail.tenant), roles=frozenset({"coordinator", "Zoë"}))),
    ):
        with unit_of_work():
            record("opened", "case", None, outcome="refused", reason="case.view")
    assert trail.verdict().fault is None


EVERY = "WHERE tenant_id = '%(tenant)s'"
ATTACKS = {
    "altered": (f"UPDATE audit_event SET action = 'edited' {EVERY} AND seq = 4", 4),
    "missing": (f"DELETE FROM audit_event {EVERY} AND seq = 5", 5),
    "unlinked": (
        f"DELETE FROM audit_event {EVERY} AND seq = 5; "
        f"UPDATE audit_event SET seq = seq - 1 {EVERY} AND seq = 6; "
        f"UPDATE audit_event e SET hash = audit_event_hash(e) {EVERY} AND seq = 5",
        5,
    ),
    "truncated": (
        f"DELETE FROM audit_event {EVERY} AND seq > 7; UPDATE audit_head SET seq = 7, hash = "
        f"(SELECT hash FROM audit_event {EVERY} AND seq = 7) {EVERY}",
        8,
    ),
    "removed": (f"DELETE FROM audit_event {EVERY}; DELETE FROM audit_head {EVERY}", 1),
    "rewritten": (f"UPDATE audit_event SET action = 'edited' {EVERY} AND seq = 4; {RECHAIN}", 1),
    "head": (f"DELETE FROM audit_head {EVERY}", 9),
}


@pytest.mark.parametrize("code", ATTACKS)
def test_what_a_superuser_does_to_the_trail_is_found_with_its_place(trail: Trail, code: str) -> None:
    attack, seq = ATTACKS[code]
    trail.superuser(attack)
    fault = trail.verdict().fault
    assert fault is not None
    assert (fault.code, fault.seq) == (code, seq)
    report = trail.verify()
    assert not report.ok
    assert json.loads(json.dumps(report.as_data()))["ok"] is False


def test_a_function_of_the_database_that_lies_does_not_help(trail: Trail) -> None:
    trail.superuser(
        "CREATE OR REPLACE FUNCTION audit_event_hash(entry audit_event) RETURNS bytea LANGUAGE sql STABLE "
        f"AS $$ SELECT entry.hash $$; UPDATE audit_event SET account_id = NULL {EVERY} AND seq = 2"
    )
    fault = trail.verdict().fault
    assert fault is not None
    assert (fault.code, fault.seq) == ("altered", 2)


def test_a_chain_rewritten_from_the_middle_is_narrowed_to_between_two_anchors(trail: Trail) -> None:
    trail.write(3)
    trail.anchor()
    trail.write(3)
    trail.anchor()
    trail.superuser(f"UPDATE audit_event SET action = 'edited' {EVERY} AND seq = 11; {RECHAIN}")
    fault = trail.verdict().fault
    assert fault is not None
    assert (fault.code, fault.seq) == ("rewritten", 10)
    assert "between 10 and 12" in fault.words


def test_a_tenant_that_vanished_with_its_chain_is_missed(trail: Trail) -> None:
    trail.superuser(
        f"DELETE FROM audit_event {EVERY}; DELETE FROM audit_head {EVERY}; "
        f"SET session_replication_role = replica; DELETE FROM tenant WHERE id = '%(tenant)s'"
    )
    fault = trail.verdict().fault
    assert fault is not None
    assert fault.code == "removed"


def test_an_entry_beside_the_chain_is_found(trail: Trail) -> None:
    trail.superuser(
        "ALTER TABLE audit_event DISABLE TRIGGER chain; ALTER TABLE audit_event ALTER seq DROP NOT NULL; "
        "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), "
        f"'seq', NULL))).* FROM audit_event e {EVERY} AND seq = 3"
    )
    fault = trail.verdict().fault
    assert fault is not None
    assert fault.code == "extra"


def test_without_anchors_the_trail_is_not_proved(trail: Trail) -> None:
    trail.settings.anchors_file.unlink()
    assert "there are no anchors" in trail.verify().faults[0]
    trail.settings.anchors_file.write_text("")
    assert not trail.verify().ok


def test_an_anchor_signed_by_somebody_else_is_refused(trail: Trail) -> None:
    file = trail.settings.anchors_file
    entry = json.loads(file.read_text())
    entry["heads"][str(trail.tenant)][0] = 2
    file.write_text(json.dumps(entry) + "\n")
    assert trail.verify().faults[0] == "anchors.jsonl, line 1: the signature is not genuine"
    entry["key"] = signing_key(b"x" * 32).public_key().public_bytes_raw().hex()
    file.write_text(json.dumps(entry) + "\n")
    assert trail.verify().faults[0] == "anchors.jsonl, line 1: signed with a key that is not ours"


def test_a_line_taken_out_of_the_anchors_is_missed(trail: Trail) -> None:
    for _ in range(2):
        trail.write()
        trail.anchor()
    file = trail.settings.anchors_file
    lines = file.read_text().splitlines(keepends=True)
    assert trail.verify().ok
    file.write_text(lines[0] + lines[2])
    assert trail.verify().faults == ["anchors.jsonl, line 2: lines before it were changed or taken out"]


def test_half_a_line_that_a_power_cut_left_is_no_tampering(trail: Trail) -> None:
    with trail.settings.anchors_file.open("a") as file:
        file.write('{"at": "2026-')
    trail.write()
    trail.anchor()
    assert trail.verify().ok
    assert trail.verdict().anchored == 10


def test_what_a_log_collector_kept_proves_the_trail_without_our_file(trail: Trail, tmp_path: Path) -> None:
    line = trail.settings.anchors_file.read_text().strip()
    kept = tmp_path / "collected.log"
    kept.write_text("not json\n" + json.dumps({"event": "audit_heads_anchored", "anchor": line}) + "\n")
    assert trail.verify(kept).ok
    trail.superuser(ATTACKS["rewritten"][0])
    trail.settings.anchors_file.unlink()  # he reached the data folder as well
    assert [one.fault.code for one in trail.verify(kept).verdicts if one.fault] == ["rewritten"]


def test_only_chains_that_grew_are_anchored_again(trail: Trail) -> None:
    assert trail.anchor() == 0
    trail.write()
    assert trail.anchor() == 1
    assert oct(trail.settings.anchors_file.stat().st_mode & 0o777) == "0o600"


def test_heads_that_could_not_be_kept_are_signed_into_the_log_and_tried_again(
    trail: Trail, tmp_path: Path, capture: Callable[[], list[dict[str, str]]]
) -> None:
    trail.write()
    blocked = replace(trail.settings, audit_anchors=tmp_path / "file" / "anchors.jsonl")
    (tmp_path / "file").write_text("in the way")
    trail.app.extensions["network_settings"] = blocked
    trail.anchor()
    said = {entry["event"]: entry for entry in capture()}
    assert "anchors_not_written" in said
    assert str(trail.tenant) in said["audit_heads_anchored"]["anchor"]
    assert trail.anchor() == 1


@pytest.fixture
def capture() -> Iterator[Callable[[], list[dict[str, str]]]]:
    from structlog.testing import capture_logs

    with capture_logs() as said:
        yield lambda: list(said)


def test_two_writers_at_once_keep_the_chain(trail: Trail) -> None:
    begin = Barrier(2)

    def write() -> None:
        begin.wait()
        trail.write(25)

    writers = [Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    verdict = trail.verdict()
    assert (verdict.entries, verdict.fault) == (59, None)


def test_the_walk_holds_a_batch_at_a_time(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "BATCH", 4)
    assert trail.verdict().fault is None
    trail.superuser(f"DELETE FROM audit_event {EVERY} AND seq = 5")
    fault = trail.verdict().fault
    assert fault is not None
    assert fault.seq == 5


def test_a_restarted_worker_anchors_everything_again(trail: Trail) -> None:
    trail.app.extensions.pop(ANCHORED)
    assert trail.anchor() == 1
    assert trail.verify().anchor_lines == 2
