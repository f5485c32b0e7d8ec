"""Whole listings as objects of the standard, each part where the standard nests it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from network.core import clock
from network.directory.hsds import writing
from network.directory.hsds.records import Whole
from network.directory.hsds.standing import Row

Made = dict[str, Any]

# Lists of single rows by the name that the standard gives them: (name, entity), by their owner.
_LISTS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "organization": (
        ("additional_websites", "url"),
        ("funding", "funding"),
        ("organization_identifiers", "organization_identifier"),
        ("programs", "program"),
    ),
    "service": (
        ("additional_urls", "url"),
        ("funding", "funding"),
        ("cost_options", "cost_option"),
        ("required_documents", "required_document"),
        ("service_areas", "service_area"),
    ),
    "location": (("addresses", "address"), ("accessibility", "accessibility")),
    "service_at_location": (("service_areas", "service_area"),),
}
_WITH_PHONES: Final = frozenset({"organization", "service", "location", "service_at_location", "contact"})
_WITH_CONTACTS: Final = _WITH_PHONES - {"contact"}
_WITH_LANGUAGES: Final = frozenset({"service", "location", "phone"})
_WITH_HOURS: Final = frozenset({"service", "location", "service_at_location"})
# Free text beside a confidential place could lead to its door.
_WORDS: Final = frozenset(
    {"description", "notes", "note", "schedule_link", "attending_type", "extent", "uri", "name"}
)


class Writer:
    """Tells what was read. Every object is made once, however often it is nested.

    ``public``: for anybody. ``national``: each place tells the days off of its country, too.
    """

    def __init__(self, whole: Whole, *, public: bool, national: bool = True) -> None:
        self.whole = whole
        self.national = whole.national if national else {}
        self.public = public
        self._made: dict[tuple[str, UUID], Made] = {}
        self._today: date = clock.now().date()
        self._places: dict[UUID, list[Row]] = defaultdict(list)
        for row in whole.at_locations.values():
            self._places[row["service_id"]].append(row)
        self._locations: dict[UUID, list[Row]] = defaultdict(list)
        for row in whole.locations.values():
            self._locations[row["organization_id"]].append(row)
        self._services: dict[UUID, list[Row]] = defaultdict(list)
        for row in whole.services.values():
            self._services[row["organization_id"]].append(row)

    def simple_service(self, service_id: UUID) -> Made:
        """A service with its organization and program, and no lists."""
        row = self.whole.services[service_id]
        made = self._values("service", row)
        made["organization"] = self.simple_organization(row["organization_id"])
        return made | self._program(row)

    def simple_organization(self, organization_id: UUID) -> Made:
        """An organization's own values."""
        return self._once(
            "simple",
            organization_id,
            lambda: self._values("organization", self.whole.organizations[organization_id]),
        )

    def simple_at_location(self, at_location_id: UUID) -> Made:
        """A service at a location with both of them, and no lists."""
        row = self.whole.at_locations[at_location_id]
        place = self.whole.locations[row["location_id"]]
        made = self._values("service_at_location", row, discreet=place["confidential"])
        made["location"] = self._values("location", place)
        made["service"] = self.simple_service(row["service_id"])
        return made

    def service(self, service_id: UUID) -> Made:
        """A service with everything: organization, places, hours, costs, capacity, terms."""
        row = self.whole.services[service_id]
        return self._placed(service_id) | {"organization": self._organization(row["organization_id"])}

    def at_location(self, at_location_id: UUID) -> Made:
        """A service at a location with everything; the service with its organization."""
        row = self.whole.at_locations[at_location_id]
        service = self.whole.services[row["service_id"]]
        organization = self._organization(service["organization_id"])
        return self._place(row) | {"service": self._service(service["id"]) | {"organization": organization}}

    def organization(self, organization_id: UUID, *, full_service: bool = False) -> Made:
        """An organization with everything and its services: their own values, or whole with ``full_service``."""
        services = [
            self._placed(row["id"]) if full_service else self._values("service", row)
            for row in self._services.get(organization_id, ())
        ]
        return self._organization(organization_id) | {"services": services}

    def _once(self, kind: str, key: UUID, make: Callable[[], Made]) -> Made:
        made = self._made.get((kind, key))
        if made is None:
            made = self._made[kind, key] = make()
        return made

    def _placed(self, service_id: UUID) -> Made:
        places = [self._place(row) for row in self._places.get(service_id, ())]
        return self._service(service_id) | {"service_at_locations": places}

    def _service(self, service_id: UUID) -> Made:
        """A service with what hangs on it; without its organization and its places."""

        def make() -> Made:
            row = self.whole.services[service_id]
            made = self._values("service", row) | self._parts("service", row, zone=self._zone(service_id))
            made["capacities"] = [
                self._values("service_capacity", one)
                | {"unit": self._values("unit", self.whole.units[one["unit_id"]])}
                for one in self._of("service_capacity", "service", service_id)
            ]
            made |= self._program(row)
            return made | self._profile(service_id)

        return self._once("service", service_id, make)

    def _place(self, row: Row) -> Made:
        location = self.whole.locations[row["location_id"]]
        discreet = bool(location["confidential"])

        def make() -> Made:
            made = self._values("service_at_location", row, discreet=discreet)
            made |= self._parts("service_at_location", row, zone=location["time_zone"], discreet=discreet)
            return made | {"location": self._location(row["location_id"])}

        return self._once("service_at_location", row["id"], make)

    def _location(self, location_id: UUID) -> Made:
        def make() -> Made:
            row = self.whole.locations[location_id]
            discreet = bool(row["confidential"])
            made = self._values("location", row)
            made |= self._parts("location", row, zone=row["time_zone"], discreet=discreet)
            made["schedule_exceptions"] += map(writing.exception, self.national.get(row["country"], ()))
            return made

        return self._once("location", location_id, make)

    def _organization(self, organization_id: UUID) -> Made:
        """An organization with what hangs on it and its locations; without its services."""

        def make() -> Made:
            row = self.whole.organizations[organization_id]
            made = self._values("organization", row) | self._parts("organization", row)
            made["locations"] = [
                self._location(one["id"]) for one in self._locations.get(organization_id, ())
            ]
            roles = self._of("organization_role", "organization", organization_id)
            return made | {"roles": [self._role(one) for one in roles]}

        return self._once("organization", organization_id, make)

    def _role(self, row: Row) -> Made:
        made = {"id": str(row["id"])}
        made |= {name: row[name] for name in ("relation", "class_code", "country", "name") if row[name]}
        if row["other_organization_id"] in self.whole.told:
            made["organization_id"] = str(row["other_organization_id"])
        return made

    def _program(self, row: Row) -> Made:
        program = self.whole.programs.get(row["program_id"])
        return {} if program is None else {"program": self._values("program", program)}

    def _profile(self, service_id: UUID) -> Made:
        """Whom a service takes, and what a client must hear of it."""
        conditions = {
            one["criterion"]: one["value"]
            for one in self._of("service_eligibility", "service", service_id)
            if not (self.public and writing.names_organizations(one["criterion"]))
        }
        made: Made = {"eligibility": conditions, "practices": {}, "house_rules": {}}
        for one in self._of("service_practice", "service", service_id):
            made["practices" if one["kind"] == "practice" else "house_rules"][one["code"]] = one["value"]
        return made

    def _zone(self, service_id: UUID) -> str | None:
        """The time zone of a service's own hours, where all its places have the same."""
        zones = {
            self.whole.locations[row["location_id"]]["time_zone"] for row in self._places.get(service_id, ())
        }
        return zones.pop() if len(zones) == 1 else None

    def _parts(self, owner: str, row: Row, *, zone: str | None = None, discreet: bool = False) -> Made:
        """The lists that hang on a row, those of the profile too."""
        made: Made = {}
        for name, entity in _LISTS.get(owner, ()):
            made[name] = [self._noted(entity, one, discreet) for one in self._of(entity, owner, row["id"])]
        if owner in _WITH_CONTACTS:
            contacts = self._of("contact", owner, row["id"])
            made["contacts"] = [
                self._noted("contact", one, discreet) | self._parts("contact", one) for one in contacts
            ]
        if owner in _WITH_PHONES:
            phones = self._of("phone", owner, row["id"])
            made["phones"] = [
                self._noted("phone", one, discreet) | self._parts("phone", one) for one in phones
            ]
        if owner in _WITH_LANGUAGES:
            spoken = self._of("language", owner, row["id"])
            made["languages"] = [self._noted("language", one, discreet) for one in spoken]
        if owner in _WITH_HOURS:
            hours = self._of("schedule", owner, row["id"])
            made["schedules"] = [self._noted("schedule", one, discreet, zone) for one in hours]
            days = self._of("schedule_exception", owner, row["id"])
            made["schedule_exceptions"] = [writing.exception(one, discreet=discreet) for one in days]
        return made

    def _noted(self, entity: str, row: Row, discreet: bool, zone: str | None = None) -> Made:
        """A row's own values with its attributes and metadata."""
        if entity == "schedule":
            made = writing.schedule(row, zone, self._today) | self._notes(row["id"], discreet)
        else:
            made = self._values(entity, row, discreet=discreet)
        if discreet:
            made = {name: value for name, value in made.items() if name not in _WORDS or entity == "language"}
        return made

    def _values(self, entity: str, row: Row, *, discreet: bool = False) -> Made:
        teller = _TELLERS.get(entity)
        made = writing.flat(entity, row) if teller is None else teller(row)
        if made.get("parent_organization_id") and row["parent_organization_id"] not in self.whole.told:
            del made["parent_organization_id"]
        if entity == "location" and row["organization_id"] not in self.whole.told:
            made.pop("organization_id", None)
        if entity == "service_at_location" and discreet:
            made.pop("description", None)
        return made | self._notes(row["id"], discreet or bool(row.get("confidential")))

    def _notes(self, row_id: UUID, discreet: bool) -> Made:
        """Attributes and metadata; of what stands at a confidential place none, they may hold what stood there."""
        made: Made = {}
        if discreet:
            return made
        if linked := self.whole.attributes.get(row_id):
            made["attributes"] = [
                writing.flat("attribute", one) | {"taxonomy_term": writing.term(one, "term_")}
                for one in linked
            ]
        if notes := self.whole.metadata.get(row_id):
            made["metadata"] = [writing.flat("metadata", one) for one in notes]
        return made

    def _of(self, entity: str, owner: str, owner_id: UUID) -> list[Row]:
        return self.whole.of(entity, owner, owner_id)


_TELLERS: Final[Mapping[str, Callable[[Row], Made]]] = {
    "location": writing.location,
    "language": writing.language,
}
