"""When a service is open: weekly hours in the location's own time.

Minutes of the local week count from Monday 00:00. What closes past midnight runs into the next day, and what
closes past Sunday midnight into Monday. No hours known is *unknown*, never closed. Holidays are not known yet.
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
class OpenState:
    """Whether a service is open, until when, and when it opens next (aware, in the location's zone)."""

    state: Literal["open", "closed", "unknown"]
    until: datetime | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """The weekly hours of a service at a location."""

    openings: tuple[Opening, ...]
    time_zone: str

    @property
    def known(self) -> bool:
        """Whether any hours are known."""
        return bool(self.openings)

    def at(self, instant: datetime) -> OpenState:
        """Open, closed or unknown at an instant, by the clock on the wall of the location."""
        if not self.openings:
            return OpenState("unknown")
        here = instant.astimezone(ZoneInfo(self.time_zone))
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        now = here.hour * 60 + here.minute
        spans = self._spans(midnight.date())
        end = max((close for start, close in spans if start <= now < close), default=None)
        if end is None:
            start = min((start for start, _ in spans if start > now), default=None)
            return OpenState("closed", opens_at=_wall(midnight, start))
        return OpenState("open", until=_wall(midnight, _end_of_stay(end, spans)))

    def _spans(self, today: date) -> list[tuple[int, int]]:
        """Every opening from yesterday (it may run past midnight) to a week ahead, in minutes from today's
        midnight, sorted."""
        first = today.toordinal()
        return sorted(
            (offset * DAY_MINUTES + opening.opens, offset * DAY_MINUTES + opening.closes)
            for opening in self.openings
            for offset in range(-1, LOOK_AHEAD_DAYS + 1)
            if (first + offset - 1) % 7 in opening.days and opening.is_in_season(first + offset)
        )


def _wall(midnight: datetime, minutes: int | None) -> datetime | None:
    """A time of the location's own clock; adding to an aware time moves the hands and minds no change of clocks."""
    return None if minutes is None else midnight + timedelta(minutes=minutes)


def _end_of_stay(end: int, spans: Sequence[tuple[int, int]]) -> int | None:
    """When it really closes: openings that touch are one. None where it never does (around the clock)."""
    for start, later in spans:
        if start <= end < later:
            end = later
    return None if end >= LOOK_AHEAD_DAYS * DAY_MINUTES else end


def from_search(openings: Iterable[Mapping[str, Any]], time_zone: str) -> Hours:
    """The hours as the search table keeps them."""
    return Hours(
        tuple(
            sorted(
                (
                    Opening(
                        tuple(one["days"]), one["opens"], one["closes"], _day(one["from"]), _day(one["to"])
                    )
                    for one in openings
                ),
                key=lambda opening: (opening.days, opening.opens),
            )
        ),
        time_zone,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def clock_text(minutes: int) -> str:
    """A minute of the day as "08:30"; the end of the day is "24:00"."""
    within = minutes if minutes <= DAY_MINUTES else minutes - DAY_MINUTES
    return f"{within // 60:02d}:{within % 60:02d}"
