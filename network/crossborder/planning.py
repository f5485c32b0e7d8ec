"""When somebody who returned is to be contacted again: days and months after her arrival. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from network.crossborder.states import FOLLOW_UP_TEMPLATE

# No news so long after the planned arrival raises the alarm (RIAT; the vocabulary's ``no_news``).
NO_NEWS_AFTER = timedelta(hours=48)
# Due, and nobody has recorded anything for so long: it was missed.
MISSED_AFTER = timedelta(days=14)


@dataclass(frozen=True)
class Planned:
    """One contact of the plan, and the day on which it is due."""

    code: str
    due_on: date


def plan_after(arrived_on: date) -> tuple[Planned, ...]:
    """The contacts after an arrival. A month after the 31st is the last day of a shorter month."""
    return tuple(
        Planned(code, arrived_on + relativedelta(months=months, days=days))
        for code, days, months in FOLLOW_UP_TEMPLATE
    )


def contact_until(arrived_on: date) -> date:
    """To which day she is asked whether she may be contacted: the last contact of the plan, and a month for it."""
    last: date = plan_after(arrived_on)[-1].due_on + relativedelta(months=1)
    return last


def begins(on: date, zone: str) -> datetime:
    """The instant at which this day begins in an IANA zone."""
    return datetime.combine(on, time(), ZoneInfo(zone)).astimezone(UTC)


def alarm_at(arrival_on: date, zone: str) -> datetime:
    """When the alarm is raised if nobody has arrived: counted from the end of the planned day there."""
    return begins(arrival_on + timedelta(days=1), zone) + NO_NEWS_AFTER
