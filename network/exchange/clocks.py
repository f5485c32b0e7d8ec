"""Due times: how long an answer may take, in the receiver's own working time or around the clock. Pure.

The vocabulary gives its times in minutes and hours. Where a priority's clock is ``working``, a day of it is a
*working day* of whoever is asked: 1,440 minutes from Thursday noon end at noon of the next day on which she is
open, and half a day is half of what she is open. A holiday or a closure there is no working day. The time to the
service itself is always calendar time, as on the inter-agency referral form from which its hours are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from network.core.terms import Priority

DAY_MINUTES = 24 * 60
LONGEST_SEARCH_DAYS = 400

OPENS, CLOSES = 8 * 60, 16 * 60
# Where Friday and Saturday are the days of rest (CLDR, weekData); elsewhere Saturday and Sunday.
REST_ON_FRIDAY = frozenset(
    {"BD", "BH", "DZ", "EG", "IQ", "JO", "KW", "LY", "MV", "OM", "PS", "QA", "SA", "SD", "SY", "YE"}
)
SUNDAY_TO_THURSDAY = (6, 0, 1, 2, 3)
MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


@dataclass(frozen=True)
class Hours:
    """When somebody works: minutes of the local week, from Monday 00:00, and an IANA zone.

    ``week`` is sorted and without overlaps; the last window may end in the next week. ``unusual``: the days of the
    zone's calendar on which something else holds, as minutes from their midnight; none where it stays closed.
    """

    zone: str
    week: tuple[tuple[int, int], ...]
    unusual: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        """The windows that begin on this day, in minutes from its midnight."""
        found = self.unusual.get(day)
        if found is not None:
            return found
        begins = day.weekday() * DAY_MINUTES
        ends = begins + DAY_MINUTES
        return tuple(
            (opens - begins, closes - begins) for opens, closes in self.week if begins <= opens < ends
        )


@dataclass(frozen=True)
class Dues:
    """Until when a referral is to be acknowledged, decided and served."""

    acknowledge_by: datetime
    decide_by: datetime
    serve_by: datetime


@dataclass(frozen=True)
class _Day:
    """The working time of one local day, as windows of instants."""

    windows: tuple[tuple[datetime, datetime], ...]

    @property
    def length(self) -> timedelta:
        return sum((closes - opens for opens, closes in self.windows), timedelta())

    def worked_before(self, at: datetime) -> timedelta:
        return sum((max(min(at, closes) - opens, timedelta()) for opens, closes in self.windows), timedelta())

    def after(self, worked: timedelta) -> datetime:
        for opens, closes in self.windows:
            if worked <= closes - opens:
                return opens + worked
            worked -= closes - opens
        return self.windows[-1][1]


def usual_hours(country: str, zone: str) -> Hours:
    """The working week of a country (ISO 3166-1 alpha-2), eight to four, where no schedule tells better."""
    days = SUNDAY_TO_THURSDAY if country in REST_ON_FRIDAY else MONDAY_TO_FRIDAY
    return Hours(zone, tuple((d * DAY_MINUTES + OPENS, d * DAY_MINUTES + CLOSES) for d in sorted(days)))


def due_after(start: datetime, minutes: float, hours: Hours | None) -> datetime:
    """The instant ``minutes`` after ``start``; with ``hours``, 1,440 minutes are one working day.

    By the calendar where nobody works within the longest search: who has closed for good answers nobody's clock.
    """
    by_calendar = start + timedelta(minutes=minutes)
    if hours is None or not hours.week:
        return by_calendar
    days = _days(hours, start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1))
    day = next((day for day in days if day.windows[-1][1] > start), None)
    if day is None:
        return by_calendar
    goal = round(day.worked_before(start) / day.length + minutes / DAY_MINUTES, 9)
    whole = int(goal)
    for _ in range(whole):
        day = next(days, None)
        if day is None:
            return by_calendar
    # In a break, the work done so far ends where the break began: nothing is due before it starts.
    return max(start, _to_the_second(day.after(day.length * (goal - whole))))


def next_open(at: datetime, hours: Hours | None) -> datetime:
    """``at`` itself if somebody works then, else the next instant at which somebody does."""
    if hours is None or not hours.week:
        return at
    first = at.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)
    windows = (window for day in _days(hours, first) for window in day.windows)
    return next((max(at, opens) for opens, closes in windows if closes > at), at)


def dues(priority: Priority, start: datetime, hours: Hours, needed_by: datetime | None = None) -> Dues:
    """The three due times of a referral sent at ``start``.

    A ``needed_by`` before the service would be due shortens all three in proportion, so that the time that is
    left is shared between answering and serving.
    """
    worked = hours if priority.clock == "working" else None
    serve_by = start + timedelta(hours=priority.served_within_hours)
    acknowledge_by = min(due_after(start, priority.acknowledge_minutes, worked), serve_by)
    decide_by = min(due_after(start, priority.decide_minutes, worked), serve_by)
    if needed_by is not None and needed_by < serve_by:
        left = max(needed_by - start, timedelta())
        whole = priority.served_within_hours * 60
        acknowledge_by = min(acknowledge_by, start + left * (priority.acknowledge_minutes / whole))
        decide_by = min(decide_by, start + left * (priority.decide_minutes / whole))
        serve_by = start + left
    return Dues(acknowledge_by, decide_by, serve_by)


def resumed(
    due: datetime, paused_at: datetime, at: datetime, hours: Hours | None, needed_by: datetime | None
) -> datetime:
    """A due time after a pause: as much later as the pause was long, at working time, never past ``needed_by``."""
    later = next_open(due + (at - paused_at), hours)
    return later if needed_by is None else min(later, max(due, needed_by))


def half_way(start: datetime, due: datetime, hours: Hours | None) -> datetime:
    """When to remind: at half the time, moved to working time where some is left before it is due."""
    middle = start + (due - start) / 2
    working = next_open(middle, hours)
    return working if working < due else middle


def _days(hours: Hours, first: date) -> Iterator[_Day]:
    """The working days from ``first`` on; a window that passes midnight belongs to the day it begins on."""
    zone = ZoneInfo(hours.zone)
    for ahead in range(LONGEST_SEARCH_DAYS):
        on = first + timedelta(days=ahead)
        windows = tuple(
            (_instant(on, opens, zone), _instant(on, closes, zone)) for opens, closes in hours.on(on)
        )
        windows = tuple((opens, closes) for opens, closes in windows if opens < closes)
        if windows:
            yield _Day(windows)


def _to_the_second(at: datetime) -> datetime:
    return (at + timedelta(milliseconds=500)).replace(microsecond=0)


def _instant(on: date, minutes: int, zone: ZoneInfo) -> datetime:
    wall = datetime.combine(on, time()) + timedelta(minutes=minutes)
    return wall.replace(tzinfo=zone).astimezone(UTC)
