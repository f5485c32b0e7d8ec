"""Running the recorded statements again by bare psycopg, as often as is wanted.

A reading statement runs with the values it had. What would collide or would not be true again is made anew:
ids that the request made, and, where a request can be made only once (a draft is sent once), what comes from
its path and form and from rows that it read before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any
from uuid import UUID

import psycopg

from network.bench.recording import Recording, Statement, Transaction, made_meanwhile
from network.bench.visitor import Ask
from network.core.ids import new_id
from network.core.pool import KeptConnection
from network.tenants.context import Identity
from network.tenants.isolation import SET_CONTEXT, roles_of

Sign = Callable[[Identity | None], str]
Source = Callable[["Run"], Any]


class Connections:
    """Open connections, taken and given back: as many as there are threads at work at once. Closed with a block.

    They keep what was prepared over a rollback, as the product's do: or else the floor of a page that only reads would
    be planned anew each time.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: SimpleQueue[psycopg.Connection[Any]] = SimpleQueue()

    def take(self) -> psycopg.Connection[Any]:
        """An idle connection, or a new one."""
        try:
            return self._idle.get_nowait()
        except Empty:
            return KeptConnection.connect(self._url)

    def give_back(self, connection: psycopg.Connection[Any]) -> None:
        """Let the next request have it."""
        self._idle.put(connection)

    def __enter__(self) -> Connections:
        return self

    def __exit__(self, *_error: object) -> None:
        while not self._idle.empty():
            self._idle.get_nowait().close()


class Run:
    """What one replay knows: its inputs, the ids it made, and the rows it has read."""

    def __init__(self, inputs: Mapping[str, str]) -> None:
        self.inputs = inputs
        self.rows: list[list[tuple[Any, ...]]] = []
        self._made: dict[UUID, UUID] = {}

    def anew(self, recorded: UUID) -> UUID:
        """An id of this run in place of a recorded one."""
        return self._made.get(recorded) or self._made.setdefault(recorded, new_id())


@dataclass(frozen=True)
class Step:
    """A statement, and where those of its values come from that are not constant."""

    statement: Statement
    holes: tuple[tuple[int, Any, Source], ...]

    def parameters(self, run: Run) -> Any:
        """The values for this run."""
        given = self.statement.parameters
        if not self.holes:
            return given
        filled = [_copy(one) for one in given] if self.statement.many else [_copy(given)]
        for place, key, source in self.holes:
            filled[place][key] = source(run)
        return filled if self.statement.many else filled[0]


class Replay:
    """The transactions of a recording, ready to be run."""

    def __init__(self, recording: Recording, sign: Sign, *, varies: bool = False) -> None:
        self._sign = sign
        known = _Known(recording, varies)
        self._transactions = [
            (transaction, [known.step(statement) for statement in transaction.statements])
            for transaction in recording.transactions
        ]

    def run(self, connection: psycopg.Connection[Any], inputs: Mapping[str, str]) -> None:
        """Carry it out on this connection; what the page commits is committed."""
        run = Run(inputs)
        for transaction, steps in self._transactions:
            _carry_out(connection, transaction, steps, run, self._sign)


def _carry_out(
    connection: psycopg.Connection[Any], transaction: Transaction, steps: list[Step], run: Run, sign: Sign
) -> None:
    if transaction.commits:
        with connection.transaction():
            _ask(connection, transaction, steps, run, sign)
        return
    try:
        _ask(connection, transaction, steps, run, sign)
    finally:
        connection.rollback()


def _ask(
    connection: psycopg.Connection[Any], transaction: Transaction, steps: list[Step], run: Run, sign: Sign
) -> None:
    cursor = connection.cursor()
    cursor.execute(SET_CONTEXT, (sign(transaction.identity), roles_of(transaction.identity)))
    for step in steps:
        if step.statement.many:
            cursor.executemany(step.statement.sql, step.parameters(run))
        else:
            cursor.execute(step.statement.sql, step.parameters(run))
        run.rows.append(cursor.fetchall() if step.statement.rows is not None else [])


def inputs_of(ask: Ask) -> dict[str, str]:
    """What a request brings along: the parts of its path, and the fields of its form."""
    return inputs(ask.path, dict(ask.form))


def inputs(path: str, form: Mapping[str, str]) -> dict[str, str]:
    """Path and form under one kind of name."""
    parts = {f"path {place}": part for place, part in enumerate(path.split("?")[0].split("/"))}
    return parts | {f"form {name}": value for name, value in form.items()}


class _Known:
    """Where a value of the recording was seen first: brought along, made meanwhile, or read before."""

    def __init__(self, recording: Recording, varies: bool) -> None:
        self._recording = recording
        self._varies = varies
        self._inputs = {value: name for name, value in inputs_of(recording.ask).items()} if varies else {}
        self._read: dict[UUID, tuple[int, int, int]] = {}
        self._steps = 0

    def step(self, statement: Statement) -> Step:
        """The statement with the sources of its values."""
        given = statement.parameters if statement.many else [statement.parameters]
        holes = []
        for place, one in enumerate(given):
            for key, value in one.items() if isinstance(one, Mapping) else enumerate(one or ()):
                source = self._source(value)
                if source is not None:
                    holes.append((place, key, source))
        for row, values in enumerate(statement.rows or ()):
            for column, value in enumerate(values):
                if isinstance(value, UUID):
                    self._read.setdefault(value, (self._steps, row, column))
        self._steps += 1
        return Step(statement, tuple(holes))

    def _source(self, value: Any) -> Source | None:
        if isinstance(value, list):
            sources = [self._source(one) for one in value]
            if not any(sources):
                return None
            pairs = list(zip(value, sources, strict=True))
            return lambda run: [source(run) if source else one for one, source in pairs]
        if isinstance(value, str | UUID) and (name := self._inputs.get(str(value))):
            convert = type(value)
            return lambda run: convert(run.inputs[name])
        if not isinstance(value, UUID):
            return None
        if made_meanwhile(self._recording, value):
            return lambda run: run.anew(value)
        if self._varies and value in self._read and not self._is_who_acts(value):
            return _read_before(value, *self._read[value])
        return None

    def _is_who_acts(self, value: UUID) -> bool:
        return any(
            value in (one.identity.tenant_id, one.identity.account_id)
            for one in self._recording.transactions
            if one.identity is not None
        )


def _read_before(value: UUID, step: int, row: int, column: int) -> Source:
    """What this run has read at that place; where it has read fewer rows, what was read when it was recorded."""

    def source(run: Run) -> Any:
        rows = run.rows[step]
        return rows[row][column] if row < len(rows) else value

    return source


def _copy(given: Any) -> Any:
    return dict(given) if isinstance(given, Mapping) else list(given)
