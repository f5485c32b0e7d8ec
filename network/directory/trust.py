"""How far a listing can be trusted, by when somebody last looked. Pure, and the one place that says it.

Six months after that it counts as *not verified*; after twelve it is *aged*: searches leave it out unless asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

Standing = Literal["verified", "due", "not_verified", "aged"]
STANDINGS: tuple[Standing, ...] = ("verified", "due", "not_verified", "aged")
HOLDS_MONTHS, HIDDEN_MONTHS = 6, 12
WARN = timedelta(days=14)
OLD_COUNT = timedelta(days=3)


def months_later(day: date, months: int) -> date:
    """The same day so many months on; the last of the month where it has fewer days."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def holds_since(today: date) -> date:
    """Whatever was looked at after this day still counts as verified today."""
    return months_later(today, -HOLDS_MONTHS)


def shown_since(today: date) -> date:
    """Whatever was looked at, or listed, after this day is not aged today."""
    return months_later(today, -HIDDEN_MONTHS)


def holds(verified_on: date | None, today: date) -> bool:
    """Whether a listing counts as verified."""
    return verified_on is not None and verified_on > holds_since(today)


def due_after(day: date) -> date:
    """By when a listing that was looked at on this day is looked at again."""
    return months_later(day, HOLDS_MONTHS)


def standing(verified_on: date | None, due_on: date | None, listed_on: date, today: date) -> Standing:
    """Verified; due (soon or by a day that was set); not verified (never, or six months ago); aged (twelve)."""
    if (verified_on or listed_on) <= shown_since(today):
        return "aged"
    if not holds(verified_on, today):
        return "not_verified"
    if due_on is not None and due_on - WARN <= today:
        return "due"
    return "verified"
