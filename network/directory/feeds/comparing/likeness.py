"""Rows that are recognised by what they say: ours under another id, and what somebody keeps out of the directory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, literal, or_, select

from network.core.db import db
from network.directory import geo
from network.directory.feeds.comparing.deciding import plain
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.comparing.referring import References
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import Settings
from network.directory.feeds.sources.remembered import BATCH
from network.directory.models import Organization
from network.tenants.context import acting

NEAR_KM: Final = 0.2


class Likeness:
    """Compares the rows of a feed with what is in the directory. ``names``: of organizations, folded, with country."""

    def __init__(self, refs: References, settings: Settings):
        self.refs = refs
        self.settings = settings
        self.tenant = acting().tenant
        self.names: dict[str, tuple[str, str]] = {}
        self.present: set[str] = set()  # the foreign ids of the organizations of the file

    def same(self, entity: str, one: Planned) -> tuple[Any, ...]:
        if entity == "taxonomy_term" and not one.values.get("code"):
            return (entity, one.row.foreign_id)  # what has no code has none in common with another
        return (entity, *(self._keyed(name, one.values) for name in ENTITIES[entity].key))

    def _keyed(self, name: str, values: Mapping[str, Any]) -> Any:
        return str(self.tenant) if name == "steward_tenant_id" else plain(values.get(name))

    def alike(self, entity: str, fresh: list[Planned]) -> dict[int, tuple[UUID, str]]:
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
        if entity == "taxonomy_term" and not one.values.get("code"):
            return row["code"] is None and bool(row["name"] == one.values.get("name"))
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
            known.entity_id
            for (entity, foreign_id), known in self.refs.known.items()
            if entity == "organization" and foreign_id in self.present
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

    def named(self, values: Mapping[str, Any]) -> tuple[str, str]:
        return geo.fold(values["name"]), str(values.get("country") or self.settings.country)

    def like_withheld(self, entity: str, new: list[Planned]) -> list[Planned]:
        """Of new rows those that are like a listing that another member keeps, or took, out of the directory."""
        if entity not in ("organization", "service", "location") or not new:
            return []
        columns = ENTITIES[entity].model.__table__.c
        others = or_(
            columns.steward_tenant_id != self.tenant, columns.do_not_list_by_tenant_id != self.tenant
        )
        asked = select(*columns).where(columns.do_not_list, others)
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
            return self.named(values)[1] == row["country"] and not any(a and b and a != b for a, b in said)
        if entity == "location":
            return not row["confidential"] and not one.row.confidential and _near(values, row)
        mine = self.names.get(str(values.get("organization_id")))
        return mine is not None and mine == above.get(str(row["organization_id"]))


def _near(values: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    if values.get("latitude") is None or row["latitude"] is None:
        return (
            values.get("latitude") is None and row["latitude"] is None and values.get("town") == row["town"]
        )
    here = geo.Point(values["latitude"], values["longitude"])
    return geo.sphere_km(here, geo.Point(row["latitude"], row["longitude"])) <= NEAR_KM
