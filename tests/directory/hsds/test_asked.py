"""What lists are asked for: words, terms, a place, an instant, and all of it at once."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from flask import Flask

from network.core.db import unit_of_work
from network.core.ids import new_id
from network.directory.operations import add_part
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds import facts
from tests.directory.hsds.conftest import ids, make_public, publish
from tests.factories import Listed
from tests.support.visitor import Visitor

TERM = "/hsds/v3/taxonomy_terms"


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
