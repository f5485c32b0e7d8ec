"""The directory in JSON: the same search, the same refusals."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from network.core.db import unit_of_work
from network.core.ids import new_id
from network.directory import operations
from network.tenants.context import job_identity, scope
from tests.factories import make_listing, make_tenant, signed_in, visitor
from tests.support.visitor import Visitor


@pytest.fixture
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


@pytest.fixture
def caseworker(app: Flask) -> Visitor:
    return signed_in(app, make_tenant(app), "caseworker")


def test_services_are_found_near_first_with_distance_and_open_hours(
    app: Flask, steward: UUID, caseworker: Visitor
):
    near = make_listing(app, steward, place="ph-davao-city", latitude=7.07, longitude=125.6, town="Davao")
    far = make_listing(app, steward, place="ph-davao-city", latitude=7.3, longitude=125.6, town="Davao")
    answer = caseworker.get(
        "/api/v1/services?needs=protection.shelter&latitude=7.07&longitude=125.6&radius_km=60"
    )
    assert answer.status_code == 200, answer.text
    made = [str(near.service_id), str(far.service_id)]
    found = [one for one in answer.json["items"] if one["service_id"] in made]
    assert [one["service_id"] for one in found] == made
    assert [one["distance_km"] for one in found] == [0.0, 25.4]
    assert found[0]["open"]["state"] in ("open", "closed")
    assert found[0]["takes_referrals"] is True
    assert found[0]["match"] is None


def test_a_search_for_a_client_is_posted_kept_and_answered_with_reasons(
    app: Flask, steward: UUID, caseworker: Visitor
):
    made = make_listing(app, steward, place="ph-baguio", eligibility={"sex": ["men"]})
    sent = {
        "needs": ["protection.shelter"],
        "place": "Baguio",
        "radius_km": 10,
        "profile": {"sex": "female", "age": 27, "children": [{"sex": "male", "age": 2}]},
    }
    answer = caseworker.api("POST", "/api/v1/service-searches", sent)
    assert answer.status_code == 201, answer.text
    [found] = [one for one in answer.json["items"] if one["service_id"] == str(made.service_id)]
    assert found["match"]["verdict"] == "not_eligible"
    assert found["match"]["reasons"] == ["sex_not_served"]
    assert "children_along" in found["match"]["not_stated"]
    again = caseworker.get(f"/api/v1/service-searches/{answer.json['id']}")
    assert again.json == answer.json


def test_nothing_found_says_what_to_loosen(app: Flask, steward: UUID, caseworker: Visitor):
    make_listing(app, steward, place="ph-zamboanga-city", needs=["children.care_school"], languages=["fil"])
    answer = caseworker.get(
        "/api/v1/services?needs=children.care_school&place_code=ph-zamboanga-city&radius_km=5&language=bn"
    )
    assert answer.json["items"] == []
    assert answer.json["looser"] == [{"what": "language", "radius_km": 5.0, "language": None, "count": 1}]


def test_a_service_and_its_organization_are_told_whole(app: Flask, steward: UUID, caseworker: Visitor):
    listed = make_listing(
        app, steward, board=["employer"], addresses=[{"address_1": "Gate 1", "city": "Irbid"}]
    )
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        second = operations.create_location(listed.organization_id, place_code="jo-amman")
        operations.place_service_at_location(listed.service_id, second)
    service = caseworker.get(f"/api/v1/services/{listed.service_id}").json
    assert [one["town"] for one in service["locations"]] == ["Amman", "Irbid"]
    assert service["locations"][1]["address"] == ["Gate 1", "Irbid"]
    assert service["locations"][1]["openings"][0]["byday"] == "MO,TU,WE,TH,SU"
    assert service["needs"] == ["protection.shelter"]
    organization = caseworker.get(f"/api/v1/organizations/{listed.organization_id}").json
    assert organization["tenant_id"] is None
    assert [(one["relation"], one["class_code"]) for one in organization["bodies"]] == [
        ("run_by", "service_provider"),
        ("board", "employer"),
    ]
    assert [one["id"] for one in organization["services"]] == [str(listed.service_id)]


def test_the_taxonomy_is_told_groups_first(app: Flask, steward: UUID, caseworker: Visitor):
    make_listing(app, steward)
    terms = caseworker.get("/api/v1/taxonomy-terms").json["items"]
    assert len(terms) == 80
    assert [one["parent_id"] for one in terms[:12]] == [None] * 12
    groups = {one["id"] for one in terms[:12]}
    assert all(one["parent_id"] in groups for one in terms[12:])


def test_a_gap_is_recorded_once_however_often_it_is_sent(caseworker: Visitor):
    sent = {"need": "legal.advice", "place_code": "jo-aqaba"}
    first = caseworker.api("POST", "/api/v1/service-gaps", sent, key="gap-0001")
    assert first.status_code == 201
    assert caseworker.api("POST", "/api/v1/service-gaps", sent, key="gap-0001").json == first.json


@pytest.mark.parametrize(
    "query",
    [
        "needs=protection.castle", "radius_km=0&place=Irbid", "radius_km=301&place=Irbid", "radius_km=inf&place=Irbid",
        "latitude=91&longitude=0", "latitude=0", "place_code=xx-none", "language=%27", "limit=5",
        "organization_id=nope", "place=" + "x" * 100, "&".join(["needs=legal.advice"] * 30),
    ],
)  # fmt: skip
def test_a_bad_query_is_a_clear_refusal(caseworker: Visitor, query: str):
    answer = caseworker.get(f"/api/v1/services?{query}")
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"]


@pytest.mark.parametrize(
    "profile",
    [
        {"sex": "woman?"}, {"age": 200}, {"age": "old"}, {"nationality": "Bangladesh"}, {"legal_status": "illegal"},
        {"sector": "banking"}, {"children": [{"age": -1}]}, {"children": [{}] * 21}, {"name": "Amina"}, [],
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_is_refused_and_nothing_is_kept(caseworker: Visitor, profile):
    sent = {"needs": ["legal.advice"], "place": "Irbid", "profile": profile}
    assert caseworker.api("POST", "/api/v1/service-searches", sent).status_code == 422


def test_a_search_of_a_colleague_and_what_does_not_exist_are_not_found(app: Flask, caseworker: Visitor):
    kept = caseworker.api("POST", "/api/v1/service-searches", {"needs": ["legal.advice"], "place": "Irbid"})
    other = signed_in(app, make_tenant(app), "caseworker")
    assert other.get(f"/api/v1/service-searches/{kept.json['id']}").status_code == 404
    for path in ("services", "organizations", "service-searches"):
        assert caseworker.get(f"/api/v1/{path}/{new_id()}").status_code == 404


def test_the_signed_out_get_nothing(app: Flask):
    for path in ("services?place=Irbid", f"services/{new_id()}", "taxonomy-terms"):
        assert visitor(app).get(f"/api/v1/{path}").status_code == 401


def test_legal_aid_on_sunday_at_ten_for_a_woman_who_is_not_registered(
    app: Flask, steward: UUID, caseworker: Visitor
):
    sunday = [{"byday": "SU", "opens_at": "08:00", "closes_at": "16:00"}]
    monday = [{"byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}]
    at = {"place": "jo-maan", "needs": ["legal.advice"]}
    takes = make_listing(app, steward, schedules=sunday, eligibility={"legal_status": ["any"]}, **at)
    refuses = make_listing(app, steward, schedules=sunday, eligibility={"legal_status": ["regular"]}, **at)
    closed = make_listing(app, steward, schedules=monday, eligibility={"legal_status": ["any"]}, **at)
    sent = {
        "needs": ["legal.advice"], "place": "Maan", "radius_km": 10, "open_at": "SU 10:00",
        "profile": {"sex": "female", "legal_status": "irregular"},
    }  # fmt: skip
    answer = caseworker.api("POST", "/api/v1/service-searches", sent)
    assert answer.status_code == 201, answer.text
    order = [one["service_id"] for one in answer.json["items"]]
    assert order.index(str(takes.service_id)) < order.index(str(refuses.service_id))
    assert str(closed.service_id) not in order
    [last] = [one for one in answer.json["items"] if one["service_id"] == str(refuses.service_id)]
    assert last["match"]["reasons"] == ["status_not_served"]
    assert answer.json["case_id"] is None
    for nothing_in_an_address in ("sex=female", "legal_status=irregular", "profile.sex=female"):
        assert caseworker.get(f"/api/v1/services?place=Maan&{nothing_in_an_address}").status_code == 422
