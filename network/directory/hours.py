"""When a service is open: weekly hours in the location's own time.

Minutes of the local week count from Monday 00:00. What closes past midnight runs into the next day, and what
closes past Sunday midnight into Monday. No hours known is *unknown*, never closed. Exceptions (a holiday, the hours
of Ramadan, a closure) replace the weekly hours of their days: of several, those of the nearest owner, and of these
the ones with the fewest days. ``minutes_of_day`` in the database says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from network.directory.states import WEEKDAYS

DAY_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 8


@dataclass(frozen=True, slots=True)
class Opening:
    """Open on some weekdays (0 is Monday) from a minute of the day to another; past 1440 is the next day."""

    days: tuple[int, ...]
    opens: int
    closes: int
    valid_from: date | None = None
    valid_to: date | None = None

    def is_in_season(self, day: int) -> bool:
        """Whether its dates include this day, given as an ordinal."""
        return (self.valid_from is None or self.valid_from.toordinal() <= day) and (
            self.valid_to is None or day <= self.valid_to.toordinal()
        )

    @property
    def weekdays(self) -> tuple[str, ...]:
        """The days as HSDS writes them."""
        return tuple(WEEKDAYS[day] for day in self.days)


@dataclass(frozen=True, slots=True)
class DayException:
    """Days on which the weekly hours do not hold, both ends included, on all or some weekdays: closed, or others.

    ``rank``: whose it is; 1 the service's at this location, 2 the service's, 3 the location's, 4 the country's.
    """

    rank: int
    first_on: date
    last_on: date
    days: tuple[int, ...] | None
    closed: bool
    opens: int | None
    closes: int | None
    kind: str

    def covers(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.first_on <= day <= self.last_on and (self.days is None or day.weekday() in self.days)

    @property
    def strength(self) -> tuple[int, int]:
        """The smallest wins."""
        return self.rank, (self.last_on - self.first_on).days


@dataclass(frozen=True, slots=True)
class OpenState:
    """Whether a service is open, until when, and when it opens next (aware, in the location's zone)."""

    state: Literal["open", "closed", "unknown"]
    until: datetime | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """The weekly hours of a service at a location, and the days on which they do not hold."""

    openings: tuple[Opening, ...]
    time_zone: str
    exceptions: tuple[DayException, ...] = ()

    @property
    def known(self) -> bool:
        """Whether any hours are known."""
        return bool(self.openings)

    def at(self, instant: datetime) -> OpenState:
        """Open, closed or unknown at an instant, or at a time (naive) of the clock on the wall of the location."""
        zone = ZoneInfo(self.time_zone)
        here = instant.astimezone(zone) if instant.tzinfo else instant.replace(tzinfo=zone)
        if not self.openings and not any(one.covers(here.date()) for one in self.exceptions):
            return OpenState("unknown")
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        now = here.hour * 60 + here.minute
        spans = self._spans(midnight.date())
        end = max((close for start, close in spans if start <= now < close), default=None)
        if end is None:
            start = min((start for start, _ in spans if start > now), default=None)
            return OpenState("closed", opens_at=_wall(midnight, start))
        return OpenState("open", until=_wall(midnight, _end_of_stay(end, spans)))

    def special_on(self, day: date) -> tuple[DayException, ...]:
        """The exceptions that replace the weekly hours of this day: none, one, or several hours of one owner."""
        covering = [one for one in self.exceptions if one.covers(day)]
        strongest = min((one.strength for one in covering), default=None)
        return tuple(one for one in covering if one.strength == strongest)

    def windows_on(self, day: date) -> list[tuple[int, int]]:
        """(opens, closes) of one day of its own calendar, in minutes from its midnight; none where it stays closed."""
        return self._on(day, 0)

    def _spans(self, today: date) -> list[tuple[int, int]]:
        """Every opening from yesterday (it may run past midnight) to a week ahead, in minutes from today's
        midnight, sorted."""
        found = []
        for offset in range(-1, LOOK_AHEAD_DAYS + 1):
            start = offset * DAY_MINUTES
            found += [(start + opens, start + closes) for opens, closes in self._on(today, offset)]
        return sorted(found)

    def _on(self, today: date, offset: int) -> list[tuple[int, int]]:
        """(opens, closes) of one day, in minutes from its midnight."""
        if self.exceptions and (special := self.special_on(today + timedelta(days=offset))):
            if any(one.closed for one in special):
                return []
            return [(one.opens or 0, one.closes or 0) for one in special]
        day = today.toordinal() + offset
        return [
            (opening.opens, opening.closes)
            for opening in self.openings
            if (day - 1) % 7 in opening.days and opening.is_in_season(day)
        ]


def _wall(midnight: datetime, minutes: int | None) -> datetime | None:
    """A time of the location's own clock; adding to an aware time moves the hands and minds no change of clocks."""
    return None if minutes is None else midnight + timedelta(minutes=minutes)


def _end_of_stay(end: int, spans: Sequence[tuple[int, int]]) -> int | None:
    """When it really closes: openings that touch are one. None where it never does (around the clock)."""
    for start, later in spans:
        if start <= end < later:
            end = later
    return None if end >= LOOK_AHEAD_DAYS * DAY_MINUTES else end


def from_search(
    openings: Iterable[Mapping[str, Any]], time_zone: str, exceptions: Iterable[Mapping[str, Any]] = ()
) -> Hours:
    """The hours as the search table keeps them."""
    return Hours(
        tuple(sorted((_opening(one) for one in openings), key=lambda opening: (opening.days, opening.opens))),
        time_zone,
        tuple(_exception(one) for one in exceptions),
    )


def _opening(kept: Mapping[str, Any]) -> Opening:
    return Opening(tuple(kept["days"]), kept["opens"], kept["closes"], _day(kept["from"]), _day(kept["to"]))


def _exception(kept: Mapping[str, Any]) -> DayException:
    return DayException(
        kept["rank"],
        date.fromisoformat(kept["from"]),
        date.fromisoformat(kept["to"]),
        None if kept["days"] is None else tuple(kept["days"]),
        kept["closed"],
        kept["opens"],
        kept["closes"],
        kept["kind"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def clock_text(minutes: int) -> str:
    """A minute of the day as "08:30"; the end of the day is "24:00"."""
    within = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{within // 60:02d}:{within % 60:02d}"
