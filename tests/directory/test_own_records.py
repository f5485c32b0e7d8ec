"""What a centre keeps beside the listings: searches, gaps, reports and holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Forbidden, Invalid, NotFound
from network.core.ids import new_id
from network.directory import operations, queries
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.models import ListingReport, ServiceGap
from network.directory.search import Criteria
from network.tenants.context import Identity, job_identity, scope
from tests.directory.conftest import Members
from tests.factories import make_case, make_listing

DESERT = Criteria(("protection.shelter",), Point(29.5, 39.0), "Far east", "JO", radius_km=1.0)


def as_steward(app: Flask, who: Identity, write):
    with app.app_context(), scope(who), unit_of_work():
        return write()


def gaps(app: Flask, who: Identity) -> list[ServiceGap]:
    with app.app_context(), scope(who):
        return db.session.query(ServiceGap).all()


def test_a_saved_search_comes_back_as_it_was_and_nothing_of_her_is_in_the_clear(app: Flask, members: Members):
    profile = Profile("female", 27, "BD", "permit_expired", (("male", 2),), "garment", False)
    _client_id, case_id = make_case(app, members.centre)
    search_id = as_steward(app, members.centre, lambda: operations.start_search(DESERT, profile, case_id))
    with app.app_context(), scope(members.centre):
        kept = queries.get_search(search_id)
        assert (kept.criteria, kept.profile, kept.case_id) == (DESERT, profile, case_id)
        row = db.session.execute(
            text("SELECT row_to_json(s)::text FROM directory_search AS s WHERE id = :id"), {"id": search_id}
        ).scalar_one()
        assert "permit_expired" not in row
        assert "garment" not in row
    with app.app_context(), scope(members.stranger), pytest.raises(NotFound):
        queries.get_search(search_id)


def test_a_search_for_her_that_finds_nobody_records_the_gap(app: Flask, members: Members):
    with clock.set_to(datetime(2026, 11, 23, tzinfo=UTC)):
        as_steward(app, members.centre, lambda: operations.start_search(DESERT, Profile(sex="male")))
    [gap] = gaps(app, members.centre)
    assert (gap.need_code, gap.place, gap.country) == ("protection.shelter", "Far east", "JO")
    assert (gap.noticed_on, gap.barrier_code) == (date(2026, 11, 23), None)


def test_a_search_that_finds_only_what_does_not_take_her_records_the_barrier(app: Flask, members: Members):
    make_listing(app, members.partner.tenant, latitude=29.9, longitude=38.9, eligibility={"sex": ["women"]})
    criteria = Criteria(("protection.shelter",), Point(29.9, 38.9), "East", "JO", radius_km=1.0)
    as_steward(app, members.centre, lambda: operations.start_search(criteria, Profile(sex="female")))
    assert gaps(app, members.centre) == []
    as_steward(app, members.centre, lambda: operations.start_search(criteria, Profile(sex="male")))
    [gap] = gaps(app, members.centre)
    assert (gap.barrier_list, gap.barrier_code) == ("reasons.decline", "sex_not_served")


def test_a_gap_has_a_need_that_exists_and_a_reason_that_is_a_barrier(app: Flask, members: Members):
    for wrong in (
        {"need_code": "protection.castle"},
        {"barrier_list": "decline", "barrier_code": "duplicate"},
        {"barrier_list": "decline", "barrier_code": "nonsense"},
        {"barrier_list": "excuses", "barrier_code": "cost"},
        {"country": "Jordan"},
    ):
        values = {"need_code": "protection.shelter", "place": "Irbid", "country": "JO"} | wrong
        with pytest.raises(Invalid):
            as_steward(app, members.centre, partial(operations.record_service_gap, **values))


def test_a_reason_that_flags_a_listing_tells_its_steward_once(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    report = partial(operations.report_listing, listed.service_id, "decline", "closed_permanently")
    first, again = (as_steward(app, members.centre, report) for _ in "ab")
    assert first == again
    with app.app_context(), scope(members.partner):
        [found] = queries.open_reports()
        assert (found.service_id, found.reason_code) == (listed.service_id, "closed_permanently")
    with app.app_context(), scope(members.centre):
        assert not queries.is_held(listed.service_id)
    for who in (members.stranger, members.headquarters):
        with app.app_context(), scope(who):
            assert db.session.scalar(select(func.count()).select_from(ListingReport)) == 0


def test_a_steward_answers_a_report_once(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    report_id = as_steward(
        app, members.centre, lambda: operations.report_listing(listed.service_id, "decline", "not_offered")
    )
    answer = partial(operations.resolve_report, report_id, accepted=True)
    for who in (members.centre, members.stranger):
        with pytest.raises(NotFound):
            as_steward(app, who, answer)
    as_steward(app, members.partner, answer)
    with pytest.raises(Conflict):
        as_steward(app, members.partner, answer)


def test_a_reason_that_suspends_holds_the_service_and_tells_nobody(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    as_steward(
        app,
        members.centre,
        lambda: operations.report_listing(listed.service_id, "withdrawal", "partner_unsafe"),
    )
    with app.app_context(), scope(members.centre):
        assert queries.is_held(listed.service_id)
        assert queries.listing(listed.service_at_location_id).held
    with app.app_context(), scope(members.partner):
        assert queries.open_reports() == []
        assert not queries.is_held(listed.service_id)


def test_a_reason_that_says_nothing_about_a_listing_is_refused(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    for reason in (("decline", "no_capacity"), ("decline", "sex_not_served"), ("decline", "nonsense")):
        with pytest.raises(Invalid):
            as_steward(app, members.centre, partial(operations.report_listing, listed.service_id, *reason))
    with pytest.raises(NotFound):
        as_steward(app, members.centre, lambda: operations.report_listing(new_id(), "decline", "not_offered"))


def test_only_a_person_ends_a_hold(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    hold = partial(operations.hold_service, listed.service_id, "not_served", "unsafe_incident")
    release = partial(operations.release_hold, listed.service_id)
    assert as_steward(app, members.centre, hold) == as_steward(app, members.centre, hold)
    with pytest.raises(Forbidden):
        as_steward(app, job_identity(members.centre.tenant), release)
    with pytest.raises(NotFound):
        as_steward(app, members.stranger, release)
    as_steward(app, members.centre, release)
    with app.app_context(), scope(members.centre):
        assert queries.held_services() == frozenset()
    with pytest.raises(NotFound):
        as_steward(app, members.centre, release)
    as_steward(app, members.centre, hold)
    with app.app_context(), scope(members.centre):
        assert queries.held_services() == {listed.service_id}


def test_services_for_a_need_leave_out_whom_it_does_not_help_to_ask(app: Flask, members: Members):
    near = Point(-35.0, 140.0)

    def listed(**given: object):
        return make_listing(app, members.partner.tenant, latitude=-35.0, longitude=140.0, **given).service_id

    fits, asked = listed(), listed()
    listed(referral={"accepted": False})
    listed(status="temporarily closed")
    listed(eligibility={"sex": ["men"]})
    held = listed()
    as_steward(app, members.centre, lambda: operations.hold_service(held, "withdrawal", "partner_unsafe"))
    with app.app_context(), scope(members.centre):
        found = queries.services_offering(
            ["protection.shelter"], near, profile=Profile(sex="female"), without_services=frozenset({asked})
        )
    assert [one.service_id for one in found] == [fits]
