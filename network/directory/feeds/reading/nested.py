"""Objects of HSDS JSON, nested or flat, of any version, taken apart into records, each with its owner's id."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.reading.names import RENAMED, TABLES
from network.directory.feeds.records import Record, Unreadable
from network.directory.feeds.values.texts import foreign_id as foreign

DEEPEST: Final = 14
_ENVELOPE: Final = (
    "contents",
    "content",
    "data",
    "results",
    "result",
    "items",
    "records",
    "features",
    "response",
)
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
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s-]+")
_HOLIDAYS: Final = frozenset({"holiday_schedule", "holiday_schedules"})


def take_apart(document: Any) -> list[Record]:
    """Every record of a document: an envelope, a list, an object of tables, or a single object."""
    apart = _Apart()
    for entity, items, path in _tables(document):
        beside = "" if entity else _kind_of_all(items)
        for number, item in enumerate(items):
            bare = isinstance(item, Mapping) and set(item) == {"id", "name"}
            apart.take(entity or (beside if bare else ""), item, f"{path}/{number}")
    return apart.records


def _kind_of_all(items: list[Any]) -> str:
    """What the objects of a list are, as far as that can be told; empty where they differ."""
    kinds = {guess(dict(_said(item))) for item in items if isinstance(item, Mapping)} - {""}
    return kinds.pop() if len(kinds) == 1 else ""


def _tables(document: Any) -> Iterator[tuple[str, list[Any], str]]:
    if isinstance(document, list):
        yield "", document, ""
    elif isinstance(document, Mapping):
        alone = document.get("id") is not None
        lists = {name: _listed(value) for name, value in document.items()}
        tables = {
            name: kind
            for name, value in document.items()
            if (lists[name] or isinstance(value, list)) and (kind := TABLES.get(_stem(name)))
        }
        envelope = next((name for name in _ENVELOPE if _holds(document.get(name))), None)
        if envelope is not None and not alone:
            inner = document[envelope]
            if isinstance(inner, list):
                yield "", inner, f"/{envelope}"
            else:
                yield from ((kind, items, f"/{envelope}{path}") for kind, items, path in _tables(inner))
            for name, items in lists.items():  # what is said about the page itself is no list
                if name != envelope and (name in tables or isinstance(document[name], list)):
                    yield tables.get(name, ""), items, f"/{name}"
        elif tables and not alone and document.get("name") is None:
            for name, value in document.items():
                items = lists[name] if name in tables or isinstance(value, list) else [value]
                yield tables.get(name, ""), items, f"/{name}"
        else:
            yield "", [document], ""
    else:
        raise Unreadable("no_objects")


def _holds(inner: Any) -> bool:
    """Whether records stand in an envelope: a list of them, or tables."""
    return isinstance(inner, list) or (
        isinstance(inner, Mapping) and any(TABLES.get(_stem(name)) for name in inner)
    )


def _listed(value: Any) -> list[Any]:
    """The objects of a list, or of an object that holds them by their ids; empty where it is neither."""
    if isinstance(value, list):
        return value
    if (
        not isinstance(value, Mapping)
        or not value
        or not all(isinstance(one, Mapping) for one in value.values())
    ):
        return []
    return [{"id": name} | dict(_said(one)) for name, one in value.items()]


def _stem(name: str) -> str:
    return snake(name.rsplit("/", 1)[-1].removesuffix(".csv").removesuffix(".json"))


def guess(item: Mapping[str, Any]) -> str:
    """What an object without a name for its kind is; empty where nobody can tell."""
    if (
        "service_at_locations" in item
        or ("organization_id" in item and "status" in item)
        or ("status" in item and "name" in item)
    ):
        return "service"
    if ("location" in item or "location_id" in item) and ("service" in item or "service_id" in item):
        return "service_at_location"
    if "first_on" in item and "last_on" in item:
        return "schedule_exception"
    if "location_type" in item or "latitude" in item:
        return "location"
    if "taxonomy_id" in item or "parent_id" in item or "taxonomy_detail" in item or "code" in item:
        return "taxonomy_term"
    if "organization" in item or ("organization_id" in item and "name" in item):
        return "service"
    organization = (
        "services",
        "website",
        "tax_status",
        "legal_status",
        "organization_identifiers",
        "email",
        "locations",
    )
    if "name" in item and any(name in item for name in organization):
        return "organization"
    if "name" in item and "description" in item and len(item) <= 6:
        return "taxonomy" if "uri" in item or "version" in item else "organization"
    return ""


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
        item = dict(_said(item))
        entity = entity or guess(item)
        values: dict[str, Any] = {}
        inside: list[tuple[str, str, list[Any]]] = []
        for name, value in item.items():
            kind = _KINDS.get(name)
            if name in _LISTS and isinstance(value, dict | list) and not (kind and _objects(value)):
                values[name] = value
            elif (
                kind
                and isinstance(value, Mapping | list)
                and not (isinstance(value, list) and not _objects(value))
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


def _said(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What an object says, under names of one style; of two names that come to the same the first."""
    there = set(item)
    for name, value in item.items():
        plain = snake(str(name))
        yield (str(name) if plain in there else plain), value
        there.add(plain)


def _objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, Mapping) for one in value)


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


def snake(name: str) -> str:
    """A name in the standard's style: ``alternateName`` and ``Alternate Name`` are ``alternate_name``."""
    return _WORDS.sub("_", name.strip().strip("\u200e\u200f\u202a\u202b\u202c\ufeff")).lower()
