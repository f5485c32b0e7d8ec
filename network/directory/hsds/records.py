"""Whole listings, read with a number of queries that does not depend on how many there are.

Rows come as the tables have them. What is removed, merged, not to be listed or hidden from who asks is not read at
all: a row that leads to such a thing is told without it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Uuid,
    any_,
    func,
    join,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, scoped_session

from network.core import clock
from network.core.db import Base
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

Executes = Session | scoped_session[Any] | Connection
Row = Mapping[str, Any]
Listing = type[Organization] | type[Service] | type[Location]

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


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, over which transaction. ``public``: only what anybody may read, whoever asks."""

    session: Executes
    public: bool

    def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """The rows of a statement."""
        return [dict(row) for row in self.session.execute(statement).mappings()]

    def listed(self, model: Listing) -> tuple[ColumnElement[bool], ...]:
        """That a listing stands in the directory and may be told."""
        standing = (model.removed_at.is_(None), model.merged_into_id.is_(None), model.do_not_list.is_(False))
        return (*standing, model.visibility == "public") if self.public else standing


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


def among(column: InstrumentedAttribute[Any], ids: Collection[UUID]) -> ColumnElement[bool]:
    """That a column holds one of these ids; one parameter, however many they are."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def every(model: type[Base]) -> Select[Any]:
    """All columns of a table."""
    return select(*model.__table__.c)


def _latest(model: type[Base], *others: InstrumentedAttribute[Any]) -> Select[Any]:
    """All columns of a table, its last change being that of any of the others, too."""
    own = [column for column in model.__table__.c if column.name != "modified_at"]
    return select(*own, func.greatest(model.__table__.c.modified_at, *others).label("modified_at"))


def services_of(reader: Reader) -> Select[Any]:
    """The services that may be told: their organization may be, too."""
    return (
        _latest(Service, Organization.modified_at)
        .join(Organization, Organization.id == Service.organization_id)
        .where(*reader.listed(Service), *reader.listed(Organization))
    )


def at_locations_of(reader: Reader) -> Select[Any]:
    """The services at locations that may be told: service, organization and location may be, too."""
    changed = (Service.modified_at, Organization.modified_at, Location.modified_at)
    return (
        _latest(ServiceAtLocation, *changed)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.removed_at.is_(None))
        .where(*reader.listed(Service), *reader.listed(Organization), *reader.listed(Location))
    )


def joined(model: Any) -> Any:
    """A listing with what it is part of."""
    if model is Organization:
        return Organization
    if model is Service:
        return join(Service, Organization, Organization.id == Service.organization_id)
    offered = join(ServiceAtLocation, Service, Service.id == ServiceAtLocation.service_id)
    whose = offered.join(Organization, Organization.id == Service.organization_id)
    return whose.join(Location, Location.id == ServiceAtLocation.location_id)


def is_gone(*parts: Any) -> ColumnElement[bool]:
    """That a listing, or what it is part of, stands in the directory no longer."""
    gone: list[ColumnElement[bool]] = []
    for part in parts:
        gone.append(part.removed_at.is_not(None))
        if part is not ServiceAtLocation:
            gone += [part.merged_into_id.is_not(None), part.do_not_list.is_(True)]
    return or_(*gone)


def terms_of(key: InstrumentedAttribute[Any], ids: Collection[UUID]) -> Select[Any]:
    """Terms with their taxonomy."""
    return (
        every(TaxonomyTerm)
        .add_columns(*(one for one in _named("taxonomy", Taxonomy) if one.name != "taxonomy_id"))
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(among(key, ids))
    )


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
        .add_columns(*_named("term", TaxonomyTerm), *_named("taxonomy", Taxonomy))
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .join(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .where(among(Attribute.link_id, ids))
        .order_by(Attribute.id)
    )
    whole.attributes = _grouped(reader.rows(linked), "link_id")
    notes = every(Metadata).where(among(Metadata.resource_id, ids)).order_by(Metadata.id)
    whole.metadata = _grouped(reader.rows(notes), "resource_id")


def _named(prefix: str, model: type[Base]) -> list[ColumnElement[Any]]:
    return [column.label(f"{prefix}_{column.name}") for column in model.__table__.c]
