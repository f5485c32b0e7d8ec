"""Statements that share one journey to the database: PostgreSQL's pipeline mode, under SQLAlchemy's connection.

Sent one by one, each statement waits for its answer, and two processes take turns to sleep and wake. What does not hang
on each other's answers is sent together and answered together. It is the same connection in the same transaction, so
the wall stands as always; whoever listens to the statements of a connection hears of these, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Rows = Sequence[tuple[Any, ...]]
Values = Mapping[str, Any]
# A statement that was composed once, when its module was loaded, and the values with which it runs: once for each.
Step = tuple[ClauseElement, Sequence[Values]]
Convert = Callable[[Any], Any]
Driver = psycopg.Connection[Any]


@dataclass(slots=True)
class _Prepared:
    """A statement as the driver gets it, and what turns values into the driver's.

    ``brought``: the columns that every row of an insert brings. ``found`` turns columns of rows into ours; it is known
    from the first answer on, because some types ask how the database told them.
    """

    sql: str
    constants: Values
    brought: frozenset[str] | None
    given: Mapping[str, Convert]
    types: Sequence[TypeEngine[Any]]
    found: tuple[tuple[int, Convert], ...] | None = None

    def parameters(self, values: Values) -> dict[str, Any]:
        """The values of one run, with those that the statement brings along. Raises ``ValueError`` for a row with other
        columns than the first: they would be left out, or written as nothing."""
        if self.brought is not None and values.keys() != self.brought:
            names = ", ".join(sorted(self.brought ^ values.keys()))
            raise ValueError(f"every row of a statement that travels brings the same columns: {names}")
        parameters = {**self.constants, **values}
        for name, convert in self.given.items():
            parameters[name] = convert(parameters[name])
        return parameters

    def rows(self, cursor: psycopg.Cursor[tuple[Any, ...]], dialect: Dialect) -> Rows:
        """All rows of an answer; none where the statement answers with none."""
        answer = cursor.pgresult
        if answer is None or not answer.nfields:  # the cursor's own description is composed anew each time
            return []
        if self.found is None:
            self.found = self._conversions(cursor, dialect)
        rows = cursor.fetchall()
        if not self.found:
            return rows
        return [self._ours(row, self.found) for row in rows]

    def _conversions(
        self, cursor: psycopg.Cursor[tuple[Any, ...]], dialect: Dialect
    ) -> tuple[tuple[int, Convert], ...]:
        found = []
        for place, (kind, column) in enumerate(zip(self.types, cursor.description or (), strict=False)):
            convert = kind.dialect_impl(dialect).result_processor(dialect, column.type_code)
            if convert is not None:
                found.append((place, convert))
        return tuple(found)

    @staticmethod
    def _ours(row: tuple[Any, ...], found: tuple[tuple[int, Convert], ...]) -> tuple[Any, ...]:
        ours = list(row)
        for place, convert in found:
            ours[place] = convert(ours[place])
        return tuple(ours)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A step on its way: a cursor for each run, the last of which tells the answer."""

    prepared: _Prepared
    cursors: Sequence[psycopg.Cursor[tuple[Any, ...]]]
    parameters: Sequence[dict[str, Any]]


_prepared: WeakKeyDictionary[ClauseElement, _Prepared] = WeakKeyDictionary()


def travel(
    connection: Connection, steps: Sequence[Step], last: Callable[[Driver], None] | None = None
) -> list[Rows]:
    """Run the steps in their order, in one journey; the rows of each. Raises what SQLAlchemy raises, without values.

    ``last``: what is asked of the driver at the end of the same journey.
    """
    driver: Any = connection.connection.driver_connection
    sent = []
    for statement, runs in steps:
        prepared = _prepared.get(statement) or _prepare(statement, connection.dialect, runs[0])
        parameters = [prepared.parameters(values) for values in runs]
        sent.append(_Sent(prepared, [driver.cursor() for _run in runs], parameters))
    _tell(connection, "before_cursor_execute", sent)
    try:
        if len(sent) == len(sent[0].cursors) == 1 and last is None:
            sent[0].cursors[0].execute(sent[0].prepared.sql, sent[0].parameters[0])
        else:
            _send(driver, sent, last)
    except psycopg.Error as error:
        raise _as_ours(error, connection.dialect) from error
    _tell(connection, "after_cursor_execute", sent)
    return [one.prepared.rows(one.cursors[-1], connection.dialect) for one in sent]


def _send(driver: Driver, sent: Sequence[_Sent], last: Callable[[Driver], None] | None) -> None:
    with driver.pipeline():
        for one in sent:
            for cursor, values in zip(one.cursors, one.parameters, strict=True):
                cursor.execute(one.prepared.sql, values)
        if last is not None:
            last(driver)


def _prepare(statement: ClauseElement, dialect: Dialect, values: Values) -> _Prepared:
    keys = list(values) if isinstance(statement, Insert) else None
    compiled = statement.compile(dialect=dialect, column_keys=keys)
    if isinstance(compiled, SQLCompiler) and compiled.insert_prefetch:
        names = ", ".join(column.name for column in compiled.insert_prefetch)
        raise ValueError(f"a statement that travels brings every value along, also of {names}")
    binds = {name: bind.type.dialect_impl(dialect) for name, bind in getattr(compiled, "binds", {}).items()}
    given = {name: kind.bind_processor(dialect) for name, kind in binds.items()}
    prepared = _Prepared(
        str(compiled),
        dict(compiled.params or {}),
        frozenset(keys) if keys is not None else None,
        {name: convert for name, convert in given.items() if convert is not None},
        [column.type for column in statement.selected_columns] if isinstance(statement, Select) else (),
    )
    _prepared[statement] = prepared
    return prepared


def _tell(connection: Connection, what: str, sent: Sequence[_Sent]) -> None:
    for hear in getattr(connection.dispatch, what):
        for one in sent:
            many = len(one.parameters) > 1
            given: Any = one.parameters if many else one.parameters[0]
            hear(connection, one.cursors[-1], one.prepared.sql, given, None, many)


def _as_ours(error: psycopg.Error, dialect: Dialect) -> BaseException:
    return DBAPIError.instance(
        "statements that were sent together",
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        dialect=dialect,
    )
