"""Rows of a table by the names of their columns, below a title if there is one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from network.directory.feeds.records import Unreadable

MOST_ROWS: Final = 400_000
MOST_COLUMNS: Final = 500
MOST_TITLES: Final = 3

Table = tuple[str, list[tuple[str, dict[str, Any]]]]  # its name, and (line, row) of each row
Filled = Callable[[int, Sequence[Any]], list[Any]]  # a row of a line with what it shares with those above


def by_column(
    rows: Iterator[tuple[int, Sequence[Any]]], name: str, filled: Filled | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where each row stood, and its cells; those of a column without a name are called by its number, and what stands
    beyond the last column ``_beyond``.
    """
    names: list[str] | None = None
    for count, (line, row) in enumerate(_below_title(rows)):
        if count > MOST_ROWS:
            raise Unreadable("too_many_rows")
        if all(cell is None or cell == "" for cell in row):
            continue
        if names is None:
            names = _columns(row)
            continue
        if filled is not None:
            row = filled(line, row)
        values = {
            given or f"#{number}": cell
            for number, (given, cell) in enumerate(zip(names, row, strict=False), 1)
            if given or cell not in (None, "")
        }
        beyond = [cell for cell in row[len(names) :] if cell not in (None, "")]
        if beyond:
            values["_beyond"] = beyond
        yield f"{name}:{line}", values


def _below_title(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows without what stands above the names of the columns: titles of one cell, headings over several."""
    above: list[tuple[int, Sequence[Any]]] = []
    for line, row in rows:
        if not _count(row):
            continue
        above.append((line, row))
        if len(above) > MOST_TITLES or _are_names(row):
            break
    first = next((number for number, (_line, row) in enumerate(above) if _are_names(row)), None)
    if first is None:  # a foreign table: names are what stands below lone cells
        several = (number for number, (_line, row) in enumerate(above) if _count(row) > 1)
        first = next(several, 0)
    yield from above[first:]
    yield from rows


def _count(row: Sequence[Any]) -> int:
    return sum(cell not in (None, "") for cell in row)


def _are_names(row: Sequence[Any]) -> bool:
    """Whether these are names of columns as the standard has them; ``ID`` alone may be Indonesia."""
    names = {
        re.sub(r"[\s_-]+", "_", str(cell).strip("\ufeff ")).lower() for cell in row if cell not in (None, "")
    }
    return "id" in names and any(name == "name" or name.endswith("_id") for name in names)


def _columns(row: Sequence[Any]) -> list[str]:
    if len(row) > MOST_COLUMNS:
        row = row[:MOST_COLUMNS]
    names: list[str] = []
    seen: Counter[str] = Counter()
    for cell in row:
        name = str(cell if cell is not None else "").strip().lstrip("\ufeff")
        seen[name] += 1
        names.append(f"{name}#{seen[name]}" if name and seen[name] > 1 else name)
    return names
