"""What a service asks for and has free: documents, costs, the area that it covers, its capacity (HSDS 3.1)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.models.owners import of_steward, owned_by


class ServiceArea(Base):
    """The area whose people a service, or a service at a location, is for."""

    __tablename__ = "service_area"
    __table_args__: Any = (
        *owned_by("service", "service_at_location"),
        Index("ix_service_area_service_id", "service_id"),
        Index("ix_service_area_service_at_location_id", "service_at_location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    name: Mapped[str | None]
    description: Mapped[str | None]
    extent: Mapped[str | None]
    extent_type: Mapped[str | None]
    uri: Mapped[str | None]


class CostOption(Base):
    """What a service costs somebody: an amount with its currency (ISO 4217), or words."""

    __tablename__ = "cost_option"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
        Index("ix_cost_option_service_id", "service_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None]
    amount_description: Mapped[str | None]


class RequiredDocument(Base):
    """A paper that a service asks for, in words."""

    __tablename__ = "required_document"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        Index("ix_required_document_service_id", "service_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    document: Mapped[str | None]
    uri: Mapped[str | None]


class Unit(Base):
    """What capacity is counted in: beds, appointments. Those without a steward are the network's own."""

    __tablename__ = "unit"
    __table_args__: Any = (
        UniqueConstraint("steward_tenant_id", "name", postgresql_nulls_not_distinct=True),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Base):
    """What a service has free now, when that was said, and when it will next have something free."""

    __tablename__ = "service_capacity"
    __table_args__: Any = (
        UniqueConstraint("service_id", "unit_id"),
        of_steward("service_id", "service"),
        CheckConstraint("available >= 0 AND maximum >= 0", name="counted"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    available: Mapped[float]
    maximum: Mapped[float | None]
    description: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_free_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
