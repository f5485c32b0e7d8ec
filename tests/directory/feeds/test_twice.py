"""One listing under two ids, or by hand and by a feed: one where that is safe, else said, and left to its steward."""

from __future__ import annotations

from typing import Any

from flask import Flask

from network.core.db import unit_of_work
from network.directory import operations as directory
from network.directory.models import Location, Organization, Phone, Service
from network.directory.queries.duplicates import find_duplicates
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_accounting import accounted, quiet
from tests.directory.feeds.test_feeds import mine

CARE: dict[str, Any] = {"name": "House of Care", "country": "JO"}
FEED: dict[str, Any] = {
    "organizations": [
        CARE | {"id": "a"},
        CARE | {"id": "b", "name": "  house of CARE ", "email": "care@h.example", "website": "h.example"},
        CARE | {"id": "near", "name": "House of Care"},
        CARE | {"id": "other", "email": "another@h.example"},  # its mail tells it apart from those before
        CARE | {"id": "alone", "name": "House of Bread", "website": "www.h.example/"},  # the site of another name
        CARE | {"id": "quiet", "name": "House of Quiet"},
        CARE | {"id": "quiet 2", "name": "House of Quiet"},  # nothing but its name
    ],
    "phones": [
        {"id": "1", "organization_id": "a", "number": "+962 6 555 1234"},
        {"id": "2", "service_id": "s2", "number": "06 5551234"},
        {"id": "3", "organization_id": "b", "number": "+962 6 555 1234"},
    ],
    "services": [
        {"id": "s1", "organization_id": "a", "name": "Advice", "status": "active"},
        {"id": "s2", "organization_id": "b", "name": "Advice", "status": "active"},
        {"id": "s3", "organization_id": "near", "name": "Beds", "status": "active"},
    ],
    "locations": [
        {"id": "l1", "organization_id": "a", "name": "Office", "latitude": 32.55, "longitude": 35.85},
        {"id": "l2", "organization_id": "near", "name": "office", "latitude": 32.5509, "longitude": 35.85},
        {"id": "l3", "organization_id": "a", "name": "Office", "latitude": 32.56, "longitude": 35.85},
    ],
}  # fmt: skip


def test_one_listing_under_two_ids_of_a_file_is_one_where_that_is_safe(
    app: Flask, members: Members, bring: Bring
):
    first = bring(FEED)
    assert accounted(first)
    told = {held["foreign_id"]: (result, reasons) for result, reasons, held in first.rows_of("organization")}
    assert told["a"] == ("created", [])
    assert told["b"] == told["near"] == ("merged", ["same_in_file"])
    assert told["other"][0] == told["alone"][0] == told["quiet 2"][0] == "created"
    assert told["alone"][1] == ["maybe_same"]
    found = {one.name: one for one in mine(app, members, Organization) if one.email != "another@h.example"}
    care = found["House of Care"]
    assert (care.email, care.website) == ("care@h.example", "https://h.example")  # filled from the second
    # What hung on the others hangs on it; what said the same is said once.
    services = mine(app, members, Service)
    assert {one.organization_id for one in services} == {care.id}
    assert sorted(one.name for one in services) == ["Advice", "Beds"]
    assert {round(one.latitude or 0, 4) for one in mine(app, members, Location)} == {32.55, 32.56}
    assert len([one for one in mine(app, members, Phone) if one.organization_id == care.id]) == 1
    again = bring(FEED)
    assert accounted(again)
    assert quiet(again)
    # What nobody can be sure of is among the duplicates, for its steward to say.
    with app.app_context(), scope(members.partner):
        pairs = {frozenset((one.name, one.other)): one.why for one in find_duplicates("organization")}
    assert {"site"} <= set(pairs[frozenset(("House of Care", "House of Bread"))])
    assert frozenset(("House of Quiet",)) in pairs
    # The first goes from the feed: the second is what it was, and nothing is made anew.
    rest = [one for one in FEED["organizations"] if one["id"] not in ("a", "near")]
    later = {"organizations": rest, "services": FEED["services"][1:2]}
    assert "created" not in [result for result, _reasons, _held in bring(later).rows_of("organization")]
    assert len(mine(app, members, Organization)) == 5


def test_a_listing_by_hand_is_compared_by_its_number_too(app: Flask, members: Members, bring: Bring):
    with app.app_context(), scope(members.partner), unit_of_work():
        ours = directory.create_organization(name="Shelter of the North", country="JO")
        service = directory.create_service(
            ours, name="Beds", needs=("legal.advice",), referral_methods=("phone",)
        )
        directory.add_part("phone", {"number": "+962 2 700 1234"}, service_id=service)
    feed = {
        "organizations": [{"id": "x", "name": "Northern Shelter", "country": "JO", "description": ""}],
        "phones": [{"id": "p", "organization_id": "x", "number": "02-7001234"}],
    }
    brought = bring(feed)
    assert brought.rows_of("organization")[0][:2] == ("created", ["maybe_same"])
    with app.app_context(), scope(members.partner):
        [pair] = find_duplicates("organization")
    assert ({pair.name, pair.other}, pair.why) == (
        {"Shelter of the North", "Northern Shelter"},
        ("name", "phone"),
    )


def test_a_feed_goes_on_with_a_listing_that_was_merged_meanwhile_and_parted_again(
    app: Flask, members: Members, bring: Bring
):
    first = {"id": "a", "name": "House of Help", "email": "nobody at all"}
    second = {"id": "b", "name": "Help House", "email": "b@help.example"}
    bring({"organizations": [first, second]})
    ids = {one.name: one.id for one in mine(app, members, Organization)}
    with app.app_context(), scope(members.partner), unit_of_work():
        merge = directory.merge("organization", ids["Help House"], ids["House of Help"])
    said = {"description": "Advice", "website": "nowhere at all"}
    brought = bring({"organizations": [first | said]})
    assert [one[0] for one in brought.rows_of("organization")] == ["changed"]
    kept = {one.id: one.description for one in mine(app, members, Organization)}
    assert kept[ids["Help House"]] == "Advice"
    assert ("organization", "website", "not_a_value") in brought.doubts()
    with app.app_context(), scope(members.partner), unit_of_work():
        directory.undo_merge(merge)
    bring({"organizations": [first | {"description": "Advice and beds", "website": "nowhere at all"}]})
    kept = {one.id: one.description for one in mine(app, members, Organization)}
    assert kept[ids["House of Help"]] == "Advice and beds"
    assert kept[ids["Help House"]] == "Advice"
