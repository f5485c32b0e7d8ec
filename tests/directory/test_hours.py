"""Open, closed or unknown, by the clock on the wall of the location."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from network.directory.hours import DayException, Hours, Opening, clock_text, from_search

WEEKDAYS = (0, 1, 2, 3, 4, 5, 6)
AMMAN, DHAKA = ZoneInfo("Asia/Amman"), ZoneInfo("Asia/Dhaka")


def at(*when: int, zone: ZoneInfo = AMMAN) -> datetime:
    return datetime(*when, tzinfo=zone)


def test_midnight_in_utc_is_morning_in_dhaka():
    office = Hours((Opening((0,), 5 * 60, 7 * 60),), "Asia/Dhaka")
    # Monday 23 November 2026, 06:00 in Dhaka, is midnight in UTC.
    assert office.at(datetime(2026, 11, 23, 0, 0, tzinfo=UTC)).state == "open"
    assert office.at(datetime(2026, 11, 22, 23, 59, tzinfo=UTC)).state == "open"
    assert office.at(datetime(2026, 11, 22, 22, 59, tzinfo=UTC)).state == "closed"


def test_a_day_begins_at_the_locations_midnight_and_not_at_the_readers():
    sunday_only = Hours((Opening((6,), 0, 1440),), "Asia/Amman")
    # Saturday 21:30 UTC is Sunday 00:30 in Amman.
    assert sunday_only.at(datetime(2026, 11, 21, 21, 30, tzinfo=UTC)).state == "open"
    assert sunday_only.at(datetime(2026, 11, 21, 20, 30, tzinfo=UTC)).state == "closed"


def test_a_night_service_runs_past_midnight_and_past_sunday():
    night = Hours((Opening((6,), 20 * 60, 1440 + 6 * 60),), "Asia/Amman")
    assert night.at(at(2026, 11, 22, 23)).until == at(2026, 11, 23, 6)
    assert night.at(at(2026, 11, 23, 5, 59)).state == "open"
    assert night.at(at(2026, 11, 23, 6)).state == "closed"


def test_closed_tells_when_it_opens_next():
    office = Hours((Opening((6, 0), 8 * 60, 16 * 60),), "Asia/Amman")
    closed = office.at(at(2026, 11, 27, 12))
    assert (closed.state, closed.opens_at) == ("closed", at(2026, 11, 29, 8))


def test_around_the_clock_has_no_end():
    assert Hours((Opening(WEEKDAYS, 0, 1440),), "Asia/Amman").at(at(2026, 11, 22, 0)).until is None


def test_openings_that_touch_are_one():
    split = Hours((Opening((6,), 8 * 60, 12 * 60), Opening((6,), 12 * 60, 16 * 60)), "Asia/Amman")
    assert split.at(at(2026, 11, 22, 9)).until == at(2026, 11, 22, 16)


def test_no_hours_known_is_unknown_and_not_closed():
    assert Hours((), "Asia/Amman").at(at(2026, 11, 22, 9)).state == "unknown"


def test_hours_of_a_season_hold_in_that_season_alone():
    ramadan = Opening(WEEKDAYS, 20 * 60, 22 * 60, date(2027, 2, 8), date(2027, 3, 9))
    hours = Hours((ramadan,), "Asia/Amman")
    assert hours.at(at(2027, 2, 20, 21)).state == "open"
    assert hours.at(at(2027, 4, 20, 21)).state == "closed"


def test_the_wall_clock_counts_when_the_clocks_change():
    # Clocks in Beirut go forward at midnight of Sunday 28 March 2027.
    office = Hours((Opening((6,), 9 * 60, 17 * 60),), "Asia/Beirut")
    assert office.at(datetime(2027, 3, 28, 6, 30, tzinfo=UTC)).state == "open"
    assert office.at(datetime(2027, 3, 21, 6, 30, tzinfo=UTC)).state == "closed"


def test_hours_are_read_as_the_search_table_keeps_them():
    kept = [{"days": [6], "opens": 480, "closes": 960, "from": None, "to": "2026-12-31"}]
    assert from_search(kept, "Asia/Amman").openings == (Opening((6,), 480, 960, None, date(2026, 12, 31)),)


@pytest.mark.parametrize(
    ("minutes", "text"), [(0, "00:00"), (510, "08:30"), (1440, "24:00"), (1800, "06:00")]
)
def test_minutes_are_told_as_a_clock_tells_them(minutes, text):
    assert clock_text(minutes) == text


def test_a_night_that_a_clock_change_cuts_short_or_makes_long_closes_by_the_wall():
    # In Berlin the clocks go back at 03:00 of 25 October 2026, and forward at 02:00 of 28 March 2027.
    night = Hours((Opening(WEEKDAYS, 22 * 60, 30 * 60),), "Europe/Berlin")
    for began in (datetime(2026, 10, 24, 23, tzinfo=ZoneInfo("Europe/Berlin")),
                  datetime(2027, 3, 27, 23, tzinfo=ZoneInfo("Europe/Berlin"))):  # fmt: skip
        state = night.at(began)
        assert state.state == "open"
        assert state.until is not None
        assert (state.until.hour, state.until.minute) == (6, 0)
    # Both times that the wall shows half past two, and neither hour counts twice.
    for instant in (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        assert night.at(instant).state == "open"
    assert night.at(datetime(2026, 10, 25, 4, 59, tzinfo=UTC)).state == "open"  # 05:59
    assert night.at(datetime(2026, 10, 25, 5, 0, tzinfo=UTC)).state == "closed"  # 06:00
    assert night.at(datetime(2027, 3, 28, 4, 0, tzinfo=UTC)).state == "closed"  # 06:00, an hour sooner


def test_every_half_hour_of_a_year_is_open_as_the_wall_says():
    """Against the clock on the wall, with both changes of clocks in it: from 20:00 to 02:00, but for Friday nights."""
    zone = ZoneInfo("Asia/Beirut")
    evening = Hours((Opening((5, 6, 0, 1, 2, 3), 20 * 60, 26 * 60),), zone.key)
    instant = datetime(2027, 1, 1, tzinfo=UTC)
    while instant.year == 2027:
        here = instant.astimezone(zone)
        began_today = here.hour >= 20 and here.weekday() != 4
        began_yesterday = here.hour < 2 and here.weekday() != 5
        assert (evening.at(instant).state == "open") == (began_today or began_yesterday), here
        instant += timedelta(minutes=30)


def test_a_holiday_and_ramadan_replace_the_week_and_the_nearest_owner_wins():
    def special(rank: int, first: date, last: date, opens: int | None = None, closes: int | None = None):
        return DayException(rank, first, last, None, opens is None, opens, closes, "holiday")

    feast = date(2027, 3, 10)
    hours = Hours(
        (Opening(WEEKDAYS, 9 * 60, 17 * 60),),
        "Asia/Amman",
        (
            special(4, date(2027, 2, 8), date(2027, 3, 9), 10 * 60, 15 * 60),  # Ramadan, of the whole country
            special(3, date(2027, 2, 20), date(2027, 2, 20), 21 * 60, 25 * 60),  # one night, of this house
            special(4, feast, feast),
        ),
    )
    assert hours.at(at(2027, 2, 10, 9, 30)).state == "closed"
    assert hours.at(at(2027, 2, 10, 14, 59)).state == "open"
    assert hours.at(at(2027, 2, 20, 12)).state == "closed"
    assert hours.at(at(2027, 2, 21, 0, 30)).state == "open"  # the night of before
    assert hours.at(at(2027, 2, 21, 1, 0)).state == "closed"
    holiday = hours.at(at(2027, 3, 10, 12))
    assert holiday.state == "closed"
    assert holiday.opens_at == at(2027, 3, 11, 9)
    assert hours.at(at(2027, 3, 11, 16)).state == "open"
