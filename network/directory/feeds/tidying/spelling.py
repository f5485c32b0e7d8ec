"""One spelling for each id, and each for one row.

A UUID is the same in capitals, in braces, as a URN and without its dashes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.reading.names import apart
from network.directory.feeds.records import Record
from network.directory.feeds.tidying.rows import Row

_LENGTHS: Final = frozenset({32, 36, 38, 45})  # bare, with dashes, in braces, as a URN
_ANY: Final = ("link_id", "resource_id")  # of a row of any kind


def tell_apart(records: Sequence[Record]) -> None:
    """Row 1 of the physical and row 1 of the postal addresses are two: that of the later table is told by it."""
    tables: dict[tuple[str, str], set[int]] = defaultdict(set)
    for one in records:
        if one.table:
            tables[one.entity, str(one.foreign_id).strip()].add(apart(one.entity, one.table))
    for one in records:
        here = tables.get((one.entity, str(one.foreign_id).strip()), set())
        if len(here) > 1 and (number := apart(one.entity, one.table)) > min(here):
            one.foreign_id = f"{one.foreign_id}@{number}"


def spell_alike(rows: Sequence[Row]) -> None:
    """Write an id everywhere as the row does that has it, the first time that it stands in the file."""
    spelled: dict[tuple[str, UUID], str] = {}
    anywhere: dict[UUID, str] = {}
    for row in rows:
        if (one := _uuid(row.foreign_id)) is not None and row.entity in ENTITIES:
            row.foreign_id = spelled.setdefault((row.entity, one), row.foreign_id)
            anywhere.setdefault(one, row.foreign_id)
    if not spelled:
        return
    for row in rows:
        for name, kind in ENTITIES[row.entity].refs.items() if row.entity in ENTITIES else ():
            if (one := _uuid(row.values.get(name))) is not None:
                row.values[name] = spelled.get((kind, one), row.values[name])
        for name in _ANY:
            if (one := _uuid(row.values.get(name))) is not None:
                row.values[name] = anywhere.get(one, row.values[name])


def _uuid(text: object) -> UUID | None:
    if not isinstance(text, str) or len(text) not in _LENGTHS:
        return None
    try:
        return UUID(text)
    except ValueError:
        return None
