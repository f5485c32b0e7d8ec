"""Searching by need, place, distance and language: near first, and nothing hidden."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from geopy.distance import geodesic

from network.core.db import unit_of_work
from network.core.errors import Invalid, UnknownCode
from network.directory import geo, operations, wording
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.search import Criteria, Findings, find
from network.directory.search.statement import Source
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.factories import Listed, make_listing, signed_in

# Far from every other test's listings: the sea south of Sri Lanka.
SEA = Point(2.0, 79.0)


def look(
    app: Flask, who: Identity, profile: Profile | None = None, source: Source = "network", **given: object
) -> Findings:
    values = {"needs": ("protection.shelter",), "point": SEA, "radius_km": 60.0} | given
    with app.app_context(), scope(who):
        return find(Criteria(**values), profile, source=source)


def listed_at(app: Flask, members: Members, latitude: float, longitude: float, **given: object) -> Listed:
    return make_listing(
        app, members.partner.tenant, latitude=latitude, longitude=longitude, town="Here", **given
    )


def test_what_is_found_lies_within_the_radius_and_comes_near_first(app: Flask, members: Members):
    rng = random.Random(11)
    centre = Point(-30.0, 5.0)
    spots = [
        geodesic(kilometers=rng.uniform(0, 90)).destination((-30.0, 5.0), rng.uniform(0, 360))
        for _ in range(25)
    ]
    listed = {
        listed_at(app, members, spot.latitude, spot.longitude).service_at_location_id: spot for spot in spots
    }
    found = look(app, members.centre, point=centre, radius_km=50.0).found
    expected = sorted(
        (geodesic((-30.0, 5.0), (spot.latitude, spot.longitude)).km, one) for one, spot in listed.items()
    )
    assert [one.service_at_location_id for one in found] == [one for km, one in expected if km <= 50]
    assert [one.distance_km for one in found] == [round(km, 1) for km, _ in expected if km <= 50]


def test_the_radius_is_the_geodesic_one_and_not_the_spheres(app: Flask, members: Members):
    # Eastward at the equator a degree is longer on the ellipsoid than on the sphere, northward shorter.
    for step, bearing in enumerate((0, 90)):
        for more, (km, count) in enumerate(((49.99, 1), (50.01, 0))):
            start = Point(0.0, -150.0 + 5 * step + 2 * more)
            spot = geodesic(kilometers=km).destination((start.latitude, start.longitude), bearing)
            listed_at(app, members, spot.latitude, spot.longitude)
            assert len(look(app, members.centre, point=start, radius_km=50.0).found) == count


@pytest.mark.parametrize("radius_km", [0, 0.5, 300.1, 1e9, -5, float("nan"), float("inf")])
def test_no_search_goes_without_a_bounded_radius(radius_km):
    with pytest.raises(Invalid):
        Criteria(("protection.shelter",), SEA, radius_km=radius_km)


def test_an_unknown_need_is_an_error_and_not_an_empty_list():
    with pytest.raises(UnknownCode):
        Criteria(("protection.teleport",), SEA)


def test_a_search_starts_somewhere():
    with pytest.raises(Invalid) as refused:
        Criteria(("protection.shelter",))
    assert "place" in refused.value.fields


def test_any_of_several_needs_will_do_and_each_service_comes_once(app: Flask, members: Members):
    both = listed_at(app, members, -10.0, 60.0, needs=["legal.advice", "documents.recovery"])
    one = listed_at(app, members, -10.1, 60.0, needs=["documents.recovery"])
    other = listed_at(app, members, -10.2, 60.0, needs=["health.primary"])
    found = look(
        app, members.centre, needs=("legal.advice", "documents.recovery"), point=Point(-10.0, 60.0)
    ).found
    assert [item.service_id for item in found] == [both.service_id, one.service_id]
    everything = look(app, members.centre, needs=(), point=Point(-10.0, 60.0)).found
    assert [item.service_id for item in everything][2] == other.service_id


def test_a_language_and_an_organization_narrow_the_search(app: Flask, members: Members):
    bengali = listed_at(app, members, -12.0, 65.0, languages=["bn"])
    arabic = listed_at(app, members, -12.0, 65.0, languages=["ar"])
    here = {"point": Point(-12.0, 65.0)}
    assert [one.service_id for one in look(app, members.centre, language="bn", **here).found] == [
        bengali.service_id
    ]
    of_one = look(app, members.centre, needs=(), point=None, organization_id=arabic.organization_id).found
    assert [one.service_id for one in of_one] == [arabic.service_id]
    assert of_one[0].distance_km is None


def test_open_is_told_by_the_clock_of_the_location(app: Flask, members: Members):
    listed_at(
        app, members, -14.0, 65.0, time_zone="Asia/Dhaka",
        schedules=[{"byday": "MO", "opens_at": "05:00", "closes_at": "07:00"}],
    )  # fmt: skip
    criteria = Criteria(("protection.shelter",), Point(-14.0, 65.0))
    with app.app_context(), scope(members.centre):
        [midnight] = find(criteria, at=datetime(2026, 11, 23, 0, 0, tzinfo=UTC)).found
        [later] = find(criteria, at=datetime(2026, 11, 23, 1, 0, tzinfo=UTC)).found
    assert midnight.open.state == "open"
    assert (later.open.state, later.open.opens_at.isoformat()) == ("closed", "2026-11-30T05:00:00+06:00")


def test_those_that_cannot_take_her_come_last_with_the_reason(app: Flask, members: Members):
    men_only = listed_at(app, members, -16.0, 65.0, eligibility={"sex": ["men"]})
    further = listed_at(app, members, -16.2, 65.0, eligibility={"sex": ["women"]})
    says_nothing = listed_at(app, members, -16.1, 65.0, eligibility={})
    found = look(app, members.centre, Profile(sex="female"), point=Point(-16.0, 65.0)).found
    assert [one.service_id for one in found] == [
        says_nothing.service_id,
        further.service_id,
        men_only.service_id,
    ]
    assert found[2].match.reasons == ("sex_not_served",)
    assert found[0].match.verdict == "unknown"
    assert "sex" in found[0].match.unknown


def test_the_one_that_takes_her_is_found_behind_more_than_a_page_of_others(app: Flask, members: Members):
    for _ in range(6):
        listed_at(app, members, -18.0, 65.0, eligibility={"sex": ["men"]})
    fits = listed_at(app, members, -18.3, 65.0, eligibility={"sex": ["women"]})
    found = look(app, members.centre, Profile(sex="female"), point=Point(-18.0, 65.0), limit=3)
    assert found.found[0].service_id == fits.service_id
    assert (len(found.found), found.more) == (3, True)


def test_a_service_that_takes_no_referrals_is_listed_and_marked(app: Flask, members: Members):
    listed_at(app, members, -20.0, 65.0, referral={"accepted": False})
    [found] = look(app, members.centre, point=Point(-20.0, 65.0)).found
    assert found.referral_method == "not_accepted"
    assert not found.takes_referrals


def test_a_closed_down_service_is_not_found_and_a_pausing_one_is_marked(app: Flask, members: Members):
    listed_at(app, members, -22.0, 65.0, status="defunct")
    listed_at(app, members, -22.0, 65.0, status="temporarily closed")
    for needs in (("protection.shelter",), ()):
        [found] = look(app, members.centre, point=Point(-22.0, 65.0), needs=needs).found
        assert found.status == "temporarily closed"
        assert not found.takes_referrals


def test_a_service_on_hold_is_last_and_not_offered_by_this_centre_alone(app: Flask, members: Members):
    held = listed_at(app, members, -24.0, 65.0)
    other = listed_at(app, members, -24.1, 65.0)
    with app.app_context(), scope(members.centre), unit_of_work():
        operations.hold_service(held.service_id, "withdrawal", "partner_unsafe")
    here = {"point": Point(-24.0, 65.0)}
    ours = look(app, members.centre, **here).found
    assert [(one.service_id, one.takes_referrals) for one in ours] == [
        (other.service_id, True),
        (held.service_id, False),
    ]
    assert all(one.takes_referrals for one in look(app, members.stranger, **here).found)


def test_a_hotline_serves_its_whole_country_and_stands_after_what_has_a_place(app: Flask, members: Members):
    hotline = make_listing(
        app,
        members.partner.tenant,
        needs=["legal.cross_border_claim"],
        location_type="virtual",
        place="lk-galle",
    )
    near = make_listing(app, members.partner.tenant, needs=["legal.cross_border_claim"], place="lk-kandy")
    kandy = geo.get_place("lk-kandy")
    here = {"needs": ("legal.cross_border_claim",), "point": kandy.point, "radius_km": 5.0}
    found = look(app, members.centre, country="LK", **here).found
    assert [one.service_id for one in found] == [near.service_id, hotline.service_id]
    assert found[1].distance_km is None
    assert [one.service_id for one in look(app, members.centre, **here).found] == [near.service_id]


def test_a_place_whose_position_nobody_knows_is_near_nothing_and_stands_after_all_others(
    app: Flask, members: Members
):
    given: dict[str, Any] = {"needs": ["documents.attestation"], "place": "lk-kandy", "visibility": "public"}
    near, virtual, postal, serving = (
        make_listing(app, members.partner.tenant, location_type=kind, **given)
        for kind in ("physical", "virtual", "postal", "postal")
    )
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.add_part("service_area", {"name": "All of Sri Lanka"}, service_id=serving.service_id)
    kandy = geo.get_place("lk-kandy")
    here: dict[str, Any] = {"needs": ("documents.attestation",), "point": kandy.point, "country": "LK"}
    found = look(app, members.centre, **here).found
    assert {one.service_id for one in found[1:3]} == {virtual.service_id, serving.service_id}
    assert [(one.service_id, one.lost, one.approximate) for one in (found[0], found[3])] == [
        (near.service_id, False, True),
        (postal.service_id, True, False),
    ]
    assert [one.lost for one in look(app, members.centre, source="public", **here).found].count(True) == 1
    with app.test_request_context():
        told = [wording.whereabouts(one) for one in found]
    serves = "Serves the whole country"
    assert told == [
        "in this town", serves, serves, "Position not known: ask where it is",
    ]  # fmt: skip
    further = replace(found[0], distance_km=12.0)
    with app.test_request_context():
        assert wording.whereabouts(further) == "about 12.0 km, measured to its town"
    caseworker = signed_in(app, members.centre.tenant, "caseworker")
    page = caseworker.get("/directory?needs=documents.attestation&place=Kandy").text
    assert page.index("Serves the whole country") < page.index("Position not known: ask where it is</h2>")
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    assert "2 places have no position" in steward.get("/listings").text
    assert steward.get("/listings?kind=locations&wanted=no_position").text.count("/listings/locations/") == 2


def test_a_search_that_finds_nothing_says_what_to_loosen(app: Flask, members: Members):
    listed_at(app, members, -26.0, 65.0, languages=["ar"])
    nearby = Criteria(("protection.shelter",), Point(-26.0, 65.0), radius_km=20.0, language="bn")
    with app.app_context(), scope(members.centre):
        found = find(nearby)
        assert found.found == ()
        assert [(one.what, one.count, one.criteria.language) for one in found.looser] == [
            ("language", 1, None)
        ]
        from_afar = find(replace(nearby, point=Point(-27.5, 65.0), language=None))
        assert [(one.what, one.criteria.radius_km) for one in from_afar.looser] == [("radius", 200.0)]
        assert find(from_afar.looser[0].criteria).found


def test_near_the_antimeridian_and_the_pole_neighbours_are_found(app: Flask, members: Members):
    listed_at(app, members, -17.0, -179.9)
    listed_at(app, members, 89.9, 100.0)
    assert look(app, members.centre, point=Point(-17.0, 179.9), radius_km=30.0).found[0].distance_km == 21.3
    assert look(app, members.centre, point=Point(89.9, -80.0), radius_km=30.0).found[0].distance_km == 22.3


def test_a_change_of_the_listing_is_found_at_once(app: Flask, members: Members):
    listed = listed_at(app, members, -28.0, 65.0)
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.set_needs(listed.service_id, ["assistance.food"])
        operations.set_languages(listed.service_id, ["ne"])
    here = {"point": Point(-28.0, 65.0)}
    assert look(app, members.centre, **here).found == ()
    [found] = look(app, members.centre, needs=("assistance.food",), language="ne", **here).found
    assert (found.need_codes, found.languages) == (("assistance.food",), ("ne",))


def test_what_takes_no_referrals_comes_after_what_does_and_what_cannot_take_her_last(
    app: Flask, members: Members
):
    here = Point(-29.0, 66.0)
    near = listed_at(app, members, -29.0, 66.0, referral={"accepted": False, "methods": []})
    far = listed_at(app, members, -29.2, 66.0)
    unfit = listed_at(app, members, -29.1, 66.0, eligibility={"sex": ["men"]})
    anybody = [one.service_at_location_id for one in look(app, members.centre, point=here).found]
    assert anybody == [one.service_at_location_id for one in (unfit, far, near)]
    found = look(app, members.centre, Profile(sex="female"), point=here).found
    assert [one.service_at_location_id for one in found] == [
        one.service_at_location_id for one in (far, near, unfit)
    ]
