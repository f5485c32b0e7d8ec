"""A long history, folded by day: each says how much was changed then, and of what."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from flask_babel import ngettext

from network.directory import keeping_wording as words
from network.directory.queries.keeping import Change
from network.web.i18n import comma
from network.web.paging import Page
from network.web.templating import local_date

FEW = 5  # so many of the newest day are seen at once
NAMED = 3


@dataclass(frozen=True, slots=True)
class Day:
    """What was changed on one day, newest first. ``unfolded``: it is seen without opening it."""

    title: str
    changes: list[Change]
    unfolded: bool


def by_day(page: Page[Change]) -> list[Day]:
    """The days of a page of history, newest first; the last one may go on on the next page."""
    days = [(day, list(them)) for day, them in groupby(page.items, key=lambda one: local_date(one.change.at))]
    last = len(days) - 1
    return [
        Day(
            _title(day, them, goes_on=bool(page.next_cursor) and number == last),
            them,
            unfolded=number == 0 and len(them) <= FEW,
        )
        for number, (day, them) in enumerate(days)
    ]


def _title(day: str, changes: list[Change], *, goes_on: bool) -> str:
    of = list(dict.fromkeys(words.entity_name(one.change.entity) for one in changes))
    told = comma().join(of[:NAMED]) + (" …" if len(of) > NAMED else "")
    number = len(changes)
    if goes_on:
        return ngettext(
            "%(day)s: %(num)s change and more on the next page (%(of)s)",
            "%(day)s: %(num)s changes and more on the next page (%(of)s)",
            number,
            day=day,
            of=told,
        )
    return ngettext(
        "%(day)s: %(num)s change (%(of)s)", "%(day)s: %(num)s changes (%(of)s)", number, day=day, of=told
    )
