"""Who was told what, when, and what of it can still be read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from network.consent.models import Disclosure, DisclosureGrant, Packet
from network.core import clock
from network.core.db import db
from network.directory.models import Organization
from network.tenants.context import acting


@dataclass(frozen=True)
class DisclosureRecord:
    """Who was told what, when: one disclosure, and what has become of its packet."""

    id: UUID
    at: datetime
    case_id: UUID
    exchange_id: UUID
    packet_id: UUID
    organization_id: UUID
    organization: str
    purpose: str
    categories: tuple[str, ...]
    fields: tuple[str, ...]
    legal_basis: str
    account_id: UUID
    readable_until: datetime
    sealed_at: datetime | None
    seal_reason: str | None
    grant_ids: tuple[UUID, ...]

    def is_open(self, now: datetime) -> bool:
        """Whether the recipient can still read it."""
        return self.sealed_at is None and self.readable_until > now


@dataclass(frozen=True)
class KnownTo:
    """What one organization was told about her, over all disclosures, and what it can still read."""

    organization_id: UUID
    organization: str
    categories: tuple[str, ...]
    readable: tuple[str, ...]
    latest_at: datetime
    disclosures: tuple[DisclosureRecord, ...]


def disclosures_of(client_id: UUID) -> list[DisclosureRecord]:
    """Every act of data leaving, newest first."""
    return _disclosures(Disclosure.client_id == client_id)


def disclosures_under(grant_ids: Collection[UUID]) -> list[DisclosureRecord]:
    """What left under these grants and can still be read."""
    under = select(DisclosureGrant.disclosure_id).where(
        DisclosureGrant.tenant_id == acting().tenant, DisclosureGrant.grant_id.in_(grant_ids)
    )
    return _disclosures(Disclosure.id.in_(under), Packet.sealed_at.is_(None))


def _disclosures(*conditions: ColumnElement[bool]) -> list[DisclosureRecord]:
    tenant_id = acting().tenant
    used = (
        select(DisclosureGrant.disclosure_id, func.array_agg(DisclosureGrant.grant_id).label("grants"))
        .where(DisclosureGrant.tenant_id == tenant_id)
        .group_by(DisclosureGrant.disclosure_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Disclosure,
            Organization.name,
            Packet.readable_until,
            Packet.sealed_at,
            Packet.seal_reason,
            used.c.grants,
        )
        .join(Packet, Packet.id == Disclosure.packet_id)
        .outerjoin(Organization, Organization.id == Disclosure.recipient_organization_id)
        .outerjoin(used, used.c.disclosure_id == Disclosure.id)
        .where(Disclosure.tenant_id == tenant_id, *conditions)
        .order_by(Disclosure.at.desc(), Disclosure.id.desc())
    )
    return [
        DisclosureRecord(
            id=row.id,
            at=row.at,
            case_id=row.case_id,
            exchange_id=row.exchange_id,
            packet_id=row.packet_id,
            organization_id=row.recipient_organization_id,
            organization=name or "",
            purpose=row.purpose,
            categories=tuple(row.categories),
            fields=tuple(row.fields),
            legal_basis=row.legal_basis,
            account_id=row.account_id,
            readable_until=readable_until,
            sealed_at=sealed_at,
            seal_reason=seal_reason,
            grant_ids=tuple(grants or ()),
        )
        for row, name, readable_until, sealed_at, seal_reason, grants in rows
    ]


def who_knows_what(client_id: UUID) -> list[KnownTo]:
    """For each organization that was ever told something: what, and what of it it can still read. Latest first."""
    now = clock.now()
    told: dict[UUID, list[DisclosureRecord]] = {}
    for one in disclosures_of(client_id):
        told.setdefault(one.organization_id, []).append(one)
    return [
        KnownTo(
            organization_id=organization_id,
            organization=records[0].organization,
            categories=_categories(records),
            readable=_categories([one for one in records if one.is_open(now)]),
            latest_at=records[0].at,
            disclosures=tuple(records),
        )
        for organization_id, records in told.items()
    ]


def _categories(records: list[DisclosureRecord]) -> tuple[str, ...]:
    return tuple(sorted({category for record in records for category in record.categories}))
