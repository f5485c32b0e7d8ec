"""Imports by their pages, their API and the command: sent, looked at, started, done; each sees its own."""

from __future__ import annotations

import io
import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from network.background.drain import MOST_ATTEMPTS, drain
from network.background.models import OutboxRow
from network.core import clock
from network.core.db import db, unit_of_work
from network.directory.feeds import carrying, comparing
from network.directory.feeds.command import directory
from network.tenants.context import scope
from network.tenants.models import Tenant
from tests.directory.conftest import Members
from tests.directory.feeds.feeds import OLD, TABLES
from tests.factories import signed_in
from tests.support.visitor import Visitor


@pytest.fixture
def steward(app: Flask, members: Members) -> Visitor:
    """Somebody who keeps the listings of a partner."""
    return signed_in(app, members.partner.tenant, "partner_manager")


def sent(steward: Visitor, data: bytes, **given: Any) -> Any:
    form = {"source": "The ministry", "file": (io.BytesIO(data), "feed.json"), **given}
    return steward.send_form("/directory/imports", form)


def test_a_file_is_sent_looked_at_started_and_done(app: Flask, worker_app: Flask, steward: Visitor):
    answer = sent(steward, json.dumps(OLD).encode())
    assert answer.status_code == 303
    address = answer.headers["Location"]
    with worker_app.app_context():
        drain()
    page = steward.get(address).text
    assert "Compared: look at it, then start" in page
    assert "Another row of the same id says something else." in page
    every = steward.get(f"{address}?every=true").text
    assert "service_at_location" not in every
    assert "Where it is offered" in every
    [version] = re.findall(r'name="version" value="(\d+)"', page)
    assert steward.send_form(f"{address}/start", {"version": version}).status_code == 303
    first = steward.get(f"{address}/progress")
    assert first.status_code == 200
    assert "<progress" in first.text
    again = steward.get(f"{address}/progress", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    with worker_app.app_context():
        drain()
    assert steward.get(f"{address}/progress").headers["HX-Refresh"] == "true"
    assert "Done" in steward.get(address).text
    told = steward.get(f"{address}/set-aside.csv").text
    assert "organization,org-1,colour,blue,no_place_for_it" in told
    assert steward.get(f"{address}?outcome=created&entity=phone").text.count("06 555 1234") == 1


def test_a_file_that_cannot_be_read_says_so_beside_its_field(steward: Visitor):
    answer = sent(steward, b"%PDF-1.7")
    assert answer.status_code == 422
    assert "This file holds no listings" in answer.text
    assert steward.send_form("/directory/imports", {"source": "x"}).status_code == 422


def test_a_large_file_is_taken_here_and_nowhere_else(steward: Visitor):
    large = json.dumps([{"id": str(number), "name": "x" * 180} for number in range(9000)]).encode()
    assert len(large) > 1024 * 1024
    fields = {"source": "x", "csrf_token": steward.csrf_token(), "idempotency_key": str(uuid.uuid4())}
    head = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    parts = [head.format(name, value) for name, value in fields.items()]
    file = '--b\r\nContent-Disposition: form-data; name="file"; filename="x.json"\r\n\r\n'
    body = "".join([*parts, file]).encode() + large + b"\r\n--b--\r\n"
    answer = steward.post("/directory/imports", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code == 303
    assert steward.send_form("/directory/gaps", {"need": "x" * 1_500_000}).status_code == 413


@pytest.mark.parametrize(("broken", "after"), [("plan_of", "planned"), ("carry_out", "done")])
def test_an_import_that_fails_for_good_says_so_and_starts_again(
    worker_app: Flask, steward: Visitor, monkeypatch: pytest.MonkeyPatch, broken: str, after: str
):
    address = sent(steward, json.dumps(OLD).encode()).headers["Location"]
    import_id = address.rsplit("/", 1)[-1]

    def start() -> None:
        [version] = re.findall(r'name="version" value="(\d+)"', steward.get(address).text)
        assert steward.send_form(f"{address}/start", {"version": version}).status_code == 303

    def work() -> None:
        for _attempt in range(MOST_ATTEMPTS):
            with worker_app.app_context(), unit_of_work():
                db.session.execute(update(OutboxRow).values(available_at=clock.now()))
            with worker_app.app_context():
                drain()

    if broken == "carry_out":
        work()
        start()
    with monkeypatch.context() as patch:
        patch.setattr(comparing if broken == "plan_of" else carrying, broken, lambda *_given: 1 // 0)
        work()
    page = steward.get(address).text
    assert "Stopped" in page
    assert "Start it again" in page
    told = steward.get(f"/api/v1/listing-imports/{import_id}").json
    assert (told["state"], told["problem"]) == (
        "failed",
        "not_carried_out" if broken == "carry_out" else "not_compared",
    )
    start()
    work()
    assert steward.get(f"/api/v1/listing-imports/{import_id}").json["state"] == after


def test_another_organization_finds_nothing_of_it(app: Flask, members: Members, steward: Visitor):
    address = sent(steward, TABLES).headers["Location"]
    other = signed_in(app, members.centre.tenant, "coordinator")
    assert other.get(address).status_code == 404
    assert other.get(f"{address}/set-aside.csv").status_code == 404
    assert signed_in(app, members.centre.tenant, "caseworker").get("/directory/imports").status_code == 403


def test_listings_are_taken_out_in_every_form(steward: Visitor):
    for form in ("json", "ndjson", "csv", "xlsx"):
        answer = steward.get(f"/directory/exports/{form}?whose=own")
        assert answer.status_code == 200
        assert "attachment" in answer.headers["Content-Disposition"]
    assert steward.get("/directory/exports/pdf").status_code == 404
    assert steward.get("/directory/imports/template.xlsx").data[:2] == b"PK"


def test_programs_send_and_start_imports_too(app: Flask, worker_app: Flask, steward: Visitor):
    headers = {"Idempotency-Key": str(uuid.uuid4()), "X-CSRFToken": steward.csrf_token()}
    body = {"source": "api", "file": (io.BytesIO(json.dumps(OLD).encode()), "x.json")}
    made = steward.post("/api/v1/listing-imports", data=body, headers=headers)
    assert made.status_code == 201, made.text
    address = f"/api/v1/listing-imports/{made.json['id']}"
    with worker_app.app_context():
        drain()
    rows = steward.get(f"{address}/rows?outcome=created").json["items"]
    assert {row["entity"] for row in rows} >= {"organization", "service", "location"}
    assert steward.api("POST", f"{address}/start").status_code == 202
    with worker_app.app_context():
        drain()
    assert steward.get(address).json["state"] == "done"
    assert (
        steward.get("/api/v1/listing-exports/json?whose=own")
        .json["organizations"][0]["name"]
        .startswith("Legal")
    )


def test_the_command_compares_without_writing_and_carries_out(
    app: Flask, members: Members, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "feed.zip"
    file.write_bytes(TABLES)
    who = ["--as", str(members.partner.tenant)]
    run = app.test_cli_runner()
    dry = run.invoke(directory, ["import", str(file), *who, "--dry-run"])
    assert dry.exit_code == 0, dry.output
    assert json.loads(dry.stdout.splitlines()[-1])["outcomes"]["created"] > 5
    for outcome in ("created", "unchanged"):
        done = run.invoke(directory, ["import", str(file), *who, "--set-aside", str(tmp_path / "aside.csv")])
        assert done.exit_code == 0, done.output
        assert outcome in json.loads(done.stdout.splitlines()[-1])["results"]
    assert "call us" in (tmp_path / "aside.csv").read_text("utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(carrying, "carry_out", lambda *_given: 1 // 0)
        stopped = run.invoke(directory, ["import", str(file), *who])
    assert stopped.exit_code == 1
    assert "could not be carried out" in stopped.output
    out = run.invoke(directory, ["export", str(tmp_path / "out.json"), *who, "--own"])
    assert out.exit_code == 0, out.output
    assert len(json.loads((tmp_path / "out.json").read_bytes())["organizations"]) == 2
    with app.app_context(), scope(members.partner):
        code = db.session.get_one(Tenant, members.partner.tenant).code
    by_code = run.invoke(directory, ["export", str(tmp_path / "out.json"), "--as", code, "--own"])
    assert by_code.exit_code == 0, by_code.output
    assert run.invoke(directory, ["import", str(file), "--as", "nobody at all"]).exit_code == 1
