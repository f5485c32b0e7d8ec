"""What one request does, noted while the product answers it: every statement with its values, and the template.

The floor of a page is made from this (``network/bench/floor.py``): so it runs the very statements that the
page runs, and renders the very template with the very values.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import Flask, before_render_template
from jinja2 import Template
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from network.bench.visitor import Ask, Unexpected, Visitor
from network.core.db import db
from network.tenants.context import Identity, find_acting

CONTEXT = "SELECT set_config('network.context'"


@dataclass(frozen=True)
class Statement:
    """One statement as the driver got it. ``many``: once for each of ``parameters``; ``rows``: what it answered;
    ``at_the_guard``: it ran before it was known what this person may do."""

    sql: str
    parameters: Any
    many: bool
    rows: list[tuple[Any, ...]] | None = None
    at_the_guard: bool = False


@dataclass
class Transaction:
    """Statements between BEGIN and its end, and for whom they ran."""

    identity: Identity | None
    statements: list[Statement] = field(default_factory=list)
    commits: bool = False


@dataclass
class Recording:
    """A completed request and all that the floor needs to answer it.

    ``begun_ms`` and ``ended_ms`` say when it ran (epoch).
    """

    ask: Ask
    transactions: list[Transaction] = field(default_factory=list)
    template: Template | None = None
    context: dict[str, Any] = field(default_factory=dict)
    identity: Identity | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    begun_ms: int = 0
    ended_ms: int = 0

    @property
    def behind_the_guard(self) -> list[Transaction]:
        """The transactions of the page itself, without what asked who is signed in and what her roles allow."""
        own = [
            replace(one, statements=[step for step in one.statements if not step.at_the_guard])
            for one in self.transactions
        ]
        return [one for one in own if one.statements]

    @property
    def statements(self) -> int:
        """How many statements the request runs; BEGIN, COMMIT and the context are not counted."""
        return sum(len(transaction.statements) for transaction in self.transactions)


def record(app: Flask, visitor: Visitor, ask: Ask) -> Recording:
    """Let the product answer the request in this process, and note what it does. The request is carried out.

    Raises Unexpected where it answers with another status, or renders more than one template.
    """
    ask = visitor.completed(ask)
    recording = Recording(ask, begun_ms=_now_ms())
    with app.app_context():
        engine = db.engine
    with _listening(app, engine, recording):
        response = _answer(app, visitor, ask)
    recording.ended_ms = _now_ms()
    recording.headers = {
        name: value
        for name, value in response.headers
        if name not in ("Content-Length", "Content-Encoding", "Set-Cookie", "X-Request-ID")
    }
    recording.body = response.get_data()
    if response.status_code != ask.expects:
        raise Unexpected(f"{ask.method} {ask.path}: {response.status} {response.text[:2000]}")
    return recording


def _answer(app: Flask, visitor: Visitor, ask: Ask) -> TestResponse:
    body, headers = visitor.packed(replace(ask, mark=""))
    del headers["Accept-Encoding"]
    client = app.test_client(use_cookies=False)
    return client.open(ask.path, method=ask.method, headers=headers, data=body)


@contextmanager
def _listening(app: Flask, engine: Any, recording: Recording) -> Iterator[None]:
    noted = recording.transactions

    def begin(_connection: Connection) -> None:
        noted.append(Transaction(find_acting()))

    def commit(_connection: Connection) -> None:
        noted[-1].commits = True

    def note(_connection: Any, cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        if not sql.startswith(CONTEXT):
            # SQLAlchemy writes several rows by one statement with the values of all: that is not run many times.
            many = many and isinstance(parameters, list)
            acting = find_acting()
            at_the_guard = acting is None or not acting.permissions
            noted[-1].statements.append(Statement(sql, parameters, many, _rows(cursor), at_the_guard))

    def rendering(_app: Flask, template: Template, context: dict[str, Any], **_more: Any) -> None:
        if recording.template is not None:
            raise Unexpected(f"{recording.ask.path} renders {template.name} beside {recording.template.name}")
        recording.template, recording.context = template, dict(context)
        recording.identity = find_acting()

    heard = (("begin", begin), ("commit", commit), ("after_cursor_execute", note))
    for name, listener in heard:
        event.listen(engine, name, listener)
    before_render_template.connect(rendering, app)
    try:
        yield
    finally:
        before_render_template.disconnect(rendering, app)
        for name, listener in heard:
            event.remove(engine, name, listener)
    # A transaction that asked nothing was opened for a connection that nobody used.
    noted[:] = [one for one in noted if one.statements]


def _rows(cursor: Any) -> list[tuple[Any, ...]] | None:
    """The rows of a statement, left in the cursor for the product to read."""
    if cursor.description is None:
        return None
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    if rows:
        cursor.scroll(0, mode="absolute")
    return rows


def made_meanwhile(recording: Recording, value: UUID) -> bool:
    """Whether an id was made during the request: ids carry their time (UUID version 7, RFC 9562)."""
    return value.version == 7 and recording.begun_ms - 1 <= value.int >> 80 <= recording.ended_ms + 1


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
