"""What people and older programs write in cells and for ids: read as it is meant, or not at all."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
from flask import Flask

from network.directory.models import (
    Address,
    CostOption,
    Organization,
    Service,
)
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring, Brought
from tests.directory.feeds.feeds import zipped
from tests.directory.feeds.test_accounting import accounted, quiet
from tests.directory.feeds.test_feeds import mine
from tests.directory.feeds.test_strangers import told


def values_of(brought: Brought, entity: str, name: str) -> list[Any]:
    return [held["values"].get(name) for _result, _reasons, held in brought.rows_of(entity)]


def test_what_people_write_in_one_cell_is_read_as_it_is_meant_or_not_at_all(
    app: Flask, members: Members, bring: Bring
):
    numbers = [
        "06 5551234; 0791234567",
        "065551235 x12",
        "0791234568 (WhatsApp)",
        "6.5551234E7",
        "065551236, 065551237",
        "(555) 123-4567",
    ]
    hours = [("8h", "4 مساءً"), ("9", "5"), ("T08:00", "20:00:00+03"), ("22:00", "02:00")]
    states = ["closed", "Open", "مغلق", "deleted", "Inactive - Temporary", "on its way"]
    places = [("N 32°33'", "35°51'0\" E"), ("32.5 S", "35.8W"), ("32.5E", "35.8"), ("32°75'", "35")]
    sums = ["1,500", "1,234.50", "5,50", "12.000", "1.234.567,8"]
    feed = {
        "organizations": [{"id": "o", "name": "House", "email": "a@b.example"}],
        "services": [{"id": f"s{n}", "organization_id": "o", "name": f"Help {n}", "status": one, "minimum_age": "18+"}
                     for n, one in enumerate(states)],
        "phones": [{"id": f"p{n}", "organization_id": "o", "number": one, "description": "Desk"}
                   for n, one in enumerate(numbers)],
        "schedules": [{"id": f"h{n}", "service_id": "s0", "byday": "M-F", "opens_at": opens, "closes_at": closes}
                      for n, (opens, closes) in enumerate(hours)],
        "locations": [{"id": f"l{n}", "organization_id": "o", "name": f"Place {n}", "latitude": one, "longitude": two}
                      for n, (one, two) in enumerate(places)],
        "cost_options": [{"id": f"c{n}", "service_id": "s0", "option": f"Option {n}", "amount": one}
                         for n, one in enumerate(sums)],
        "languages": [{"id": f"g{n}", "service_id": "s0", "language": one}
                      for n, one in enumerate(["eng", "Nepali/Bengali", "Français"])],
    }  # fmt: skip
    brought = bring(feed)
    assert accounted(brought)
    found = {(held["values"].get("number"), held["values"].get("extension"), held["values"].get("description"))
             for _result, _reasons, held in brought.rows_of("phone")}  # fmt: skip
    assert found == {
        ("06 5551234", None, "Desk"), ("0791234567", None, "Desk"), ("+962 6 555 1235", 12, "Desk"),
        ("0791234568", None, "Desk · WhatsApp"), (None, None, None),
        ("(555) 123-4567", None, "Desk"), ("065551236", None, "Desk"),
        ("065551237", None, "Desk"),
    }  # fmt: skip
    times = list(
        zip(
            values_of(brought, "schedule", "opens_at"),
            values_of(brought, "schedule", "closes_at"),
            strict=True,
        )
    )
    assert times == [("08:00", "16:00"), ("09:00", None), ("08:00", "20:00"), ("22:00", "02:00")]
    assert set(values_of(brought, "schedule", "byday")) == {"MO,TU,WE,TH,FR"}
    assert values_of(brought, "service", "status") == [
        "inactive", "active", "inactive", "inactive", "temporarily closed", None]  # fmt: skip
    assert set(values_of(brought, "service", "minimum_age")) == {18.0}
    assert values_of(brought, "location", "latitude") == [32.55, -32.5, None, None]
    assert values_of(brought, "cost_option", "amount") == [None, 1234.5, 5.5, 12.0, 1234567.8]
    assert set(values_of(brought, "language", "code")) == {"en", "ne", "bn", "fr"}
    assert quiet(bring(feed))
    ours = {
        "id": "01920000-0000-7000-8000-000000000001",
        "organization_id": "o",
        "number": "06 5551234 / 065551239",
    }
    kept = bring({"phones": [ours]})
    assert values_of(kept, "phone", "number") == ["06 5551234 / 065551239"], "it was written so here"


def test_an_id_is_the_same_in_whatever_way_it_is_written(app: Flask, members: Members, bring: Bring):
    house = "3F2504E0-4F89-11D3-9A0C-0305E82C3301"
    feed = {
        "organizations": [{"id": house, "name": "House", "email": "a@b.example"}],
        "services": [
            {"id": one, "organization_id": of, "name": f"Help {number}", "status": "active"}
            for number, (one, of) in enumerate(
                [
                    ("A" + house[1:], house.lower()),
                    (f"{{B{house[1:]}}}", f"urn:uuid:{house}"),
                    ("1", house.replace("-", "")),
                ]
            )
        ],
        "phones": [{"id": "p", "service_id": f"b{house[1:].lower()}", "number": "065551234"}],
    }
    first = bring(feed)
    assert first.results == {"created": 5}
    assert first.doubts() == set()
    assert len({one.organization_id for one in mine(app, members, Service)}) == 1
    assert bring(feed).results == {"unchanged": 5}


def test_rows_of_two_old_tables_are_two_though_they_have_one_id_and_words_beside_ids_are_read(
    app: Flask, members: Members, bring: Bring
):
    tables = {
        "organizations.csv": "id,name,email\n1,House,a@b.example\n",
        "locations.csv": "id,organization_id,name,latitude,longitude\n1,1,Office,32.5,35.8\n",
        "physical_addresses.csv": "id,location_id,address_1,city,country\n1,1,Main Street,Irbid,JO\n",
        "postal_addresses.csv": "id,location_id,address_1,city,country\n1,1,PO Box 7,Irbid,JO\n2,9,PO Box 8,Irbid,JO\n",
        "services.csv": "id,organization_id,name,status\n1,1,Meals,active\n",
        "cost_options.csv": "id,service_id,option\n1,1,Free\n",
        "payments_accepted.csv": "id,service_id,payment\n1,1,Cash\n",
        "taxonomy.csv": "id,name,parent_id,parent_name,vocabulary\n"
        "f,Food,,,AIRS\ng,Soup,f,Other,AIRS\nh,Bread,,food,AIRS\n",
    }
    first = bring(zipped(tables))
    assert accounted(first)
    found = {one.address_1: one.address_type for one in mine(app, members, Address)}
    assert found == {"Main Street": "physical", "PO Box 7": "postal"}
    assert sorted(str(one.option) for one in mine(app, members, CostOption)) == ["Cash", "Free"]
    terms = {held["foreign_id"]: held["values"] for _result, _reasons, held in first.rows_of("taxonomy_term")}
    assert terms["h"]["parent_id"] == terms["g"]["parent_id"]
    assert ("taxonomy_term", "parent_name", "duplicate") in first.doubts(), (
        "another name than that of its parent"
    )
    assert "PO Box 8" in told(app, members, first)
    assert quiet(bring(zipped(tables)))
    place = {"id": 1, "name": "Shop", "latitude": 32.6, "longitude": 35.8, "location_type": "physical",
             "physical_address": [{"id": 1, "address_1": "Side Street", "city": "Irbid"}],
             "postal_address": [{"id": 1, "address_1": "PO Box 9", "city": "Irbid"}]}  # fmt: skip
    nested = bring(
        {"organizations": [{"id": 1, "name": "Other", "email": "c@d.example", "locations": [place]}]},
        source="x",
    )
    assert [one[0] for one in nested.rows_of("address")] == ["created", "created"]


def test_whose_a_service_is_may_be_told_by_its_place_or_in_words(app: Flask, members: Members, bring: Bring):
    """Ohana's services name their place alone; spreadsheets name the organization."""
    tables = {
        "organizations.csv": "id,name,email\n1,House,a@b.example\n2,Other,c@d.example\n",
        "programs.csv": "id,organization_id,name\n1,2,Program\n",
        "locations.csv": "id,organization_id,name,latitude,longitude\n1,1,Office,32.5,35.8\n",
        "services.csv": "id,location_id,program_id,name,status,organization\n1,1,,Meals,active,\n2,,1,Beds,active,\n"
        "3,,,Advice,active,  house \n4,,,Clothes,active,Third House\n5,,,Lost,active,\n",
    }
    brought = bring(zipped(tables))
    names = {one.id: one.name for one in mine(app, members, Organization)}
    assert {one.name: names[one.organization_id] for one in mine(app, members, Service)} == {
        "Meals": "House", "Beds": "Other", "Advice": "House", "Clothes": "Third House",
        "Lost": "feed: no organization named",
    }  # fmt: skip
    assert brought.doubts() == set()
    assert quiet(bring(zipped(tables)))


def test_names_of_columns_stand_below_headings_over_several_and_dates_may_be_numbers(
    app: Flask, members: Members, bring: Bring
):
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Services"
    for row in (
        ("Our list of 2026",),
        ("Who", None, "What", None, None, None),
        ("id", "organization", "name", "status", "assured_date", "open_on_holidays"),
        (1, "House", "Meals", "active", "45000", "oui"),
        (2, "House", "Beds", "active", "20240506", "F"),
    ):
        sheet.append(row)
    sheet.merge_cells("A2:B2")
    sheet.merge_cells("C2:F2")
    made = io.BytesIO()
    book.save(made)
    brought = bring(made.getvalue(), file_name="list.xlsx")
    assert brought.doubts() == set()
    found = {one.name: (str(one.assured_date), one.open_on_holidays) for one in mine(app, members, Service)}
    assert found == {"Meals": ("2023-03-15", True), "Beds": ("2024-05-06", False)}
    towns = b"name,country,email\nHouse of Java,ID,a@j.example\nHouse of Bali,ID,b@j.example\n"
    brought = bring(towns, file_name="organizations.csv", source="towns")
    assert len(brought.rows_of("organization")) == 2
    hours = {"schedules": [{"id": "h", "service_id": "1", "byday": "MO", "opens_at": "8", "closes_at": "17",
                            "timezone": "UTC+03:00"}]}  # fmt: skip
    assert values_of(bring(hours), "schedule", "timezone") == [3.0]
