"""A plan: each row of a feed, the row of the directory that it is, and what would become of it. Writes nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

import orjson
from sqlalchemy import ARRAY, Uuid, any_, literal, or_, select

from network.core.crypto import unseal
from network.core.db import Base, db
from network.directory import geo
from network.directory.feeds.deciding import PRIVATE, Verdict, decide, filled, plain
from network.directory.feeds.entities import ENTITIES, LISTINGS, RANK
from network.directory.feeds.records import Settings
from network.directory.feeds.tidying import Row, linkable
from network.directory.models import ListingSource, LocationPrivate, Organization
from network.tenants.context import acting
from network.tenants.keys import tenant_key

# Rows of a source have the same ids whenever it is imported: what was begun is gone on with, never begun again.
NAMESPACE: Final = UUID("1c0f5f6e-8f5d-5c2a-9b53-6c1c3b7f2d11")
UNNAMED: Final = "~unnamed"
WITHHELD: Final = "withheld_here"
NEAR_KM: Final = 0.15
BATCH: Final = 5_000
_TOLD: Final = ("name", "alternate_name", "description", "transportation", "url", "external_identifier",
                "external_identifier_type", "latitude", "longitude")  # fmt: skip


@dataclass(slots=True)
class Planned:
    """A row with the row of the directory that it is. ``before``: what the source said last, None for a new one."""

    row: Row
    target: UUID | None = None
    values: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=lambda: Verdict("refused"))
    recognised: str = ""

    def payload(self) -> dict[str, Any]:
        """What is kept of it until it is carried out."""
        row = self.row
        hidden = row.confidential
        return {
            "line": row.line,
            "foreign_id": row.foreign_id,
            "target": str(self.target) if self.target else None,
            "values": {} if row.again else self.values,
            "recognised": self.recognised,
            "again": row.again,
            "copy": row.copy,
            "confidential": hidden,
            "refused": row.refused,
            "doubts": [(name, "" if hidden else value, reason) for name, value, reason in row.doubts],
            "changes": {} if hidden else self.verdict.changes,
            "label": "" if hidden else _label(row),
        }


def _label(row: Row) -> str:
    said = (
        row.values.get(name)
        for name in ("name", "number", "city", "byday", "code", "criterion", "label", "document")
    )
    return next((str(one)[:120] for one in said if one), "")


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of a row of a source."""

    source_id: UUID
    entity_id: UUID
    digest: bytes
    sealed: bytes | None

    def before(self) -> dict[str, Any]:
        """The values that the source said last."""
        if self.sealed is None:
            return {}
        tenant = acting().tenant
        return unseal(tenant_key(tenant), "listing_source", tenant, self.source_id, self.sealed)


def digest(values: Mapping[str, Any]) -> bytes:
    """Of the values of a row, as they are kept."""
    return hashlib.sha256(orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str)).digest()


def known_of(
    source: str, entity: str | None = None, foreign_ids: Collection[str] | None = None
) -> dict[tuple[str, str], Known]:
    """The rows of a source that were imported before, by entity and foreign id."""
    asked = select(
        ListingSource.entity, ListingSource.foreign_id, ListingSource.id, ListingSource.entity_id,
        ListingSource.digest, ListingSource.sealed,
    ).where(ListingSource.tenant_id == acting().tenant, ListingSource.source == source)  # fmt: skip
    if entity is not None:
        asked = asked.where(ListingSource.entity == entity, ListingSource.foreign_id.in_(foreign_ids or ()))
    return {(one[0], one[1]): Known(*one[2:]) for one in db.session.execute(asked)}


def current_rows(model: type[Base], ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """Rows as they stand, by id."""
    found: dict[UUID, dict[str, Any]] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), BATCH):
        some = literal(wanted[start : start + BATCH], ARRAY(Uuid))
        rows = db.session.execute(
            select(*model.__table__.c).where(model.__table__.c.id == any_(some))
        ).mappings()
        found |= {row["id"]: dict(row) for row in rows}
    return found


def private_values(ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """What is kept to ourselves of confidential places of ours."""
    tenant = acting().tenant
    rows = db.session.execute(
        select(LocationPrivate.id, LocationPrivate.sealed).where(
            LocationPrivate.tenant_id == tenant, LocationPrivate.id.in_(list(ids))
        )
    )
    return {one: unseal(tenant_key(tenant), "location_private", tenant, one, sealed) for one, sealed in rows}


def plan(rows: Sequence[Row], source: str, settings: Settings) -> list[Planned]:
    """What would become of each row, in the order in which they are written."""
    return _Plan(rows, source, settings).made()


class _Plan:
    def __init__(self, rows: Sequence[Row], source: str, settings: Settings):
        self.source = source
        self.settings = settings
        self.tenant = acting().tenant
        self.known = known_of(source)
        self.rows = list(rows)
        self.ids: dict[tuple[str, str], UUID] = {}
        self.current: dict[str, dict[UUID, dict[str, Any]]] = {}
        self.outside: dict[tuple[str, str], UUID | None] = {}
        self.keys: dict[tuple[Any, ...], UUID] = {}
        self.places: dict[UUID, list[Planned]] = defaultdict(list)
        self.withheld: set[tuple[str, str]] = set()
        self.names: dict[str, tuple[str, str]] = {}  # of organizations: folded name and country

    def made(self) -> list[Planned]:
        self._find_outside()
        self._homeless()
        self._rehang()
        planned = []
        for entity in (*ENTITIES, ""):
            mine = [
                Planned(row) for row in self.rows if (row.entity if row.entity in ENTITIES else "") == entity
            ]
            if entity:
                self._recognise(entity, mine)
            planned += mine
        self._hide(planned)
        for one in planned:
            self._judge(one)
        return planned

    # Which row it is

    def _find_outside(self) -> None:
        """Rows of the directory that are named by our own ids, in this file or by it."""
        wanted: dict[str, set[UUID]] = defaultdict(set)
        for row in self.rows:
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
            there = current_rows(ENTITIES[entity].model, ids)
            self.current.setdefault(entity, {}).update(there)
            self.outside |= {(entity, str(one)): self._survivor(entity, one) for one in there}
        by_entity: dict[str, set[UUID]] = defaultdict(set)
        for (entity, _foreign_id), known in self.known.items():
            by_entity[entity].add(known.entity_id)
        present = {row.entity for row in self.rows}
        for entity, ids in by_entity.items():
            if entity in present or entity in LISTINGS:
                there = current_rows(ENTITIES[entity].model, ids)
                merged = {row["merged_into_id"] for row in there.values() if row.get("merged_into_id")}
                there |= current_rows(ENTITIES[entity].model, merged - set(there))
                self.current.setdefault(entity, {}).update(there)

    def _survivor(self, entity: str, one: UUID) -> UUID:
        row = self.current.get(entity, {}).get(one)
        return row["merged_into_id"] if row and row.get("merged_into_id") else one

    def _homeless(self) -> None:
        """Services and places without an organization get the one that is told nearest to them, or a nameless one."""
        there = {(row.entity, row.foreign_id) for row in self.rows if not row.refused and not row.again}
        home: dict[str, str] = {}
        services = {row.foreign_id: row for row in self.rows if row.entity == "service" and not row.again}
        for row in self.rows:
            if row.entity == "service_at_location" and not row.refused:
                service = services.get(row.values.get("service_id", ""))
                owner = service.values.get("organization_id") if service else None
                if owner and self._exists("organization", owner, there):
                    home.setdefault(row.values.get("location_id", ""), owner)
        lost = False
        for row in self.rows:
            if row.entity == "service" and row.values.get("program_id") and row.values.get("organization_id"):
                home.setdefault(row.values["program_id"], row.values["organization_id"])
        for row in self.rows:
            if row.entity not in ("service", "location", "program") or row.refused or row.again:
                continue
            named = row.values.get("organization_id")
            if named and self._exists("organization", named, there):
                continue
            if named:
                row.doubt("organization_id", named, "dangling")
            row.values["organization_id"] = (
                UNNAMED if row.entity == "service" else home.get(row.foreign_id, UNNAMED)
            )
            lost = lost or row.values["organization_id"] == UNNAMED
        for row in self.rows:
            if row.entity == "taxonomy_term" and not row.refused and not row.again:
                named = row.values.get("taxonomy_id")
                if not named or not self._exists("taxonomy", named, there):
                    if named:
                        row.doubt("taxonomy_id", named, "dangling")
                    row.values["taxonomy_id"] = f"~{self.source}"
                    there.add(("taxonomy", f"~{self.source}"))
        extra = []
        if lost:
            name = f"{self.source}: no organization named"
            extra.append(Row("organization", UNNAMED, "", {"name": name[:200]}, copy=True))
        if ("taxonomy", f"~{self.source}") in there:
            extra.append(Row("taxonomy", f"~{self.source}", "", {"name": self.source[:200]}, copy=True))
        if extra:
            self.rows = sorted([*extra, *self.rows], key=lambda row: RANK.get(row.entity, len(RANK)))

    def _rehang(self) -> None:
        """Of the owners of a row those that are there count; where the first of them is not, it hangs on the next."""
        there = {(row.entity, row.foreign_id) for row in self.rows if not row.refused and not row.again}
        gone: set[int] = set()
        for row in self.rows:
            if row.copy or len(row.siblings) < 2 or row.refused or row.again:
                continue
            kind = ENTITIES[row.entity]
            of = [(one, next(name for name in kind.owners if name in one.values)) for one in row.siblings]
            live = [one for one, name in of if self._exists(kind.refs[name], one.values[name], there)]
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
        self.rows = [row for row in self.rows if id(row) not in gone]

    def _exists(self, entity: str, foreign_id: str, there: Collection[tuple[str, str]]) -> bool:
        key = (entity, foreign_id)
        return key in there or key in self.known or key in self.outside

    def _recognise(self, entity: str, planned: list[Planned]) -> None:
        kind = ENTITIES[entity]
        for one in planned:
            row = one.row
            if row.refused:
                self._hold(one)
            elif not row.again:
                self._refer(one)
        fresh = [
            one
            for one in planned
            if not one.row.refused and not one.row.again and self._by_id(entity, one) is None
        ]
        alike = self._alike(entity, fresh)
        for one in self._like_withheld(entity, [one for one in fresh if id(one) not in alike]):
            one.row.refused = WITHHELD
            self.withheld.add((entity, one.row.foreign_id))
            self._hold(one)
        taken: set[UUID] = set()
        written: set[UUID] = set()
        for one in planned:
            row = one.row
            key = (entity, row.foreign_id)
            if row.refused:
                continue
            if row.again:
                one.target = self.ids.get(key)
                continue
            target = self._by_id(entity, one)
            if target is None and id(one) in alike and alike[id(one)][0] not in taken:
                target, one.recognised = alike[id(one)]
                taken.add(target)
            if target is None:
                target = uuid5(NAMESPACE, f"{self.tenant}|{self.source}|{entity}|{row.foreign_id}")
            if kind.key:
                same = self._same(entity, one)
                if same in self.keys:
                    row.again, one.recognised, target = True, "same_key", self.keys[same]
                self.keys.setdefault(same, target)
            if target in written and not row.again:
                row.again, one.recognised = True, "same_key"
            written.add(target)
            one.target = self.ids[key] = target
            if entity == "organization" and not row.again:
                self.names[str(target)] = self._named(one.values)
        self._refer_to_each_other(entity, planned)
        absent = {one.target for one in planned if one.target} - set(self.current.get(entity, {}))
        if absent:
            self.current.setdefault(entity, {}).update(
                current_rows(kind.model, [one for one in absent if one])
            )

    def _by_id(self, entity: str, one: Planned) -> UUID | None:
        key = (entity, one.row.foreign_id)
        if key in self.known:
            target = self.known[key].entity_id
            return self._survivor(entity, target) if entity in self.current else target
        found = _uuid(one.row.foreign_id)
        return self.outside.get((entity, str(found))) if found else None

    def _hold(self, one: Planned) -> None:
        """What a row that cannot stand hangs on: there it is kept aside."""
        refs = ENTITIES[one.row.entity].refs
        found = (
            (name, self._target(refs[name], one.row.values[name])) for name in refs if name in one.row.values
        )
        one.values = {name: str(target) for name, target in found if target is not None}

    def _refer(self, one: Planned) -> None:
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
            target = self._target(entity, row.values[name])
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

    def _refer_to_each_other(self, entity: str, planned: list[Planned]) -> None:
        """References to rows of the same kind, whose ids are known by now."""
        for name in [name for name, kind in ENTITIES[entity].refs.items() if kind == entity]:
            for one in planned:
                named = one.row.values.get(name)
                if named is None or one.row.refused or one.row.again:
                    continue
                target = self._target(entity, named)
                if target is None or target == one.target:
                    one.row.doubt(name, named, "dangling")
                else:
                    one.values[name] = str(target)

    def _link(self, row: Row, values: dict[str, Any], link: str, of: str) -> None:
        named, kind = row.values.get(link), str(row.values.get(of) or "")
        entities = [kind] if kind in ENTITIES and linkable(kind) else [*LISTINGS]
        for entity in dict.fromkeys([*entities, *LISTINGS]):
            target = self._target(entity, named) if named else None
            if target is not None:
                values |= {link: str(target), of: entity}
                return
        row.doubt(link, named, "dangling")
        row.refused = "dangling"

    def _target(self, entity: str, foreign_id: str) -> UUID | None:
        key = (entity, foreign_id)
        if key in self.ids:
            return self.ids[key]
        if key in self.known:
            return self._survivor(entity, self.known[key].entity_id)
        found = _uuid(foreign_id)
        return self.outside.get((entity, str(found))) if found else None

    # Rows that are recognised by what they say

    def _same(self, entity: str, one: Planned) -> tuple[Any, ...]:
        return (entity, *(self._keyed(name, one.values) for name in ENTITIES[entity].key))

    def _keyed(self, name: str, values: Mapping[str, Any]) -> Any:
        return str(self.tenant) if name == "steward_tenant_id" else plain(values.get(name))

    def _alike(self, entity: str, fresh: list[Planned]) -> dict[int, tuple[UUID, str]]:
        if not fresh:
            return {}
        if entity == "organization":
            return self._alike_organizations(fresh)
        kind = ENTITIES[entity]
        owners = {
            name
            for name in (*kind.owners, *kind.key, "link_id")
            if name.endswith("_id") and name in kind.model.__table__.c
        }
        owners -= {"steward_tenant_id", "taxonomy_term_id", "unit_id"}
        if entity in ("unit", "meta_table_description"):
            owners = {"steward_tenant_id"}
        ids = {UUID(one.values[name]) for one in fresh for name in owners if name in one.values} | {
            self.tenant
        }
        if not owners or (ids == {self.tenant} and "steward_tenant_id" not in owners):
            return {}
        there: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
        columns = kind.model.__table__.c
        wanted = list(ids)
        for start in range(0, len(wanted), BATCH):
            some = literal(wanted[start : start + BATCH], ARRAY(Uuid))
            asked = select(*columns).where(or_(*(columns[name] == any_(some) for name in sorted(owners))))
            for row in db.session.execute(asked.where(columns.steward_tenant_id == self.tenant)).mappings():
                there[tuple(plain(row[name]) for name in sorted(owners))].append(dict(row))
        found: dict[int, tuple[UUID, str]] = {}
        for one in fresh:
            mine = tuple(self._keyed(name, one.values) for name in sorted(owners)) if owners else ()
            near = there.get(mine, [])
            same = next((row for row in near if self._is_same(entity, one, row)), None)
            if same is not None:
                found[id(one)] = (same["id"], "same_key" if kind.key else "same_listing")
        return found

    def _is_same(self, entity: str, one: Planned, row: Mapping[str, Any]) -> bool:
        kind = ENTITIES[entity]
        if kind.key:
            return all(self._keyed(name, one.values) == plain(row[name]) for name in kind.key)
        if entity in ("service", "location") and geo.fold(str(one.values.get("name") or "")) != geo.fold(
            row["name"] or ""
        ):
            return False
        if entity == "service":
            return bool(plain(row["description"]) == one.values.get("description"))
        if entity == "location":
            return not one.row.confidential and row["confidential"] is False and _near(one.values, row)
        return all(plain(row[name]) == one.values.get(name) for name in kind.fields)

    def _alike_organizations(self, fresh: list[Planned]) -> dict[int, tuple[UUID, str]]:
        """Ours with the same name in the same country, unless mail or web tell them apart."""
        ours = db.session.execute(
            select(
                Organization.id,
                Organization.name,
                Organization.country,
                Organization.email,
                Organization.website,
            )
            .where(Organization.steward_tenant_id == self.tenant, Organization.removed_at.is_(None))
            .where(Organization.merged_into_id.is_(None))
        ).all()
        named: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in ours:
            named[geo.fold(row.name), row.country].append(row)
        imported = {
            known.entity_id for (entity, _id), known in self.known.items() if entity == "organization"
        }
        found: dict[int, tuple[UUID, str]] = {}
        for one in fresh:
            values = one.values
            near = named.get((geo.fold(values["name"]), values.get("country") or self.settings.country), ())
            for row in near:
                said = [(values.get(name), plain(getattr(row, name))) for name in ("email", "website")]
                differ = any(a and b and a != b for a, b in said)
                if not differ and row.id not in imported:
                    found[id(one)] = (row.id, "same_listing")
                    break
        return found

    # What somebody else keeps out of the directory is not to come in by us

    def _named(self, values: Mapping[str, Any]) -> tuple[str, str]:
        return geo.fold(values["name"]), str(values.get("country") or self.settings.country)

    def _like_withheld(self, entity: str, new: list[Planned]) -> list[Planned]:
        """Of new rows those that are like a listing of another member that must not be listed."""
        if entity not in ("organization", "service", "location") or not new:
            return []
        columns = ENTITIES[entity].model.__table__.c
        asked = select(*columns).where(columns.do_not_list, columns.steward_tenant_id != self.tenant)
        found = db.session.execute(asked.where(columns.removed_at.is_(None))).mappings()
        kept = [dict(row) for row in found]
        if not kept:
            return []
        above = {} if entity == "organization" else self._names_of({row["organization_id"] for row in kept})
        return [
            one for one in new if any(self._is_like(entity, one, row, above) for row in kept if row["name"])
        ]

    def _names_of(self, ids: set[UUID]) -> dict[str, tuple[str, str]]:
        rows = db.session.execute(
            select(Organization.id, Organization.name, Organization.country).where(Organization.id.in_(ids))
        )
        return {str(one): (geo.fold(name), country) for one, name, country in rows}

    def _is_like(
        self, entity: str, one: Planned, row: Mapping[str, Any], above: Mapping[str, tuple[str, str]]
    ) -> bool:
        values = one.values
        if geo.fold(str(values.get("name") or "")) != geo.fold(row["name"]):
            return False
        if entity == "organization":
            said = [(values.get(name), plain(row[name])) for name in ("email", "website")]
            return self._named(values)[1] == row["country"] and not any(a and b and a != b for a, b in said)
        if entity == "location":
            return not row["confidential"] and not one.row.confidential and _near(values, row)
        mine = self.names.get(str(values.get("organization_id")))
        return mine is not None and mine == above.get(str(row["organization_id"]))

    # What becomes of it

    def _hide(self, planned: Iterable[Planned]) -> None:
        """The address of a confidential place goes where the place keeps it, and nowhere else."""
        places = {one.target: one for one in planned if one.row.entity == "location" and one.row.confidential}
        for one in planned:
            row = one.row
            if row.entity in ("address", "phone", "contact", "accessibility") and "location_id" in one.values:
                above = self.current.get("location", {}).get(UUID(one.values["location_id"]))
                place = places.get(UUID(one.values["location_id"]))
                if above is not None and above["confidential"] and place is None:
                    row.confidential, row.refused = True, "confidential_place"
                elif place is not None and row.entity == "address" and not row.again and not row.refused:
                    address = {name: value for name, value in one.values.items() if name != "location_id"}
                    place.values.setdefault(PRIVATE, {}).setdefault("addresses", []).append(address)
                    row.again, one.recognised = True, "kept_private"

    def _judge(self, one: Planned) -> None:
        row = one.row
        if row.refused:
            one.verdict = Verdict("refused", reasons=[row.refused])
            return
        if row.again:
            one.verdict = Verdict("merged", reasons=[one.recognised or "same_foreign_id"])
            return
        assert one.target is not None
        current = self.current.get(row.entity, {}).get(one.target)
        known = self.known.get((row.entity, row.foreign_id))
        if current is not None and known is not None and known.digest == digest(one.values):
            one.verdict = Verdict("unchanged")
            return
        if current is None and self._under_another(one):
            one.verdict = Verdict("suggested", {}, ["not_yours"])
            return
        one.verdict = judge(
            row.entity, one.values, current, known.before() if known else None, one.recognised
        )

    def _under_another(self, one: Planned) -> bool:
        """Whether what a row hangs on is another steward's: then it can only be suggested."""
        kind = ENTITIES[one.row.entity]
        above = [(kind.refs[name], one.values[name]) for name in kind.refs if name in one.values]
        if one.row.entity in ("taxonomy_term", "taxonomy"):
            return False
        above = [
            (entity, owner) for entity, owner in above if entity not in ("taxonomy", "taxonomy_term", "unit")
        ]
        above = [pair for pair in above if pair[0] != one.row.entity]
        for link, of in (("link_id", "link_entity"), ("resource_id", "resource_type")):
            if link in one.values:
                above.append((one.values[of], one.values[link]))
        for entity, owner in above:
            row = self.current.get(entity, {}).get(UUID(owner))
            if row is not None and row["steward_tenant_id"] != self.tenant:
                return True
        return False


def judge(
    entity: str,
    values: Mapping[str, Any],
    current: dict[str, Any] | None,
    before: Mapping[str, Any] | None,
    recognised: str,
) -> Verdict:
    """What becomes of a row that is to be carried out now."""
    mine = current is None or current["steward_tenant_id"] == acting().tenant
    if current is not None and entity == "location" and current["confidential"] and mine:
        current = current | {PRIVATE: private_values([current["id"]]).get(current["id"])}
    verdict = decide(entity, values, current, before, mine=mine)
    if verdict.outcome == "suggested" and (current is None or current["steward_tenant_id"] is None):
        return Verdict("unchanged", reasons=["not_yours"])  # the network's own terms are nobody's to change
    return filled(verdict) if recognised == "same_listing" and before is None and mine else verdict


def _near(values: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    if values.get("latitude") is None or row["latitude"] is None:
        return (
            values.get("latitude") is None and row["latitude"] is None and values.get("town") == row["town"]
        )
    here = geo.Point(values["latitude"], values["longitude"])
    return geo.sphere_km(here, geo.Point(row["latitude"], row["longitude"])) <= NEAR_KM


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if len(text) in (32, 36) else None
    except (ValueError, AttributeError):
        return None
