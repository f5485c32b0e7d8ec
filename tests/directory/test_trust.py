"""Trust in a listing: who looked and when, what is not listed, what is free, and what others say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Forbidden, Invalid, NotFound
from network.directory import operations, queries
from network.directory.models import (
    ListingChange,
    ListingReport,
    Location,
    Schedule,
    Service,
    ServiceCapacity,
    ServiceSearch,
    Unit,
)
from network.directory.operations import Proposal
from network.directory.trust import standing
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members, act, look
from tests.factories import make_listing


def test_a_call_verifies_the_service_and_the_places_where_it_is_offered(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    act(app, members.partner, lambda: operations.verify("service", listed.service_id, "phone"))
    for model, row in ((Service, listed.service_id), (Location, listed.location_id)):
        seen = look(app, members.centre, model, row)
        today = clock.today("Asia/Amman")
        assert (seen.verified_on, seen.verified_how) == (today, "phone")
        assert seen.verified_by_tenant_id == members.partner.tenant
        assert today + timedelta(days=180) < seen.verification_due_on < today + timedelta(days=186)
    with pytest.raises(Forbidden):
        act(app, members.stranger, lambda: operations.verify("service", listed.service_id))
    with pytest.raises(NotFound):
        act(app, members.partner, lambda: operations.verify("program", listed.service_id))


def test_trust_ages_by_the_calendar():
    listed, today = date(2026, 1, 31), date(2026, 6, 1)
    assert standing(date(2026, 5, 1), date(2026, 11, 1), listed, today) == "verified"
    assert standing(date(2026, 5, 1), date(2026, 6, 10), listed, today) == "due"
    assert standing(date(2025, 12, 1), None, listed, today) == "not_verified"
    assert standing(None, None, listed, today) == "not_verified"
    assert standing(date(2025, 6, 1), None, listed, today) == "aged"
    assert standing(None, None, date(2025, 2, 28), date(2026, 2, 28)) == "aged"


def test_the_sweep_gives_a_day_to_what_nobody_has_looked_at(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    act(app, job_identity(members.partner.tenant), operations.sweep)
    assert look(app, members.centre, Service, listed.service_id).verification_due_on is not None


def test_what_is_not_to_be_listed_is_found_by_nobody_until_who_withheld_it_says_so(
    app: Flask, members: Members
):
    listed = make_listing(app, members.partner.tenant)

    def found() -> int:
        with app.app_context(), scope(members.centre):
            return db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count()

    with pytest.raises(Forbidden):
        act(app, members.centre, lambda: operations.withhold("service", listed.service_id, "fraud"))
    act(
        app,
        members.headquarters,
        lambda: operations.withhold("organization", listed.organization_id, "fraud"),
    )
    assert found() == 0
    with pytest.raises(Forbidden):
        act(app, members.partner, lambda: operations.list_again("organization", listed.organization_id))
    act(app, members.headquarters, lambda: operations.list_again("organization", listed.organization_id))
    assert found() == 1


def test_capacity_is_said_again_and_every_word_of_it_is_kept(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    with app.app_context(), scope(members.partner):
        bed = db.session.scalars(select(Unit.id).where(Unit.identifier == "bed")).one()
    for free in (3, 0):
        act(app, members.partner, lambda free=free: operations.say_capacity(listed.service_id, bed, free))
    with app.app_context(), scope(members.centre):
        [kept] = db.session.scalars(select(ServiceCapacity).filter_by(service_id=listed.service_id))
        assert kept.available == 0
        told = db.session.scalars(
            select(ListingChange.old_value).where(
                ListingChange.entity_id == kept.id, ListingChange.field == "available"
            )
        )
        assert list(told) == [3]
        assert db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count() == 1
    for wrong in ({"available": -1}, {"available": 1, "next_free_at": clock.now() - timedelta(days=1)}):
        with pytest.raises(Invalid):
            act(
                app,
                members.partner,
                lambda given=wrong: operations.say_capacity(listed.service_id, bed, **given),
            )


def test_saying_the_same_again_leaves_no_trace(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    hours = [{"byday": "SU,MO,TU,WE,TH", "opens_at": "08:00", "closes_at": "16:00"}]

    def again() -> None:
        operations.set_needs(listed.service_id, ["protection.shelter"])
        operations.set_languages(listed.service_id, ["en", "ar"])
        operations.set_schedule(hours, service_id=listed.service_id)
        operations.set_eligibility(listed.service_id, {"sex": ["women"]})
        operations.set_practices(listed.service_id, {"police_on_site": "yes"}, {"keeps_phone": "yes"})

    def parts() -> int:
        with app.app_context(), scope(members.centre):
            return (
                db.session.query(ListingChange)
                .filter(ListingChange.service_id == listed.service_id, ListingChange.entity != "service")
                .count()
            )

    before = parts()
    act(app, members.partner, again)
    assert parts() == before
    act(app, members.partner, lambda: operations.set_schedule([], service_id=listed.service_id))
    with app.app_context(), scope(members.centre):
        assert db.session.query(Schedule).filter_by(service_id=listed.service_id).count() == 0


@pytest.mark.parametrize(
    ("entity", "values"),
    [
        ("service", {"status": "asleep"}),
        ("service", {"referral_method": "pigeon"}),
        ("service", {"response_hours": 0}),
        ("service", {"minimum_age": 9, "maximum_age": 3}),
        ("service", {"cost": "much"}),
        ("service", {"name": ["a"]}),
        ("location", {"latitude": 100.0}),
        ("location", {"longitude": None}),
    ],
)
def test_what_a_field_cannot_hold_is_refused_in_words(app: Flask, members: Members, entity: str, values):
    listed = make_listing(app, members.partner.tenant)
    with pytest.raises(Invalid) as wrong:
        act(app, members.partner, lambda: operations.change(entity, getattr(listed, f"{entity}_id"), values))
    assert wrong.value.fields


def test_a_problem_is_seen_by_all_and_its_words_by_two(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    proposal = Proposal("service", listed.service_id, "alert", "Moved to the market")
    report = act(
        app,
        members.centre,
        lambda: operations.report_problem("service", listed.service_id, "refuses_migrants", [proposal]),
    )
    seen = look(app, members.stranger, Service, listed.service_id)
    assert seen.reported_at is not None
    assert seen.reported_problem == "refuses_migrants"
    with app.app_context(), scope(members.stranger), pytest.raises(NotFound):
        queries.get_report(report)
    with app.app_context(), scope(members.partner):
        [asked] = queries.suggestions_of(report)
    with pytest.raises(NotFound):
        act(app, members.stranger, lambda: operations.answer_report(report, True, {}))
    with pytest.raises(Invalid):
        act(app, members.partner, lambda: operations.answer_report(report, True, {}))
    act(
        app,
        members.partner,
        lambda: operations.answer_report(report, False, {asked.suggestion.id: True}),
    )
    seen = look(app, members.stranger, Service, listed.service_id)
    assert (seen.alert, seen.reported_at) == ("Moved to the market", None)
    with app.app_context(), scope(members.centre):
        told = queries.get_report(report)
        assert told.report.state == "rejected"
        assert queries.suggestions_of(report)[0].suggestion.state == "accepted"
    with pytest.raises(Conflict):
        act(app, members.partner, lambda: operations.answer_report(report, True, {}))


def test_nothing_is_proposed_beside_what_may_be_corrected(app: Flask, members: Members):
    listed, other = (make_listing(app, members.partner.tenant) for _ in range(2))
    for proposal in (
        Proposal("service", listed.service_id, "do_not_list", True),
        Proposal("service", listed.service_id, "cost", "much"),
        Proposal("service", other.service_id, "name", "Other"),
        Proposal("location", listed.location_id, "name", "Door"),
    ):
        with pytest.raises((Invalid, NotFound)):
            act(app, members.centre, lambda p=proposal: operations.suggest("service", listed.service_id, [p]))
    with app.app_context(), scope(members.centre):
        assert db.session.query(ListingReport).filter_by(service_id=listed.service_id).count() == 0


def test_the_headquarters_keep_the_holidays_of_a_country(app: Flask, members: Members):
    days = {"first_on": "2026-12-25", "last_on": "2026-12-25", "closed": True, "kind": "holiday"}
    with pytest.raises(Forbidden):
        act(app, members.partner, lambda: operations.add_holiday("JO", days))
    added = act(app, members.headquarters, lambda: operations.add_holiday("JO", days))
    with pytest.raises(Invalid):
        act(
            app,
            members.headquarters,
            lambda: operations.add_holiday("JO", days | {"last_on": "2026-12-01"}),
        )
    act(app, members.headquarters, lambda: operations.remove_holiday(added))
