"""Many rows at once: kept until they are written together, by COPY in its binary form.

COPY does not go through row-level security, so the administrator of the throwaway database writes. Keys, checks
and the chain of the audit trail hold for these rows as for any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import sort_tables

from network.audit.models import AuditEvent
from network.core.db import Base
from network.stack.errors import StackError

Row = dict[str, Any]
Writer = psycopg.Connection[Any]
_TRAIL = cast(Table, AuditEvent.__table__)
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # the library has no types here


@contextmanager
def writing(admin_url: str) -> Iterator[Writer]:
    """The connection by which rows are written; raises StackError where it may not pass row-level security."""
    with psycopg.connect(admin_url, autocommit=True) as writer:
        asked = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        found = writer.execute(asked).fetchone()
        if found is None or not found[0]:
            raise StackError(
                "Filling needs an administrator who may pass row-level security. Give another server in "
                "NETWORK_ADMIN_DATABASE_URL, or none."
            )
        yield writer


class Rows:
    """Rows of several tables, kept until they are written together in the order of their foreign keys."""

    def __init__(self) -> None:
        self._kept: dict[type[Base], list[Row]] = {}

    def add(self, model: type[Base], **values: Any) -> dict[str, Any]:
        """Keep a row, which may be changed until it is written. Columns that are not named are NULL."""
        self._kept.setdefault(model, []).append(values)
        return values

    def write(self, writer: Writer) -> None:
        """Write them all in one transaction, parents before children and the audit trail last, and keep none."""
        tables = {cast(Table, model.__table__): rows for model, rows in self._kept.items()}
        with writer.transaction():
            for table in sort_tables(set(tables) - {_TRAIL}):
                copy_rows(writer, table, tables[table])
            if trail := tables.get(_TRAIL):
                # Each tenant's chain is locked until the end: everybody locks them in the same order.
                copy_rows(writer, _TRAIL, sorted(trail, key=lambda row: (row["tenant_id"], row["at"])))
        self._kept.clear()


def copy_rows(writer: Writer, table: Table, rows: Sequence[Row]) -> None:
    """Write rows of one table."""
    used = sorted({name for row in rows for name in row})
    columns = [table.c[name] for name in used]
    packed = frozenset(column.name for column in columns if isinstance(column.type, JSONB))
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, used))
    )
    with writer.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([column.type.compile(_DIALECT).lower() for column in columns])
        for row in rows:
            copy.write_row([_value(row.get(name), name in packed) for name in used])


def _value(value: Any, packed: bool) -> Any:
    return Jsonb(value) if packed and value is not None else value
