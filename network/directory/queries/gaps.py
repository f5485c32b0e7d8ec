"""Where help is missing: what a centre has counted, and what the centres have published."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Text, cast, func, select

from network.core import clock
from network.core.db import db
from network.directory import geo
from network.directory.models import ServiceGap, ServiceGapFigure
from network.tenants.context import acting

# A smaller number of one centre could tell of somebody.
FEWEST = 5
MOST_LINES = 200
Cell = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Missing:
    """How often a need was answered by nobody at a place; ``place`` is empty for the rest of a country."""

    need_code: str
    country: str
    place: str
    number: int


def whole_months() -> tuple[date, date]:
    """The first day of the last twelve whole months, and the last."""
    this_month = clock.today(acting().time_zone).replace(day=1)
    return this_month.replace(year=this_month.year - 1), this_month - timedelta(days=1)


def own_gaps() -> tuple[Missing, ...]:
    """What this centre found missing in twelve months and this one, whatever the number; most first."""
    first, _end = whole_months()
    return _lines(_counted(first, clock.today(acting().time_zone)))


def cells_of(first: date, end: date) -> dict[Cell, int]:
    """(need, country, town) → number as it may be published; towns with few are counted with their country."""
    counted: Counter[Cell] = Counter()
    for (need, country, place), number in _counted(first, end).items():
        town = geo.find_town(place, country) if place and country else None
        counted[need, country, town.name if town else ""] += number
    for cell in [cell for cell, number in counted.items() if number < FEWEST and cell[2]]:
        counted[cell[0], cell[1], ""] += counted.pop(cell)
    return {cell: number for cell, number in counted.items() if number >= FEWEST}


def network_gaps(country: str = "") -> tuple[Missing, ...]:
    """What the centres have published together, most first; ``country``: of that alone."""
    figure = ServiceGapFigure
    statement = select(figure.need_code, figure.country, figure.place, func.sum(figure.number)).group_by(
        figure.need_code, figure.country, figure.place
    )
    if country:
        statement = statement.where(figure.country == country)
    return _lines(
        {(need, land, place): number for need, land, place, number in db.session.execute(statement)}
    )


def countries_with_gaps() -> tuple[str, ...]:
    """The countries of which figures are published."""
    figure = ServiceGapFigure
    return tuple(db.session.scalars(select(figure.country).distinct().order_by(figure.country)))


def _counted(first: date, end: date) -> dict[Cell, int]:
    """Gaps of the acting tenant; one case, one need and one place count once a day, however often it is looked."""
    gap = ServiceGap
    once = func.coalesce(cast(gap.case_id, Text) + cast(gap.noticed_on, Text), cast(gap.id, Text))
    rows = db.session.execute(
        select(gap.need_code, gap.country, gap.place, func.count(func.distinct(once)))
        .where(gap.tenant_id == acting().tenant, gap.noticed_on.between(first, end))
        .group_by(gap.need_code, gap.country, gap.place)
    )
    return {(need, country, place): number for need, country, place, number in rows}


def _lines(counted: dict[Cell, int]) -> tuple[Missing, ...]:
    lines = [Missing(*cell, number) for cell, number in counted.items()]
    lines.sort(key=lambda one: (-one.number, one.country, one.place, one.need_code))
    return tuple(lines[:MOST_LINES])
