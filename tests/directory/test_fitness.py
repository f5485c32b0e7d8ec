"""The order of what is found, what hides and marks a listing, and how many there are of each kind."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, text

from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory import eligibility, operations
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.hours import from_search
from network.directory.models import ScheduleException, ServiceCapacity, ServiceSearch, Unit
from network.directory.search import Criteria, Findings, find
from network.directory.search.fitting import FITS, VERDICTS, parameters
from network.tenants.context import Identity, job_identity, scope
from tests.directory.conftest import Members
from tests.factories import Listed, make_listing, make_tenant

NEED = "protection.shelter"
WEDNESDAY_NOON = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # 12:00 in Amman
ROOMY = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
_spots = count()


@pytest.fixture
def here() -> Point:
    """A place of the test's own, in the empty south of the Pacific."""
    return Point(-60.0, -150.0 + 2 * next(_spots))


@pytest.fixture
def steward(members: Members) -> Identity:
    return members.partner


def listed(app: Flask, who: Identity, here: Point, km: float = 0.0, **given: Any) -> Listed:
    given = {"schedules": ROOMY, "time_zone": "Asia/Amman"} | given
    return make_listing(
        app, who.tenant, latitude=here.latitude + km / 111.4, longitude=here.longitude, **given
    )


def look(app: Flask, who: Identity, here: Point, profile: Profile | None = None, **given: Any) -> Findings:
    with app.app_context(), scope(who):
        return find(Criteria((NEED,), here, **given), profile, WEDNESDAY_NOON, counts=True)


def ids(found: Findings) -> list[UUID]:
    return [one.service_id for one in found.found]


def write(app: Flask, who: Identity, sql: str, **given: Any) -> None:
    with app.app_context(), scope(who), unit_of_work():
        assert db.session.execute(text(sql), given).rowcount


def count_beds(
    app: Flask, who: Identity, service: UUID, available: float, at: datetime = WEDNESDAY_NOON
) -> None:
    with app.app_context(), scope(who), unit_of_work():
        unit = Unit(id=new_id(), steward_tenant_id=who.tenant, name=f"beds {new_id()}")
        db.session.add(unit)
        db.session.flush()
        db.session.add(
            ServiceCapacity(
                id=new_id(), service_id=service, steward_tenant_id=who.tenant, unit_id=unit.id,
                available=available, updated_at=at,
            )
        )  # fmt: skip


def close(app: Flask, who: Identity, **given: Any) -> None:
    values = {
        "first_on": date(2026, 11, 25),
        "last_on": date(2026, 11, 25),
        "closed": True,
        "kind": "closure",
    }
    with app.app_context(), scope(who), unit_of_work():
        db.session.add(ScheduleException(id=new_id(), steward_tenant_id=who.tenant, **(values | given)))


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


def test_open_is_asked_for_a_day_and_a_time_of_the_locations_clock(
    app: Flask, steward: Identity, here: Point
):
    sunday = [{"byday": "SU", "opens_at": "09:00", "closes_at": "12:00"}]
    dhaka = listed(app, steward, here, schedules=sunday, time_zone="Asia/Dhaka")
    amman = listed(app, steward, here, 1, schedules=sunday)
    assert ids(look(app, steward, here, open_at="SU 10:00")) == [dhaka.service_id, amman.service_id]
    assert ids(look(app, steward, here, open_at="SU 13:00")) == []
    # 05:00 in Greenwich is 11:00 in Dhaka and 08:00 in Amman.
    assert ids(look(app, steward, here, open_at="2026-11-29T05:00+00:00")) == [dhaka.service_id]
    [found] = look(app, steward, here, open_at="2026-11-29T05:00+00:00").found
    assert (found.open.state, found.open.until.hour) == ("open", 12)


def test_a_closure_a_holiday_and_the_hours_of_ramadan_replace_the_weekly_hours(
    app: Flask, members: Members, here: Point
):
    steward = members.partner
    usual, closed, fasting, abroad = (
        listed(app, steward, here, km, place=place)
        for km, place in ((0, "jo-irbid"), (1, "jo-irbid"), (2, "jo-irbid"), (3, "bd-dhaka"))
    )
    close(app, steward, location_id=closed.location_id)
    close(
        app, steward, service_id=fasting.service_id, closed=False, opens_at="09:00", closes_at="13:00",
        kind="ramadan", last_on=date(2026, 12, 10),
    )  # fmt: skip

    def states(time: str) -> dict[UUID, str]:
        found = look(app, steward, here, open_at=time, stale=True)
        with app.app_context(), scope(steward):
            every = find(Criteria((NEED,), here, open_at=""), at=datetime.fromisoformat(time + "+03:00"))
        told = {one.service_id: one.is_open for one in every.found}
        assert told == {one.service_id: one.open.state for one in every.found}
        assert {one for one, state in told.items() if state == "open"} == set(ids(found))
        return told

    noon = {usual.service_id: "open", closed.service_id: "closed", fasting.service_id: "open",
            abroad.service_id: "open"}  # fmt: skip
    assert states("2026-11-25T12:00") == noon
    assert states("2026-11-25T15:00") == noon | {fasting.service_id: "closed"}
    assert states("2026-11-26T12:00") == noon | {closed.service_id: "open"}
    headquarters = members.headquarters
    close(app, headquarters, country="JO", kind="holiday")
    try:
        # A holiday of the country closes whoever says nothing of her own; the service's own Ramadan hours are nearer.
        assert states("2026-11-25T12:00") == noon | {usual.service_id: "closed"}
    finally:
        with app.app_context(), scope(headquarters), unit_of_work():
            db.session.execute(text("DELETE FROM schedule_exception WHERE country = 'JO'"))


def test_hours_of_a_season_hold_between_their_dates_only(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here, schedules=[{**ROOMY[0], "valid_from": "2026-12-01", "valid_to": "2026-12-31"}])
    assert look(app, steward, here, open_at="2026-11-25T12:00").found == ()
    assert len(look(app, steward, here, open_at="2026-12-10T12:00").found) == 1


def test_the_database_and_the_page_agree_on_every_day_with_exceptions(app: Flask, steward: Identity):
    dice = random.Random(4)

    def some_days() -> list[int] | None:
        return dice.choice([None, sorted(dice.sample(range(7), dice.randint(1, 4)))])

    statement = text("SELECT open_despite(CAST(:openings AS jsonb), CAST(:exceptions AS jsonb), :moment)")
    with app.app_context(), scope(steward):
        for _round in range(400):
            openings = [
                {"days": some_days() or [0], "opens": (opens := dice.randrange(0, 1440, 30)),
                 "closes": opens + dice.randrange(30, 900, 30), "from": dice.choice([None, "2026-11-24"]),
                 "to": dice.choice([None, "2026-11-26"])}
                for _opening in range(dice.randint(0, 2))
            ]  # fmt: skip
            exceptions = [
                {"rank": dice.randint(1, 4), "from": f"2026-11-{dice.randint(20, 25)}",
                 "to": f"2026-11-{dice.randint(25, 30)}", "days": some_days(),
                 "closed": (closed := dice.random() < 0.4),
                 "opens": None if closed else (opens := dice.randrange(0, 1440, 30)),
                 "closes": None if closed else opens + dice.randrange(30, 900, 30), "kind": "other"}
                for _exception in range(dice.randint(0, 3))
            ]  # fmt: skip
            moment = datetime(2026, 11, 23) + timedelta(minutes=dice.randrange(0, 6 * 24 * 60, 15))  # noqa: DTZ001
            given = {"openings": _json(openings), "exceptions": _json(exceptions), "moment": moment}
            answer = ("open", "unknown", "closed")[db.session.execute(statement, given).scalar_one()]
            assert answer == from_search(openings, "Asia/Amman", exceptions).at(moment).state, given


def _json(value: object) -> str:
    return json.dumps(value)


TAKES_ALL: dict[str, Any] = {
    "sex": ["any"], "age": {}, "nationality": {}, "legal_status": ["any"], "sector": ["any"],
    "works_without_documents": True, "documents_required": [],
}  # fmt: skip


def some_conditions(dice: random.Random) -> dict[str, Any]:
    """Conditions of a service as they may be kept, some stated and some not."""
    statuses, sectors = vocabulary.codes("eligibility.legal_status"), vocabulary.codes("eligibility.sector")
    limit = lambda: dice.choice([None, 0, 8, 12, 18])  # noqa: E731
    every: dict[str, Any] = {
        "sex": dice.sample(["women", "men", "any", "trans_inclusive"], dice.randint(0, 2)),
        "age": {"min": dice.choice([None, 16, 18]), "max": dice.choice([None, 30, 60])},
        "nationality": {
            "include": dice.sample(["BD", "NP", "LK"], dice.randint(0, 2)),
            "exclude": dice.sample(["BD", "ET"], dice.randint(0, 1)),
        },
        "legal_status": dice.sample(sorted(statuses), dice.randint(0, 3)),
        "sector": dice.sample(sorted(sectors), dice.randint(0, 3)),
        "children_along": {"accepted": dice.random() < 0.8, "girls_up_to": limit(), "boys_up_to": limit()},
        "works_without_documents": dice.random() < 0.5,
        "documents_required": dice.choice([[], ["passport"]]),
    }
    if dice.random() < 0.3:  # one who takes nearly everybody
        every |= TAKES_ALL
    stated = dice.choice([0.75, 1.0])
    return {name: value for name, value in every.items() if dice.random() < stated}


def some_profiles(dice: random.Random) -> Iterator[Profile]:
    """Clients of whom more or less is known."""
    statuses = sorted(vocabulary.codes("eligibility.legal_status") - {"any"})
    sectors = sorted(vocabulary.codes("eligibility.sector") - {"any"})
    while True:
        yield Profile(
            sex=dice.choice([None, "female", "male", "other"]),
            age=dice.choice([None, 15, 16, 29, 30, 31, 70]),
            nationality=dice.choice([None, "BD", "NP", "ET", "KE"]),
            legal_status=dice.choice([None, *statuses]),
            children=tuple(
                (dice.choice([None, "female", "male"]), dice.choice([None, 3, 8, 12, 13]))
                for _child in range(dice.randint(0, 2))
            ),
            sector=dice.choice([None, *sectors]),
            has_documents=dice.choice([None, True, False]),
        )


def test_the_database_takes_whom_the_page_says_that_a_service_takes(app: Flask, steward: Identity):
    dice = random.Random(9)
    marked = (
        "SELECT condition_marks(c) AS conditions, whole_number(c, 'age', 'min') AS age_min, "
        "whole_number(c, 'age', 'max') AS age_max, whole_number(c, 'children_along', 'girls_up_to') AS girls_up_to, "
        "whole_number(c, 'children_along', 'boys_up_to') AS boys_up_to FROM CAST(%(given)s AS jsonb) AS c"
    )
    seen = set()
    with app.app_context(), scope(steward):
        connection = db.session.connection()
        for _round, profile in zip(range(1500), some_profiles(dice), strict=False):
            conditions = some_conditions(dice)
            given = parameters(profile) | {"given": _json(conditions)}
            number = connection.exec_driver_sql(f"SELECT {FITS} FROM ({marked}) AS s", given).scalar_one()
            match = eligibility.match(conditions, profile)
            assert VERDICTS[number] == match.verdict, (conditions, profile, match)
            seen.add(match.verdict)
    assert seen == set(VERDICTS)


def test_each_filter_says_how_many_it_would_find(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here, 1, languages=["ar", "bn"])
    listed(app, steward, here, 2, languages=["ar"], schedules=[])
    union = listed(app, steward, here, 3, languages=["ne"], recipient_class="union")
    found = look(app, steward, here)
    counts = {name: dict(facet.counts) for name, facet in found.facets.items()}
    assert counts["language"] == {"ar": 2, "bn": 1, "ne": 1}
    assert counts["open_at"] == {"open": 2, "unknown": 1, "closed": 0}
    assert counts["kinds"] == {"service_provider": 2, "union": 1}
    assert counts["referrals"] == {"yes": 3}
    # A filter that is set counts beside its own other values, and within the others.
    arabic = look(app, steward, here, language="ar", open_at="now")
    counts = {name: dict(facet.counts) for name, facet in arabic.facets.items()}
    assert counts["language"] == {"ar": 1, "bn": 1, "ne": 1}
    assert counts["open_at"] == {"open": 1, "unknown": 1, "closed": 0}
    assert ids(look(app, steward, here, kinds=("union",))) == [union.service_id]
    assert arabic.total == 1


def test_interpreters_are_counted_only_when_asked_for(app: Flask, steward: Identity, here: Point):
    one = listed(app, steward, here, languages=["ar"])
    write(app, steward, "INSERT INTO language (id, steward_tenant_id, service_id, code, interpreted) "
          "VALUES (:id, :steward, :service, 'am', true)",
          id=new_id(), steward=steward.tenant, service=one.service_id)  # fmt: skip
    nothing = look(app, steward, here, language="am")
    assert nothing.found == ()
    [found] = look(app, steward, here, language="am", interpreters=True).found
    assert (found.languages, found.interpreted_languages) == (("ar",), ("am",))


def test_free_places_filter_and_age(app: Flask, steward: Identity, here: Point):
    free, old = listed(app, steward, here), listed(app, steward, here)
    count_beds(app, steward, free.service_id, 1)
    count_beds(app, steward, old.service_id, 5, WEDNESDAY_NOON - timedelta(days=30))
    assert ids(look(app, steward, here, capacity=True)) == [free.service_id]
    write(
        app, steward, "UPDATE service_capacity SET available = 0 WHERE service_id = :id", id=free.service_id
    )
    assert look(app, steward, here, capacity=True).found == ()


def test_nothing_found_says_which_single_filter_took_how_many(app: Flask, steward: Identity, here: Point):
    listed(app, steward, here, languages=["ar"])
    listed(app, steward, here, 1, languages=["bn"], schedules=[])
    found = look(app, steward, here, language="bn", open_at="now")
    assert [(one.what, one.count) for one in found.looser] == [("open_at", 1), ("language", 1)]
    for one in found.looser:
        with app.app_context(), scope(steward):
            assert find(one.criteria, at=WEDNESDAY_NOON).total == one.count
    nothing = look(app, steward, Point(here.latitude - 1.3, here.longitude), language="ne")
    assert [(one.what, one.criteria.radius_km) for one in nothing.looser] == [("both", 200.0)]


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
    ran: list[str] = []
    with app.app_context(), scope(steward):
        event.listen(db.engine, "before_cursor_execute", lambda *args: ran.append(args[2]))
        find(Criteria((NEED,), here, open_at="now"), Profile(sex="female"), counts=True)
    assert len([one for one in ran if "set_config" not in one]) == 1


def test_what_another_centre_holds_back_does_not_move_anything(app: Flask, steward: Identity, here: Point):
    one, other = listed(app, steward, here), listed(app, steward, here, 1)
    centre = replace(steward, tenant_id=make_tenant(app), tenant_kind="centre")
    with app.app_context(), scope(centre), unit_of_work():
        operations.hold_service(one.service_id, "withdrawal", "partner_unsafe")
    assert ids(look(app, centre, here)) == [other.service_id, one.service_id]
    assert ids(look(app, steward, here)) == [one.service_id, other.service_id]
    with app.app_context(), scope(job_identity(centre.tenant)):
        assert db.session.query(ServiceSearch).filter_by(service_id=one.service_id).count() == 1
