"""To which rows of the directory the ids of a feed lead; one that leads nowhere is set aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final
from uuid import UUID

from network.directory import geo
from network.directory.feeds.comparing.deciding import PRIVATE, plain
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.entities import ENTITIES, LISTINGS
from network.directory.feeds.sources.remembered import current_rows, known_of
from network.directory.feeds.tidying import linkable
from network.directory.feeds.tidying.rows import Row

STANDING: Final = ("steward_tenant_id", "merged_into_id", "confidential", "location_id", "country")
WITHHELD: Final = "withheld_here"
_TOLD: Final = ("name", "alternate_name", "description", "transportation", "url", "external_identifier",
                "external_identifier_type", "latitude", "longitude")  # fmt: skip


class References:
    """The rows of a source that are known, those of the file, and those that it names by our own ids.

    ``ids``: by entity and foreign id, the rows of this file. ``current``: rows of the directory, of each only where it
    stands (``STANDING``): there may be a hundred thousand.
    ``withheld``: rows of the file that are not to come in. ``refused``: those that cannot stand.
    """

    def __init__(self, source: str):
        self.known = known_of(source)
        self.ids: dict[tuple[str, str], UUID] = {}
        self.current: dict[str, dict[UUID, dict[str, Any]]] = {}
        self.outside: dict[tuple[str, str], UUID | None] = {}
        self.withheld: set[tuple[str, str]] = set()
        self.refused: set[tuple[str, str]] = set()

    def find_outside(self, rows: Iterable[Row]) -> None:
        """Rows of the directory that are named by our own ids, in this file or by it."""
        wanted: dict[str, set[UUID]] = defaultdict(set)
        listed = list(rows)
        for row in listed:
            if row.entity not in ENTITIES:
                continue
            named = [(row.entity, row.foreign_id)]
            named += [
                (kind, row.values[name])
                for name, kind in ENTITIES[row.entity].refs.items()
                if name in row.values
            ]
            for link, kind in (("link_id", "link_entity"), ("resource_id", "resource_type")):
                if link in row.values:
                    named += [
                        (one, row.values[link])
                        for one in {*LISTINGS, str(row.values.get(kind))}
                        if one in ENTITIES
                    ]
            for entity, foreign_id in named:
                if (one := _uuid(foreign_id)) is not None and (entity, foreign_id) not in self.known:
                    wanted[entity].add(one)
        for entity, ids in wanted.items():
            there = current_rows(ENTITIES[entity].model, ids, STANDING)
            self.current.setdefault(entity, {}).update(there)
            self.outside |= {(entity, str(one)): self.survivor(entity, one) for one in there}
        by_entity: dict[str, set[UUID]] = defaultdict(set)
        for (entity, _foreign_id), known in self.known.items():
            by_entity[entity].add(known.entity_id)
        present = {row.entity for row in listed}
        for entity, ids in by_entity.items():
            if entity in present or entity in LISTINGS:
                there = current_rows(ENTITIES[entity].model, ids, STANDING)
                merged = {row["merged_into_id"] for row in there.values() if row.get("merged_into_id")}
                there |= current_rows(ENTITIES[entity].model, merged - set(there), STANDING)
                self.current.setdefault(entity, {}).update(there)

    def survivor(self, entity: str, one: UUID) -> UUID:
        """The row itself, or the one into which it was merged."""
        row = self.current.get(entity, {}).get(one)
        return row["merged_into_id"] if row and row.get("merged_into_id") else one

    def exists(self, entity: str, foreign_id: str, there: Collection[tuple[str, str]]) -> bool:
        """Whether a row that is named stands in the file, came before, or is ours."""
        key = (entity, foreign_id)
        return key in there or key in self.known or key in self.outside

    def by_id(self, entity: str, one: Planned) -> UUID | None:
        """The row of the directory that a row is by its id, if it is known."""
        key = (entity, one.row.foreign_id)
        if key in self.known:
            target = self.known[key].entity_id
            return self.survivor(entity, target) if entity in self.current else target
        found = _uuid(one.row.foreign_id)
        return self.outside.get((entity, str(found))) if found else None

    def target(self, entity: str, foreign_id: str) -> UUID | None:
        """The row of the directory that a foreign id leads to."""
        key = (entity, foreign_id)
        if key in self.ids:
            return self.ids[key]
        if key in self.known:
            return self.survivor(entity, self.known[key].entity_id)
        found = _uuid(foreign_id)
        return self.outside.get((entity, str(found))) if found else None

    def hold(self, one: Planned) -> None:
        """What a row that cannot stand hangs on: there it is kept aside."""
        self.refused.add((one.row.entity, one.row.foreign_id))
        refs = ENTITIES[one.row.entity].refs
        found = (
            (name, self.target(refs[name], one.row.values[name])) for name in refs if name in one.row.values
        )
        one.values = {name: str(target) for name, target in found if target is not None}

    def refer(self, one: Planned) -> None:
        """References by our own ids. One that leads nowhere is set aside, or the row is, where it cannot be without."""
        row, kind = one.row, ENTITIES[one.row.entity]
        values = {name: plain(value) for name, value in row.values.items() if name not in kind.refs}
        needed = set(kind.owners) | (
            {"service_id", "location_id"} if row.entity == "service_at_location" else set()
        )
        needed |= {"unit_id", "taxonomy_term_id"} & set(kind.refs)
        for name, entity in kind.refs.items():
            if name not in row.values or entity == row.entity:
                continue
            target = self.target(entity, row.values[name])
            if target is not None:
                values[name] = str(target)
                continue
            why = WITHHELD if (entity, row.values[name]) in self.withheld else "dangling"
            row.doubt(name, row.values[name], why)
            if name in needed:
                row.refused = why
                if why == WITHHELD:
                    self.withheld.add((row.entity, row.foreign_id))
        for link, of in (("link_id", "link_entity"), ("resource_id", "resource_type")):
            if row.entity == ("attribute" if link == "link_id" else "metadata"):
                self._link(row, values, link, of)
        national = row.entity == "schedule_exception" and "country" in values
        row.again = row.again or self._told_with_a_place(row)
        if national and any(name in row.values for name in kind.owners):
            row.doubt("country", values.pop("country"), "no_place_for_it")
        elif (
            national
        ):  # a country's days are the headquarters' to keep: those that are here are known by their id
            needed = set()
            row.refused = row.refused or ("" if self.by_id(row.entity, one) else "country_days")
        missing = [name for name in needed if name in values]
        single = row.entity in ("service_at_location", "service_capacity")
        if not row.refused and needed and (len(missing) < len(needed) if single else not missing):
            row.refused = "dangling"
        one.values = {name: value for name, value in values.items() if value is not None}
        if row.entity == "location" and row.confidential:
            told = {name: one.values.pop(name) for name in _TOLD if name in one.values}
            if told:
                one.values[PRIVATE] = told
            place = geo.get_place(one.values["place_code"])
            one.values |= {"latitude": place.latitude, "longitude": place.longitude, "town": place.name}
        elif row.confidential:
            for name in ("description", "notes", "schedule_link", "note"):
                one.values.pop(name, None)

    def _told_with_a_place(self, row: Row) -> bool:
        """Whether it is a day of a country that several places of the file tell, each as its own."""
        plain, _, owner = row.foreign_id.partition("@")
        if row.entity != "schedule_exception" or not owner or (found := _uuid(plain)) is None:
            return False
        here = self.current.get(row.entity, {}).get(found)
        return here is not None and here["country"] is not None

    def refer_to_each_other(self, entity: str, planned: list[Planned]) -> None:
        """References to rows of the same kind, whose ids are known by now."""
        for name in [name for name, kind in ENTITIES[entity].refs.items() if kind == entity]:
            for one in planned:
                named = one.row.values.get(name)
                if named is None or one.row.refused or one.row.again:
                    continue
                target = self.target(entity, named)
                if target is None or target == one.target:
                    one.row.doubt(name, named, "dangling")
                else:
                    one.values[name] = str(target)

    def _link(self, row: Row, values: dict[str, Any], link: str, of: str) -> None:
        named, kind = row.values.get(link), str(row.values.get(of) or "")
        entities = [kind] if kind in ENTITIES and linkable(kind) else [*LISTINGS]
        if (
            kind,
            named,
        ) not in self.refused:  # else another kind of row would be taken for it that has its id
            entities += LISTINGS
        for entity in dict.fromkeys(entities):
            target = self.target(entity, named) if named else None
            if target is not None:
                values |= {link: str(target), of: entity}
                return
        row.doubt(link, values.pop(link, None), "dangling")
        row.refused = "dangling"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) in (32, 36) else None
    except (ValueError, AttributeError):
        return None
