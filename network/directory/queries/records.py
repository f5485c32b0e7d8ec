"""Single records, what a centre holds back or was told, and services for a need."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from network.core.asking import Question, ask
from network.core.crypto import unseal
from network.core.db import db
from network.core.errors import NotFound
from network.directory.eligibility import Profile
from network.directory.geo import Place, Point
from network.directory.models import (
    ListingReport,
    LocationPrivate,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceHold,
    TaxonomyTerm,
)
from network.directory.search import RADIUS_KM, Criteria, Found, find
from network.tenants.context import acting
from network.tenants.keys import tenant_key

T = TypeVar("T")

_LISTED = select(Organization.__table__.c.id).where(
    Organization.__table__.c.id == func.any(bindparam("asked", type_=ARRAY(Uuid())))
)


def get_service(service_id: UUID) -> Service:
    """A service; raises NotFound."""
    return _got(db.session.get(Service, service_id))


def get_service_at_location(service_at_location_id: UUID) -> ServiceAtLocation:
    """A service at a location; raises NotFound."""
    return _got(db.session.get(ServiceAtLocation, service_at_location_id))


def get_organization(organization_id: UUID) -> Organization:
    """An organization; raises NotFound."""
    return _got(db.session.get(Organization, organization_id))


def check_listed(organization_ids: Collection[UUID]) -> None:
    """Raises NotFound unless each of these organizations is listed."""
    wanted = set(organization_ids)
    if wanted and len(ask(Question(_LISTED, {"asked": list(wanted)}))) != len(wanted):
        raise NotFound


def _got(found: T | None) -> T:
    if found is None:
        raise NotFound
    return found


def private_address(location_id: UUID) -> dict[str, Any] | None:
    """Where a confidential location really is, as its own steward wrote it; None for everybody else."""
    tenant_id = acting().tenant
    kept = db.session.get(LocationPrivate, (tenant_id, location_id))
    if kept is None:
        return None
    return unseal(tenant_key(tenant_id), "location_private", tenant_id, location_id, kept.sealed)


def services_offering(
    need_codes: Sequence[str],
    near: Point | Place,
    radius_km: float = RADIUS_KM,
    *,
    language: str | None = None,
    profile: Profile | None = None,
    without_services: frozenset[UUID] = frozenset(),
    limit: int = 20,
) -> tuple[Found, ...]:
    """Services that answer any of the needs, take referrals now and do not exclude the client; nearest first.

    ``without_services`` leaves out those that were asked already.
    """
    point, country = (near.point, near.country) if isinstance(near, Place) else (near, None)
    findings = find(Criteria(tuple(need_codes), point, "", country, radius_km, language), profile)
    fitting = (
        one
        for one in findings.found
        if one.takes_referrals
        and one.service_id not in without_services
        and (one.match is None or one.match.verdict != "not_eligible")
    )
    return tuple(fitting)[:limit]


def held_services() -> frozenset[UUID]:
    """The services that this centre does not offer for new referrals until a person has looked."""
    return frozenset(
        db.session.scalars(
            select(func.coalesce(Service.merged_into_id, ServiceHold.service_id))
            .select_from(ServiceHold)
            .join(Service, Service.id == ServiceHold.service_id)
            .where(ServiceHold.released_at.is_(None))
        )
    )


def itself_and_merged(service_id: Any) -> Select[Any]:
    """A service and those that were merged into it: what is kept beside one holds for all."""
    return select(Service.id).where(or_(Service.id == service_id, Service.merged_into_id == service_id))


def is_held(service_id: UUID) -> bool:
    """Whether this centre does not offer the service for new referrals until a person has looked."""
    standing = select(ServiceHold.id).where(
        ServiceHold.service_id.in_(itself_and_merged(service_id)), ServiceHold.released_at.is_(None)
    )
    return db.session.scalar(select(standing.exists())) is True


def open_reports() -> Sequence[ListingReport]:
    """What others told this tenant about the listings that it stewards, and nobody has answered; oldest first."""
    return db.session.scalars(
        select(ListingReport)
        .where(ListingReport.steward_tenant_id == acting().tenant, ListingReport.state == "open")
        .order_by(ListingReport.created_at)
    ).all()


def taxonomy_terms() -> Sequence[TaxonomyTerm]:
    """The groups and needs of the network's own taxonomy, groups first, by code; not the terms that feeds brought."""
    return db.session.scalars(
        select(TaxonomyTerm)
        .where(TaxonomyTerm.steward_tenant_id.is_(None))
        .order_by(TaxonomyTerm.parent_id.is_not(None), TaxonomyTerm.code)
    ).all()
