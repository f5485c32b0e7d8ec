"""On what rows hang: one without an organization gets one, and of several owners those that are there count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from network.directory.feeds.comparing.referring import References
from network.directory.feeds.entities import ENTITIES, RANK
from network.directory.feeds.tidying.rows import Row

UNNAMED: Final = "~unnamed"


def give_homes(rows: list[Row], source: str, refs: References) -> list[Row]:
    """Services and places without an organization get the one that is told nearest to them, or a nameless one."""
    there = {(row.entity, row.foreign_id) for row in rows if not row.refused and not row.again}
    home = _homes(rows, refs, there)
    lost = False
    for row in rows:
        if row.entity not in ("service", "location", "program") or row.refused or row.again:
            continue
        named = row.values.get("organization_id")
        if named and refs.exists("organization", named, there):
            continue
        if named:
            row.doubt("organization_id", named, "dangling")
        row.values["organization_id"] = home.get((row.entity, row.foreign_id), UNNAMED)
        lost = lost or row.values["organization_id"] == UNNAMED
    for row in rows:
        if row.entity == "taxonomy_term" and not row.refused and not row.again:
            named = row.values.get("taxonomy_id")
            if not named or not refs.exists("taxonomy", named, there):
                if named:
                    row.doubt("taxonomy_id", named, "dangling")
                row.values["taxonomy_id"] = f"~{source}"
                there.add(("taxonomy", f"~{source}"))
    extra = []
    if lost:
        name = f"{source}: no organization named"
        extra.append(Row("organization", UNNAMED, "", {"name": name[:200]}, copy=True))
    if ("taxonomy", f"~{source}") in there:
        extra.append(Row("taxonomy", f"~{source}", "", {"name": source[:200]}, copy=True))
    if extra:
        rows = sorted([*extra, *rows], key=lambda row: RANK.get(row.entity, len(RANK)))
    return rows


def _homes(
    rows: Sequence[Row], refs: References, there: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Whose a service, place or program is by where it is offered, or by what it belongs to, if that is told."""
    own: dict[tuple[str, str], str] = {}
    pairs: list[tuple[tuple[str, str], tuple[str, str]]] = []
    for row in rows:
        values = row.values
        if row.refused:
            continue
        if row.entity == "service_at_location" and values.get("service_id") and values.get("location_id"):
            pairs.append((("service", values["service_id"]), ("location", values["location_id"])))
        elif row.entity in ("service", "location", "program") and not row.again:
            owner = values.get("organization_id")
            if owner and refs.exists("organization", owner, there):
                own[row.entity, row.foreign_id] = owner
            if row.entity == "service" and values.get("program_id"):
                pairs.append((("service", row.foreign_id), ("program", values["program_id"])))
    home: dict[tuple[str, str], str] = {}
    for _round in range(2):  # a service is its place's, and another place then the service's
        known = home | own
        for one, other in pairs:
            for mine, theirs in ((one, other), (other, one)):
                if mine not in known and theirs in known:
                    home.setdefault(mine, known[theirs])
    return home


def rehang(rows: list[Row], refs: References) -> list[Row]:
    """Of the owners of a row those that are there count; where the first of them is not, it hangs on the next."""
    there = {(row.entity, row.foreign_id) for row in rows if not row.refused and not row.again}
    gone: set[int] = set()
    for row in rows:
        if row.copy or len(row.siblings) < 2 or row.refused or row.again:
            continue
        kind = ENTITIES[row.entity]
        of = [(one, next(name for name in kind.owners if name in one.values)) for one in row.siblings]
        live = [one for one, name in of if refs.exists(kind.refs[name], one.values[name], there)]
        dead = [(one, name) for one, name in of if one not in live]
        for one, name in dead:
            row.doubt(name, one.values[name], "dangling")
            gone.add(id(one))
        if row not in live and live:
            row.values = live[0].values
            gone.add(id(live[0]))
        elif not live:
            row.refused = "dangling"
        gone.discard(id(row))
    return [row for row in rows if id(row) not in gone]
