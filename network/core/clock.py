"""The application's clock: due dates and events use it, and tests set it instead of waiting.

The expiry of access is decided by the database's own clock, never by this one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_set_to: list[datetime] = []


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set_to[-1] if _set_to else datetime.now(UTC)


def today(zone: str) -> date:
    """The calendar date in an IANA zone: a due date at midnight is another day elsewhere."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def set_to(instant: datetime) -> Iterator[None]:
    """Hold the clock at an aware instant, for tests."""
    if instant.tzinfo is None:
        raise ValueError("the clock is set to aware instants only")
    _set_to.append(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.pop()
