"""Feeds come in whole: every row is accounted for, what cannot be used is set aside, again changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from network.core.db import db, unit_of_work
from network.core.errors import Invalid
from network.directory import geo
from network.directory import operations as directory
from network.directory.feeds import carrying, comparing, operations, standing
from network.directory.models import (
    Address,
    ListingImport,
    ListingQuarantine,
    ListingSuggestion,
    Location,
    LocationPrivate,
    Organization,
    Phone,
    Schedule,
    ScheduleException,
    Service,
    ServiceAtLocation,
)
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring, Brought
from tests.directory.feeds.feeds import BROKEN_LINES, LINES, OLD, TABLES, TITLED, WILD, zipped


def read(app: Flask, identity: Identity, model: type[Any], *where: Any) -> list[Any]:
    with app.app_context(), scope(identity):
        return list(db.session.scalars(select(model).where(*where)))


def mine(app: Flask, members: Members, model: type[Any]) -> list[Any]:
    return read(app, members.partner, model, model.steward_tenant_id == members.partner.tenant)


def is_whole(brought: Brought) -> bool:
    """Every row has its outcome, and the outcomes add up to what was read."""
    counted = sum(brought.results.values())
    return brought.one.state == "done" and counted == brought.one.rows == len(brought.rows)


@pytest.mark.parametrize("feed", [OLD, TABLES, LINES, WILD], ids=["old", "tables", "lines", "wild"])
def test_every_row_of_a_dirty_feed_is_accounted_for_and_again_changes_nothing(bring: Bring, feed: Any):
    first, again = bring(feed), bring(feed)
    assert is_whole(first)
    assert is_whole(again)
    assert "not_accepted" not in {reason for row, _held in first.rows for reason in row.reasons}
    assert again.results.keys() <= {"unchanged", "merged", "refused"}
    assert again.one.rows == first.one.rows


def test_an_older_version_is_read_with_its_names_hours_and_ids(app: Flask, members: Members, bring: Bring):
    brought = bring(OLD)
    [organization] = mine(app, members, Organization)
    assert (organization.name, organization.website, organization.email) == (
        "Legal Aid of the North",
        "https://www.legal-north.example",
        "desk@legal-north.example",
    )
    [service] = mine(app, members, Service)
    assert (service.wait_time, service.eligibility_description) == ("2 days", "Everybody")
    hours = {(one.byday, one.opens_at, one.closes_at) for one in mine(app, members, Schedule)}
    assert hours == {("SU", "08:30", "16:30"), ("MO", "08:30", None)}
    [location] = mine(app, members, Location)
    assert (location.latitude, location.town, location.country) == (32.5556, "Irbid", "JO")
    assert [one.number for one in mine(app, members, Phone)] == ["06 555 1234"]
    assert len(mine(app, members, ScheduleException)) == 1
    doubts = brought.doubts()
    assert {("schedule", "closes_at", "out_of_range"), ("organization", "description", "duplicate")} <= doubts
    assert ("organization", "colour", "no_place_for_it") in doubts


def test_bad_values_are_set_aside_and_their_rows_kept(app: Flask, members: Members, bring: Bring):
    brought = bring(TABLES)
    doubts = brought.doubts()
    for doubt in (
        ("organization", "website", "not_a_value"),
        ("organization", "parent_organization_id", "dangling"),
        ("location", "latitude", "out_of_range"),
        ("location", "organization_id", "dangling"),
        ("location", "_beyond", "no_place_for_it"),
        ("service", "description", "too_long"),
        ("service", "email", "not_a_value"),
        ("service", "url", "not_a_value"),
        ("service", "status", "unknown_code"),
        ("service", "organization_id", "dangling"),
    ):
        assert doubt in doubts
    assert {one.name for one in mine(app, members, Organization)} == {
        "جمعية العون",
        "feed: no organization named",
    }
    assert {one.name: one.town for one in mine(app, members, Location)}["Centre"] == "مادبا"
    assert len(mine(app, members, ServiceAtLocation)) == 2
    # A number that hangs on a service and on a place hangs on both; one that is no number is kept aside.
    assert sorted(one.number for one in mine(app, members, Phone)) == ["+962 6 555 1234", "+962 6 555 1234"]
    aside = read(app, members.partner, ListingQuarantine, ListingQuarantine.field == "phone:P2")
    assert [(one.value, one.reason) for one in aside] == [("number: call us", "not_a_value")]
    assert [row for row in brought.rows_of("") if row[0] == "refused"]


def test_who_reads_the_rows_of_a_feed_is_its_importer_alone(app: Flask, members: Members, bring: Bring):
    bring(TABLES)
    for model in (ListingImport, ListingQuarantine):
        assert read(app, members.partner, model)
        assert not read(app, members.stranger, model)


def test_a_changed_feed_changes_what_it_changed_and_nothing_that_somebody_changed_here(
    app: Flask, members: Members, bring: Bring
):
    bring(OLD)
    [service] = mine(app, members, Service)
    with app.app_context(), scope(members.partner), unit_of_work():
        directory.change("service", service.id, {"wait_time": "3 weeks", "alert": "Call first"})
    newer = copy.deepcopy(OLD)
    newer["organizations"][0]["services"][1] |= {"wait_time": "1 day", "application_process": "Come by"}
    brought = bring(newer)
    [[result, reasons, held]] = [row for row in brought.rows_of("service") if row[0] != "merged"]
    assert (result, reasons) == ("changed", ["changed_here"])
    assert held["changes"] == {"application_process": [None, "Come by"]}
    [service] = mine(app, members, Service)
    assert (service.wait_time, service.alert, service.application_process) == (
        "3 weeks",
        "Call first",
        "Come by",
    )
    assert (brought.results.get("created"), brought.results["changed"]) == (None, 1)
    assert set(bring(newer).results) <= {"unchanged", "merged"}


def test_a_place_without_a_position_stands_where_its_town_is(app: Flask, members: Members, bring: Bring):
    feed = {
        "organizations": [{"id": "o", "name": "By post"}],
        "locations": [
            {"id": kind, "organization_id": "o", "location_type": kind, "name": kind} for kind in ("postal", "physical")
        ],
        "addresses": [
            {"id": f"a{kind}", "location_id": kind, "address_1": "Box 5", "city": "Irbid", "country": "JO"}
            for kind in ("postal", "physical")
        ],
    }  # fmt: skip
    bring(feed)
    irbid = geo.get_place("jo-irbid").point
    assert [geo.Point(one.latitude, one.longitude) for one in mine(app, members, Location)] == [irbid, irbid]
    assert geo.is_of_a_place(irbid)
    told = feed | {"addresses": [feed["addresses"][0] | {"city": "Bride of the North"}]}
    with app.app_context(), scope(members.centre), unit_of_work():
        directory.add_place_alias("Bride of the North", "jo-irbid")
    [postal] = [held for row, held in bring(told, source="by alias").rows if row.entity == "location"][:1]
    assert (postal["values"]["latitude"], postal["values"]["place_code"]) == (irbid.latitude, "jo-irbid")
    assert bring(feed).results.keys() == {"unchanged"}


def test_what_was_killed_goes_on_where_it_was_and_doubles_nothing(
    app: Flask, members: Members, bring: Bring, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(carrying, "PIECE", 3)
    with app.app_context(), scope(members.partner), unit_of_work():
        import_id = operations.start_import(TABLES, file_name="t.zip", source="feed")
    with app.app_context(), scope(members.partner):
        comparing.plan_import(import_id, unit_of_work)
        comparing.plan_import(import_id, unit_of_work)  # told twice
        with unit_of_work():
            operations.begin_import(import_id)
        with pytest.raises(RuntimeError), unit_of_work():
            carrying.carry_on(import_id, 0)
            raise RuntimeError("killed")
        position = 0
        while True:
            for _told_twice in range(2):
                with unit_of_work():
                    carrying.carry_on(import_id, position)
            db.session.expire_all()
            one = db.session.get_one(ListingImport, (members.partner.tenant, import_id))
            if one.state == "done":
                break
            assert one.position == position + 3
            position = one.position
    done = Brought(app, members.partner, import_id)
    assert is_whole(done)
    assert set(bring(TABLES).results) <= {"unchanged", "merged", "refused"}


def test_what_must_not_be_listed_or_was_removed_stays_so(app: Flask, members: Members, bring: Bring):
    bring(OLD)
    [service] = mine(app, members, Service)
    [organization] = mine(app, members, Organization)
    with app.app_context(), scope(members.partner), unit_of_work():
        db.session.get_one(Organization, organization.id).do_not_list = True
        directory.remove("service", service.id)
    newer = copy.deepcopy(OLD)
    newer["organizations"][0] |= {"legal_status": "NGO"}
    newer["organizations"][0]["services"][0]["alert"] = "New"
    brought = bring(newer)
    assert brought.rows_of("service")[0][:2] == ("unchanged", ["removed_here"])
    [organization] = mine(app, members, Organization)
    assert (organization.do_not_list, organization.legal_status) == (True, "NGO")
    assert mine(app, members, Service)[0].removed_at is not None
    with app.app_context(), scope(members.partner), unit_of_work():  # so that other tests may bring its like
        directory.list_again("organization", organization.id)


def test_the_listing_of_another_member_is_not_written_but_suggested(
    app: Flask, members: Members, bring: Bring
):
    bring(OLD)
    [organization] = mine(app, members, Organization)
    [service] = mine(app, members, Service)
    theirs = {
        "organizations": [{"id": str(organization.id), "name": "Another name", "description": "Free advice"}],
        "services": [{"id": str(service.id), "organization_id": str(organization.id), "name": "Advice",
                      "visibility": "public"}],
        "phones": [{"id": "new", "service_id": str(service.id), "number": "+962 7 1"}],
    }  # fmt: skip
    brought = bring(theirs, identity=members.centre)
    assert brought.rows_of("organization")[0][:2] == ("suggested", ["not_yours"])
    assert brought.rows_of("phone")[0][0] == "suggested"
    assert mine(app, members, Organization)[0].name == "Legal Aid of the North"
    told = read(app, members.partner, ListingSuggestion)
    assert {(one.entity, one.field, str(one.proposed)[:12]) for one in told} >= {
        ("organization", "name", "Another name"),
    }
    assert any(one.entity == "phone" and one.field is None for one in told)
    assert not any(one.field == "visibility" for one in told)  # its steward alone decides it
    count = len(told)
    bring(theirs, identity=members.centre)
    assert len(read(app, members.partner, ListingSuggestion)) == count


SHELTER = {
    "organizations": [{"id": "s", "name": "House", "description": "A shelter"}],
    "locations": [
        {"id": "l", "organization_id": "s", "name": "Blue door", "confidential": True, "town": "Irbid",
         "latitude": 32.5501, "longitude": 35.8499, "location_type": "physical"},
    ],
    "addresses": [{"id": "a", "location_id": "l", "address_1": "14 Hidden Lane", "city": "Irbid", "country": "JO"}],
    "phones": [{"id": "p", "location_id": "l", "number": "+962 2 777"}],
    "services": [{"id": "x", "organization_id": "s", "name": "Shelter", "status": "active"}],
    "service_at_locations": [{"id": "sl", "service_id": "x", "location_id": "l", "description": "by the mill"}],
}  # fmt: skip


def test_the_address_of_a_confidential_place_goes_into_the_private_table_alone(
    app: Flask, members: Members, bring: Bring
):
    brought = bring(SHELTER)
    [location] = mine(app, members, Location)
    assert (location.confidential, location.town, location.name) == (True, "Irbid", None)
    assert (location.latitude, location.longitude) != (32.5501, 35.8499)
    assert not mine(app, members, Address)
    assert not mine(app, members, Phone)
    assert len(read(app, members.partner, LocationPrivate)) == 1
    assert brought.rows_of("address")[0][:2] == ("merged", ["kept_private"])
    assert brought.rows_of("phone")[0][:2] == ("refused", ["confidential_place"])
    assert "Hidden" not in str([held for row, held in brought.rows if row.entity != "location"])
    assert set(bring(SHELTER).results) <= {"unchanged", "merged", "refused"}
    # Opened by a feed it is not: somebody here has said that it is confidential.
    opened = copy.deepcopy(SHELTER)
    opened["locations"][0]["confidential"] = False
    assert bring(opened).rows_of("location")[0][:2] == ("unchanged", ["confidential_here"])
    assert not mine(app, members, Address)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "empty"),
        (b"PK\x03\x04junk", "zip"),
        (b"%PDF-1.7", "no listings"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel"),
    ],
)
def test_a_file_that_is_no_feed_is_refused_in_words(app: Flask, members: Members, data: bytes, problem: str):
    with app.app_context(), scope(members.partner), unit_of_work(), pytest.raises(Invalid) as refused:
        operations.start_import(data, file_name="x", source="feed")
    assert problem in str(refused.value.fields["file"])


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"contents": [{"id": "1"', "bad_json"),
        (b"[]", "no_rows"),
        (b'"text"', "no_rows"),
        (b"[" * 5000 + b"]" * 5000, "too_deep"),
        (zipped({"datapackage.json": "{}"}), "no_tables"),
    ],
    ids=["cut", "nothing", "a text", "deep", "no tables"],
)
def test_a_feed_that_cannot_be_read_says_why(bring: Bring, data: bytes, problem: str):
    one = bring(data).one
    assert (one.state, one.problem) == ("failed", problem)


def test_a_zip_that_grows_without_end_is_refused(bring: Bring):
    with pytest.raises(Invalid) as refused:
        bring(zipped({"bomb.csv": b"id,name\n" + b"0" * 210_000_000}))
    assert "too large" in str(refused.value.fields["file"])


def test_ids_that_no_database_can_hold_and_keys_that_are_said_twice_do_no_harm(bring: Bring):
    feed = {
        "organizations": [{"id": "a\0b", "name": "House\0"}],
        "services": [{"id": "s", "organization_id": "a\0b", "name": "Bed", "status": "active"}],
        "languages": [
            {"id": "1", "service_id": "s", "code": "ar", "note": "always"},
            {"id": "2", "service_id": "s", "code": "ara", "note": "sometimes"},
        ],
    }
    first = bring(feed)
    assert [row[:2] for row in first.rows_of("language")] == [("created", []), ("merged", ["same_key"])]
    assert bring(feed).results == {"unchanged": 3, "merged": 1}


def test_a_table_that_nobody_knows_is_counted_row_by_row(bring: Bring):
    assert bring(zipped({"a.csv": b"id\n1\n2\n"})).results == {"refused": 2}


def test_ids_without_end_are_told_apart_and_a_text_is_no_mail_address(
    app: Flask, members: Members, bring: Bring
):
    brought = bring(WILD)
    found = {one.name: one for one in mine(app, members, Organization)}
    assert {"One", "Two", "Three"} <= found.keys()
    assert found["One"].email is None
    assert brought.doubts() >= {
        ("organization", "email", "too_long"),
        ("location", "longitude", "out_of_range"),
        ("schedule_exception", "last_on", "out_of_range"),
    }


def test_a_line_that_cannot_be_read_costs_no_other(bring: Bring):
    assert bring(BROKEN_LINES).results == {"created": 2, "refused": 1}


def test_a_title_above_the_columns_is_no_row(bring: Bring):
    assert bring(TITLED).results == {"created": 2}


def test_a_worker_that_went_on_meanwhile_is_seen(app: Flask, members: Members, bring: Bring):
    """Whoever waits for the lock reads the import again, and does not do a piece that was done."""
    import_id = bring(LINES).one.id
    with app.app_context(), scope(members.partner), unit_of_work():
        held = db.session.get_one(ListingImport, (members.partner.tenant, import_id))
        done = held.position
        set_committed_value(held, "position", 0)  # as it was read before the other came
        assert standing.locked(import_id).position == done
