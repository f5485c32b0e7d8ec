"""A worker that is killed in the middle of an import: another one goes on, and nothing is lost or doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.directory.feeds import carrying, comparing, operations, queries
from network.directory.models import ListingImport, ListingImportPart, ListingImportRow, Phone, Service
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import mine
from tests.factories import signed_in
from tests.support.background import work_off
from tests.support.servers import ROOT

BATCH = 20
# A worker that is killed, as by kill -9, in the transaction of the second batch.
DYING = f"""
import os, signal, sys
from network.app import create_app
from network.background.drain import drain
from network.core.settings import Settings
from network.directory.feeds import carrying, comparing

comparing.BATCH = carrying.PIECE = {BATCH}
keep, carry_out = comparing._Compared.keep, carrying.carry_out

def dying(work):
    def until(*given):
        came = work(*given)
        if came is not None and came > {BATCH}:
            os.kill(os.getpid(), signal.SIGKILL)
        return came
    return until

comparing._Compared.keep, carrying.carry_out = dying(keep), dying(carry_out)
with create_app(Settings.from_environ(os.environ), worker=True).app_context():
    drain()
"""
SERVICES = 30
FEED = {
    "organizations": [{"id": "o", "name": "Killed in the middle"}],
    "services": [
        {"id": f"s{n}", "organization_id": "o", "name": f"Service {n}", "status": "active"}
        for n in range(SERVICES)
    ],
    "phones": [
        {"id": f"p{n}", "service_id": f"s{n}", "number": f"+962 6 500 {n:04}"} for n in range(SERVICES)
    ],
}
ROWS = 2 * SERVICES + 1


def run_until_killed(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DYING],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


def kept(app: Flask, members: Members, import_id: UUID) -> tuple[ListingImport, dict[int, UUID]]:
    with app.app_context(), scope(members.partner):
        rows = db.session.execute(
            select(ListingImportRow.position, ListingImportRow.id).where(
                ListingImportRow.import_id == import_id
            )
        )
        return queries.get_import(import_id), {one.position: one.id for one in rows}


def test_a_worker_killed_while_comparing_and_while_carrying_out_costs_nothing(
    app: Flask,
    worker_app: Flask,
    members: Members,
    bring: Bring,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(comparing, "BATCH", BATCH)
    monkeypatch.setattr(carrying, "PIECE", BATCH)
    tenant = members.partner.tenant
    steward = signed_in(app, tenant, "partner_manager")
    work_off(worker_app, tenant)
    with app.app_context(), scope(members.partner), unit_of_work():
        import_id = operations.start_import(orjson.dumps(FEED), file_name="f.json", source="killed")
    page = f"/directory/imports/{import_id}"

    run_until_killed(environment)
    one, first = kept(app, members, import_id)
    assert (one.state, one.position, one.rows, sorted(first)) == (
        "uploaded", BATCH, ROWS, [*range(1, BATCH + 1)],
    )  # fmt: skip
    assert f"{BATCH} of {ROWS} rows" in steward.get(page).text
    work_off(worker_app, tenant)
    one, all_rows = kept(app, members, import_id)
    assert (one.state, one.position, sorted(all_rows)) == ("planned", 0, [*range(1, ROWS + 1)])
    assert first.items() <= all_rows.items()  # what was kept was not compared again
    with app.app_context(), scope(members.partner):
        assert not db.session.scalars(
            select(ListingImportPart).where(ListingImportPart.import_id == import_id)
        ).all()
        with unit_of_work():
            operations.begin_import(import_id)

    run_until_killed(environment)
    one, _rows = kept(app, members, import_id)
    assert (one.state, one.position) == ("running", BATCH)
    assert f"{BATCH} of {ROWS} rows" in steward.get(page).text
    work_off(worker_app, tenant)
    one, _rows = kept(app, members, import_id)
    assert (one.state, one.totals["results"]) == ("done", {"created": ROWS})
    assert len(mine(app, members, Service)) == len(mine(app, members, Phone)) == SERVICES
    assert bring(FEED, source="killed").results == {"unchanged": ROWS}


def test_a_plan_that_would_come_out_otherwise_begins_anew(
    app: Flask, members: Members, bring: Bring, monkeypatch: pytest.MonkeyPatch
):
    """Somebody brought the same in by hand while nobody went on with it."""
    monkeypatch.setattr(comparing, "BATCH", BATCH)
    keep = comparing._Compared.keep
    with app.app_context(), scope(members.partner), unit_of_work():
        import_id = operations.start_import(orjson.dumps(FEED), file_name="f.json", source="killed")
    with app.app_context(), scope(members.partner), monkeypatch.context() as patch:
        patch.setattr(
            comparing._Compared, "keep", lambda self, one, at: keep(self, one, at) if at == 0 else 1 // 0
        )
        with pytest.raises(ZeroDivisionError):
            comparing.plan_import(import_id, unit_of_work)
    assert len(kept(app, members, import_id)[1]) == BATCH
    bring(FEED, source="killed")
    with app.app_context(), scope(members.partner):
        comparing.plan_import(import_id, unit_of_work)
    one, rows = kept(app, members, import_id)
    assert (one.state, one.totals["outcomes"], len(rows)) == ("planned", {"unchanged": ROWS}, ROWS)
