"""Due times: around the clock, in the receiver's working time and zone, shortened, and paused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.core import vocabulary
from network.exchange.clocks import Hours, due_after, dues, half_way, next_open, resumed, usual_hours

AMMAN = ZoneInfo("Asia/Amman")
DHAKA = ZoneInfo("Asia/Dhaka")
JORDAN = usual_hours("JO", "Asia/Amman")
BANGLADESH = usual_hours("BD", "Asia/Dhaka")
NEPAL = usual_hours("NP", "Asia/Kathmandu")
SPLIT = Hours(
    "Asia/Amman", tuple((d * 1440 + o, d * 1440 + c) for d in range(7) for o, c in ((480, 720), (840, 1080)))
)


def at(day: int, hour: int, minute: int = 0, zone: ZoneInfo = AMMAN) -> datetime:
    """A moment of November 2026; the 1st is a Sunday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=zone)


ANY_TIME = st.integers(0, 600 * 1440).map(lambda minutes: at(1, 0) + timedelta(minutes=minutes))
ANY_HOURS = st.sampled_from(
    [JORDAN, BANGLADESH, NEPAL, SPLIT, Hours("Asia/Amman", ((6 * 1440 + 1320, 7 * 1440 + 360),))]
)


def test_an_immediate_referral_is_acknowledged_within_the_hour_also_at_night() -> None:
    due = dues(vocabulary.priority("immediate"), at(6, 23, 30), JORDAN)
    assert due.acknowledge_by == at(7, 0, 30)
    assert due.decide_by == at(7, 1, 30)
    assert due.serve_by == at(7, 3, 30)


def test_an_urgent_referral_is_acknowledged_within_one_working_day() -> None:
    assert dues(vocabulary.priority("urgent"), at(2, 10), JORDAN).acknowledge_by == at(3, 10)


def test_a_working_clock_stands_still_over_the_receivers_weekend() -> None:
    thursday = at(5, 14)
    assert dues(vocabulary.priority("urgent"), thursday, JORDAN).acknowledge_by == at(8, 14)
    # 14:00 in Amman is after hours in Kathmandu, which works from Monday to Friday.
    assert due_after(thursday, 1440, NEPAL) == at(9, 8, zone=ZoneInfo("Asia/Kathmandu"))


def test_what_is_sent_after_closing_counts_from_the_next_opening_in_the_receivers_zone() -> None:
    # 23:30 in Amman on Sunday is half past two on Monday in Dhaka: her day has not begun.
    sent = at(1, 23, 30)
    assert due_after(sent, 1440, BANGLADESH) == at(3, 8, zone=DHAKA)
    # 15:00 in Amman is 18:00 in Dhaka: her day is over.
    assert due_after(at(1, 15), 720, BANGLADESH) == at(2, 12, zone=DHAKA)


def test_midnight_belongs_to_another_day_in_another_zone() -> None:
    midnight_utc = datetime(
        2026, 11, 5, 22, 0, tzinfo=UTC
    )  # Friday 01:00 in Amman, a day of rest; 04:00 in Dhaka
    assert due_after(midnight_utc, 1440, JORDAN) == at(9, 8)
    assert due_after(midnight_utc, 1440, NEPAL) == datetime(2026, 11, 9, 8, tzinfo=ZoneInfo("Asia/Kathmandu"))


def test_a_holiday_is_no_working_day_from_midnight_to_midnight_of_who_is_asked() -> None:
    feast = replace(JORDAN, unusual={date(2026, 11, 3): (), date(2026, 11, 4): ((540, 720),)})
    assert due_after(at(2, 12), 1440, JORDAN) == at(3, 12)
    assert due_after(at(2, 12), 1440, feast) == at(4, 10, 30)  # half of a day of three hours
    assert due_after(at(3, 10), 720, feast) == at(4, 10, 30)
    assert next_open(at(3, 9), feast) == at(4, 9)
    late = datetime(2026, 11, 2, 21, 30, tzinfo=UTC)  # in Amman it is past midnight, and the feast has begun
    assert due_after(late, 1440, feast) == at(5, 8)
    assert resumed(at(3, 9), at(2, 9), at(2, 10), feast, None) == at(4, 9)
    assert half_way(at(2, 12), at(5, 8), feast) == at(4, 9)


def test_who_has_closed_for_good_is_due_by_the_calendar() -> None:
    ever = (date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(900))
    closed = replace(JORDAN, unusual=dict.fromkeys(ever, ()))
    assert due_after(at(2, 12), 1440, closed) == at(3, 12)
    assert next_open(at(2, 3), closed) == at(2, 3)


def test_the_service_itself_is_due_by_the_calendar_and_nothing_is_due_after_it() -> None:
    due = dues(vocabulary.priority("urgent"), at(4, 15), JORDAN)
    assert due.serve_by == at(7, 15)
    assert due.acknowledge_by <= due.decide_by <= due.serve_by


def test_a_needed_by_shortens_every_clock_and_shares_what_is_left() -> None:
    sent, flight = at(2, 10), at(2, 22)
    due = dues(vocabulary.priority("routine"), sent, JORDAN, flight)
    assert due.serve_by == flight
    assert sent < due.acknowledge_by < due.decide_by < flight


def test_a_needed_by_that_is_far_away_changes_nothing() -> None:
    routine = vocabulary.priority("routine")
    assert dues(routine, at(2, 10), JORDAN, at(29, 10)) == dues(routine, at(2, 10), JORDAN)


def test_a_pause_moves_the_due_time_by_its_length_to_working_time() -> None:
    assert resumed(at(3, 10), at(2, 12), at(2, 14), JORDAN, None) == at(3, 12)
    assert resumed(at(3, 15), at(2, 12), at(2, 14), JORDAN, None) == at(4, 8)
    assert resumed(at(3, 15), at(2, 12), at(2, 14), None, None) == at(3, 17)


def test_no_pause_moves_a_deportation() -> None:
    flight = at(3, 20)
    assert resumed(at(3, 15), at(2, 12), at(3, 14), None, flight) == flight


def test_the_reminder_comes_half_way_and_never_after_the_due_time() -> None:
    assert half_way(at(1, 10), at(1, 12), None) == at(1, 11)
    assert half_way(at(1, 14), at(2, 9), JORDAN) == at(2, 8)
    assert half_way(at(1, 14), at(2, 7), JORDAN) == at(1, 22, 30)


def test_a_window_over_midnight_and_over_the_end_of_the_week_counts() -> None:
    nights = Hours("Asia/Amman", ((6 * 1440 + 1320, 7 * 1440 + 360),))  # Sunday 22:00 to Monday 06:00
    assert next_open(at(2, 1), nights) == at(2, 1)
    assert due_after(at(2, 2), 360, nights) == at(2, 4)
    assert next_open(at(2, 7), nights) == at(8, 22)


def test_a_break_at_noon_is_not_working_time() -> None:
    assert next_open(at(1, 12, 30), SPLIT) == at(1, 14)
    assert due_after(at(1, 11), 360, SPLIT) == at(1, 15)


def test_nothing_is_due_before_it_begins_also_in_a_break() -> None:
    assert due_after(at(1, 12, 30), 0, SPLIT) == at(1, 12, 30)


@pytest.mark.parametrize("hours", [None, Hours("Asia/Amman", ())])
def test_without_hours_the_clock_runs_always(hours: Hours | None) -> None:
    assert due_after(at(6, 3), 60, hours) == at(6, 4)
    assert next_open(at(6, 3), hours) == at(6, 3)


@given(start=ANY_TIME, minutes=st.integers(0, 20_000), hours=ANY_HOURS)
def test_more_time_never_ends_sooner_and_time_never_ends_before_it_begins(
    start: datetime, minutes: int, hours: Hours
) -> None:
    due = due_after(start, minutes, hours)
    assert start - timedelta(seconds=1) <= due <= due_after(start, minutes + 60, hours)
    assert next_open(due, hours) >= due


@given(
    start=ANY_TIME,
    left_hours=st.integers(1, 500),
    hours=ANY_HOURS,
    code=st.sampled_from(["immediate", "emergency", "urgent", "routine"]),
)
def test_due_times_come_in_order_whatever_the_hour(
    start: datetime, left_hours: int, hours: Hours, code: str
) -> None:
    due = dues(vocabulary.priority(code), start, hours, start + timedelta(hours=left_hours))
    assert start < due.acknowledge_by <= due.decide_by <= due.serve_by <= start + timedelta(hours=left_hours)
