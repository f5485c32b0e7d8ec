"""Copies that others keep: what changed, what is gone, and lines without pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask

from network.core import clock
from network.core.db import db, unit_of_work
from network.directory.hsds import seats
from network.directory.operations import add_part, change, remove, restore
from network.stack import web
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds import facts
from tests.directory.hsds.conftest import ids, make_public, mark, publish
from tests.factories import Listed, make_listing
from tests.support.visitor import Visitor


def test_a_copy_learns_what_changed_and_what_is_gone(app: Flask, members: Members, stranger: Visitor):
    steward_id = members.partner.tenant
    listed, kept = make_public(app, steward_id), make_public(app, steward_id)
    since = quote((clock.now() + timedelta(milliseconds=1)).isoformat())
    address = f"/hsds/v3/services?organization_id={listed.organization_id}&modified_after={since}"
    assert stranger.get(address).json["total_items"] == 0
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        add_part("phone", {"number": "+962 6 1"}, service_id=listed.service_id)
    [changed] = stranger.get(address).json["contents"]
    assert changed["id"] == str(listed.service_id)
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        remove("service", listed.service_id)
    [gone] = stranger.get(address).json["contents"]
    assert gone["tombstone"] == {"reason": "removed", "at": gone["last_modified"]}
    assert {name: gone[name] for name in ("id", "name", "status")} == {
        "id": str(listed.service_id), "name": "", "status": "defunct",
    }  # fmt: skip
    assert facts.faults("service", gone) == []
    assert stranger.get(f"/hsds/v3/services/{listed.service_id}").status_code == 410
    assert ids(stranger.get(f"/hsds/v3/services?organization_id={listed.organization_id}")) == set()
    assert ids(stranger.get(f"{address}&search=a")) == set()
    for path in ("service_at_locations",):
        placed = stranger.get(address.replace("services", path)).json["contents"]
        assert [one["tombstone"]["reason"] for one in placed] == ["removed"]
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        restore("service", listed.service_id)
        mark(listed, do_not_list=True)
    [withdrawn] = stranger.get(address).json["contents"]
    assert withdrawn["tombstone"]["reason"] == "withdrawn"
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        mark(listed, do_not_list=False, merged_into_id=kept.service_id)
    [merged] = stranger.get(address).json["contents"]
    assert merged["tombstone"]["merged_into_id"] == str(kept.service_id)
    onward = stranger.get(f"/hsds/v3/services/{listed.service_id}")
    assert (onward.status_code, onward.headers["Location"]) == (308, f"/hsds/v3/services/{kept.service_id}")


def test_what_was_never_public_leaves_no_tombstone_for_a_stranger(
    app: Flask, members: Members, stranger: Visitor, member: Visitor
):
    listed = make_listing(app, members.partner.tenant)
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        remove("service", listed.service_id)
    address = f"/hsds/v3/services?organization_id={listed.organization_id}&modified_after=2020-01-01"
    assert stranger.get(address).json["total_items"] == 0
    assert stranger.get(f"/hsds/v3/services/{listed.service_id}").status_code == 404
    assert member.get(address).json["total_items"] == 1
    assert member.get(f"/hsds/v3/services/{listed.service_id}").status_code == 410


@pytest.mark.parametrize("part", ["organization", "service", "location"])
def test_what_is_public_no_longer_leaves_a_tombstone_for_strangers(
    app: Flask, members: Members, stranger: Visitor, member: Visitor, part: str
):
    steward_id = members.partner.tenant
    since = quote(clock.now().isoformat())
    listed = make_public(app, steward_id)
    asked = f"?organization_id={listed.organization_id}&modified_after={since}"
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        change(part, getattr(listed, f"{part}_id"), {"visibility": "network"})
    ended = {
        "organizations": (listed.organization_id, part == "organization"),
        "services": (listed.service_id, part != "location"),
        "service_at_locations": (listed.service_at_location_id, True),
    }
    for path, (one, is_gone) in ended.items():
        answer = stranger.get(f"/hsds/v3/{path}{asked}")
        assert answer.json["size"] == 1, (answer.json, asked)
        [told] = answer.json["contents"]
        assert told["id"] == str(one)
        assert ("tombstone" in told) is is_gone, path
        assert not is_gone or told["tombstone"]["reason"] == "withdrawn"
        assert stranger.get(f"/hsds/v3/{path}/{one}").status_code == (410 if is_gone else 200)
        assert member.get(f"/hsds/v3/{path}/{one}").status_code == 200
        lines = stranger.get(f"/hsds/v3/{path}{asked}&format=ndjson").text.splitlines()
        assert [json.loads(line) for line in lines] == [told]
    publish(app, steward_id, listed)
    for path in ended:
        [told] = stranger.get(f"/hsds/v3/{path}{asked}").json["contents"]
        assert "tombstone" not in told


def test_lines_hold_what_the_pages_hold(five: Listed, stranger: Visitor, member: Visitor, monkeypatch: Any):
    monkeypatch.setattr("network.directory.hsds.feed.BATCH", 2)
    address = f"/hsds/v3/services?organization_id={five.organization_id}"
    for reader in (stranger, member):
        answer = reader.get(f"{address}&format=ndjson&per_page=1&page=7")
        assert answer.mimetype == "application/x-ndjson"
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert lines == reader.get(address).json["contents"]
    assert reader.head(f"{address}&format=ndjson").status_code == 200
    assert reader.get(f"{address}&format=ndjson&search=nothing-like-it").text == ""


def test_lines_are_of_one_moment_and_read_as_they_are_sent(
    app: Flask, members: Members, five: Listed, stranger: Visitor, monkeypatch: Any
):
    monkeypatch.setattr("network.directory.hsds.feed.BATCH", 2)
    address = f"/hsds/v3/services?organization_id={five.organization_id}&format=ndjson"
    answer = stranger.get(address, buffered=False)
    lines = answer.iter_encoded()
    first = next(lines)
    assert first.count(b"\n") == 2
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        remove("organization", five.organization_id)
    assert b"".join([first, *lines]).count(b"\n") == 5
    answer.close()
    assert stranger.get(address).text == ""


def test_one_that_nobody_reads_to_its_end_gives_its_place_back(
    five: Listed, stranger: Visitor, monkeypatch: Any
):
    monkeypatch.setattr("network.directory.hsds.feed.BATCH", 2)
    address = f"/hsds/v3/services?organization_id={five.organization_id}&format=ndjson"
    assert seats.AT_ONCE > 1
    assert seats.STRANGERS.most + seats.MEMBERS.most <= web.SENDING
    from_afar = [{"REMOTE_ADDR": f"192.0.2.{number}"} for number in range(seats.AT_ONCE)]
    left = [stranger.get(address, buffered=False, environ_base=one) for one in from_afar]
    for one in left:
        assert next(one.iter_encoded()).count(b"\n") == 2
    refused = stranger.get(address)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert refused.mimetype == "application/problem+json"
    assert stranger.get(address.replace("ndjson", "json")).status_code == 200
    for one in left:
        one.close()
    assert stranger.get(address).status_code == 200


def test_one_that_fails_to_end_gives_its_place_and_its_connection_back(
    app: Flask, five: Listed, stranger: Visitor, monkeypatch: Any
):
    def stubborn(*_asked: object) -> Iterator[list[dict[str, str]]]:
        try:
            while True:
                yield [{"id": "one"}]
        finally:
            raise RuntimeError("the connection was lost")

    address = f"/hsds/v3/services?organization_id={five.organization_id}&format=ndjson"
    from_afar = {"REMOTE_ADDR": "192.0.2.90"}
    with app.app_context():
        pool: Any = db.engine.pool
    taken = pool.checkedout()
    with monkeypatch.context() as lost:
        lost.setattr("network.directory.hsds.feed.everything", stubborn)
        answer = stranger.get(address, buffered=False, environ_base=from_afar)
        assert next(answer.iter_encoded()) == b'{"id":"one"}\n'
        with pytest.raises(RuntimeError):
            answer.close()
    assert pool.checkedout() == taken
    assert stranger.get(address, environ_base=from_afar).status_code == 200
