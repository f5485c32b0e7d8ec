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

    def applies_on(self, day: date) -> bool:
        """Whether it opens on this calendar day."""
        return (
            day.weekday() in self.days
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
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
        spans = self._spans(here.date())
        current = [(start, end) for start, end in spans if start <= here < end]
        if current:
            return OpenState("open", until=_end_of_stay(max(end for _, end in current), spans))
        following = [start for start, _ in spans if start > here]
        return OpenState("closed", opens_at=min(following, default=None))

    def _spans(self, today: date) -> list[tuple[datetime, datetime]]:
        """Every opening from yesterday (it may run past midnight) to a week ahead, sorted."""
        zone = ZoneInfo(self.time_zone)
        days = (today + timedelta(days=offset) for offset in range(-1, LOOK_AHEAD_DAYS + 1))
        return sorted(
            (_wall(day, opening.opens, zone), _wall(day, opening.closes, zone))
            for day in days
            for opening in self.openings
            if opening.applies_on(day)
        )


def _wall(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)


def _end_of_stay(end: datetime, spans: Sequence[tuple[datetime, datetime]]) -> datetime | None:
    """The moment it really closes: openings that touch are one. None where it never does (around the clock)."""
    for start, later in spans:
        if start <= end < later:
            end = later
    last = max(later for _, later in spans)
    return None if end == last and end - spans[0][0] >= timedelta(days=LOOK_AHEAD_DAYS) else end


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
