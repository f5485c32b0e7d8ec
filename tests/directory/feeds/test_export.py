"""What is taken out can be brought in again, and then nothing has changed."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any
from uuid import UUID

import openpyxl
import orjson
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.core.db import unit_of_work
from network.directory import operations as directory
from network.directory import queries
from network.directory.feeds import writing
from network.directory.feeds.values.texts import text as plain
from network.directory.feeds.writing import FORMS, export, safe, template
from network.directory.models import Service
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import mine
from tests.factories import make_listing

SECRET = "14 Hidden Lane"


def taken_out(app: Flask, identity: Identity, form: str, *, own: bool = True) -> bytes:
    made = io.BytesIO()
    with app.test_request_context(), scope(identity):
        export(form, made, own=own)
    return made.getvalue()


def rich(app: Flask, members: Members, said: str = "Free, of course") -> UUID:
    """A listing with a part of each kind, and a confidential place."""
    listed = make_listing(app, members.partner.tenant)
    parts: list[tuple[str, dict[str, Any], str]] = [
        ("program", {"name": "Safe return", "description": said}, "organization_id"),
        ("contact", {"name": "The desk", "title": said}, "service_id"),
        ("phone", {"number": "+962 6 7", "extension": 4, "description": said}, "location_id"),
        ("address", {"city": "Irbid", "country": "JO", "address_1": said}, "location_id"),
        ("accessibility", {"description": said}, "location_id"),
        ("language", {"name": "Sign language", "interpreted": True}, "service_id"),
        ("schedule", {"byday": "SU,MO", "opens_at": "08:00", "closes_at": "24:00"}, "service_at_location_id"),
        ("cost_option", {"option": said, "currency": "JOD", "amount": 5}, "service_id"),
        ("required_document", {"document": said}, "service_id"),
        ("funding", {"source": said}, "organization_id"),
        ("organization_identifier", {"identifier_type": "r", "identifier": "=7"}, "organization_id"),
    ]
    with app.app_context(), scope(members.partner), unit_of_work():
        for entity, values, owner in parts:
            directory.add_part(entity, values, **{owner: getattr(listed, owner)})
        directory.change(
            "service",
            listed.service_id,
            {"wait_time": said, "email": "not an address", "open_on_holidays": True},
        )
        directory.set_eligibility(listed.service_id, {"sex": ["women"], "works_without_documents": True})
        place = directory.create_location(
            listed.organization_id,
            place_code="jo-irbid",
            confidential=True,
            addresses=[{"address_1": SECRET, "city": "Irbid"}],
        )
        directory.place_service_at_location(listed.service_id, place, "behind the mill")
    return listed.service_id


@pytest.mark.parametrize("form", FORMS)
def test_bringing_in_what_was_taken_out_changes_nothing(
    app: Flask, members: Members, bring: Bring, form: str
):
    rich(app, members)
    data = taken_out(app, members.partner, form)
    brought = bring(data, file_name=f"x.{FORMS[form][1]}")
    told = [
        (row.entity, row.result, row.reasons, held["changes"], held["doubts"])
        for row, held in brought.rows
        if row.result not in ("unchanged", "merged")
    ]
    assert told == []
    assert taken_out(app, members.partner, "json") == taken_out(app, members.partner, "json")


def test_a_service_keeps_its_week_on_holidays_wherever_it_is_brought(
    app: Flask, members: Members, bring: Bring
):
    listed = rich(app, members)
    taken = orjson.loads(taken_out(app, members.partner, "json"))
    [one] = taken["organizations"]
    [service] = [each for each in one["services"] if each["id"] == str(listed)]
    assert service["open_on_holidays"] is True
    elsewhere = {"id": "o", "name": "Elsewhere", "services": [
        {"id": "a", "name": "Open", "open_on_holidays": True}, {"id": "b", "name": "Closed"}]}  # fmt: skip
    bring({"organizations": [elsewhere]}, source="elsewhere")
    kept = {each.name: each.open_on_holidays for each in mine(app, members, Service)}
    assert (kept["Open"], kept["Closed"]) == (True, False)


@pytest.mark.parametrize("form", FORMS)
def test_the_days_of_a_country_are_told_once_and_are_nobody_elses(
    app: Flask, members: Members, bring: Bring, form: str
):
    places = [make_listing(app, members.partner.tenant) for _ in range(2)]
    with app.app_context(), scope(members.partner), unit_of_work():
        for listed in places:
            directory.change("location", listed.location_id, {"country": "TO"})
    days = {"first_on": "2031-01-01", "last_on": "2031-01-02", "closed": True, "kind": "holiday"}
    with app.app_context(), scope(members.headquarters), unit_of_work():
        day = str(directory.add_holiday("TO", days | {"description": form}))
    brought = bring(taken_out(app, members.partner, form), file_name=f"x.{FORMS[form][1]}", source=form)
    told = [(row.result, row.reasons) for row, held in brought.rows if held["foreign_id"] == day]
    assert told == [("unchanged", ["not_yours"])]
    if form == "json":  # as exports of before told them, and the API still does: with each place
        taken = orjson.loads(taken_out(app, members.partner, form))
        [listed_days] = [one for one in taken.pop("schedule_exceptions") if one["id"] == day]
        del listed_days["country"]
        for one in taken["organizations"]:
            for place in one["locations"]:
                place["schedule_exceptions"].append(listed_days)
        told = [one[:2] for one in bring(taken, source="before").rows_of("schedule_exception")]
        assert told == [("unchanged", ["not_yours"]), ("merged", ["same_foreign_id"])]
    with app.app_context(), scope(members.partner):
        assert not queries.open_reports()


def test_days_of_a_country_that_are_not_here_are_not_brought_in(app: Flask, members: Members, bring: Bring):
    day = {"id": "d", "first_on": "2031-03-01", "last_on": "2031-03-01", "closed": True, "country": "TO"}
    brought = bring({"organizations": [{"id": "o", "name": "There"}], "schedule_exceptions": [day]})
    assert [one[:2] for one in brought.rows_of("schedule_exception")] == [("refused", ["country_days"])]


def test_what_stands_in_two_batches_is_told_once(
    app: Flask, members: Members, bring: Bring, monkeypatch: pytest.MonkeyPatch
):
    """A place of one organization where another one works, too."""
    places = [{"id": f"l{n}", "organization_id": f"o{n}", "location_type": "physical", "latitude": 31 + n,
               "longitude": 35, "name": f"House {n}"} for n in (1, 2)]  # fmt: skip
    bring(
        {
            "organizations": [{"id": f"o{n}", "name": f"Two batches {n}"} for n in (1, 2)],
            "services": [
                {"id": f"s{n}", "organization_id": f"o{n}", "name": "Advice", "status": "active"}
                for n in (1, 2)
            ],
            "locations": places,
            "addresses": [
                {"id": f"a{n}", "location_id": f"l{n}", "address_1": "x", "city": "Irbid"} for n in (1, 2)
            ],
            "service_at_locations": [
                {"id": f"p{n}{m}", "service_id": f"s{n}", "location_id": f"l{m}"}
                for n in (1, 2)
                for m in (1, 2)
            ],
        }
    )
    monkeypatch.setattr(writing, "MOST_ORGANIZATIONS", 1)
    with zipfile.ZipFile(io.BytesIO(taken_out(app, members.partner, "csv"))) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                ids = [row["id"] for row in csv.DictReader(io.StringIO(archive.read(name).decode()))]
                assert len(ids) == len(set(ids)), name
    taken = orjson.loads(taken_out(app, members.partner, "json"))
    assert len(taken["organizations"]) == 2


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=60))
def test_whatever_is_written_there_comes_back_as_it_was(
    app: Flask, members: Members, bring: Bring, said: str
):
    text = said.strip() or "x"
    rich(app, members, text)
    for form in ("ndjson", "csv"):
        data = taken_out(app, members.partner, form)
        brought = bring(data, source=f"again {form}")
        changed = [
            (row.entity, held["changes"])
            for row, held in brought.rows
            if row.result in ("created", "changed")
        ]
        assert changed == []


@pytest.mark.parametrize("form", FORMS)
def test_a_confidential_address_is_not_taken_out_by_anybody(app: Flask, members: Members, form: str):
    rich(app, members)
    for who in (members.partner, members.stranger):
        data = taken_out(app, who, form, own=False)
        if form in ("csv", "xlsx"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                data = b"".join(archive.read(name) for name in archive.namelist())
        assert b"Irbid" in data
        assert SECRET.encode() not in data
        assert b"behind the mill" not in data


def test_a_cell_is_never_a_formula(app: Flask, members: Members):
    for one in ("=1+1", "+962", "-x", "@x", "\tx", "\n=1", " =1", "＝1", "＠x", "|x", "%x"):
        assert safe(one) == f"'{one}"
        assert plain(safe(one.strip())) == one.strip(), "it is read again as it was"
    assert safe("a=1") == "a=1"
    rich(app, members, '=HYPERLINK("http://evil.example")')
    with zipfile.ZipFile(io.BytesIO(taken_out(app, members.partner, "csv"))) as archive:
        names = archive.namelist()
        assert "datapackage.json" in names
        for name in names:
            if name.endswith(".csv"):
                for row in csv.reader(io.StringIO(archive.read(name).decode())):
                    assert not [cell for cell in row if cell.startswith(("=", "+", "@"))]
    book = openpyxl.load_workbook(io.BytesIO(taken_out(app, members.partner, "xlsx")))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_the_template_filled_in_is_read_as_it_is_meant(app: Flask, members: Members, bring: Bring):
    brought = bring(template(), file_name="listings.xlsx", source="workbook")
    assert brought.results == {"created": brought.one.rows}
    assert brought.doubts() == set()
    assert {row.entity for row, _held in brought.rows} >= {
        "organization",
        "location",
        "service",
        "phone",
        "schedule",
    }
