"""Reading the directory as HSDS, beside the same statements by bare psycopg and the same answer by json.dumps."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any
from uuid import UUID

import orjson
import psycopg
from flask import Flask
from sqlalchemy import select

from network.bench.measuring import Act, Row, in_turn
from network.bench.searches import bare, noting
from network.bench.visits import Effort
from network.core.db import db
from network.directory.hsds import asking, feed
from network.directory.hsds.feed import Fullness
from network.directory.hsds.standing import Reader
from network.directory.models import Service
from network.tenants.context import Identity, scope
from network.tenants.isolation import roles_of

NAMES = ("HSDS list of services", "HSDS service by id")
ASKS = 20
Ask = Callable[[], Any]


def measure_feeds(
    app: Flask, identity: Identity, url: str, effort: Effort, only: Sequence[str] = ()
) -> list[Row]:
    """The rows of a page of services, and of one service with all that belongs to it."""
    rows = []
    with app.app_context(), psycopg.connect(url) as connection:
        context = (app.extensions["network_signer"].sign(identity), roles_of(identity))
        with scope(identity):
            asks = _asks()
        for name, asked in asks.items():
            if only and name not in only:
                continue
            asked = asked[: effort.different()]
            rows.append(
                in_turn(
                    name,
                    _answering(identity, asked),
                    _floor(connection, context, [_recorded(identity, one) for one in asked]),
                    rounds=effort.rounds,
                    warm_up=effort.warm_up,
                )
            )
    return rows


def _asks() -> dict[str, list[Ask]]:
    wanted = asking.wanted(asking.ServicesSchema().load({}))
    ids = db.session.scalars(select(Service.id).order_by(Service.id).limit(ASKS)).all()
    return {
        NAMES[0]: [_page(wanted, number) for number in range(1, 4)],
        NAMES[1]: [_one(service_id) for service_id in ids],
    }


def _page(wanted: asking.Wanted, number: int) -> Ask:
    return lambda: feed.page(_reader(), "service", wanted, Fullness(), number, asking.PER_PAGE)


def _one(service_id: UUID) -> Ask:
    return lambda: feed.one(_reader(), "service", service_id, Fullness(full=True))


def _reader() -> Reader:
    return Reader(db.session, public=False)


def _answer(identity: Identity, ask: Ask) -> bytes:
    with scope(identity):
        return orjson.dumps(ask())


def _answering(identity: Identity, asked: Sequence[Ask]) -> Act:
    turns = cycle(asked)
    return lambda: _answer(identity, next(turns))


def _recorded(identity: Identity, ask: Ask) -> tuple[list[tuple[str, Any]], Any]:
    """The statements of an answer, and what it says. What is read once in a process was read before."""
    _answer(identity, ask)
    with noting() as noted:
        said = json.loads(_answer(identity, ask))
    return noted, said


def _floor(connection: psycopg.Connection[Any], context: tuple[str, str], recorded: Sequence[Any]) -> Act:
    run = bare(connection, context, [statements for statements, _said in recorded])
    answers = cycle([said for _statements, said in recorded])

    def answer() -> None:
        run()
        json.dumps(next(answers))

    return answer
