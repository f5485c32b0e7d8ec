"""The page of a search: its filters, one tap each, its pages, and filters that a centre keeps under a name."""

from __future__ import annotations

import re
from html import unescape
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from network.core.db import db
from network.directory.geo import Point
from network.directory.models import SavedFilter
from network.tenants.context import job_identity, scope
from tests.factories import make_listing, make_tenant, signed_in
from tests.support.visitor import Visitor

ALWAYS = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
_spots = count()


@pytest.fixture
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


@pytest.fixture
def centre(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def caseworker(app: Flask, centre: UUID) -> Visitor:
    return signed_in(app, centre, "caseworker")


@pytest.fixture
def here() -> Point:
    """A place of the test's own, in the empty south of the Indian Ocean."""
    return Point(-58.0, 60.0 + 2 * next(_spots))


@pytest.fixture
def address(here: Point) -> str:
    return f"/directory?needs=legal.advice&latitude={here.latitude}&longitude={here.longitude}&radius_km=50"


def shown(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:2000]
    return unescape(answer.text)


def listed(app: Flask, steward: UUID, here: Point, **given: object) -> UUID:
    given = {"needs": ["legal.advice"]} | given
    return make_listing(app, steward, latitude=here.latitude, longitude=here.longitude, **given).service_id


def test_a_filter_says_what_it_finds_and_one_tap_sets_it_and_takes_it_back(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point, address: str
):
    listed(app, steward, here, name="Open desk", schedules=ALWAYS)
    listed(app, steward, here, name="Unknown desk", schedules=[])
    page = shown(caseworker.get(address))
    assert "2 services" in page
    link = re.search(r'href="([^"]+)"[^>]*>Open now \(1\)', page)
    assert link
    filtered = shown(caseworker.get(link[1]))
    assert "Open desk" in filtered
    assert "Unknown desk" not in filtered
    back = re.search(r'href="([^"]+)"[^>]*>Take back: Open now', filtered)
    assert back
    assert "Unknown desk" in shown(caseworker.get(back[1]))


def test_the_form_asks_for_a_day_and_a_time(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point, address: str
):
    listed(app, steward, here, name="Sunday desk", time_zone="Asia/Amman",
           schedules=[{"byday": "SU", "opens_at": "09:00", "closes_at": "12:00"}])  # fmt: skip
    assert "Sunday desk" in shown(caseworker.get(f"{address}&open_day=SU&open_time=10:00"))
    found = shown(caseworker.get(f"{address}&open_day=SU&open_time=9:30"))
    assert "Sunday desk" in found
    assert "Take back: open on Sunday at 09:30" in found
    assert "Take back: Open now" not in found
    page = shown(caseworker.get(f"{address}&open_day=SU&open_time=13:00"))
    assert "Nobody in the directory offers this there." in page
    assert "Open or not: 1 service" in page
    for wrong in ("open_day=SU&open_time=25:00", "open_at=yesterday", "open_at=SU"):
        assert "There is a problem" in shown(caseworker.get(f"{address}&{wrong}"), 422), wrong


def test_several_needs_are_searched_and_another_can_be_added(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point, address: str
):
    listed(app, steward, here, name="Legal desk")
    listed(app, steward, here, name="Food desk", needs=["assistance.food"])
    page = shown(caseworker.get(f"{address}&needs=assistance.food"))
    assert "Legal desk" in page
    assert "Food desk" in page
    assert 'id="another"' in page
    # What the form of one need sends: the need that is ticked, and nothing chosen beside it.
    assert "Food desk" not in shown(caseworker.get(f"{address}&needs="))


def test_words_are_searched_from_the_form(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point, address: str
):
    listed(app, steward, here, organization_name="مؤسسة الخطيب")
    listed(app, steward, here, name="Another desk")
    page = shown(caseworker.get(f"{address}&text=al-khateeb"))
    assert "مؤسسة الخطيب" in page
    assert "Another desk" not in page


def test_there_are_pages(app: Flask, steward: UUID, caseworker: Visitor, here: Point, address: str):
    for number in range(3):
        listed(app, steward, here, name=f"Desk {number}")
    first = shown(caseworker.get(f"{address}&limit=2"))
    assert "More services" in first
    assert "More services" not in shown(caseworker.get(f"{address}&limit=2&page=2"))
    assert "There is a problem" in shown(caseworker.get(f"{address}&page=0"), 422)


def test_a_filter_is_kept_under_a_name_for_the_whole_centre(
    app: Flask, centre: UUID, steward: UUID, caseworker: Visitor, here: Point, address: str
):
    listed(app, steward, here, name="Kept desk", languages=["ne"])
    page = shown(caseworker.get(f"{address}&language=ne"))
    assert "Keep this search as a filter" in page
    sent = {"needs": "legal.advice", "latitude": here.latitude, "longitude": here.longitude, "radius_km": 50,
            "language": "ne", "label": "Nepali  lawyers"}  # fmt: skip
    answer = caseworker.send_form("/directory/filters", sent)
    assert answer.status_code == 303
    link = answer.headers["Location"]
    assert re.fullmatch(r"/directory/filters/[0-9a-f-]{36}", link)
    colleague = signed_in(app, centre, "coordinator")
    for reader in (caseworker, colleague):
        kept = shown(reader.get(link))
        assert "Nepali lawyers" in kept
        assert "Kept desk" in kept
        assert f"{link}</bdi>" in kept
        assert link in shown(reader.get("/directory"))
    stranger = signed_in(app, make_tenant(app), "caseworker")
    assert stranger.get(link).status_code == 404
    assert link not in stranger.get("/directory").text
    assert stranger.send_form(f"{link}/delete").status_code == 404
    again = shown(caseworker.send_form("/directory/filters", sent), 422)
    assert "There is a filter with this name." in again
    assert "Enter a name" in shown(caseworker.send_form("/directory/filters", sent | {"label": " "}), 422)
    assert colleague.send_form(f"{link}/delete").status_code == 303
    assert caseworker.get(link).status_code == 404


def test_a_kept_filter_holds_criteria_and_nothing_of_a_client(
    app: Flask, centre: UUID, caseworker: Visitor, here: Point
):
    sent = {"needs": "legal.advice", "latitude": here.latitude, "longitude": here.longitude, "label": "Lawyers",
            "profile.sex": "female"}  # fmt: skip
    assert caseworker.send_form("/directory/filters", sent).status_code == 422
    del sent["profile.sex"]
    caseworker.send_form("/directory/filters", sent)
    with app.app_context(), scope(job_identity(centre)):
        [kept] = db.session.query(SavedFilter).all()
        assert set(kept.criteria) & {"profile", "case_id", "sex", "age", "nationality"} == set()


def test_a_search_for_a_client_takes_filters_without_an_address(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point
):
    listed(app, steward, here, name="Open desk", schedules=ALWAYS)
    listed(app, steward, here, name="Unknown desk", schedules=[])
    sent = {
        "needs": "legal.advice",
        "latitude": here.latitude,
        "longitude": here.longitude,
        "profile.sex": "female",
    }
    started = caseworker.send_form("/directory/searches", sent)
    page = shown(caseworker.get(started.headers["Location"]))
    assert "Open now (1)" in page
    assert "Keep this search as a filter" not in page
    again = re.search(r'action="(/directory/searches/[0-9a-f-]+/again)"', page)
    assert again
    del sent["profile.sex"]
    answer = caseworker.send_form(again[1], sent | {"open_at": "now"})
    assert answer.status_code == 303
    assert "?" not in answer.headers["Location"]
    filtered = shown(caseworker.get(answer.headers["Location"]))
    assert "Open desk" in filtered
    assert "Unknown desk" not in filtered
    assert "Ask first" in filtered  # the client is still in mind


def test_the_api_tells_totals_counts_and_what_to_loosen(
    app: Flask, steward: UUID, caseworker: Visitor, here: Point
):
    listed(app, steward, here, languages=["bn"])
    at = {"needs": "legal.advice", "latitude": str(here.latitude), "longitude": str(here.longitude)}
    found = caseworker.get("/api/v1/services", query_string=at).get_json()
    assert found["total"] == 1
    assert found["facets"]["language"] == {"bn": 1}
    assert found["items"][0]["not_verified_lately"] is True
    nothing = caseworker.get(
        "/api/v1/services", query_string=at | {"language": "ne", "verified": "true"}
    ).get_json()
    assert (nothing["total"], nothing["items"]) == (0, [])
    plain = caseworker.get("/api/v1/services", query_string=at | {"language": "ne"}).get_json()
    assert [(one["what"], one["count"]) for one in plain["looser"]] == [("language", 1)]
