"""Rows of what was read: names and values as the directory has them, one owner a row, nothing twice.

What cannot be used is set aside with its reason and the row kept; a row that says nothing without it is set aside
as a whole. Nothing is dropped: every record becomes a row, or is counted as one that stands there again.
``versions`` translates what is old, ``cleaning`` reads the values, ``settling`` says what a place needs to be one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from network.directory.feeds.entities import ENTITIES, LISTINGS
from network.directory.feeds.records import Record, Settings, within_bounds
from network.directory.feeds.tidying.cleaning import cleaned
from network.directory.feeds.tidying.ordering import in_order
from network.directory.feeds.tidying.rows import Row
from network.directory.feeds.tidying.settling import settle
from network.directory.feeds.tidying.spelling import spell_alike, tell_apart
from network.directory.feeds.tidying.terms import with_their_names
from network.directory.feeds.tidying.versions import translated, with_eligibility
from network.directory.states import ENTITIES as LINKABLE


def tidy(records: Iterable[Record], settings: Settings) -> list[Row]:
    """Rows in the order in which they are written, each counted."""
    every = with_eligibility(records)
    tell_apart(every)
    today = with_their_names([*within_bounds(one for record in every for one in translated(record))])
    read = [cleaned(one, settings) for one in today]
    spell_alike(read)
    rows = _once([row for one in read for row in _split(one)])
    settle(rows, settings)
    return in_order(rows)


def _split(row: Row) -> Iterator[Row]:
    """A row that hangs on several is one for each of them: the first keeps its id."""
    owners = (
        [name for name in ENTITIES[row.entity].owners if name in row.values] if row.entity in ENTITIES else []
    )
    if len(owners) < 2:
        yield row
        return
    whole = row.values
    for number, mine in enumerate(owners):
        values = {name: value for name, value in whole.items() if name == mine or name not in owners}
        if not number:
            row.values = values
            row.siblings.append(row)
        else:
            same = f"{row.foreign_id}@{mine.removesuffix('_id')}:{whole[mine]}"[:500]
            copy = Row(row.entity, same, row.line, values, [], row.refused, copy=True, siblings=row.siblings)
            row.siblings.append(copy)
    yield from list(row.siblings)


def _once(rows: Sequence[Row]) -> list[Row]:
    """Of rows with the same id the first counts, filled up from the others; what differs is set aside."""
    first: dict[tuple[str, str], Row] = {}
    told: dict[
        int, set[tuple[str, str, str]]
    ] = {}  # what was set aside of the first of several, by where it is
    kept: list[Row] = []
    for row in rows:
        entity = ENTITIES.get(row.entity)
        known = first.get((row.entity, row.foreign_id))
        if known is not None and entity and entity.owners:
            mine, theirs = _owner(row), _owner(known)
            if mine is not None and theirs is not None and mine != theirs and row.entity not in LISTINGS:
                row.foreign_id = f"{row.foreign_id}@{mine[0].removesuffix('_id')}:{mine[1]}"[:500]
                row.copy = False
                known = first.get((row.entity, row.foreign_id))
        kept.append(row)
        if known is None or row.refused or known.refused:
            first.setdefault((row.entity, row.foreign_id), row)
            if known is not None and known.refused and not row.refused:
                first[row.entity, row.foreign_id] = row
                # Refused, and yet one of its id stands: nothing is kept with what it hangs on.
                known.again = True
            elif known is not None:
                row.again = True
            continue
        row.again = True
        for name, value in row.values.items():
            if name not in known.values:
                known.values[name] = value
            elif known.values[name] != value and not (entity and name in entity.owners):
                known.doubt(name, value, "duplicate")
        if row.doubts:
            if (of_it := told.get(id(known))) is None:
                of_it = told[id(known)] = set(known.doubts)
            known.doubts += (new := [doubt for doubt in dict.fromkeys(row.doubts) if doubt not in of_it])
            of_it.update(new)
    return kept


def _owner(row: Row) -> tuple[str, str] | None:
    return next(
        ((name, row.values[name]) for name in ENTITIES[row.entity].owners if name in row.values), None
    )


def linkable(entity: str) -> bool:
    """Whether an attribute or a note may be about it."""
    return entity in LINKABLE and entity != "attribute"
