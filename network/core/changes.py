"""Writing what was changed of a few rows at once, past the ORM's flush: it costs more than the rows do.

For the ends of moves that are made often. Whatever was changed is told by the objects themselves, so nothing is left
out; a row that is not there any more, or not ours to change, is an error as it is for the ORM.
"""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Table, Update, bindparam, inspect, update
from sqlalchemy.orm.attributes import get_history, set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from network.core.db import Base, answers
from network.core.journey import Step


def write_changed(*rows: Base) -> None:
    """Write these rows as far as they were changed, in this order and in one journey, after what was put off before.

    Raises ``StaleDataError`` where one of them cannot be changed.
    """
    changed = {id(row): _changed(row) for row in rows}
    written = [row for row in rows if changed[id(row)]]
    if not written:
        return
    for row in written:
        for name, value in changed[id(row)].items():
            set_committed_value(row, name, value)
    for row, found in zip(written, answers(*(_step(row, changed[id(row)]) for row in written)), strict=True):
        if len(found) != 1:
            raise StaleDataError(f"a row of {row.__tablename__} is not there to be changed")


def _changed(row: Base) -> dict[str, Any]:
    names = [column.key for column in inspect(type(row)).column_attrs]
    return {name: getattr(row, name) for name in names if get_history(row, name).has_changes()}


def _step(row: Base, values: dict[str, Any]) -> Step:
    keys = [column.name for column in cast(Table, row.__table__).primary_key]
    held = {f"its_{key}": getattr(row, key) for key in keys}
    given = {f"to_{name}": value for name, value in values.items()}
    return _statement(type(row), tuple(sorted(values))), [given | held]


@cache
def _statement(model: type[Base], names: tuple[str, ...]) -> Update:
    """Composed once for each set of columns: a move changes always the same few."""
    table = cast(Table, model.__table__)
    mine = [column == bindparam(f"its_{column.name}", type_=column.type) for column in table.primary_key]
    values = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in names}
    return cast(Update, update(table).where(*mine).values(values).returning(*table.primary_key))
