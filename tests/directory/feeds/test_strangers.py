"""Feeds of programs that nobody here has seen: read as they mean it, and nothing of them is lost without a word."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
from flask import Flask

from network.directory.feeds import queries
from network.directory.models import (
    ListingQuarantine,
    Organization,
    RequiredDocument,
    Service,
    ServiceAtLocation,
)
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring, Brought
from tests.directory.feeds.feeds import zipped
from tests.directory.feeds.test_accounting import accounted, quiet
from tests.directory.feeds.test_feeds import mine, read


def told(app: Flask, members: Members, brought: Brought) -> str:
    """What a steward reads of what was set aside."""
    with app.test_request_context(), scope(members.partner):
        return queries.set_aside_csv(brought.one)


def test_of_a_row_that_cannot_be_used_every_value_is_kept_and_again_nothing_is_written(
    app: Flask, members: Members, bring: Bring
):
    feed: dict[str, Any] = {
        "organizations": [{"id": "o", "name": "House", "email": "a@b.example"},
                          {"id": "p", "description": "Nameless words"}],
        "phones": [
            {"id": "1", "organization_id": "o", "number": "call us", "description": "Ask for Rana"},
            {"id": "2", "service_id": "gone", "number": "065551234", "description": "Lost words"},
        ],
        "volunteers": [{"id": "v", "name": "Somebody", "about": "Unheard words"}],
        "publisher": {"title": "Published words"},
    }  # fmt: skip
    first = bring(feed)
    assert accounted(first)
    words = told(app, members, first)
    for one in (
        "Nameless words",
        "Ask for Rana",
        "Lost words",
        "Unheard words",
        "Published words",
        "065551234",
    ):
        assert one in words
    before = {one.id: one.imported_at for one in read(app, members.partner, ListingQuarantine)}
    [aside] = read(app, members.partner, ListingQuarantine, ListingQuarantine.field == "phone:1")
    assert aside.value == "number: call us; description: Ask for Rana"
    assert quiet(bring(feed))
    assert {one.id: one.imported_at for one in read(app, members.partner, ListingQuarantine)} == before
    feed["phones"][0]["number"] = "065557777"
    bring(feed)
    assert not read(app, members.partner, ListingQuarantine, ListingQuarantine.field == "phone:1"), (
        "it stands now"
    )
    twins = [
        {"id": "1", "service_id": "s", "description": "No name of it"},
        {"id": "1", "service_id": "s", "document": "Pass"},
    ]
    twice = {"services": [{"id": "s", "organization_id": "o", "name": "Meals", "status": "active"}],
             "required_documents": twins}  # fmt: skip
    bring(twice)
    aside = {one.id for one in read(app, members.partner, ListingQuarantine)}
    assert quiet(bring(twice))
    assert {one.id for one in read(app, members.partner, ListingQuarantine)} == aside
    assert "Unheard words" not in told(app, members, bring(feed, source="places", confidential=True))


def test_what_is_said_twice_in_other_words_is_filled_up_or_set_aside(
    app: Flask, members: Members, bring: Bring
):
    """Version 1 said where a service is in a column of it and in a table; other columns have two names."""
    tables = {
        "organizations.csv": "id,name,url,website,description,description,description\n"
        "o,House,one.example,two.example,first,second,third\n",
        "locations.csv": "id,organization_id,name,latitude,longitude\nl,o,Office,32.5,35.8\n",
        "services.csv": "id,organization_id,location_id,Service Name,status,,eligibility,eligibility_description\n"
        "s,o,l,Meals,active,nameless,Women,Everybody\n",
        "services_at_location.csv": "id,service_id,location_id,description\n1,s,l,Behind the mill\n2,s,l,Upstairs\n",
    }
    brought = bring(zipped(tables))
    [at] = mine(app, members, ServiceAtLocation)
    assert at.description == "Behind the mill"
    words = told(app, members, brought)
    for one in ("two.example", "second", "third", "nameless", "Women", "Upstairs"):
        assert one in words
    assert [one.name for one in mine(app, members, Service)] == ["Meals"]
    assert quiet(bring(zipped(tables)))


# Open Referral UK 1.0: its own envelope and plurals.
PAGE: dict[str, Any] = {
    "totalElements": 1, "number": 1, "first": True, "content": [
        {"id": "s", "name": "Swimming", "status": "active", "organization": {"id": 0, "name": "The Pool"},
         "eligibilitys": [{"id": "e", "eligibility": "Children", "minimum_age": 5, "taxonomys": ["x"]}],
         "service_taxonomys": [{"id": "t", "taxonomy": {"id": "x", "name": "Sport", "vocabulary": "BSG"}}],
         "languages": [{"id": "l", "language": "French"}]}]}  # fmt: skip
CAMEL = {
    "meta": {"page": 1},
    "data": {
        "Organizations": {
            "o": {
                "ID": "o",
                "Name": "Camel House",
                "alternateName": "Hump",
                "yearIncorporated": 1999,
                "services": [
                    {"id": "s", "name": "Rides", "status": "active", "requiredDocuments": "Passport"}
                ],
            }
        }
    },
}


def test_what_a_row_is_said_to_be_again_and_again_is_kept_whole_and_goes_with_the_words(
    app: Flask, members: Members, bring: Bring
):
    def feed(*names: str, note: str) -> dict[str, Any]:
        return {
            "organizations": [
                {"id": "o", "name": name, "email": "a@b.example", "Memo: own": note} for name in names
            ]
        }

    bring(feed("House", "Home", "The Home", "House", note="Ring twice"))
    aside = {one.field: one.value for one in read(app, members.partner, ListingQuarantine)}
    assert aside["name"] == "Home\nThe Home"
    assert [value for field, value in aside.items() if field.startswith("memo")] == ["Ring twice"]
    bring(feed("House", note="Knock"))
    aside = {one.field: one.value for one in read(app, members.partner, ListingQuarantine)}
    assert "name" not in aside
    assert list(aside.values()) == ["Knock"]


def test_pages_of_other_programs_are_read(app: Flask, members: Members, bring: Bring):
    page = bring(PAGE)
    [service] = mine(app, members, Service)
    assert (service.eligibility_description, service.minimum_age) == ("Children", 5)
    assert {one.name for one in mine(app, members, Organization)} == {"The Pool"}, "an id may be 0"
    assert [one[0] for one in page.rows_of("attribute")] == ["created"]
    assert quiet(bring(PAGE))
    camel = bring(CAMEL, source="camel")
    assert camel.doubts() == set()
    [house] = [one for one in mine(app, members, Organization) if one.name == "Camel House"]
    assert (house.alternate_name, house.year_incorporated) == ("Hump", 1999)
    assert [one.document for one in mine(app, members, RequiredDocument)] == ["Passport"]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    shown = book.active
    assert shown is not None
    shown.title = "Locations 2024"
    for row in (("id", "organization_id", "name"), ("l", "o", "Office")):
        shown.append(row)
    hidden = book.create_sheet("Private & more")
    hidden.append(["x"])
    hidden.sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_all_that_is_in_a_zip_is_read_or_told(app: Flask, members: Members, bring: Bring):
    described = {
        "resources": [
            {"name": "organization", "path": "x/orgs_2021.csv"},
            {"name": "program", "path": "https://elsewhere.example/programs.csv"},
            {"name": "url", "data": [{"id": "u", "organization_id": "o", "url": "https://inline.example"}]},
        ]
    }
    service = {"id": "s", "organization_id": "o", "name": "Meals", "status": "active"}
    data = zipped(
        {
            "feed/datapackage.json": json.dumps(described),
            "feed/x/orgs_2021.csv": "id,name,email\no,House,a@b.example\n",
            "feed/README.txt": "Read me\nfirst\n",
            "feed/logo.png": b"\x89PNG",
            "feed/Services.json": json.dumps([service]),
            "feed/places.xlsx": workbook(),
            "feed/more.zip": zipped({"contacts.csv": "id,organization_id,name\nc,o,The desk\n"}),
            "__MACOSX/feed/._orgs_2021.csv": b"\0",
        }
    )
    brought = bring(data, file_name="feed.zip")
    assert accounted(brought)
    made = {row.entity for row, _held in brought.rows if row.result == "created"}
    assert made == {"organization", "service", "location", "contact", "url"}
    refused = {(reasons[0], held["foreign_id"]) for _result, reasons, held in brought.rows_of("")}
    assert refused == {
        ("not_read", "feed/README.txt"),
        ("not_read", "feed/logo.png"),
        ("hidden_sheet", "Private & more"),
        ("not_there", "program: https://elsewhere.example/programs.csv"),
    }
    assert quiet(bring(data, file_name="feed.zip"))


def test_a_table_alone_is_told_by_its_columns_where_its_name_says_nothing(
    app: Flask, members: Members, bring: Bring
):
    bring(b"id,Name,Email\n1,One,a@b.example\n", file_name="Export 7.csv")
    assert {one.name for one in mine(app, members, Organization)} == {"One"}
    bring(b"id,Name\n2,Two\n", file_name="Organizations (3) - Copy.csv")
    assert {one.name for one in mine(app, members, Organization)} == {"One", "Two"}
    flat = bring(
        b"Organization,Service Name,Latitude\nOne,Help,32.5\n", file_name="Sheet 1.csv", source="flat"
    )
    assert [one[0] for one in flat.rows_of("service")] == ["created"], (
        "a service, though a position stands there"
    )
    pages = [{"page": n, "contents": [{"id": f"s{n}", "name": f"Help {n}", "status": "active",
                                       "organization": {"id": "o", "name": "Two"}}]} for n in range(2)]  # fmt: skip
    assert len(bring(pages, source="pages").rows_of("service")) == 2
    other = bring(b"id,kind of thing\n1,x\n", file_name="service_types.csv", source="types")
    assert [row.entity for row, _held in other.rows] == [""]
    large = bring(b'id,name,description\n9,Nine,"' + b"y" * 5_000_000 + b'"\n', file_name="organizations.csv")
    assert [one[0] for one in large.rows_of("organization")] == ["created"]
