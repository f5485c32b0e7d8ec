"""The worst that came to mind, form by form: each a file, and where every one of its rows stands."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl

from tests.directory.feeds.feeds import zipped

Nasty = tuple[str, bytes, set[str]]  # what it is called, what is in it, the lines that must be accounted for
RTL = "\u200f\u202b"
LONG = "x" * 10_000
WILD_VALUES: tuple[Any, ...] = (
    None, "", " ", "null", 0, -1, 1e308, True, [], {}, [[]], [[["a"]]], {"a": {"b": [1]}}, "=1+1", "'=cmd()", "\0",
    "\x07\x1b[31m", RTL, LONG, "NaN", "٣٢٫٥", "9" * 40, "../../etc/passwd", "<script>alert(1)</script>", "\ud800",
    "2026-02-30", "45000", "24:00", "noon", "8:30 a.m.", "25:61", ["a", None, {"b": 1}], "ID ", "id", "100",
)  # fmt: skip


def of_lists() -> Nasty:
    """Objects of the newest version: ids of every kind, keys that lead nowhere, nothing where something belongs."""
    ids: list[Any] = [
        1,
        "1",
        " 1 ",
        "A",
        "a",
        "A ",
        1.5,
        "https://x.example/o?id=1#a",
        "../x",
        None,
        "",
        [],
        LONG,
    ]
    organizations = [{"id": one, "name": f"House {number}", "email": "", "services": None, "phones": [None, 3, "x"]}
                     for number, one in enumerate(ids)]  # fmt: skip
    organizations.append({"id": "quiet", "name": None, "description": None, "email": None})
    services = [
        {"id": f"s{number}", "organization_id": one, "name": f"Help {number}", "status": value, "email": value,
         "minimum_age": value, "languages": value, "schedules": [{"byday": value, "opens_at": value,
         "closes_at": value, "valid_from": value}], "phones": value, "eligibility": value, "cost_options": value}
        for number, (one, value) in enumerate(zip(ids * 3, WILD_VALUES, strict=False))
    ]  # fmt: skip
    locations = [
        {"id": f"l{number}", "organization_id": "A", "latitude": value, "longitude": value, "addresses": [
            {"address_1": value, "city": "Irbid", "postal_code": None, "country": value}], "location_type": "physical"}
        for number, value in enumerate(WILD_VALUES)
    ]  # fmt: skip
    feed = {"organizations": organizations, "services": services, "locations": locations}
    lines = {f"/{name}/{number}" for name, rows in feed.items() for number in range(len(rows))}
    return "lists.json", json.dumps(feed, ensure_ascii=True).encode(), lines


def of_tables() -> Nasty:
    """A zipped datapackage of tables that went through many hands."""
    services = ["﻿id;Organization_ID;NAME;status;;empty", '1;1;"Advice; free";active;;', "2;gone;Lost;;;",
                "2 ;1;Twice;ACTIVE;;",
                f"3;1;{RTL}مأوى{RTL};active;;", ";1;No id;active;;", ";;;;;", "4;1;;;;",
                '5;1;"two\nlines";active;;']  # fmt: skip
    hours = ["id,service_id,weekday,opens_at,closes_at", "h1,1,Sun-Thu,8:30 a.m.,noon", "h2,1,Fri,20:00,24:00",
             "h3,1,Monday,18:00,08:00", "h4,1,Someday,,", "h5,1,Tuesday,noon,midnight", "h6,,MO,9,17"]  # fmt: skip
    places = "id,organization_id,name,latitude,longitude\nL1,1,Far,100,200\nL2,1,Null,0,0\nL3,,Half,32.5,\n"
    inner = zipped({"organizations.csv": "id,name\n99,Hidden\n"})
    files: dict[str, bytes | str] = {
        "data/services.csv": "\r\n".join(services).encode(),
        "data/organizations.csv": "id\tname\temail\n1\tMaison d'accueil é\t\n01\tMaison\t\n".encode("latin-1"),
        "data/regular_schedules.csv": "\n".join(hours).encode("utf-16"),
        "../../locations.csv": places.encode(),
        "data/phones.csv": b"id,service_id,number\n",  # only a header
        "data/contacts.csv": b"",
        "data/inner.zip": inner,
        "data/taxonomy_terms.csv": b"id,name\n" + b"\n" * 50,
        "datapackage.json": b"{not json",
    }  # fmt: skip
    lines = {f"services.csv:{number}" for number in (2, 3, 4, 5, 6, 8, 10)}
    lines |= {f"regular_schedules.csv:{number}" for number in range(2, 8)}
    lines |= {f"locations.csv:{number}" for number in (2, 3, 4)} | {
        f"organizations.csv:{number}" for number in (2, 3)
    }
    return "feed.zip", zipped(files), lines


def of_sheets() -> Nasty:
    """A workbook with hidden sheets, formulas, merged cells and dates that are numbers, named as if it were text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Organizations"
    for row in (["Our list of 2026"], ["id", "name", "email", "year_incorporated"], [1, "One", None, 1990.0],
                [1.0, "One", "=CONCATENATE(\"a\",\"@b.example\")", "1990"], ["b", RTL + "Two", "x", 45000],
                [None, None, None, None],
                ["c", LONG, LONG, LONG[:32000]]):  # fmt: skip
        sheet.append(row)
    services = book.create_sheet("Services")
    for row in (["id", "organization_id", "name", "status", "assured_date"], ["s1", 1, "Advice", "active", "45000"],
                ["s2", None, "Shelter", "active", 45000], ["s3", "b", "Food", "active", "31/12/2025"]):  # fmt: skip
        services.append(row)
    services.merge_cells("B2:B3")
    hidden = book.create_sheet("Contacts")
    hidden.append(["id", "organization_id", "name"])
    hidden.append(["x", 1, "Somebody"])
    hidden.sheet_state = "veryHidden"
    book.create_sheet("Notes")
    made = io.BytesIO()
    book.save(made)
    lines = {f"Organizations:{number}" for number in (3, 4, 5, 7)} | {
        f"Services:{number}" for number in (2, 3, 4)
    }
    return "feed.csv", made.getvalue(), lines


def of_old_versions() -> Nasty:
    """Versions 1.1, 2.0 and 3.1 in one file of lines, in UTF-16."""
    rows: list[Any] = [
        {"id": 1, "name": "Old", "url": "old.example", "services": [{"name": "No id", "eligibility": "All",
         "holiday_schedule": [{"start_date": "x"}], "regular_schedule": [{"weekday": 9, "opens_at": "8:30 a.m."}]}]},
        {"id": "2", "organization": {"id": 1, "name": "Other"}, "name": "S", "status": "active", "taxonomy_ids": ["a"],
         "service_at_locations": [{"location": {"latitude": 100, "longitude": 35}}, None, 7]},
        {"service": 5, "location_id": None}, 17, "text", None, [1, 2], {},
    ]  # fmt: skip
    lines = {f"/{number}" for number in range(len(rows))}
    return "feed.txt", "\n".join(json.dumps(row) for row in rows).encode("utf-16"), lines


NASTY = (of_lists, of_tables, of_sheets, of_old_versions)


def bombs() -> list[tuple[str, bytes]]:
    """Files that are to be refused in words, or to hold nothing."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(9):
            archive.writestr(f"services{number}.csv", b"id,name\n" + b"0" * 25_000_000)
    many = zipped(
        {f"organizations{number}.csv": "id,name\n" for number in range(400)}
        | {"organizations.csv": "id,name\n1,One\n"}
    )
    deep = zipped({"organizations.csv": "id,name\n1,One\n"})
    for _level in range(3):
        deep = zipped({"inner.zip": deep})
    return [
        ("bomb.zip", bomb.getvalue()),
        ("nested.zip", deep),
        ("many.zip", zipped({f"{number}.zip": many for number in range(3)})),
        ("header.csv", b"id,name\n"),
        ("blank.csv", " \n\r\n ".encode("utf-16")),
        ("nothing.json", b"{}"),
        ("cut.xlsx", of_sheets()[1][:2000]),
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    ]
