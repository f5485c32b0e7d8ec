"""The mappings that we keep, each on a few invented rows; and our workbook as people fill it in."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
import zipfile
from contextlib import suppress
from typing import Any

import openpyxl
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from network.directory.feeds import mapping, reading
from network.directory.feeds.mapping import items, patterns
from network.directory.feeds.reading.workbooks import sheets
from network.directory.feeds.records import Settings, Unreadable
from network.directory.feeds.tidying import tidy
from network.directory.feeds.writing import template
from network.directory.models import Language, Organization, Schedule, Service, ServiceEligibility
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
             "Country": "Jordan", "Telephone": "tel: 02 700 1234", "Languages": "Arabic; English / Xyz، hi",
             "Days": "Sunday to Thursday", "Opens": "8:30 a.m.", "Closes": "noon", "Status": "Active"}  # fmt: skip
    wrong = right | {"Service": "Beds", "Needs": "legal.advice, beds", "Telephone": "ask", "E-mail": "nobody",
                     "Latitude": 100, "Days": "sometimes", "Status": "perhaps", "Country": "Atlantis",
                     "Works without papers": "maybe"}  # fmt: skip
    astray = right | {"Service": "Talks", "Town": "Qwertz by the Sea"}
    nameless = {"Organization": "House of Help", "Town": "Irbid", "Needs": "legal.advice"}
    for row in (right, {}, wrong, astray, nameless):
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
    assert {one.code for one in mine(app, members, Language)} == {"ar", "en", "hi"}  # and nobody knows Xyz
    assert [
        said for _row, held in first.rows for name, said, _reason in held["doubts"] if name == "value"
    ] == ["maybe"]
    needs = [
        row.outcome for row, held in first.rows if (row.entity, held["line"]) == ("attribute", "Services:6")
    ]
    assert needs == ["refused"]  # of a row without a service, not of the place there that has its id
    offered = [held["label"] for _result, _reasons, held in first.rows_of("service_at_location")]
    assert offered[0].startswith("Advice")
    assert bring(made.getvalue(), file_name="ours.xlsx", source="workbook").results.keys() <= {
        "unchanged", "merged", "refused",
    }  # fmt: skip


def aliases() -> str:
    """A few lines of YAML that stand for thirty to the power of nine values."""
    lines = ["l0: &l0 {from: name}"]
    lines += [f"l{n}: &l{n} {{join: [{', '.join([f'*l{n - 1}'] * 30)}]}}" for n in range(1, 10)]
    return "\n".join([*lines, "rows: [{entity: organization, id: id, fields: {name: *l9}}]"])


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ({"join": 5}, "name.join"), ({"first": True}, "name.first"), ({"list": 1.5}, "name.list"),
        ({"object": 5}, "name.object"), ({"from": "name", "map": None}, "name.map"), ({"from": None}, "name.from"),
        ({"from": "name", "match": 5}, "name.match"), ({"from": "name", "match": "(a"}, "name.match"),
        ({"from": "name", "match": r"(a)\1"}, "name.match"), ({"from": "name", "match": "(?=a)"}, "name.match"),
        ({"from": "name", "match": "a" * 501}, "name.match"), ({"from": "name", "split": ""}, "name.split"),
        ({"from": "name", "item": True}, "name.item"), ({"item": 3}, "name.item"),
        ({"from": "name", "keys": 1}, "name.keys"),
        ({"join": ["a"], "with": 5}, "name.with"), ({"join": [{"from": 7}]}, "name.join[0].from"),
        ({"from": "name", "mach": "a"}, "name.mach"), ({"const": 1, "map": {}}, "name.map"), (7, "name"),
        ({"const": 2**70}, "name.const"), ({"const": "\ud800"}, "name.const"), ({"first": [{}]}, "name.first[0]"),
    ],
    ids=lambda value: ascii(value)[:40],
)  # fmt: skip
def test_a_value_of_a_mapping_that_is_none_is_told_with_where_it_stands(app: Flask, value: object, at: str):
    rule = {"entity": "organization", "id": "id", "fields": {"name": value}}
    with pytest.raises(Unreadable) as refused:
        mapping.parse(json.dumps({"rows": [rule]}).encode())
    with app.test_request_context():
        assert f"rows[0].fields.{at}" in mapping.told(refused.value)


@pytest.mark.parametrize(
    ("more", "at"),
    [
        ({"country": ["JO"]}, "country"), ({"country": "Atlantis"}, "country"), ({"sheet": {"a": 1}}, "sheet"),
        ({"title": 7}, "title"), ({"records": 5}, "records"), ({"ignore": "Remarks"}, "ignore"),
        ({"ignore": [1]}, "ignore[0]"),
        ({"recognised_by": 5}, "recognised_by"), ({"contry": "JO"}, "contry"), ({"rows": []}, "rows"),
        ({"rows": [{"id": "x"}]}, "rows[0].entity"), ({"rows": [{"entity": "organization"}]}, "rows[0].id"),
        ({"rows": [{"entity": "person", "id": "x"}]}, "rows[0].entity"), ({"rows": {"a": 1}}, "rows"),
        ({"rows": [{"entity": "organization", "id": "x", "feilds": {}}]}, "rows[0].feilds"),
        ({"rows": [{"entity": "organization", "id": "x", "named": 5}]}, "rows[0].named"),
        ({"rows": [{"entity": "organization", "id": "x", "when": []}]}, "rows[0].when"),
    ],
    ids=lambda value: ascii(value)[:40],
)  # fmt: skip
def test_a_key_of_a_mapping_that_holds_the_wrong_kind_is_named(more: dict[str, Any], at: str):
    with pytest.raises(Unreadable) as refused:
        mapping.parse(json.dumps({"rows": [{"entity": "organization", "id": "x"}]} | more).encode())
    assert refused.value.about["at"] == at


WHOLE: dict[str, Any] = {
    "title": "Everything", "country": "JO", "records": "data", "ignore": ["/x"],
    "rows": [
        {"entity": "organization", "id": {"const": "o"}, "fields": {"name": {"first": ["Org", {"const": "O"}]}}},
        {"entity": "service", "id": "Code", "when": "Code", "fields": {
            "organization_id": {"const": "o"}, "name": {"join": ["Name", {"const": "clinic"}], "with": " "},
            "status": {"from": "State", "map": {"open": "active"}, "else": "keep", "item": 0},
            "town": {"place": "Town"}, "need": {"list": ["Need", {"object": {"a": "b"}}]}}},
        {"entity": "phone", "each": {"from": "Tel", "split": ";", "match": "[0-9 +]+"}, "named": "Tel",
         "id": {"join": ["Code", {"item": True}]}, "fields": {"service_id": "Code", "number": {"item": True}}},
    ],
}  # fmt: skip
RECORDS = json.dumps(
    {
        "data": [
            {"Code": 1, "Name": "A", "State": ["open"], "Tel": "06 1;06 2", "Town": "Irbid"},
            {"Code": {}},
            7,
        ]
    }
).encode()
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from(["(a+)+$", "from", "/1/²", "organization", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["from", "const", "join", "item", "map", "match", "split", "x"]), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(one for key, each in inner for one in places(each, (*path, key)))]


@settings(max_examples=150, deadline=None)
@given(where=st.sampled_from(places(WHOLE)[1:]), value=ANYTHING, added=st.none() | st.text(max_size=5))
def test_whatever_is_changed_in_a_mapping_it_is_read_by_or_refused(
    where: tuple[Any, ...], value: Any, added: str | None
):
    changed = json.loads(json.dumps(WHOLE))
    holder = changed
    for step in where[:-1]:
        holder = holder[step]
    if added is not None and isinstance(holder, dict):
        holder[added] = value
    else:
        holder[where[-1]] = value
    told = json.dumps(changed).encode()
    with suppress(Unreadable):
        rules = mapping.parse(told)
        tidy(mapping.read(RECORDS, "x.json", rules, Settings(country="JO")), Settings(country="JO"))


@pytest.mark.parametrize(
    "tag", ["!!int ''", "!!float ''", "!!bool perhaps", "!!binary x", "!!set {a}", "2014-01-01"]
)
def test_what_the_tags_of_yaml_make_is_refused_or_text(tag: str):
    told = f"rows: [{{entity: organization, id: {{const: {tag}}}}}]"
    if tag[0] != "!":
        assert mapping.parse(told.encode())["rows"][0]["id"] == {"const": tag}
        return
    with pytest.raises(Unreadable):
        mapping.parse(told.encode())


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


@pytest.mark.parametrize("filling", [b"a", b"\xe9"])
def test_a_cell_without_an_end_is_refused_before_it_fills_the_memory(filling: bytes):
    """A quotation mark is missing; or it is a small archive that unpacks to one letter again and again."""
    made, size = io.BytesIO(), 16_000_000
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("others.csv", b'id,name\n1,"' + filling * size)
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="bad_csv"):
            reading.read_tables(made.getvalue())
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * size


@pytest.mark.parametrize(
    "pattern", [r"(\d+)", r"^(\w+)\s*[-/]\s*(\d{2,4})$", "(?:north|south) (.+?),", "(a+)+$", "(?:x(a|a))*b"]
)
def test_a_pattern_is_matched_in_time_that_grows_with_the_text(pattern: str):
    rule = {"entity": "organization", "id": {"from": "name", "match": pattern}}
    rules = mapping.parse(json.dumps({"rows": [rule]}).encode())
    began = time.thread_time()
    mapping.read(json.dumps([{"name": f"{'a' * 5000}!"}] * 20).encode(), "x.json", rules, Settings())
    assert time.thread_time() - began < 2


def test_patterns_that_take_too_long_together_are_told_and_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patterns, "MOST_SECONDS", 0.2)
    rule = {"entity": "organization", "id": {"from": "name", "match": "((a?){100}(a?){100}){10}b"}}
    file = json.dumps([{"name": "a" * 5000}] * 1000).encode()
    with pytest.raises(Unreadable, match="slow_patterns"):
        mapping.read(file, "x.json", mapping.parse(json.dumps({"rows": [rule]}).encode()), Settings())


@pytest.mark.parametrize(
    "rule",
    [
        {"fields": {"name": {"join": ["long"] * 2000}}},
        {"fields": {"name": {"list": [{"join": ["long"] * 8}] * 250}}},
        {"fields": {"name": {"const": ["x" * 1000] * 10}}, "each": "many"},
        {"each": "many"},
        {"fields": {"name": {"from": "many", "map": {"": ["x"] * 3000}, "else": ["x" * 1000] * 10}}},
    ],
)
def test_a_mapping_that_makes_far_more_than_the_file_holds_is_refused(
    rule: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    """It is refused while it is made: in the end it would not fit anywhere."""
    monkeypatch.setattr(items, "MOST_MADE", 1_000_000)
    rules = mapping.parse(json.dumps({"rows": [{"entity": "organization", "id": "id"} | rule]}).encode())
    file = json.dumps([{"id": 1, "long": "x" * 5000, "many": [*range(3000)]}]).encode()
    with pytest.raises(Unreadable, match="makes_too_much"):
        mapping.read(file, "x.json", rules, Settings())
