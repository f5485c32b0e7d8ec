"""Listings as rows of tables, by the names of the standard's datapackage and ours; each table kept in a file meanwhile.

What comes is told a batch of organizations at a time, so that as much is held as a batch holds, and no more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import IO, Any, Final
from uuid import UUID

import orjson

from network.core import clock
from network.directory.hsds import standard, writing
from network.directory.hsds.records import CHILDREN, Whole

# The tables in the order and by the names of the standard's datapackage, then ours.
PATHS: Final[Mapping[str, str]] = {
    "organization": "organizations",
    "program": "programs",
    "service": "services",
    "location": "locations",
    "service_at_location": "service_at_location",
    "address": "addresses",
    "phone": "phones",
    "contact": "contacts",
    "schedule": "schedules",
    "service_area": "service_areas",
    "language": "languages",
    "accessibility": "accessibility",
    "cost_option": "cost_options",
    "required_document": "required_documents",
    "service_capacity": "service_capacity",
    "unit": "units",
    "funding": "funding",
    "organization_identifier": "organization_identifiers",
    "url": "urls",
    "attribute": "attributes",
    "taxonomy": "taxonomies",
    "taxonomy_term": "taxonomy_terms",
    "metadata": "metadata",
    "schedule_exception": "schedule_exceptions",
    "service_eligibility": "service_eligibility",
    "service_practice": "service_practice",
    "organization_role": "organization_roles",
}
OF_OURS: Final[Mapping[str, tuple[str, ...]]] = {
    "schedule_exception": (
        *("service_id", "location_id", "service_at_location_id", "first_on", "last_on", "closed", "byday"),
        *("opens_at", "closes_at", "kind", "description", "country"),
    ),
    "service_eligibility": ("service_id", "criterion", "value"),
    "service_practice": ("service_id", "kind", "code", "value"),
    "organization_role": (
        "organization_id",
        "relation",
        "class_code",
        "country",
        "name",
        "other_organization_id",
    ),
}
_TELLING: Final = frozenset({"description", "notes", "note", "schedule_link", "attending_type"})
_ONCE: Final = ("taxonomy", "taxonomy_term", "unit")


class Table:
    """The rows of one table, kept in a file of their own until all of its columns are known."""

    def __init__(self, entity: str, file: IO[bytes]):
        self.entity = entity
        self.count = 0
        self._file = file
        self._names = dict.fromkeys(columns_of(entity))

    def add(self, row: Mapping[str, Any]) -> None:
        """Another row."""
        self._names.update(dict.fromkeys(row))
        self._file.write(orjson.dumps(row, default=str) + b"\n")
        self.count += 1

    @property
    def names(self) -> list[str]:
        """Its columns: those of the standard or ours, then whatever else a row says."""
        return list(self._names)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Its rows, in the order in which they came."""
        self._file.seek(0)
        return map(orjson.loads, self._file)


class Tables:
    """All tables. To be used in a ``with``: the files are gone with it."""

    def __init__(self) -> None:
        self._files = ExitStack()
        self.by_entity: dict[str, Table] = {}
        self._programs: set[UUID] = set()
        self._organizations: set[UUID] = set()
        self._visited: set[UUID] = set()  # places of organizations that were not told with them
        self._once: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in _ONCE}

    def __enter__(self) -> Tables:
        """Opens a file for each."""
        for entity in PATHS:
            file = self._files.enter_context(tempfile.TemporaryFile())
            self.by_entity[entity] = Table(entity, file)
        return self

    def __exit__(self, *_problem: object) -> None:
        """Closes them, which takes them away."""
        self._files.close()

    def take(self, wholes: Iterable[Whole]) -> None:
        """Rows of all that these hold; what several of them hold is told once."""
        national: dict[UUID, Mapping[str, Any]] = {}
        for whole in wholes:
            self._add(whole)
            national |= {row["id"]: row for rows in whole.national.values() for row in rows}
        for row in national.values():
            self.by_entity["schedule_exception"].add(_ours("schedule_exception", row))
        for entity, found in self._once.items():
            for told in found.values():
                self.by_entity[entity].add(told)

    def _add(self, whole: Whole) -> None:
        hidden = {one for one, row in whole.locations.items() if row["confidential"]}
        rooms = {one for one, row in whole.at_locations.items() if row["location_id"] in hidden}
        before = self._told_before(whole)
        for entity, rows in (
            ("organization", whole.organizations),
            ("program", whole.programs),
            ("service", whole.services),
            ("location", whole.locations),
            ("service_at_location", whole.at_locations),
        ):
            for key, row in rows.items():
                if key not in before and (entity != "program" or self._first(key)):
                    told = flat(entity, row, whole, discreet=key in rooms)
                    self.by_entity[entity].add(told)
        for entity, _model, owners in CHILDREN:
            found: dict[UUID, Mapping[str, Any]] = {}
            for owner in owners:
                for hanging in whole.children.get((entity, owner), {}).values():
                    found |= {row["id"]: row for row in hanging}
            for row in found.values():
                if before & {row.get("location_id"), row.get("contact_id"), row.get("phone_id")}:
                    before.add(row["id"])
                elif entity != "program" or self._first(row["id"]):
                    discreet = row.get("location_id") in hidden or row.get("service_at_location_id") in rooms
                    self.by_entity[entity].add(flat(entity, row, whole, discreet=discreet))
        self._add_notes(whole, hidden, rooms, before)

    def _told_before(self, whole: Whole) -> set[UUID | None]:
        """Places that were told with an earlier batch: of their organization, or of a service that is there."""
        before: set[UUID | None] = set()
        for key, row in whole.locations.items():
            at_home = row["organization_id"] in whole.organizations
            if key in self._visited or (not at_home and row["organization_id"] in self._organizations):
                before.add(key)
            elif not at_home:
                self._visited.add(key)
        self._organizations.update(whole.organizations)
        return before

    def _first(self, program: UUID) -> bool:
        new = program not in self._programs
        self._programs.add(program)
        return new

    def _add_notes(self, whole: Whole, hidden: set[UUID], rooms: set[UUID], before: set[UUID | None]) -> None:
        for row in whole.units.values():
            self._once["unit"][str(row["id"])] = writing.flat("unit", row)
        for linked in whole.attributes.values():
            for row in linked:
                if row["location_id"] in hidden or row["link_id"] in rooms:
                    continue
                if before & {row["location_id"], row["link_id"]}:
                    continue
                self.by_entity["attribute"].add(writing.flat("attribute", row))
                term = writing.term(row, "term_")
                listed = term.pop("taxonomy_detail")
                self._once["taxonomy"][listed["id"]] = listed
                self._once["taxonomy_term"][term["id"]] = term | {"taxonomy_id": listed["id"]}
        for notes in whole.metadata.values():
            for row in notes:
                if row["location_id"] not in hidden and not before & {row["location_id"], row["resource_id"]}:
                    self.by_entity["metadata"].add(writing.flat("metadata", row))


def columns_of(entity: str) -> list[str]:
    """The columns that a table has whatever its rows say."""
    if entity in OF_OURS:
        return ["id", *OF_OURS[entity]]
    return [one.name for one in standard.values(entity)] if entity in standard.ENTITIES else []


def _ours(entity: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", *OF_OURS[entity])}


def flat(entity: str, row: Mapping[str, Any], whole: Whole, *, discreet: bool) -> dict[str, Any]:
    """A row of a table as it is told."""
    if entity in OF_OURS:
        told = _ours(entity, row)
        if told.get("other_organization_id") not in (None, *whole.told):
            del told["other_organization_id"]
    elif entity == "schedule":
        told = writing.schedule(row, _zone(row, whole), clock.now().date())
    else:
        told = {"location": writing.location, "language": writing.language}.get(entity, _of(entity))(row)
    if discreet:
        told = {name: value for name, value in told.items() if name not in _TELLING}
    for name in ("parent_organization_id", "organization_id"):
        if told.get(name) and row.get(name) not in whole.told:
            del told[name]
    odd: dict[str, Any] = told.pop("nonconforming", {})
    whole_row: dict[str, Any] = told | odd
    return whole_row


def _of(entity: str) -> Any:
    return lambda row: writing.flat(entity, row)


def _zone(row: Mapping[str, Any], whole: Whole) -> str | None:
    place = whole.locations.get(row["location_id"])
    if place is None and (offered := whole.at_locations.get(row["service_at_location_id"])):
        place = whole.locations.get(offered["location_id"])
    if place is None:
        zones = {
            whole.locations[one["location_id"]]["time_zone"]
            for one in whole.at_locations.values()
            if one["service_id"] == row["service_id"]
        }
        return zones.pop() if len(zones) == 1 else None
    zone: str = place["time_zone"]
    return zone
