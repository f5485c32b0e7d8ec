"""Playing scenes in the order of the calendar, so that every trail of the demonstration runs forwards.

A scene is a generator: it yields how many days ago its next act is, and does it when it is resumed, with the clock
held at that instant.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from datetime import datetime, time, timedelta
from heapq import heapify, heappop, heappush
from itertools import count

from network.core import clock

Scene = Generator[float, None, None]
# Offices of the demonstration work in these hours (UTC): it is then day in every one of its countries.
OPENS, HOURS = time(5), 5


def play(scenes: Iterable[Scene], after_each: Callable[[], None]) -> None:
    """Play all scenes, always the earliest act next; ``after_each`` runs with the clock still held there."""
    present, order = clock.now(), count()
    last = datetime.min.replace(tzinfo=present.tzinfo)
    waiting = [(-days, next(order), scene) for scene in scenes if (days := next(scene, None)) is not None]
    heapify(waiting)
    while waiting:
        minus_days, _order, scene = heappop(waiting)
        last = max(last, _in_office_hours(present, -minus_days))
        with clock.set_to(last):
            days = next(scene, None)
            after_each()
        if days is not None:
            heappush(waiting, (-days, next(order), scene))


def _in_office_hours(present: datetime, days: float) -> datetime:
    """So many days ago; what is more than a day past was done while the office was open."""
    instant = present - timedelta(days=max(days, 0))
    if days <= 1:
        return instant
    opened = instant.replace(hour=OPENS.hour, minute=0, second=0, microsecond=0)
    return opened + (instant - instant.replace(hour=0, minute=0, second=0)) * (HOURS / 24)
