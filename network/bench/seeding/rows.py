"""Many rows at once: one statement a table, its values sent as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import Column, Table, bindparam, func, insert, select
from sqlalchemy import cast as sql_cast
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.schema import sort_tables
from sqlalchemy.types import Text, TypeEngine

from network.core.db import Base, db

Row = Mapping[str, Any]


class Rows:
    """Rows of several tables, kept until they are written together in the order of their foreign keys."""

    def __init__(self) -> None:
        self._kept: dict[type[Base], list[Row]] = {}

    def add(self, model: type[Base], **values: Any) -> None:
        """Keep a row. Columns that are not named are NULL."""
        self._kept.setdefault(model, []).append(values)

    def count(self) -> int:
        """How many rows are kept."""
        return sum(map(len, self._kept.values()))

    def write(self) -> None:
        """Insert them all in the open unit of work, parents before children, and keep none."""
        tables = {cast(Table, model.__table__): rows for model, rows in self._kept.items()}
        for table in sort_tables(tables):
            insert_rows(table, tables[table])
        self._kept.clear()


def insert_rows(table: Table, rows: Sequence[Row]) -> None:
    """Insert rows in one statement: about three times as fast as one statement with the values of each."""
    used = sorted({name for row in rows for name in row})
    columns = [table.c[name] for name in used]
    arrays = [bindparam(column.name, _values(column, rows), ARRAY(_carrier(column))) for column in columns]
    given = func.unnest(*arrays).table_valued(*(named(name) for name in used)).render_derived()
    values = [
        given.c[column.name] if _travels_as_itself(column) else sql_cast(given.c[column.name], column.type)
        for column in columns
    ]
    db.session.execute(insert(table).from_select(used, select(*values), include_defaults=False))


def _travels_as_itself(column: Column[Any]) -> bool:
    return not isinstance(column.type, ARRAY | JSONB)


def _carrier(column: Column[Any]) -> TypeEngine[Any]:
    """Lists and JSON travel as text: an array of arrays would be taken apart whole."""
    return column.type if _travels_as_itself(column) else Text()


def _values(column: Column[Any], rows: Sequence[Row]) -> list[Any]:
    values = [row.get(column.name) for row in rows]
    if _travels_as_itself(column):
        return values
    pack = _as_json if isinstance(column.type, JSONB) else _as_array
    return [None if value is None else pack(value) for value in values]


def _as_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _as_array(texts: Iterable[str]) -> str:
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"
