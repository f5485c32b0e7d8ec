"""What hangs on a listing of ours: its parts, needs, languages, conditions, rules, hours, and what is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, literal_column, or_, select

from network.core.db import Base, db
from network.core.errors import NotFound
from network.directory import models
from network.directory.models import (
    Attribute,
    Language,
    Location,
    Organization,
    Schedule,
    Service,
    ServiceCapacity,
    ServiceEligibility,
    ServicePractice,
    TaxonomyTerm,
    Unit,
)
from network.tenants.context import acting

KINDS: Mapping[str, Any] = {"organization": Organization, "service": Service, "location": Location}
# The needs of whoever sleeps there, and the groups of needs for which people are seen one by one.
_SLEPT = frozenset({"protection.shelter", "protection.accommodation", "health.hospital", "return.reception"})
_SEEN = frozenset({"labour", "legal", "documents", "information", "health", "violence", "children", "return"})
PARTS: Mapping[str, Any] = {
    model.__tablename__: model
    for model in (
        *(models.Phone, models.Contact, models.OrganizationRole, models.Url, models.Funding, models.Program),
        *(
            models.OrganizationIdentifier,
            models.RequiredDocument,
            models.CostOption,
            models.ScheduleException,
        ),
        *(models.Address, models.Accessibility),
    )
}


@dataclass(frozen=True, slots=True)
class Said:
    """Practices and house rules of a service, by code."""

    practices: dict[str, str]
    house_rules: dict[str, str]


@dataclass(frozen=True, slots=True)
class Free:
    """What a service has free in one unit, and when that was said."""

    unit: Unit
    capacity: ServiceCapacity | None


def parts_of(kind: str, listing_id: UUID, entities: Sequence[str]) -> dict[str, Sequence[Any]]:
    """The rows that hang on a listing, by entity."""
    column = f"{kind}_id"
    return {
        entity: db.session.scalars(
            select(PARTS[entity])
            .where(getattr(PARTS[entity], column) == listing_id)
            .order_by(PARTS[entity].id)
        ).all()
        for entity in entities
    }


def get_part(entity: str, part_id: UUID) -> Any:
    """A part of a listing that this tenant stewards; raises NotFound."""
    found: Any = db.session.get(PARTS[entity], part_id) if entity in PARTS else None
    if found is None or found.steward_tenant_id != acting().tenant:
        raise NotFound
    return found


def part_version(entity: str, part_id: UUID, *, lock: bool = False) -> int:
    """Which state of a part this is: the database counts each write of the row, whoever makes it.

    With ``lock`` nobody else writes it until the unit ends. Raises NotFound.
    """
    table = Base.metadata.tables[entity]
    written = literal_column(f"{table.name}.xmin::text::bigint % 1000000000", Integer)
    asked = select(written).select_from(table).where(table.c.id == part_id)
    found = db.session.scalar(asked.with_for_update() if lock else asked)
    if found is None:
        raise NotFound
    return found


def needs_of(service_id: UUID) -> list[str]:
    """The needs that a service answers, by code."""
    return [
        code
        for code in db.session.scalars(
            select(TaxonomyTerm.code)
            .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
            .where(Attribute.link_id == service_id, TaxonomyTerm.steward_tenant_id.is_(None))
            .order_by(TaxonomyTerm.code)
        )
        if code
    ]


def languages_of(service_id: UUID, *, interpreted: bool) -> list[str]:
    """The languages of a service, spoken or through an interpreter."""
    found = db.session.scalars(
        select(Language.code).where(
            Language.service_id == service_id,
            Language.interpreted.is_(interpreted),
            Language.code.is_not(None),
        )
    )
    return sorted(code for code in found if code)


def conditions_of(service_id: UUID) -> dict[str, Any]:
    """Whom a service takes, by criterion."""
    return {
        one.criterion: one.value
        for one in db.session.scalars(
            select(ServiceEligibility).where(ServiceEligibility.service_id == service_id)
        )
    }


def practices_and_rules(service_id: UUID) -> Said:
    """What a client must hear of a service, and how its residents live."""
    said = Said({}, {})
    for one in db.session.scalars(select(ServicePractice).where(ServicePractice.service_id == service_id)):
        (said.practices if one.kind == "practice" else said.house_rules)[one.code] = one.value
    return said


def schedules_of(kind: str, listing_id: UUID) -> Sequence[Schedule]:
    """The weekly hours that hang on a service or a location itself."""
    return db.session.scalars(
        select(Schedule)
        .where(
            getattr(Schedule, f"{kind}_id") == listing_id,
            Schedule.freq.is_distinct_from("MONTHLY"),
            Schedule.byday.is_not(None),
            Schedule.opens_at.is_not(None),
        )
        .order_by(Schedule.opens_at, Schedule.id)
    ).all()


def capacity_of(service_id: UUID) -> list[Free]:
    """What a service has free, in each unit that was ever said, then in the network's others, the likeliest first.

    Beds are free where people sleep, appointments where they are seen; elsewhere there are places.
    """
    codes = db.session.scalars(
        select(TaxonomyTerm.code)
        .join(Attribute, Attribute.taxonomy_term_id == TaxonomyTerm.id)
        .where(Attribute.link_id == service_id, Attribute.link_entity == "service")
    ).all()
    likely = _likely_unit(codes)
    rows = db.session.execute(
        select(Unit, ServiceCapacity)
        .outerjoin(
            ServiceCapacity, (ServiceCapacity.unit_id == Unit.id) & (ServiceCapacity.service_id == service_id)
        )
        .where(or_(Unit.scheme == "network", ServiceCapacity.id.is_not(None)))
        .order_by(ServiceCapacity.updated_at.desc().nulls_last(), Unit.identifier != likely, Unit.id)
    )
    return [Free(row[0], row[1]) for row in rows]


def _likely_unit(codes: Sequence[str | None]) -> str:
    if _SLEPT & set(codes):
        return "bed"
    if set(codes) == {"assistance.items"}:
        return "parcel"
    return "appointment" if _SEEN & {code.split(".", 1)[0] for code in codes if code} else "place"


def capacities_of_ours() -> list[tuple[UUID, str, str, Free | None]]:
    """Services of ours, their organizations, and what they have free, said last first; where none was ever said,
    those of a shelter."""
    rows = db.session.execute(
        select(Service.id, Service.name, Organization.name, Unit, ServiceCapacity)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(ServiceCapacity, ServiceCapacity.service_id == Service.id)
        .outerjoin(Unit, Unit.id == ServiceCapacity.unit_id)
        .where(
            Service.steward_tenant_id == acting().tenant,
            Service.status == "active",
            Service.removed_at.is_(None),
            Service.merged_into_id.is_(None),
            or_(ServiceCapacity.id.is_not(None), Service.id.in_(_shelters())),
        )
        .order_by(ServiceCapacity.updated_at.desc().nulls_last(), Service.id)
        .limit(5)
    )
    return [(*row[:3], Free(row[3], row[4]) if row[4] is not None else None) for row in rows]


def _shelters() -> Select[Any]:
    return (
        select(Attribute.link_id)
        .join(TaxonomyTerm, TaxonomyTerm.id == Attribute.taxonomy_term_id)
        .where(Attribute.steward_tenant_id == acting().tenant, TaxonomyTerm.code.like("%shelter%"))
    )
