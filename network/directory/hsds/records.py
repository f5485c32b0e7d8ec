"""Whole listings, read with a number of queries that does not depend on how many there are.

Rows come as the tables have them. What is removed, merged, not to be listed or hidden from who asks is not read at
all: a row that leads to such a thing is told without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import (
    or_,
    select,
)

from network.core import clock
from network.core.db import Base
from network.directory.hsds.standing import Reader, Row, among, at_locations_of, every, named, services_of
from network.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    CostOption,
    Funding,
    Language,
    Location,
    Metadata,
    Organization,
    OrganizationIdentifier,
    OrganizationRole,
    Phone,
    Program,
    RequiredDocument,
    Schedule,
    ScheduleException,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    ServiceEligibility,
    ServicePractice,
    Taxonomy,
    TaxonomyTerm,
    Unit,
    Url,
)

# What hangs on what, by the entity and the owners that its rows may have. Contacts come before their phones, and
# phones before their languages.
CHILDREN: Final[tuple[tuple[str, type[Base], tuple[str, ...]], ...]] = (
    ("program", Program, ("organization",)),
    ("address", Address, ("location",)),
    ("accessibility", Accessibility, ("location",)),
    ("contact", Contact, ("organization", "service", "location", "service_at_location")),
    ("phone", Phone, ("organization", "service", "location", "service_at_location", "contact")),
    ("language", Language, ("service", "location", "phone")),
    ("schedule", Schedule, ("service", "location", "service_at_location")),
    ("schedule_exception", ScheduleException, ("service", "location", "service_at_location")),
    ("service_area", ServiceArea, ("service", "service_at_location")),
    ("cost_option", CostOption, ("service",)),
    ("required_document", RequiredDocument, ("service",)),
    ("service_capacity", ServiceCapacity, ("service",)),
    ("url", Url, ("organization", "service")),
    ("funding", Funding, ("organization", "service")),
    ("organization_identifier", OrganizationIdentifier, ("organization",)),
    ("organization_role", OrganizationRole, ("organization",)),
    ("service_eligibility", ServiceEligibility, ("service",)),
    ("service_practice", ServicePractice, ("service",)),
)


@dataclass(slots=True)
class Whole:
    """Listings and everything that hangs on them."""

    services: dict[UUID, Row] = field(default_factory=dict)
    organizations: dict[UUID, Row] = field(default_factory=dict)
    locations: dict[UUID, Row] = field(default_factory=dict)
    at_locations: dict[UUID, Row] = field(default_factory=dict)
    programs: dict[UUID, Row] = field(default_factory=dict)
    units: dict[UUID, Row] = field(default_factory=dict)
    national: dict[str, list[Row]] = field(default_factory=dict)  # days off of a country
    told: frozenset[UUID] = frozenset()  # organizations that may be named by their id
    children: dict[tuple[str, str], dict[UUID, list[Row]]] = field(default_factory=dict)
    attributes: dict[UUID, list[Row]] = field(default_factory=dict)
    metadata: dict[UUID, list[Row]] = field(default_factory=dict)

    def of(self, entity: str, owner: str, owner_id: UUID) -> list[Row]:
        """The rows of an entity that hang on this owner."""
        return self.children.get((entity, owner), {}).get(owner_id, [])


def simple_services(reader: Reader, ids: Collection[UUID]) -> Whole:
    """Services with their organization and program, without what hangs on them."""
    whole = Whole(services=_by_id(reader.rows(services_of(reader).where(among(Service.id, ids)))))
    _organizations_and_programs(reader, whole)
    _tellable(reader, whole)
    return whole


def simple_at_locations(reader: Reader, ids: Collection[UUID]) -> Whole:
    """Services at locations with service and location, without what hangs on them."""
    whole = Whole(
        at_locations=_by_id(reader.rows(at_locations_of(reader).where(among(ServiceAtLocation.id, ids))))
    )
    _services_and_locations(reader, whole)
    _organizations_and_programs(reader, whole)
    _tellable(reader, whole)
    return whole


def simple_organizations(reader: Reader, ids: Collection[UUID]) -> Whole:
    """Organizations, without what hangs on them."""
    statement = every(Organization).where(*reader.listed(Organization), among(Organization.id, ids))
    whole = Whole(organizations=_by_id(reader.rows(statement)))
    _tellable(reader, whole)
    return whole


def whole_services(reader: Reader, ids: Collection[UUID]) -> Whole:
    """Services with everything, their organization and locations included."""
    whole = Whole(services=_by_id(reader.rows(services_of(reader).where(among(Service.id, ids)))))
    _at_locations_of_services(reader, whole)
    return _filled(reader, whole)


def whole_at_locations(reader: Reader, ids: Collection[UUID]) -> Whole:
    """Services at locations with everything, service and location included."""
    statement = at_locations_of(reader).where(among(ServiceAtLocation.id, ids))
    whole = Whole(at_locations=_by_id(reader.rows(statement)))
    _services_and_locations(reader, whole)
    return _filled(reader, whole)


def whole_organizations(reader: Reader, ids: Collection[UUID], *, full_service: bool) -> Whole:
    """Organizations with everything and their services; these whole with ``full_service``."""
    found = every(Organization).where(*reader.listed(Organization), among(Organization.id, ids))
    whole = Whole(organizations=_by_id(reader.rows(found)))
    statement = services_of(reader).where(among(Service.organization_id, whole.organizations))
    whole.services = _by_id(reader.rows(statement.order_by(Service.id)))
    if full_service:
        _at_locations_of_services(reader, whole)
    return _filled(reader, whole)


def _filled(reader: Reader, whole: Whole) -> Whole:
    """Organizations, their locations, and then what hangs on everything that was found."""
    _organizations_and_programs(reader, whole)
    mine = among(Location.organization_id, whole.organizations)
    placed = {row["location_id"] for row in whole.at_locations.values()}
    found = reader.rows(
        every(Location)
        .where(*reader.listed(Location), or_(among(Location.id, placed), mine))
        .order_by(Location.id)
    )
    whole.locations = _by_id(found)
    _children(reader, whole)
    _tellable(reader, whole)
    _terms_and_notes(reader, whole)
    return whole


def _by_id(rows: Iterable[Row]) -> dict[UUID, Row]:
    return {row["id"]: row for row in rows}


def _at_locations_of_services(reader: Reader, whole: Whole) -> None:
    statement = at_locations_of(reader).where(among(ServiceAtLocation.service_id, whole.services))
    whole.at_locations = _by_id(reader.rows(statement.order_by(ServiceAtLocation.id)))


def _services_and_locations(reader: Reader, whole: Whole) -> None:
    services = {row["service_id"] for row in whole.at_locations.values()}
    locations = {row["location_id"] for row in whole.at_locations.values()}
    whole.services = _by_id(reader.rows(services_of(reader).where(among(Service.id, services))))
    whole.locations = _by_id(reader.rows(every(Location).where(among(Location.id, locations))))


def _organizations_and_programs(reader: Reader, whole: Whole) -> None:
    if not whole.organizations:
        wanted = {row["organization_id"] for row in whole.services.values()}
        statement = every(Organization).where(*reader.listed(Organization), among(Organization.id, wanted))
        whole.organizations = _by_id(reader.rows(statement))
    named = {row["program_id"] for row in whole.services.values() if row["program_id"] is not None}
    whole.programs = _by_id(reader.rows(every(Program).where(among(Program.id, named))))


def _tellable(reader: Reader, whole: Whole) -> None:
    """Which organizations that rows name by their id may be named."""
    named = {row["parent_organization_id"] for row in whole.organizations.values()}
    named |= {row["organization_id"] for row in whole.locations.values()}
    roles = whole.children.get(("organization_role", "organization"), {})
    named |= {row["other_organization_id"] for found in roles.values() for row in found}
    unknown = named - {None} - set(whole.organizations)
    statement = select(Organization.id).where(*reader.listed(Organization), among(Organization.id, unknown))
    whole.told = frozenset(whole.organizations) | {row["id"] for row in reader.rows(statement)}


def _children(reader: Reader, whole: Whole) -> None:
    owners: dict[str, Collection[UUID]] = {
        "organization": whole.organizations,
        "service": whole.services,
        "location": whole.locations,
        "service_at_location": whole.at_locations,
    }
    for entity, model, kinds in CHILDREN:
        columns = [(kind, getattr(model, f"{kind}_id")) for kind in kinds]
        ours = or_(*(among(column, owners[kind]) for kind, column in columns))
        rows = reader.rows(every(model).where(ours).order_by(model.__table__.c.id))
        for kind, _column in columns:
            whole.children[entity, kind] = _grouped(rows, f"{kind}_id")
        if entity in ("contact", "phone"):
            owners[entity] = [row["id"] for row in rows]
    countries = sorted({row["country"] for row in whole.locations.values()})
    national = reader.rows(
        every(ScheduleException)
        .where(ScheduleException.country.in_(countries), ScheduleException.last_on >= clock.now().date())
        .order_by(ScheduleException.first_on, ScheduleException.id)
    )
    for row in national:
        whole.national.setdefault(row["country"], []).append(row)
    free = whole.children["service_capacity", "service"]
    units = {row["unit_id"] for found in free.values() for row in found}
    whole.units = _by_id(reader.rows(every(Unit).where(among(Unit.id, units))))


def _grouped(rows: Iterable[Row], column: str) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        if row[column] is not None:
            found[row[column]].append(row)
    return dict(found)


def _terms_and_notes(reader: Reader, whole: Whole) -> None:
    """The attributes and metadata of every row that was found."""
    ids = {*whole.services, *whole.organizations, *whole.locations, *whole.at_locations, *whole.programs}
    ids |= {row["id"] for groups in whole.children.values() for rows in groups.values() for row in rows}
    linked = (
        every(Attribute)
        .add_columns(*named("term", TaxonomyTerm), *named("taxonomy", Taxonomy))
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(among(Attribute.link_id, ids))
        .order_by(Attribute.id)
    )
    whole.attributes = _grouped(reader.rows(linked), "link_id")
    notes = every(Metadata).where(among(Metadata.resource_id, ids)).order_by(Metadata.id)
    whole.metadata = _grouped(reader.rows(notes), "resource_id")
