"""Where help is missing: what a centre has counted, and what the centres have published."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Text, cast, func, select

from network.core import clock
from network.core.db import db
from network.directory import geo
from network.directory.models import ServiceGap, ServiceGapFigure
from network.tenants.context import acting

# What a centre counted of fewer people could tell of somebody; and a step of one from month to month could, too.
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
    counted = _counted(first, clock.today(acting().time_zone))
    return _lines({cell: number for cell, (number, _people) in counted.items()})


def cells_of(first: date, end: date) -> dict[Cell, int]:
    """(need, country, town) → number as it may be published, rounded down to fives; what concerns fewer than five
    people is counted with the country, or not at all."""
    counted: Counter[Cell] = Counter()
    people: dict[Cell, set[str]] = defaultdict(set)

    def add(cell: Cell, number: int, whom: set[str]) -> None:
        counted[cell] += number
        people[cell] |= whom

    for (need, country, place), (number, whom) in _counted(first, end).items():
        town = geo.find_town(place, country) if place and country else None
        add((need, country, town.name if town else ""), number, whom)
    for cell in [cell for cell, whom in people.items() if len(whom) < FEWEST and cell[2]]:
        add((cell[0], cell[1], ""), counted.pop(cell), people.pop(cell))
    return {cell: number - number % FEWEST for cell, number in counted.items() if len(people[cell]) >= FEWEST}


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


def _counted(first: date, end: date) -> dict[Cell, tuple[int, set[str]]]:
    """Gaps of the acting tenant, and of how many people; one case, one need and one place count once a day, however
    often it is looked. Where nobody says for whom, those of a day are of one person: a search that is tried again,
    of a client whose case stands nowhere, is not five people."""
    gap = ServiceGap
    once = func.coalesce(cast(gap.case_id, Text) + cast(gap.noticed_on, Text), cast(gap.id, Text))
    whom = func.coalesce(cast(gap.case_id, Text), cast(gap.noticed_on, Text))
    rows = db.session.execute(
        select(
            *(gap.need_code, gap.country, gap.place),
            func.count(func.distinct(once)),
            func.array_agg(func.distinct(whom)),
        )
        .where(gap.tenant_id == acting().tenant, gap.noticed_on.between(first, end))
        .group_by(gap.need_code, gap.country, gap.place)
    )
    return {(need, country, place): (number, set(people)) for need, country, place, number, people in rows}


def _lines(counted: dict[Cell, int]) -> tuple[Missing, ...]:
    lines = [Missing(*cell, number) for cell, number in counted.items()]
    lines.sort(key=lambda one: (-one.number, one.country, one.place, one.need_code))
    return tuple(lines[:MOST_LINES])
