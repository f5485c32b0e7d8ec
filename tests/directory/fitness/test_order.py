"""The order of what is found, and what hides and marks a listing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.models import ServiceSearch
from network.directory.search import Criteria, find
from network.tenants.context import Identity, job_identity, scope
from tests.directory.fitness.conftest import (
    NEED,
    ROOMY,
    TAKES_ALL,
    WEDNESDAY_NOON,
    count_beds,
    ids,
    listed,
    look,
    spot,
    write,
)
from tests.factories import make_tenant
from tests.support.statements import statements


@pytest.fixture
def here() -> Point:
    return spot(-60.0)


def test_the_order_is_by_fitness_before_distance(app: Flask, steward: Identity, here: Point):
    night = [{"byday": "WE", "opens_at": "20:00", "closes_at": "23:00"}]
    makers = {
        "fits, open, free": {"km": 20},
        "fits, open, not counted": {"km": 19},
        "fits, open, full": {"km": 18},
        "fits, hours not known": {"km": 17, "schedules": []},
        "fits, closed": {"km": 16, "schedules": night},
        "says nothing": {"km": 15, "eligibility": {}},
        "takes no referrals": {"km": 14, "referral": {"accepted": False, "methods": []}},
        "not for women": {"km": 13, "eligibility": {"sex": ["men"]}},
    }
    made = {
        name: listed(app, steward, here, **({"eligibility": TAKES_ALL} | given))
        for name, given in makers.items()
    }
    count_beds(app, steward, made["fits, open, free"].service_id, 3)
    count_beds(app, steward, made["fits, open, full"].service_id, 0)
    found = look(app, steward, here, Profile(sex="female"))
    assert ids(found) == [one.service_id for one in made.values()]
    assert found.found[0].available == 3
    assert found.total == 8


def test_near_counts_in_bands_and_then_what_was_verified_comes_first(
    app: Flask, steward: Identity, here: Point
):
    nearer = listed(app, steward, here, 6)
    verified = listed(app, steward, here, 14)
    nearest = listed(app, steward, here, 2)
    write(
        app, steward, "UPDATE service SET verified_on = '2026-11-01' WHERE id = :id", id=verified.service_id
    )
    assert ids(look(app, steward, here)) == [one.service_id for one in (nearest, verified, nearer)]


def test_what_opens_tomorrow_in_town_comes_before_what_is_open_two_hours_away_unless_the_need_cannot_wait(
    app: Flask, steward: Identity, here: Point
):
    night = [{"byday": "TH", "opens_at": "08:00", "closes_at": "15:00"}]
    needs = ["legal.advice", NEED]
    in_town, tomorrow, close_by, far, far_tomorrow, never_closes = (
        listed(app, steward, here, km, schedules=schedules, needs=needs).service_id
        for km, schedules in ((9, ROOMY), (2, night), (25, ROOMY), (50, ROOMY), (40, night), (70, ROOMY))
    )
    waits = [in_town, close_by, tomorrow, far, far_tomorrow, never_closes]
    presses = [in_town, close_by, far, never_closes, tomorrow, far_tomorrow]
    with app.app_context(), scope(steward):
        for sought, expected in (
            ({"needs": ("legal.advice",)}, waits),
            ({"needs": (NEED,)}, presses),
            ({"needs": ("legal.advice", NEED)}, presses),
            ({"text": vocabulary.need(NEED).label("ar")}, presses),
            ({"text": "legal advice"}, waits),
        ):
            criteria = Criteria(point=here, radius_km=100.0, **sought)
            assert ids(find(criteria, at=WEDNESDAY_NOON)) == expected, sought


def test_a_listing_is_marked_after_six_months_and_hidden_after_twelve(
    app: Flask, steward: Identity, here: Point
):
    fresh, aged, hidden = (listed(app, steward, here, km) for km in (3, 2, 1))
    for one, day in ((fresh, "2026-06-30"), (aged, "2026-05-01"), (hidden, "2025-11-20")):
        write(app, steward, "UPDATE service SET verified_on = CAST(:day AS date) WHERE id = :id",
              day=day, id=one.service_id)  # fmt: skip
    found = look(app, steward, here)
    assert [(one.service_id, one.not_verified) for one in found.found] == [
        (fresh.service_id, False),
        (aged.service_id, True),
    ]
    assert ids(look(app, steward, here, verified=True)) == [fresh.service_id]
    assert hidden.service_id in ids(look(app, steward, here, stale=True))


def test_what_nobody_verified_counts_from_the_day_it_was_listed(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here)
    with app.app_context(), scope(steward):
        [now] = find(Criteria((NEED,), here)).found
        assert (now.verified_on, now.not_verified) == (None, True)
        [offer] = find(Criteria((NEED,), here), at=clock.now() + timedelta(days=400)).looser
    assert (offer.what, offer.count) == ("stale", 1)


@pytest.mark.parametrize("change", ["do_not_list = true", "removed_at = now()", "merged_into_id = :other"])
@pytest.mark.parametrize("table", ["organization", "service", "location"])
def test_what_was_removed_merged_or_must_not_be_listed_is_never_found(
    app: Flask, steward: Identity, here: Point, table: str, change: str
):
    one, other = listed(app, steward, here), listed(app, steward, Point(here.latitude + 20, here.longitude))
    given = {"id": getattr(one, f"{table}_id")}
    if ":other" in change:
        given["other"] = getattr(other, f"{table}_id")
    assert ids(look(app, steward, here)) == [one.service_id]
    write(app, steward, f"UPDATE {table} SET {change} WHERE id = :id", **given)
    assert ids(look(app, steward, here, stale=True)) == []
    with app.app_context(), scope(steward):
        assert find(Criteria(organization_id=one.organization_id)).found == ()


def test_pages_follow_each_other_without_gap_or_repetition(app: Flask, steward: Identity, here: Point):
    made = {listed(app, steward, here, km).service_id for km in range(7)}
    pages = [look(app, steward, here, limit=3, page=number) for number in (1, 2, 3)]
    assert [len(page.found) for page in pages] == [3, 3, 1]
    assert [page.more for page in pages] == [True, True, False]
    assert {one for page in pages for one in ids(page)} == made
    assert look(app, steward, here, limit=3, page=9).found == ()


def test_the_public_finds_what_is_public_and_nothing_of_referrals(app: Flask, steward: Identity, here: Point):
    network = listed(app, steward, here)
    public = listed(app, steward, here, 1)
    for table, one in (("organization", public.organization_id), ("service", public.service_id),
                       ("location", public.location_id)):  # fmt: skip
        write(app, steward, f"UPDATE {table} SET visibility = 'public' WHERE id = :id", id=one)
    with app.app_context():  # nobody is signed in
        found = find(Criteria((NEED,), here, open_at="now"), at=WEDNESDAY_NOON, source="public", counts=True)
    [one] = found.found
    assert one.service_id == public.service_id != network.service_id
    assert (one.practices, one.house_rules, one.takes_referrals) == ({}, {}, False)
    assert "referrals" not in found.facets
    assert one.is_open == "open"
    write(app, steward, "UPDATE service SET visibility = 'network' WHERE id = :id", id=public.service_id)
    with app.app_context():
        assert find(Criteria((NEED,), here), source="public").found == ()


def test_a_search_runs_a_fixed_number_of_statements(app: Flask, steward: Identity, here: Point):
    for km in range(4):
        listed(app, steward, here, km)
    with app.app_context(), scope(steward), statements(app) as sent:
        find(Criteria((NEED,), here, open_at="now"), Profile(sex="female"), counts=True)
    assert len([one for one in sent if "set_config" not in one]) == 1


def test_what_another_centre_holds_back_does_not_move_anything(app: Flask, steward: Identity, here: Point):
    one, other = listed(app, steward, here), listed(app, steward, here, 1)
    centre = replace(steward, tenant_id=make_tenant(app), tenant_kind="centre")
    with app.app_context(), scope(centre), unit_of_work():
        operations.hold_service(one.service_id, "withdrawal", "partner_unsafe")
    assert ids(look(app, centre, here)) == [other.service_id, one.service_id]
    assert ids(look(app, steward, here)) == [one.service_id, other.service_id]
    with app.app_context(), scope(job_identity(centre.tenant)):
        assert db.session.query(ServiceSearch).filter_by(service_id=one.service_id).count() == 1
