"""Files that were made, or fell out, to cost much: each ends soon, with the reason; and values that mean two things."""

from __future__ import annotations

import io
import time
import zipfile
from typing import Any

import pytest

from network.directory import geo
from network.directory.feeds import records
from network.directory.feeds.reading import memory, read_records
from network.directory.feeds.records import Record, Settings, Unreadable
from network.directory.feeds.tidying import tidy
from network.directory.feeds.tidying.rows import Row

LONG_CPU_S = 10.0  # what it cost before: minutes and hours
SPACES = " " * 60_000
MANY = 30_000


def tidied(*given: tuple[str, dict[str, Any]]) -> list[Row]:
    made = [
        Record(entity, str(values.pop("id", number)), "f:1", values)
        for number, (entity, values) in enumerate(given)
    ]
    return tidy(made, Settings(country="JO"))


@pytest.mark.parametrize(
    ("entity", "name", "value"),
    [
        ("location", "latitude", f"9{SPACES}x"),
        ("schedule", "opens_at", f"9{SPACES}x"),
        ("schedule", "byday", f"mon{SPACES}x"),
        ("phone", "number", f"9{SPACES}x"),
        ("language", "name", f"9{SPACES}x"),
        ("service", "status", f"on{SPACES}x"),
    ],
)
def test_a_cell_of_spaces_is_set_aside_at_once(entity: str, name: str, value: str):
    began = time.process_time()
    [row] = tidied((entity, {name: value, "service_id": "s"}))
    assert time.process_time() - began < LONG_CPU_S
    assert name == "name" or name in {doubt[0] for doubt in row.doubts}


@pytest.mark.parametrize(
    "feed",
    [
        [("service", {"id": "s", "name": "Help"})]
        + [("eligibility", {"service_id": "s", "eligibility": f"who {number}"}) for number in range(MANY)],
        [("service", {"id": "s", "name": "Help", "minimum_age": f"of {number}"}) for number in range(MANY)],
        [("organization", {"id": f"{number}", "name": "House", "parent_organization_id": f"{number - 1}"})
         for number in range(MANY)],
    ],
    ids=["one text of many", "one row again and again", "a chain of parents"],
)  # fmt: skip
def test_what_hangs_together_costs_no_more_than_what_does_not(feed: list[tuple[str, dict[str, Any]]]):
    began = time.process_time()
    rows = tidied(*feed)
    assert time.process_time() - began < LONG_CPU_S
    assert len(rows) == len(feed)
    if feed[1][0] == "eligibility":
        [text] = {row.values["eligibility_description"] for row in rows if not row.again}
        assert text.startswith("who 0\nwho 1\nwho 2\n")
    elif feed[1][0] == "service":
        [first] = [row for row in rows if not row.again]
        assert len(first.doubts) == MANY


def test_a_file_that_holds_more_than_any_is_refused_whatever_its_form(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(records, "MOST_RECORDS", 50)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}/organizations.csv", "id,name,email\n" + "a,b,\n" * 20)
    for data in (b"[" + b"{}," * 60 + b"{}]", b'{"id":"x"}\n' * 60, packed.getvalue()):
        with pytest.raises(Unreadable, match="too_many_rows"):
            read_records(data)
    for values in ({"required_documents": "a;" * 60}, {"needs": "a," * 60}):
        with pytest.raises(Unreadable, match="too_many_rows"):
            tidied(("service", {"id": "s", "name": "Help", **values}))


@pytest.mark.parametrize(
    ("opens", "closes", "kept"),
    [
        ("9:00", "5:00", ("09:00", None)),
        ("9:00 AM", "5:00", ("09:00", None)),
        ("8.30", "4.30", ("08:30", None)),
        ("10:00", "2:00", ("10:00", None)),
        ("9:00:00", "5:00:00", ("09:00", None)),
        ("٩:٠٠", "٥:٠٠", ("09:00", None)),
        ("09:00", "05:00", ("09:00", "05:00")),  # as those write who count to twenty-four
        ("20:00", "5:00", ("20:00", "05:00")),
        ("8 PM", "5 AM", ("20:00", "05:00")),
        ("9:00 AM", "5:00 PM", ("09:00", "17:00")),
        ("9:00", "12:30", ("09:00", "12:30")),
        ("0.375", "0.75", ("09:00", "18:00")),
        ("08:00", "0.33", ("08:00", None)),
    ],
)
def test_until_five_is_not_until_five_in_the_morning(opens: str, closes: str, kept: tuple[str, str | None]):
    hours = {"service_id": "s", "byday": "MO", "opens_at": opens, "closes_at": closes}
    [row] = tidied(("schedule", hours))
    assert (row.values.get("opens_at"), row.values.get("closes_at")) == kept
    assert [doubt for doubt in row.doubts if doubt[0] == "closes_at"] == (
        [] if kept[1] else [("closes_at", closes, "not_a_value")]
    )


@pytest.mark.parametrize(
    ("written", "days"),
    [
        ("Monthly", None),
        ("Friends of the house", None),
        ("sundown", None),
        ("holidays", None),
        ("Thurs-Sun", "TH,FR,SA,SU"),
        ("Sunday-Thursday", "MO,TU,WE,TH,SU"),
        ("Wendesday & Saterday", "WE,SA"),
        ("Weds. + Tues.", "TU,WE"),
        ("Mondays", "MO"),
    ],
)
def test_a_word_that_begins_as_a_day_does_is_none(written: str, days: str | None):
    [row] = tidied(("schedule", {"service_id": "s", "opens_at": "08:00", "byday": written}))
    assert row.values.get("byday") == days
    assert ("byday" in {doubt[0] for doubt in row.doubts}) == (days is None)


def test_one_o_clock_as_a_number_is_not_a_whole_day():
    rows = tidied(
        *(
            ("schedule", {"id": f"{at}", "service_id": "s", "byday": "MO", "opens_at": at})
            for at in (1, 9, 0.5)
        )
    )
    assert [row.values["opens_at"] for row in rows] == ["01:00", "09:00", "12:00"]


def test_a_small_file_that_unfolds_without_end_is_refused_before_the_memory_is_gone():
    openpyxl = pytest.importorskip("openpyxl")
    plain, made = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as hostile:
        for one in source.infolist():
            styles = b"<styleSheet>" + b"<a/>" * 4_000_000 + b"</styleSheet>"
            hostile.writestr(one.filename, styles if one.filename == "xl/styles.xml" else source.read(one))
    before = memory.resource.getrlimit(memory.resource.RLIMIT_AS)
    with pytest.raises(Unreadable) as refused, memory.bounded(128 * 1024**2):
        read_records(made.getvalue())
    assert refused.value.reason == "too_large"
    assert memory.resource.getrlimit(memory.resource.RLIMIT_AS) == before


@pytest.mark.parametrize(
    ("latitude", "longitude", "kept"), [(32.551, 35.852, 32.551), (35.852, 32.551, None), (36.2, 36.1, 36.2)]
)
def test_a_position_that_is_turned_round_is_seen_by_its_town(
    latitude: float, longitude: float, kept: float | None
):
    place = {"name": "Office", "town": "Irbid", "country": "JO", "latitude": latitude, "longitude": longitude}
    [row] = tidied(("location", place))
    town = geo.get_place("jo-irbid").latitude
    assert row.values["latitude"] == (town if kept is None else kept)
    assert {name for name, _value, _reason in row.doubts} == (set() if kept else {"latitude", "longitude"})
