"""Searching a large directory through the operation, beside the very same statements by bare psycopg."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any
from urllib.parse import urlencode

import psycopg
from flask import Flask
from sqlalchemy import event

from network.bench.measuring import Act, Row, in_turn
from network.bench.recording import CONTEXT
from network.bench.seeding.directory import FAMILIES, HELPS, offered
from network.bench.visitor import Ask
from network.bench.visits import Effort, Page
from network.core import vocabulary
from network.core.db import db
from network.directory.choices import in_address
from network.directory.eligibility import Profile
from network.directory.geo import Place
from network.directory.search import Criteria, find
from network.tenants.context import Identity, scope
from network.tenants.isolation import SET_CONTEXT, roles_of

SHOWN = 20
RADIUS_KM = 50.0
ASKS = 60
SEED = 3
CLIENT = Profile(sex="female", age=30, nationality="BD", legal_status="irregular", has_documents=False)
NAMES = (
    "nearest 20 by need",
    "nearest 20, open now, takes her",
    "four needs, open now, takes her, counts",
    "words near a place",
    "words with slips near a place",
    "words anywhere",
)


@dataclass(frozen=True)
class Search:
    """One search: what is asked, for whom, and whether the counts of filters are asked for."""

    criteria: Criteria
    profile: Profile | None = None
    counts: bool = False


def searches() -> dict[str, list[Search]]:
    """The searches that are measured, by name; the same ones every time."""
    dice = random.Random(SEED)  # noqa: S311  # the same searches every time
    makers: dict[str, Callable[[], Search]] = {
        NAMES[0]: lambda: Search(_near(dice, needs=1)),
        NAMES[1]: lambda: Search(_near(dice, needs=1, open_at="now"), CLIENT),
        NAMES[2]: lambda: Search(_near(dice, needs=4, open_at="now"), CLIENT, counts=True),
        NAMES[3]: lambda: Search(_near(dice, text=_words(dice))),
        NAMES[4]: lambda: Search(_near(dice, text=_slip(dice, _words(dice)))),
        NAMES[5]: lambda: Search(Criteria(text=_words(dice), limit=SHOWN)),
    }
    return {name: [make() for _ask in range(ASKS)] for name, make in makers.items()}


def pages() -> list[Page]:
    """The page of results: by need near a town, with the counts of every filter."""
    dice = random.Random(SEED)  # noqa: S311  # the same searches every time
    asks = []
    for _ask in range(ASKS):
        place = _place(dice)
        criteria = Criteria(tuple(_needs(dice, 1)), place.point, place.name, place.country, RADIUS_KM)
        asks.append(Ask("GET", f"/directory?{urlencode(in_address(criteria), doseq=True)}"))
    return [Page("directory page", tuple(asks))]


def _near(dice: random.Random, needs: int = 0, **given: Any) -> Criteria:
    place = _place(dice)
    return Criteria(
        tuple(_needs(dice, needs)), place.point, place.name, place.country, RADIUS_KM, limit=SHOWN, **given
    )


def _needs(dice: random.Random, number: int) -> list[str]:
    return dice.sample([need.code for need in vocabulary.needs()], number)


def _place(dice: random.Random) -> Place:
    return dice.choice(dice.choice(offered()).towns)


def _words(dice: random.Random) -> str:
    return dice.choice([*HELPS, *(name for pair in FAMILIES for name in pair), "Al Hasan", "legal advice"])


def _slip(dice: random.Random, words: str) -> str:
    """The same words with two neighbouring letters of the longest one changed over."""
    longest = max(words.split(), key=len)
    place = dice.randrange(1, len(longest) - 2)
    wrong = longest[:place] + longest[place + 1] + longest[place] + longest[place + 2 :]
    return words.replace(longest, wrong)


def measure_searches(
    app: Flask, identity: Identity, url: str, effort: Effort, only: Sequence[str] = ()
) -> list[Row]:
    """The rows of the searches: the operation with its scope, and its statements by bare psycopg with the context."""
    rows = []
    with app.app_context(), psycopg.connect(url) as connection:
        context = app.extensions["network_signer"].sign(identity)
        for name, asked in searches().items():
            if only and name not in only:
                continue
            asked = asked[: effort.different()]
            recorded = [_recorded(identity, one) for one in asked]
            rows.append(
                in_turn(
                    name,
                    _operation(identity, asked),
                    bare(connection, (context, roles_of(identity)), recorded),
                    rounds=effort.rounds,
                    warm_up=effort.warm_up,
                )
            )
    return rows


def _operation(identity: Identity, asked: Sequence[Search]) -> Act:
    turns = cycle(asked)
    return lambda: _search(identity, next(turns))


def _search(identity: Identity, one: Search) -> None:
    with scope(identity):
        find(one.criteria, one.profile, counts=one.counts)


Statements = list[tuple[str, Any]]


def bare(
    connection: psycopg.Connection[Any], context: tuple[str, str], recorded: Sequence[Statements]
) -> Act:
    """Run the statements of one after another by bare psycopg, the context included."""
    turns = cycle(recorded)

    def run() -> None:
        connection.execute(SET_CONTEXT, context)
        for statement, parameters in next(turns):
            connection.execute(statement, parameters).fetchall()
        connection.rollback()

    return run


def _recorded(identity: Identity, one: Search) -> Statements:
    """The statements of a search, as the driver got them. What is read once in a process was read before."""
    _search(identity, one)
    with noting() as noted:
        _search(identity, one)
    return noted


@contextmanager
def noting() -> Iterator[Statements]:
    """The statements that run in the block, as the driver gets them; the context is left out."""
    noted: Statements = []

    def note(_connection: Any, _cursor: Any, sql: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not sql.startswith(CONTEXT):
            noted.append((sql, parameters))

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(db.engine, "after_cursor_execute", note)
