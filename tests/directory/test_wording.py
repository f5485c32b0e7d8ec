"""Listings in the reader's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from network.core import clock, vocabulary
from network.directory import search_wording, wording
from network.directory.geo import Point
from network.directory.hours import Hours, Opening, OpenState
from network.directory.search import Criteria

AMMAN = ZoneInfo("Asia/Amman")


@pytest.fixture(autouse=True)
def reading(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (OpenState("unknown"), "Hours not known"),
        (OpenState("closed"), "Closed"),
        (OpenState("closed", opens_at=datetime(2026, 11, 29, 8, tzinfo=AMMAN)), "Closed, opens Sunday 08:00"),
        (OpenState("closed", opens_at=datetime(2026, 11, 23, 8, tzinfo=AMMAN)), "Closed, opens today 08:00"),
        (
            OpenState("closed", opens_at=datetime(2026, 11, 30, 8, tzinfo=AMMAN)),
            "Closed, opens Monday 30 Nov 08:00",
        ),
        (OpenState("open", until=datetime(2026, 11, 29, 16, tzinfo=AMMAN)), "Open until 16:00"),
        (OpenState("open"), "Open day and night"),
    ],
)
def test_hours_are_told_in_the_time_of_the_location(state, told):
    with clock.set_to(datetime(2026, 11, 22, 22, tzinfo=UTC)):  # the 23rd by the clock in Amman
        assert wording.open_now(state) == told


def test_weekly_hours_name_the_days():
    hours = Hours((Opening((6, 0), 480, 960), Opening(tuple(range(7)), 0, 1440)), "Asia/Amman")
    assert wording.weekly(hours) == [("Sunday, Monday", "08:00 to 16:00"), ("Every day", "Day and night")]


@pytest.mark.parametrize(
    ("criterion", "value", "told"),
    [
        ("sex", ["women", "trans_inclusive"], "Women, Serves trans and non-conforming people safely"),
        ("age", {}, "Any age"),
        ("age", {"min": 18}, "18 and older"),
        ("age", {"max": 5}, "Up to 5"),
        ("age", {"min": 18, "max": 60}, "18 to 60"),
        ("children_along", {"accepted": False}, "No children"),
        ("children_along", {"accepted": True}, "Yes"),
        ("children_along", {"accepted": True, "boys_up_to": 12}, "Boys up to 12"),
        ("children_along", {"accepted": True, "girls_up_to": 17}, "Girls up to 17"),
        ("nationality", {"include": [], "exclude": []}, "Every nationality"),
        ("nationality", {"include": ["BD", "LK"]}, "Bangladesh, Sri Lanka"),
        ("nationality", {"exclude": ["BD"]}, "All but Bangladesh"),
        ("documents_required", [], "None"),
        ("referral_required", "police_report", "Police report required"),
        ("female_staff", True, "Yes"),
        ("disability_access", ["walking"], "Walking"),
        ("area", {"countries": ["JO"], "places": ["jo-irbid", "xx"]}, "Jordan, Irbid, xx"),
        ("languages", ["bn"], "Bangla"),
        ("health_limits", "No dialysis.", "No dialysis."),
        ("not_for_cases_against", ["Ministry of Labour"], "Ministry of Labour"),
    ],
)
def test_a_condition_is_told_in_words(criterion, value, told):
    assert wording.condition(criterion, value) == told


def test_every_criterion_of_the_vocabulary_can_be_told():
    assert {code for code, _ in vocabulary.terms("criteria").items()} >= {"sex", "age", "area"}
    shapes = {
        "set": [], "range": {}, "object": {"accepted": True}, "list_include_exclude": {}, "boolean": True,
        "areas": {}, "list": [], "text": "", "list_of_organizations": [],
    }  # fmt: skip
    for code in vocabulary.codes("criteria"):
        kind = vocabulary.criterion(code)
        value = kind.values[0].code if kind.type == "one_of" else shapes[kind.type]
        assert isinstance(wording.condition(code, value), str)


def test_a_card_leaves_out_what_is_open_to_everybody():
    assert (
        wording.for_whom({"sex": ["any"], "age": {}, "nationality": {"include": []}, "legal_status": ["any"]})
        == []
    )
    assert wording.for_whom(
        {
            "sex": ["women"],
            "age": {"min": 16},
            "children_along": {"accepted": False},
            "documents_required": ["work_permit"],
            "referral_required": "police_report",
            "works_without_documents": False,
        }
    ) == ["Women", "16 and older", "Papers needed: Work permit", "No children", "Police report required"]


def test_distance_answers_and_the_search_are_told_in_the_readers_words():
    assert wording.distance(3.25) == "3.2 km"
    assert (wording.response(1), wording.response(24), wording.response(72)) == (
        "within 1 hour", "within 24 hours", "within 3 days",
    )  # fmt: skip
    criteria = Criteria(("protection.shelter",), Point(32.5, 35.9), "Irbid", radius_km=10)
    assert search_wording.search_line(criteria) == "Protected shelter, within 10 km of Irbid"


def test_a_town_is_named_in_arabic_to_a_reader_of_arabic():
    assert wording.town("Irbid", "JO") == "Irbid"
    with force_locale("ar"):
        assert wording.town("Irbid", "JO") == "إربد"
        assert wording.town("Nowhere", "JO") == "Nowhere"


def test_house_rules_are_told_as_question_and_answer():
    assert wording.house_rules({"longest_stay_days": "30", "keeps_phone": "set_hours"}) == [
        ("May residents keep their phone?", "At set hours"),
        ("Longest stay in days", "30"),
    ]
