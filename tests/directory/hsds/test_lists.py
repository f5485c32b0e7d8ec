"""Lists: pages right to the last one, everything that is asked at once, what is gone, and lines without pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import event, update

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.hsds import streaming
from network.directory.models import Service
from network.directory.operations import add_part, change, create_service, remove, restore
from network.stack import web
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds import facts
from tests.directory.hsds.conftest import make_public, publish
from tests.factories import Listed, make_listing
from tests.support.visitor import Visitor

TERM = "/hsds/v3/taxonomy_terms"


def mark(listed: Listed, **values: Any) -> None:
    """What only operations of their own decide of a service."""
    db.session.execute(update(Service).where(Service.id == listed.service_id).values(**values))


def ids(answer: Any) -> set[str]:
    return {one["id"] for one in answer.json["contents"]}


@pytest.fixture
def five(app: Flask, members: Members) -> Listed:
    """An organization with five public services."""
    listed = make_public(app, members.partner.tenant)
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        for number in ("alpha", "beta", "gamma", "delta"):
            create_service(
                listed.organization_id,
                name=f"Service {number}",
                needs=["legal.advice"],
                referral_methods=["phone"],
                visibility="public",
            )
    return listed


def test_pages_are_right_to_the_last_one_and_beyond(five: Listed, stranger: Visitor):
    address = f"/hsds/v3/services?organization_id={five.organization_id}&per_page=2"
    pages = [stranger.get(f"{address}&page={number}").json for number in (1, 2, 3, 4)]
    frames = [{name: value for name, value in page.items() if name != "contents"} for page in pages]
    whole = {"total_items": 5, "total_pages": 3, "empty": False}
    assert frames[0] == whole | {"page_number": 1, "size": 2, "first_page": True, "last_page": False}
    assert frames[1] == whole | {"page_number": 2, "size": 2, "first_page": False, "last_page": False}
    assert frames[2] == whole | {"page_number": 3, "size": 1, "first_page": False, "last_page": True}
    assert frames[3] == whole | {
        "page_number": 4,
        "size": 0,
        "first_page": False,
        "last_page": True,
        "empty": True,
    }
    found = [one["id"] for page in pages for one in page["contents"]]
    assert found == sorted(set(found))
    assert len(found) == 5


def test_nothing_found_is_an_empty_first_and_last_page(stranger: Visitor):
    answer = stranger.get(f"/hsds/v3/services?organization_id={new_id()}").json
    assert answer == {
        "total_items": 0, "total_pages": 0, "page_number": 1, "size": 0, "first_page": True, "last_page": True,
        "empty": True, "contents": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "page=0", "page=-1", "page=x", "page=1.5", "page=99999999999", "page=١", "page=", "per_page=0", "per_page=501",
        "per_page=100000", "full=yes", "minimal=1", "taxonomy_term_id=x", "organization_id=1", "taxonomy_id=-",
        "modified_after=yesterday", "modified_after=2026-13-01", "modified_after=2026-01-01T25:00:00Z", "lat=1",
        "lon=1", "lat=91&lon=0", "lat=nan&lon=0", "lat=1&lon=1&radius_m=1", "radius_m=5000", "open_at=now",
        "language=Arabic!", "sex=x", "age=-1", "age=200", "nationality=jordan", "legal_status=x", "sector=x",
        "has_documents=maybe", "nothing=1", "page=1&page=2", f"search={'x' * 201}",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words(stranger: Visitor, query: str):
    answer = stranger.get(f"/hsds/v3/services?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"].keys() & {part.partition("=")[0] for part in query.split("&")}


def test_there_are_two_formats_and_no_other(stranger: Visitor):
    assert stranger.get("/hsds/v3/services?format=csv").status_code == 406
    assert stranger.get("/hsds/v3/services?format=").status_code == 406
    assert stranger.get("/hsds/v3/services/not-an-id").status_code == 404
    assert stranger.get("/hsds/v3/nothing").status_code == 404


def test_an_address_may_end_in_a_slash_and_a_flag_begin_with_a_capital(five: Listed, stranger: Visitor):
    asked = f"organization_id={five.organization_id}"
    plain = stranger.get(f"/hsds/v3/services?{asked}&full=true").json
    assert stranger.get(f"/hsds/v3/services/?{asked}&full=True").json == plain
    one = stranger.get(f"/hsds/v3/services/{five.service_id}").json
    assert stranger.get(f"/hsds/v3/services/{str(five.service_id).upper()}/").json == one
    far = stranger.get("/hsds/v3/services?page=1000000000000000000")
    assert far.json["errors"] == {"page": ["This number is too small or too large."]}


def test_everything_that_is_asked_must_hold(app: Flask, members: Members, stranger: Visitor):
    steward_id = members.partner.tenant
    word = f"zebra{new_id().hex[-8:]}"
    one = make_public(app, steward_id, name=f"{word} shelter", needs=["protection.shelter"], languages=["ne"])
    two = make_public(app, steward_id, name=f"{word} lawyers", needs=["legal.advice"], languages=["ar"])
    terms = {term.get("code"): term for term in stranger.get(f"{TERM}?per_page=500").json["contents"]}
    shelter, taxonomy_id = terms["protection.shelter"]["id"], terms["protection.shelter"]["taxonomy_id"]
    for path, keys in (("services", (one.service_id, two.service_id)),
                       ("service_at_locations", (one.service_at_location_id, two.service_at_location_id)),
                       ("organizations", (one.organization_id, two.organization_id))):  # fmt: skip
        mine, other = map(str, keys)
        searched = word if path != "organizations" else "Organization"
        address = f"/hsds/v3/{path}?per_page=500&search={searched}"
        assert {mine, other} <= ids(stranger.get(address)), path
        assert {mine, other} <= ids(stranger.get(f"{address}&taxonomy_id={taxonomy_id}"))
        found = ids(stranger.get(f"{address}&taxonomy_term_id={shelter}"))
        assert mine in found
        assert other not in found
        assert (
            ids(stranger.get(f"{address}&taxonomy_term_id={shelter}&organization_id={two.organization_id}"))
            == set()
        )
        assert ids(stranger.get(f"{address}&taxonomy_id={new_id()}")) == set()
    assert ids(stranger.get(f"/hsds/v3/services?search={word}&language=ne")) == {str(one.service_id)}
    assert ids(stranger.get(f"/hsds/v3/services?search={word}%20LAWYERS")) == {str(two.service_id)}
    assert ids(stranger.get(f"/hsds/v3/services?search={word}%20qqqqqqqq")) == set()
    assert ids(stranger.get(f"/hsds/v3/services?search={word}%20lawyres")) == {str(two.service_id)}


def test_words_find_what_is_offered_at_no_place(five: Listed, stranger: Visitor):
    found = stranger.get(f"/hsds/v3/services?search=Service%20gamma&organization_id={five.organization_id}")
    assert [one["name"] for one in found.json["contents"]] == ["Service gamma"]
    for wild in ("%25", "_", "%5C"):
        assert stranger.get(f"/hsds/v3/services?search={wild}&organization_id={five.organization_id}").json[
            "empty"
        ]


def test_terms_of_a_taxonomy_are_found_from_the_top_down(members: Members, stranger: Visitor):
    [taxonomy] = [one for one in stranger.get("/hsds/v3/taxonomies").json["contents"] if one.get("version")]
    top = stranger.get(f"{TERM}?taxonomy_id={taxonomy['id']}&top_only=true&per_page=500").json["contents"]
    assert top
    assert all("parent_id" not in one for one in top)
    below = stranger.get(f"{TERM}?parent_id={top[0]['id']}").json["contents"]
    assert below
    assert {one["parent_id"] for one in below} == {top[0]["id"]}
    assert below[0]["taxonomy"] == taxonomy["name"]
    assert facts.faults("taxonomy_term", stranger.get(f"{TERM}/{below[0]['id']}").json) == []
    assert facts.faults("taxonomy", stranger.get(f"/hsds/v3/taxonomies/{taxonomy['id']}").json) == []


def test_around_a_point_the_nearest_comes_first(app: Flask, members: Members, stranger: Visitor):
    steward_id, word = members.partner.tenant, f"okapi{new_id().hex[-8:]}"
    far = make_public(app, steward_id, name=f"{word} far", latitude=-21.2, longitude=55.5, town="Far")
    near = make_public(app, steward_id, name=f"{word} near", latitude=-21.1, longitude=55.5, town="Near")
    around = f"/hsds/v3/services?search={word}&lat=-21.1&lon=55.5"
    found = [one["id"] for one in stranger.get(f"{around}&radius_m=20000").json["contents"]]
    assert found == [str(near.service_id), str(far.service_id)]
    assert ids(stranger.get(f"{around}&radius_m=5000")) == {str(near.service_id)}
    publish(app, steward_id, near, "network")
    assert ids(stranger.get(f"{around}&radius_m=20000")) == {str(far.service_id)}


def test_open_at_an_instant_by_the_clock_of_the_place(app: Flask, members: Members, stranger: Visitor):
    hours = [{"byday": "SU", "opens_at": "22:00", "closes_at": "02:00"}]
    listed = make_public(app, members.partner.tenant, schedules=hours)
    address = f"/hsds/v3/services?organization_id={listed.organization_id}&open_at="
    for instant, is_open in (
        ("2026-11-22T22:30:00+03:00", True), ("2026-11-22T19:30:00Z", True), ("2026-11-23T01:59:00+03:00", True),
        ("2026-11-23T02:00:00+03:00", False), ("2026-11-22T21:59:00+03:00", False), ("2026-11-22T22:30:00Z", True),
        ("2026-11-23T22:30:00+03:00", False),
    ):  # fmt: skip
        assert bool(ids(stranger.get(address + quote(instant)))) is is_open, instant
    assert bool(ids(stranger.get(f"{address}2026-11-22T22:30:00+03:00")))  # a plus that became a space
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        closed = {
            "first_on": date(2026, 11, 22),
            "last_on": date(2026, 11, 22),
            "closed": True,
            "kind": "closure",
        }
        add_part("schedule_exception", closed, service_id=listed.service_id)
    assert ids(stranger.get(address + quote("2026-11-22T22:30:00+03:00"))) == set()
    assert ids(stranger.get(f"{address}9999-12-31")) == ids(stranger.get(f"{address}0001-01-01")) == set()


def test_at_a_postcode_and_around_it(app: Flask, members: Members, stranger: Visitor):
    steward_id, code = members.partner.tenant, f"Q{new_id().hex[-6:]}"
    there = make_public(app, steward_id, latitude=-20.9, longitude=55.5, town="A",
                        addresses=[{"address_1": "1", "city": "A", "postal_code": code}])  # fmt: skip
    beside = make_public(app, steward_id, latitude=-20.91, longitude=55.5, town="B")
    address = f"/hsds/v3/service_at_locations?postcode={code.lower()}"
    assert ids(stranger.get(address)) == {str(there.service_at_location_id)}
    assert {str(there.service_at_location_id), str(beside.service_at_location_id)} <= ids(
        stranger.get(f"{address}&proximity=5000")
    )
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        add_part("service_area", {"name": f"{code[:3]} {code[3:]}"}, service_id=beside.service_id)
    both = {str(there.service_at_location_id), str(beside.service_at_location_id)}
    assert ids(stranger.get(address)) == both
    assert ids(stranger.get("/hsds/v3/service_at_locations?postcode=nowhere-at-all&proximity=5000")) == set()
    assert stranger.get("/hsds/v3/service_at_locations?proximity=5000").status_code == 422


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


def test_several_streams_run_at_once_and_one_that_nobody_reads_to_its_end_gives_its_place_back(
    five: Listed, stranger: Visitor, monkeypatch: Any
):
    monkeypatch.setattr("network.directory.hsds.feed.BATCH", 2)
    address = f"/hsds/v3/services?organization_id={five.organization_id}&format=ndjson"
    assert 1 < streaming.AT_ONCE <= web.SENDING
    left = [stranger.get(address, buffered=False) for _stream in range(streaming.AT_ONCE)]
    for one in left:
        assert next(one.iter_encoded()).count(b"\n") == 2
    refused = stranger.get(address)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    assert refused.mimetype == "application/problem+json"
    assert stranger.get(address.replace("ndjson", "json")).status_code == 200
    for one in left:
        one.close()
    assert stranger.get(address).status_code == 200


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """The statements that the application sends meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("query", "most"), [("", 7), ("&full=true", 32), ("&minimal=true", 4)])
def test_a_page_asks_the_database_the_same_number_of_times_however_long_it_is(
    app: Flask, five: Listed, rich: Listed, stranger: Visitor, query: str, most: int
):
    counts = set()
    for organization_id, per_page in (
        (five.organization_id, 1),
        (five.organization_id, 5),
        (rich.organization_id, 1),
    ):
        with counting(app) as seen:
            answer = stranger.get(
                f"/hsds/v3/services?organization_id={organization_id}&per_page={per_page}{query}"
            )
        assert answer.json["size"] == per_page
        counts.add(len(seen))
    assert len(counts) == 1
    assert counts.pop() <= most


def test_an_answer_is_told_again_only_if_it_changed(five: Listed, stranger: Visitor, member: Visitor):
    address = f"/hsds/v3/services/{five.service_id}"
    first = stranger.get(address)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    assert first.headers["Cache-Control"] == "public, max-age=60"
    for given in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = stranger.get(address, headers={"If-None-Match": given})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
    assert stranger.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    assert {"Authorization", "Cookie"} <= set(first.vary)
    assert member.get(address).headers["Cache-Control"] == "private, no-cache"
    whole = stranger.head(address)
    assert (whole.status_code, whole.data, whole.headers["ETag"]) == (200, b"", tag)


def test_pages_of_other_origins_read_what_is_public_and_never_with_credentials(
    app: Flask, members: Members, five: Listed, stranger: Visitor, member: Visitor
):
    address = f"/hsds/v3/services/{five.service_id}"
    elsewhere = {"Origin": "https://example.org"}
    for answer in (
        stranger.get(address, headers=elsewhere),
        stranger.get("/hsds/v3/services?page=0", headers=elsewhere),
    ):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer.headers
    asked = elsewhere | {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "authorization",
    }
    before = stranger.options(address, headers=asked)
    assert before.status_code == 200
    assert "Authorization" not in before.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in member.get(address, headers=elsewhere).headers
    refused = stranger.get(address, headers=elsewhere | {"Authorization": "Bearer no-such-token"})
    assert refused.status_code == 401
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert stranger.delete(address).status_code == 405
    assert "GET" in stranger.delete(address).headers["Allow"]


def test_a_list_may_be_asked_for_by_post_with_a_person_in_the_body(
    app: Flask, members: Members, stranger: Visitor
):
    women = make_public(app, members.partner.tenant, eligibility={"sex": ["women"], "age": {"min": 18}})
    asked = {"organization_id": str(women.organization_id), "age": 30}
    for sex, found in (("female", 1), ("male", 0), ("other", 1)):
        assert stranger.post("/hsds/v3/services", json=asked | {"sex": sex}).json["total_items"] == found
        assert stranger.post("/hsds/v3/services", data=asked | {"sex": sex}).json["total_items"] == found
    assert stranger.post("/hsds/v3/services", json=asked | {"age": 12}).json["total_items"] == 0
    assert stranger.post("/hsds/v3/services", json=[1]).status_code == 422
    assert stranger.post("/hsds/v3/services", data="age=30", content_type="text/plain").status_code == 415
    assert stranger.post("/hsds/v3/services?page=1", data={"page": "1"}).status_code == 422
