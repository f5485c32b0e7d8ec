"""Which countries and centres exchange cases: corridors, and the agreements that are in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased

from network.core.db import db
from network.core.errors import NotFound
from network.tenants.models import Agreement, Corridor, Tenant


@dataclass(frozen=True)
class Reachable:
    """A centre to which a case can be handed: over which corridor, under which agreement."""

    tenant: Tenant
    corridor: Corridor
    agreement: Agreement

    @property
    def is_origin(self) -> bool:
        """Whether it is the corridor's origin side, to which people return."""
        return self.agreement.origin_tenant_id == self.tenant.id


@dataclass(frozen=True)
class Agreed:
    """An agreement, with the names of the two centres that made it."""

    agreement: Agreement
    origin: str
    destination: str

    def ended(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.agreement.until_on is not None and self.agreement.until_on < today


@dataclass(frozen=True)
class CorridorAgreements:
    """A corridor with everything that was agreed over it."""

    corridor: Corridor
    agreed: tuple[Agreed, ...]


def get_tenant(tenant_id: UUID) -> Tenant:
    """A member organization; raises ``NotFound``."""
    found = db.session.get(Tenant, tenant_id)
    if found is None:
        raise NotFound
    return found


def list_tenants(tenant_ids: set[UUID]) -> dict[UUID, Tenant]:
    """Several member organizations by id, with one query."""
    rows = db.session.scalars(select(Tenant).where(Tenant.id.in_(tenant_ids)))
    return {tenant.id: tenant for tenant in rows}


def corridors_between(country: str, other: str) -> list[Corridor]:
    """The corridors between two countries (ISO 3166-1 alpha-2), in whichever direction people go."""
    there = (Corridor.origin == country) & (Corridor.destination == other)
    back = (Corridor.origin == other) & (Corridor.destination == country)
    return list(db.session.scalars(select(Corridor).where(or_(there, back)).order_by(Corridor.origin)))


def get_corridor(corridor_id: UUID) -> Corridor:
    """A corridor; raises ``NotFound``."""
    found = db.session.get(Corridor, corridor_id)
    if found is None:
        raise NotFound
    return found


def list_corridors() -> list[CorridorAgreements]:
    """Every corridor with its agreements, by its countries; the latest agreement first."""
    kept: dict[UUID, list[Agreed]] = {}
    for agreed in _agreed():
        kept.setdefault(agreed.agreement.corridor_id, []).append(agreed)
    found = db.session.scalars(select(Corridor).order_by(Corridor.origin, Corridor.destination))
    return [CorridorAgreements(one, tuple(kept.get(one.id, ()))) for one in found]


def get_agreement(agreement_id: UUID) -> Agreed:
    """An agreement with its two centres; raises ``NotFound``."""
    found = _agreed(Agreement.id == agreement_id)
    if not found:
        raise NotFound
    return found[0]


def _agreed(*conditions: ColumnElement[bool]) -> list[Agreed]:
    origin, destination = aliased(Tenant), aliased(Tenant)
    rows = db.session.execute(
        select(Agreement, origin.name.label("origin"), destination.name.label("destination"))
        .join(origin, origin.id == Agreement.origin_tenant_id)
        .join(destination, destination.id == Agreement.destination_tenant_id)
        .where(*conditions)
        .order_by(Agreement.from_on.desc(), origin.name, destination.name)
    )
    return [Agreed(row.Agreement, row.origin, row.destination) for row in rows]


def agreement_in_force(origin_tenant_id: UUID, destination_tenant_id: UUID, on: date) -> Agreement | None:
    """What lets these two centres exchange cases on this day, or None."""
    return db.session.scalars(
        select(Agreement)
        .where(
            Agreement.origin_tenant_id == origin_tenant_id,
            Agreement.destination_tenant_id == destination_tenant_id,
            *_in_force(on),
        )
        .order_by(Agreement.from_on.desc())
        .limit(1)
    ).first()


def is_in_force(agreement_id: UUID, on: date) -> bool:
    """Whether this agreement is in force on this day."""
    found = db.session.scalars(select(Agreement.id).where(Agreement.id == agreement_id, *_in_force(on)))
    return found.first() is not None


def centres_over_corridors(tenant_id: UUID, on: date) -> list[Reachable]:
    """The live centres with which this one has an agreement in force, by country and name."""
    other = or_(
        (Agreement.origin_tenant_id == tenant_id) & (Tenant.id == Agreement.destination_tenant_id),
        (Agreement.destination_tenant_id == tenant_id) & (Tenant.id == Agreement.origin_tenant_id),
    )
    rows = db.session.execute(
        select(Tenant, Corridor, Agreement)
        .join(Corridor, Corridor.id == Agreement.corridor_id)
        .join(Tenant, other)
        .where(*_in_force(on), Tenant.status == "live", Tenant.kind == "centre")
        .order_by(Tenant.country, Tenant.name, Agreement.from_on.desc())
    )
    reachable: dict[UUID, Reachable] = {}
    for tenant, corridor, agreement in rows:
        reachable.setdefault(tenant.id, Reachable(tenant, corridor, agreement))
    return list(reachable.values())


def _in_force(on: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Agreement.from_on <= on, or_(Agreement.until_on.is_(None), Agreement.until_on >= on)
