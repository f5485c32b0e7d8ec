"""The mappings that we keep, each on a few invented rows; and our workbook as people fill it in."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import openpyxl
import pytest
from flask import Flask

from network.directory.feeds import mapping
from network.directory.feeds.records import Unreadable
from network.directory.feeds.workbooks import sheets
from network.directory.feeds.writing import template
from network.directory.models import Organization, Schedule, Service, ServiceEligibility
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_accounting import accounted
from tests.directory.feeds.test_feeds import mine


def record(number: int, **more: Any) -> dict[str, Any]:
    said = {
        "locationName": "Irbid", "partnerName": "House of Law", "activity": 5000 + number, "activityCategory": "LEGAL",
        "activityName": "Protection Services", "startDate": "2014-01-01", "endDate": "2014-12-31",
        "indicators": {"Legal services": 1}, "1. Registration Type Requirement": {"No Requirement": True},
        "2. Nationality": {"No restriction": True}, "7. Availability Day": {"Sun-Thurs": True},
        "8. Office Open at": {"8:30am": True}, "9. Office close at": {"Close at 16:00pm": True},
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [35.85, 32.55]}
    return {"type": "Feature", "id": number, "properties": said | more, "geometry": point}


def test_the_services_of_2014_are_read_by_their_mapping(app: Flask, members: Members, bring: Bring):
    feed = [
        record(1),
        record(
            2, **{"2. Nationality": {"Syrians only": True}, "7. Availability Day": {"Mondays only": True}}
        ),
        record(
            3,
            partnerName="JWU",
            activityName="Women Safe Spaces",
            **{"8. Office Open at": {"13:00pm": True, "8:30am": True}, "9. Office close at": {}},
        ),
        record(4, **{"7. Availability Day": {"When the moon is full": True}}),
    ]
    rules = mapping.named("unhcr-jordan-2014")
    first = bring(feed, mapped=rules)
    assert accounted(first)
    assert first.one.records == 4
    assert {one.name for one in mine(app, members, Organization)} == {
        "House of Law",
        "Jordanian Women's Union",
    }
    assert len(mine(app, members, Service)) == 4
    hours = {(one.byday, one.opens_at, one.closes_at) for one in mine(app, members, Schedule)}
    week = "MO,TU,WE,TH,SU"
    assert hours >= {(week, "08:30", "16:00"), ("MO", "08:30", "16:00"), (week, "08:30", "13:00")}
    told = {(one.criterion, str(one.value)) for one in mine(app, members, ServiceEligibility)}
    assert {("legal_status", "['any']"), ("sex", "['women']")} <= told
    assert [name for _entity, name, _reason in first.doubts()] != []  # the moon
    assert bring(feed, mapped=rules).results.keys() <= {"unchanged", "merged"}


def test_our_workbook_is_read_with_the_small_mistakes_of_those_who_fill_it_in(
    app: Flask, members: Members, bring: Bring
):
    book = openpyxl.load_workbook(io.BytesIO(template()))
    sheet = book["Services"]
    names = [cell.value for cell in sheet[1]]
    sheet.delete_rows(2)
    right = {"Organization": " House of  Help ", "Service": "Advice", "Needs": "legal.advice", "Town": "irbid",
             "Country": "Jordan", "Telephone": "tel: 02 700 1234", "Languages": "Arabic, English",
             "Days": "Sunday to Thursday", "Opens": "8:30 a.m.", "Closes": "noon", "Status": "Active"}  # fmt: skip
    wrong = right | {"Service": "Beds", "Needs": "legal.advice, beds", "Telephone": "ask", "E-mail": "nobody",
                     "Latitude": 100, "Days": "sometimes", "Status": "perhaps", "Country": "Atlantis"}  # fmt: skip
    astray = right | {"Service": "Talks", "Town": "Qwertz by the Sea"}
    for row in (right, {}, wrong, astray, {"Organization": "House of Help", "Town": "Irbid"}):
        sheet.append([row.get(str(name)) for name in names])
    made = io.BytesIO()
    book.save(made)
    first = bring(made.getvalue(), file_name="ours.xlsx", source="workbook")
    assert accounted(first)
    assert {one.name for one in mine(app, members, Organization)} == {"House of Help"}
    assert {one.name for one in mine(app, members, Service)} >= {"Advice", "Beds"}
    assert (
        "SU" in str(mine(app, members, Schedule)[0].byday),
        mine(app, members, Schedule)[0].closes_at,
    ) == (True, "12:00")
    reasons = {(name, reason) for _entity, name, reason in first.doubts()}
    assert {
        ("need", "unknown_code"),
        ("town", "unknown_code"),
        ("number", "not_a_value"),
        ("latitude", "out_of_range"),
    } <= reasons
    assert bring(made.getvalue(), file_name="ours.xlsx", source="workbook").results.keys() <= {
        "unchanged", "merged", "refused",
    }  # fmt: skip


def aliases() -> str:
    """A few lines of YAML that stand for thirty to the power of nine values."""
    lines = ["l0: &l0 {from: name}"]
    lines += [f"l{n}: &l{n} {{join: [{', '.join([f'*l{n - 1}'] * 30)}]}}" for n in range(1, 10)]
    return "\n".join([*lines, "rows: [{entity: organization, id: id, fields: {name: *l9}}]"])


@pytest.mark.parametrize(
    "value",
    [
        {"join": 5}, {"join": None}, {"first": True}, {"list": 1.5}, {"object": 5}, {"from": "name", "map": None},
        {"from": "name", "match": "a{99999999999999}"}, {"from": "name", "match": "(" * 3000 + ")" * 3000},
        {"from": "name", "match": 5}, {"from": "name", "split": ""},
        {"from": "name", "match": "(a+)+$"}, {"from": "name", "match": "(?:x(a|a))*b"}, {"from": None},
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_mapping_with_a_value_of_the_wrong_shape_is_refused(value: object):
    rule = {"entity": "organization", "id": "id", "fields": {"name": value}}
    with pytest.raises(Unreadable):
        mapping.parse(json.dumps({"rows": [rule]}).encode())


@pytest.mark.parametrize("told", ['{"rows": [{"entity": [], "id": "x"}]}', "rows: &a [*a]", aliases()])
def test_a_mapping_that_is_no_plain_data_is_refused_at_once(told: str):
    with pytest.raises(Unreadable):
        mapping.parse(told.encode())


def test_a_small_workbook_of_endless_empty_rows_is_refused_early():
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<sheetData><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    endless = io.BytesIO()
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(endless, "w") as archive:
        for name in source.namelist():
            archive.writestr(name, sheet if "worksheets/" in name else source.read(name))
    with pytest.raises(Unreadable, match="too_many_rows"):
        sheets(endless.getvalue())


@pytest.mark.parametrize(
    "pattern", [r"(\d+)", r"^(\w+)\s*[-/]\s*(\d{2,4})$", "(?:north|south) (.+?),", "[a-z]*(x|y)?"]
)
def test_a_pattern_that_comes_to_an_end_is_taken(pattern: str):
    rule = {"entity": "organization", "id": {"from": "name", "match": pattern}}
    assert mapping.parse(json.dumps({"rows": [rule]}).encode())["rows"] == [rule]
