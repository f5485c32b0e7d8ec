"""The directory as somebody sees it: searching, a service, an organization."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory import geo, operations
from network.directory.models import ServiceGap
from network.directory.search import Criteria
from network.tenants.context import job_identity, scope
from network.tenants.models import Site, Tenant
from tests.factories import (
    Listed,
    make_account,
    make_case,
    make_listing,
    make_tenant,
    sign_in,
    signed_in,
    staff,
    visitor,
)
from tests.support.statements import statements
from tests.support.visitor import Visitor

SECRET = "77 Quiet Street"


@pytest.fixture
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


@pytest.fixture
def centre(app: Flask) -> UUID:
    return make_tenant(app)


@pytest.fixture
def caseworker(app: Flask, centre: UUID) -> Visitor:
    return signed_in(app, centre, "caseworker")


def shown(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:2000]
    return unescape(answer.text)


def listed_in(app: Flask, steward: UUID, place: str, **given: object) -> Listed:
    return make_listing(app, steward, place=place, **given)


def test_the_form_offers_every_need_by_group_and_starts_at_home(
    app: Flask, centre: UUID, caseworker: Visitor
):
    with app.app_context(), scope(job_identity(centre, "network")), unit_of_work():
        db.session.add(
            Site(id=new_id(), tenant_id=centre, name="Desk", town="Ramtha", latitude=32.559, longitude=36.008)
        )
    page = shown(caseworker.get("/directory"))
    assert '<optgroup label="Safety, shelter and trafficking">' in page
    assert 'value="Ramtha"' in page


def test_a_search_shows_what_a_caseworker_tells_her_client(app: Flask, steward: UUID, caseworker: Visitor):
    near = listed_in(
        app, steward, "lk-trincomalee", name="House of rest",
        languages=["si", "bn"],
        eligibility={"sex": ["women"], "children_along": {"accepted": True, "girls_up_to": 18, "boys_up_to": 12}},
        partner_practices={"informs_embassy": "yes", "safeguarding_policy": "no", "police_on_site": "no"},
        schedules=[{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}],
    )  # fmt: skip
    page = shown(caseworker.get("/directory?needs=protection.shelter&place=Trincomalee&radius_km=10"))
    for told in (
        "House of rest", "in this town", "Open day and night", "Takes referrals here", "Bangla, Sinhala",
        "Women", "Girls up to 18, boys up to 12", "within 4 hours",
        "Tell the client first", "Informs the embassy",
        "No: Has a policy and contact against sexual exploitation",
    ):  # fmt: skip
        assert told in page, told
    assert "Police desk" not in page
    assert f"/directory/services/{near.service_id}" in page
    assert "Send a referral" not in page


def test_a_place_is_understood_with_a_slip_and_in_its_own_script(
    app: Flask, steward: UUID, caseworker: Visitor
):
    listed_in(app, steward, "np-morang", name="Desk in the east", needs=["legal.advice"])
    for typed in ("Biratnagr", "विराटनगर", "biratnagar"):
        assert "Desk in the east" in shown(
            caseworker.get(
                "/directory", query_string={"needs": "legal.advice", "place": typed, "radius_km": "10"}
            )
        ), typed


def test_a_name_of_several_places_offers_the_others(caseworker: Visitor):
    page = shown(caseworker.get("/directory?place=Gopalganj&needs=legal.advice"))
    assert "Other places with this name" in page
    assert "India" in page or "Bangladesh" in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("place=Zzzzzzz", "We do not know this place."),
        ("place=Irbid&radius_km=9999", "too small or too large"),
        ("place=Irbid&radius_km=near", "Enter a number"),
        ("place=Irbid&needs=protection.castle", "Choose one of the options"),
        ("place=Irbid&open_at=9999-12-31T10:00", "Enter a day and a time"),
        ("place=Irbid&open_at=0001-01-01T00:00%2B14:00", "Enter a day and a time"),
        ("place=Irbid&language=%27%3B--", "expected form"),
        ("place_code=xx-none", "We do not know this place."),
        ("latitude=95&longitude=1", "too small or too large"),
        ("latitude=5", "latitude and longitude together"),
        ("latitude=nan&longitude=1", "There is a problem"),
        ("organization_id=1", "not an identifier"),
        ("name=Amina", "not expected"),
    ],
)
def test_what_cannot_be_searched_is_said_and_what_was_typed_stays(caseworker: Visitor, query: str, told: str):
    page = shown(caseworker.get(f"/directory?{query}"), 422)
    assert told in page
    assert "There is a problem" in page


def test_without_a_home_a_place_is_asked_for(caseworker: Visitor):
    assert "Enter a town or an area" in shown(caseworker.get("/directory?needs=legal.advice"), 422)


def test_nothing_found_offers_to_loosen_and_to_record_the_gap(
    app: Flask, steward: UUID, centre: UUID, caseworker: Visitor
):
    listed_in(app, steward, "et-gondar", needs=["health.long_term"], languages=["am"])
    query = "needs=health.long_term&place_code=et-gondar&radius_km=10&language=bn"
    page = shown(caseworker.get(f"/directory?{query}"))
    assert "Nobody in the directory offers this there." in page
    assert "Any language: 1 service" in page
    assert "Record that this help is missing" in page
    answer = caseworker.send_form("/directory/gaps", need="health.long_term", place_code="et-gondar")
    assert answer.status_code == 303
    with app.app_context(), scope(job_identity(centre)):
        gap = db.session.scalars(select(ServiceGap)).one()
        assert (gap.need_code, gap.place, gap.country) == ("health.long_term", "Gondar", "ET")


def test_a_search_for_a_client_keeps_her_out_of_the_address(
    app: Flask, steward: UUID, centre: UUID, caseworker: Visitor
):
    _client_id, case_id = make_case(app, staff(centre))
    takes = listed_in(app, steward, "id-bandung", name="Takes her", eligibility={"sex": ["women"]})
    listed_in(app, steward, "id-bandung", name="For men", eligibility={"sex": ["men"]})
    listed_in(app, steward, "id-bandung", name="Says nothing", eligibility={})
    answer = caseworker.send_form(
        "/directory/searches",
        {
            "needs": "protection.shelter", "place": "Bandung", "radius_km": "10", "case_id": str(case_id),
            "profile.sex": "female", "profile.age": "27", "profile.nationality": "BD",
            "profile.legal_status": "permit_expired", "profile.children.0.sex": "male", "profile.children.0.age": "2",
        },
    )  # fmt: skip
    address = urlsplit(answer.headers["Location"])
    assert address.query == ""
    assert UUID(address.path.removeprefix("/directory/searches/"))
    page = shown(caseworker.get(address.path))
    assert page.index("Takes her") < page.index("For men")
    assert page.index("Says nothing") < page.index("For men")
    assert "Does not take this client" in page
    assert "Not for this sex or gender" in page
    assert "Not stated:" in page
    back = shown(
        caseworker.get(f"/directory/services/{takes.service_id}?search={address.path.split('/')[-1]}")
    )
    assert address.path in back


def test_searching_again_keeps_the_client_and_changes_the_criteria(
    app: Flask, steward: UUID, caseworker: Visitor
):
    listed_in(
        app, steward, "id-medan", name="Only men", needs=["assistance.food"], eligibility={"sex": ["men"]}
    )
    first = caseworker.send_form(
        "/directory/searches",
        {"needs": "legal.advice", "place": "Medan", "radius_km": "10", "profile.sex": "female"},
    )
    again = caseworker.send_form(
        f"{first.headers['Location']}/again", needs="assistance.food", place="Medan", radius_km="10"
    )
    assert again.headers["Location"] != first.headers["Location"]
    assert "Not for this sex or gender" in shown(caseworker.get(again.headers["Location"]))
    wrong = caseworker.send_form(f"{first.headers['Location']}/again", place="Zzzzzz")
    assert "We do not know this place" in shown(wrong, 422)


def test_a_colleague_cannot_open_my_search(app: Flask, centre: UUID, caseworker: Visitor):
    answer = caseworker.send_form("/directory/searches", needs="legal.advice", place="Irbid")
    colleague = signed_in(app, centre, "coordinator")
    for visitor_ in (colleague, signed_in(app, make_tenant(app), "caseworker")):
        assert visitor_.get(answer.headers["Location"]).status_code == 404
        assert visitor_.send_form(f"{answer.headers['Location']}/again", place="Irbid").status_code == 404


def test_a_service_page_tells_everything_and_who_stands_behind_it(
    app: Flask, steward: UUID, caseworker: Visitor
):
    listed = make_listing(
        app, steward, board=["recruiter"], addresses=[{"address_1": "9 Open Road", "city": "Irbid"}],
        house_rules={"keeps_phone": "set_hours", "longest_stay_days": 30},
        eligibility={"age": {"min": 16}, "nationality": {"exclude": ["US"]}, "works_without_documents": True},
    )  # fmt: skip
    page = shown(caseworker.get(f"/directory/services/{listed.service_id}"))
    for told in (
        "9 Open Road", "08:00 to 16:00", "Asia/Amman", "16 and older", "All but United States",
        "May residents keep their phone?", "At set hours", "30", "Police desk or guard on site",
        "On the board", "Recruiter, agent, sub-agent (Jordan)", "Run by", "Not verified",
    ):  # fmt: skip
        assert told in page, told
    page = shown(caseworker.get(f"/directory/organizations/{listed.organization_id}"))
    assert "Recruiter, agent, sub-agent (Jordan)" in page
    assert f"/directory/services/{listed.service_id}" in page


def test_a_confidential_address_is_on_no_page_but_its_stewards(
    app: Flask, steward: UUID, caseworker: Visitor
):
    listed = make_listing(
        app, steward, place="jo-madaba", confidential=True, location_name=SECRET, latitude=31.7211, longitude=35.7944,
        addresses=[{"address_1": SECRET, "city": "Madaba"}],
    )  # fmt: skip
    own = signed_in(app, steward, "partner_manager")
    paths = (
        f"/directory/services/{listed.service_id}",
        f"/directory/organizations/{listed.organization_id}",
        "/directory?needs=protection.shelter&place_code=jo-madaba&radius_km=10",
        f"/api/v1/services/{listed.service_id}",
        f"/api/v1/organizations/{listed.organization_id}",
        "/api/v1/services?needs=protection.shelter&place_code=jo-madaba&radius_km=10",
    )
    for path in paths:
        page = shown(caseworker.get(path))
        for hidden in (SECRET, "31.7211", "35.7944"):
            assert hidden not in page, (path, hidden)
    assert "The address is confidential" in shown(caseworker.get(paths[0]))
    assert SECRET in shown(own.get(paths[0]))


def test_a_hold_is_seen_and_ended_by_somebody_who_may(app: Flask, steward: UUID, centre: UUID):
    listed = make_listing(app, steward)
    with app.app_context(), scope(job_identity(centre)), unit_of_work():
        operations.hold_service(listed.service_id, "withdrawal", "partner_unsafe")
    path = f"/directory/services/{listed.service_id}"
    caseworker, coordinator = (signed_in(app, centre, role) for role in ("caseworker", "coordinator"))
    assert "does not offer this service" in shown(caseworker.get(path))
    assert "Offer it again" not in shown(caseworker.get(path))
    assert caseworker.send_form(f"{path}/release-hold").status_code == 403
    assert "Offer it again" in shown(coordinator.get(path))
    assert coordinator.send_form(f"{path}/release-hold").status_code == 303
    assert "does not offer this service" not in shown(caseworker.get(path))
    assert "does not offer this service" not in shown(signed_in(app, steward, "partner_manager").get(path))


def test_what_does_not_exist_is_not_found(app: Flask, caseworker: Visitor):
    for path in ("services", "organizations", "searches"):
        assert caseworker.get(f"/directory/{path}/{new_id()}").status_code == 404
    listed = make_listing(app, make_tenant(app, "partner"))
    assert caseworker.get(f"/directory/services/{listed.service_id}?search={new_id()}").status_code == 404
    assert caseworker.get(f"/directory/services/{listed.service_id}?search=x").status_code == 422


def test_the_signed_out_are_sent_to_the_door(app: Flask):
    for path in ("/directory", f"/directory/services/{new_id()}"):
        assert "/sign-in" in visitor(app).get(path).headers["Location"]


def test_the_page_is_told_in_arabic(app: Flask, steward: UUID, centre: UUID):
    listed_in(app, steward, "jo-karak", needs=["legal.advice"])
    reader = sign_in(app, make_account(app, centre, "caseworker"))
    reader.send_form("/language", language="ar", next="/directory")
    page = shown(reader.get("/directory?needs=legal.advice&place_code=jo-karak&radius_km=10"))
    assert 'dir="rtl"' in page
    assert "استشارة قانونية" in page


def test_a_search_page_asks_the_database_as_often_for_many_services_as_for_one(
    app: Flask, steward: UUID, caseworker: Visitor
):
    def count(place: str) -> int:
        with statements(app) as sent:
            shown(caseworker.get(f"/directory?needs=legal.charge&place_code={place}&radius_km=10"))
        return len(sent)

    listed_in(app, steward, "kr-busan", needs=["legal.charge"])
    for _ in range(8):
        listed_in(app, steward, "kr-daegu", needs=["legal.charge"])
    assert count("kr-busan") == count("kr-daegu")


def test_a_search_that_was_kept_reads_only_the_search_table(app: Flask, steward: UUID):
    criteria = Criteria(("legal.advice",), geo.get_place("jo-irbid").point)
    assert criteria.radius_km == 50
    with app.app_context(), scope(job_identity(steward)):
        plan = db.session.execute(
            text("SELECT relrowsecurity FROM pg_class WHERE relname = 'service_search'")
        )
        assert plan.scalar_one() is False


def test_a_centre_without_a_site_starts_at_its_own_listing_and_not_at_its_capital(
    app: Flask, steward: UUID, centre: UUID, caseworker: Visitor
):
    own = listed_in(app, steward, "jo-irbid", name="Our own desk", confidential=False)
    with app.app_context(), scope(job_identity(centre, "network")), unit_of_work():
        db.session.get_one(Tenant, centre).organization_id = own.organization_id
    assert 'value="Irbid"' in shown(caseworker.get("/directory"))


def test_whom_it_is_for_is_said_by_hand_and_stands_in_no_address(
    app: Flask, steward: UUID, caseworker: Visitor
):
    around = {"needs": ["legal.advice"], "languages": ["ar"]}
    on_sundays = [{"byday": "SU", "opens_at": "08:00", "closes_at": "16:00"}]
    for name, taken in (
        ("Takes everybody", {"sex": ["any"], "legal_status": ["any"]}),
        ("Registered alone", {"sex": ["any"], "legal_status": ["regular", "refugee"]}),
        ("Men alone", {"sex": ["men"], "legal_status": ["any"]}),
    ):
        listed_in(app, steward, "jo-ajloun", name=name, schedules=on_sundays, eligibility=taken, **around)
    page = shown(caseworker.get("/directory"))
    assert "For whom?" in page
    assert 'name="profile.legal_status"' in page
    asked = {
        "needs": "legal.advice", "place": "Ajloun", "radius_km": "10", "open_day": "SU", "open_time": "10:00",
        "profile.sex": "female", "profile.legal_status": "irregular", "profile.age": "", "profile.nationality": "",
        "profile.sector": "", "profile.has_documents": "",
    }  # fmt: skip
    kept = caseworker.send_form("/directory/searches", asked).headers["Location"]
    assert "?" not in kept
    assert "irregular" not in kept
    page = shown(caseworker.get(kept))
    assert "For: Female · Irregular" in page
    assert 'value="irregular" selected' in page
    assert page.index("Takes everybody") < min(page.index("Registered alone"), page.index("Men alone"))
    assert "Not for this sex or gender" in page
    assert "irregular" not in " ".join(re.findall(r'href="([^"]*)"', page))

    # Said otherwise, the verdicts follow; a button that carries no person keeps her.
    other = caseworker.send_form(f"{kept}/again", asked | {"profile.sex": "male"}).headers["Location"]
    page = shown(caseworker.get(other))
    assert "For: Male · Irregular" in page
    assert "Not for this sex or gender" not in page
    sooner = caseworker.send_form(f"{other}/again", needs="legal.advice", place="Ajloun").headers["Location"]
    assert "For: Male · Irregular" in shown(caseworker.get(sooner))

    # Without a person it is a plain search, with an address that may be passed on.
    nobody = {name: "" if name.startswith("profile.") else value for name, value in asked.items()}
    for path in ("/directory/searches", f"{other}/again"):
        plain = urlsplit(caseworker.send_form(path, nobody).headers["Location"])
        assert plain.path == "/directory"
        assert "profile" not in plain.query
        assert "csrf" not in plain.query
        page = shown(caseworker.get(f"{plain.path}?{plain.query}"))
        assert "Men alone" in page
        assert "Does not take" not in page
    wrong = caseworker.send_form("/directory/searches", asked | {"profile.age": "999"})
    assert "too small or too large" in shown(wrong, 422)
    assert caseworker.get("/directory?profile.sex=female").status_code == 422
