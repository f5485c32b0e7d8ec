"""What is open on a day and at a time, by the clock of the place."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.core.db import db, unit_of_work
from network.directory.geo import Point
from network.directory.hours import from_search
from network.directory.search import Criteria, find
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.directory.fitness.conftest import NEED, ROOMY, close, ids, listed, look, spot


@pytest.fixture
def here() -> Point:
    return spot(-52.0)


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
            moment = datetime(2026, 11, 23) + timedelta(minutes=dice.randrange(0, 6 * 24 * 60, 15))  # noqa: DTZ001  # the place's own
            given = {"openings": json.dumps(openings), "exceptions": json.dumps(exceptions), "moment": moment}
            answer = ("open", "unknown", "closed")[db.session.execute(statement, given).scalar_one()]
            assert answer == from_search(openings, "Asia/Amman", exceptions).at(moment).state, given
