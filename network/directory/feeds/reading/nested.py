"""Objects of HSDS JSON, nested or flat, of any version, taken apart into records, each with its owner's id."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from network.directory.feeds import records
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.reading.names import RENAMED, TABLES
from network.directory.feeds.reading.shapes import guess, objects, said_of, snake, tables_of
from network.directory.feeds.records import Record, Unreadable
from network.directory.feeds.values.texts import foreign_id as foreign

DEEPEST: Final = 14
# Lists and objects that say something about their owner, and are no rows of their own: (owner, field).
_LISTS: Final = frozenset(
    {"eligibility", "practices", "house_rules", "nonconforming", "tombstone", "taxonomy_ids"}
)
# An object that its owner names by an id, and not the other way round.
_NAMED: Final[Mapping[str, str]] = {
    "organization": "organization_id",
    "service": "service_id",
    "location": "location_id",
    "program": "program_id",
    "unit": "unit_id",
    "taxonomy_term": "taxonomy_term_id",
    "taxonomy_detail": "taxonomy_id",
    "taxonomy": "taxonomy_id",
    "parent_organization": "parent_organization_id",
    "parent": "parent_id",
}
_KINDS: Final[Mapping[str, str]] = {
    **TABLES,
    "taxonomy_detail": "taxonomy",
    "parent_organization": "organization",
    "parent": "taxonomy_term",
}
_HOLIDAYS: Final = frozenset({"holiday_schedule", "holiday_schedules"})


def take_apart(document: Any) -> list[Record]:
    """Every record of a document: an envelope, a list, an object of tables, or a single object."""
    apart = _Apart()
    for entity, items, path in tables_of(document):
        beside = "" if entity else _kind_of_all(items)
        for number, item in enumerate(items):
            bare = isinstance(item, Mapping) and set(item) == {"id", "name"}
            apart.take(entity or (beside if bare else ""), item, f"{path}/{number}")
    return apart.records


def _kind_of_all(items: list[Any]) -> str:
    """What the objects of a list are, as far as that can be told; empty where they differ."""
    kinds = {guess(dict(said_of(item))) for item in items if isinstance(item, Mapping)} - {""}
    return kinds.pop() if len(kinds) == 1 else ""


class _Apart:
    def __init__(self) -> None:
        self.records: list[Record] = []
        self._unnamed: Counter[str] = Counter()

    def take(
        self, entity: str, item: Any, path: str, owner: tuple[str, str] | None = None, depth: int = 0
    ) -> str:
        """Record an object and everything inside; returns its foreign id."""
        if not isinstance(item, Mapping):
            self.records.append(Record("", "", path, {"value": item}))
            return ""
        if depth > DEEPEST:
            raise Unreadable("too_deep")
        if len(self.records) >= records.MOST_RECORDS:
            raise Unreadable("too_many_rows")
        item = dict(said_of(item))
        entity = entity or guess(item)
        values: dict[str, Any] = {}
        inside: list[tuple[str, str, list[Any]]] = []
        for name, value in item.items():
            kind = _KINDS.get(name)
            if name in _LISTS and isinstance(value, dict | list) and not (kind and objects(value)):
                values[name] = value
            elif (
                kind
                and isinstance(value, Mapping | list)
                and not (isinstance(value, list) and not objects(value))
            ):
                inside.append((name, kind, value if isinstance(value, list) else [value]))
            elif entity == "service" and name == "languages" and isinstance(value, list):
                inside.append((name, "language", [{"name": one} for one in value]))
            elif name != "id":
                values[name] = value
        if owner is not None and entity in ENTITIES:
            _hang(entity, values, owner)
        if entity == "eligibility" and owner is not None:
            values["service_id"] = owner[1]
        given = item.get("id")
        foreign_id = ("" if given is None else foreign(given)) or self._name(entity, values, owner)
        record = Record(entity, foreign_id, path or "/", values)
        self.records.append(record)
        for name, kind, items in inside:
            self._inside(record, name, kind, items, depth + 1)
        return foreign_id

    def _inside(self, record: Record, name: str, kind: str, items: list[Any], depth: int) -> None:
        of_term = record.entity == "attribute" and name == "taxonomy"  # so were terms called until version 2
        kind = "taxonomy_term" if of_term else kind
        single = name in _NAMED and (name != "taxonomy" or of_term or record.entity == "taxonomy_term")
        for number, item in enumerate(items):
            path = f"{record.line.rstrip('/')}/{name}" + ("" if single else f"/{number}")
            if single:
                values = dict(item) if isinstance(item, Mapping) else item
                inner = self.take(kind, values, path, None, depth)
                if inner:
                    record.values.setdefault(_NAMED[name], inner)
                continue
            owner = (record.entity, record.foreign_id)
            if isinstance(item, Mapping):
                item = dict(item) | _hints(name)
                if kind == "organization_role" and "organization_id" in item:
                    item["other_organization_id"] = item.pop("organization_id")
            first = len(self.records)
            inner = self.take("schedule_exception" if name in _HOLIDAYS else kind, item, path, owner, depth)
            self.records[first].table = name
            if inner and {record.entity, kind} == {"service", "location"}:
                service, location = sorted(((record.entity, record.foreign_id), (kind, inner)), reverse=True)
                ids = {"service_id": service[1], "location_id": location[1]}
                self.records.append(Record("service_at_location", f"{service[1]}@{location[1]}", path, ids))

    def _name(self, entity: str, values: Mapping[str, Any], owner: tuple[str, str] | None) -> str:
        """A stable id for what has none: by its name, or by its place among its owner's."""
        by = (
            values.get("name")
            if entity in ("organization", "service", "location", "program", "unit")
            else None
        )
        said = f"{entity}|{owner}|{values.get('organization_id', '')}|{by or ''}"
        if owner is None and by is None:
            said = f"{entity}|{json.dumps(values, default=str, sort_keys=True)}"
        self._unnamed[said] += 1
        return (
            "~" + hashlib.sha256(f"{said}|{self._unnamed[said]}".encode("utf-8", "replace")).hexdigest()[:20]
        )


def _hints(name: str) -> dict[str, str]:
    if name.startswith("mail_address"):
        return {"address_type": "postal"}
    if name.startswith(("postal_address", "physical_address")):
        return {"address_type": name.split("_", 1)[0]}
    return {}


def _hang(entity: str, values: dict[str, Any], owner: tuple[str, str]) -> None:
    """Say in a nested row whose it is; what it says itself of other owners stands in other places of the feed."""
    above, owner_id = owner
    if entity == "attribute":
        values |= {"link_id": owner_id, "link_entity": above}
    elif entity == "metadata":
        values |= {"resource_id": owner_id, "resource_type": above}
    elif f"{above}_id" in ENTITIES[entity].refs:
        for other in ENTITIES[entity].owners:
            values.pop(other, None)
        values[f"{above}_id"] = owner_id


def known_name(entity: str, name: str) -> str:
    """What a field of an older version or another spelling is called; empty for what is not kept by design."""
    plain = snake(name)
    if entity in ENTITIES and plain.startswith(f"{entity}_"):  # "Service Name", "organizationEmail"
        short = plain.removeprefix(f"{entity}_")
        plain = short if short in ENTITIES[entity].fields and plain not in ENTITIES[entity].refs else plain
    return RENAMED.get((entity, plain), plain)
