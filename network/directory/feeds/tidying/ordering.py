"""Rows in the order in which they are written."""

from __future__ import annotations

from network.directory.feeds.entities import RANK
from network.directory.feeds.tidying.rows import Row


def in_order(rows: list[Row]) -> list[Row]:
    """What others hang on first; parents before their children, at any depth."""
    rows.sort(key=lambda row: RANK.get(row.entity, len(RANK)))
    for entity, name in (("organization", "parent_organization_id"), ("taxonomy_term", "parent_id")):
        _parents_first(rows, entity, name)
    return rows


def _parents_first(rows: list[Row], entity: str, name: str) -> None:
    mine = [number for number, row in enumerate(rows) if row.entity == entity]
    found = {rows[number].foreign_id: rows[number] for number in reversed(mine) if not rows[number].again}
    depth: dict[str, int] = {}
    for start in found:
        path: dict[str, None] = {}
        one: str | None = start
        while one in found and one not in depth and one not in path:
            path[one] = None
            one = found[one].values.get(name)
        if one in path:  # above itself: the circle is cut where it closes
            row = found[next(reversed(path))]
            row.doubt(name, row.values.pop(name), "not_a_value")
            one = None
        base = depth.get(one, -1) if one else -1
        for above, key in enumerate(reversed(path), 1):
            depth[key] = base + above
    ordered = sorted(
        (rows[number] for number in mine), key=lambda row: (row.again, depth.get(row.foreign_id, 0))
    )
    for number, row in zip(mine, ordered, strict=True):
        rows[number] = row
