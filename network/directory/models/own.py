"""What a centre keeps to itself: a shelter's address, its searches, gaps and holds; and reports to a steward."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.states import REPORT_STATES
from network.tenants.models import one_of


class LocationPrivate(Base):
    """Where a confidential location really is, sealed; its id is the location's. It never moves to another tenant."""

    __tablename__ = "location_private"
    __table_args__: Any = ({"info": {"kind": "private"}},)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), primary_key=True)
    sealed: Mapped[bytes]
    version: Mapped[int] = mapped_column(default=1)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class DirectorySearch(Base):
    """A search that was started with a client in mind. What comes from her card is sealed; only its maker sees it."""

    __tablename__ = "directory_search"
    __table_args__: Any = (
        Index("ix_directory_search_tenant_id_created_at", "tenant_id", "created_at"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    case_id: Mapped[UUID | None]
    criteria: Mapped[Any] = mapped_column(JSONB)
    sealed: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ServiceGap(Base):
    """That nobody offered what was needed: need, place, date, and the barrier where there was one."""

    __tablename__ = "service_gap"
    __table_args__: Any = (
        CheckConstraint("(barrier_list IS NULL) = (barrier_code IS NULL)", name="barrier"),
        Index("ix_service_gap_tenant_id_noticed_on", "tenant_id", "noticed_on"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
    need_code: Mapped[str]
    place: Mapped[str]
    country: Mapped[str]
    noticed_on: Mapped[date]
    barrier_list: Mapped[str | None]
    barrier_code: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ServiceHold(Base):
    """That this centre does not offer a service for new referrals until a person has looked."""

    __tablename__ = "service_hold"
    __table_args__: Any = (
        Index(
            "uq_service_hold_standing",
            "tenant_id",
            "service_id",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"))
    reason_list: Mapped[str]
    reason_code: Mapped[str]
    held_at: Mapped[datetime] = mapped_column(UTCDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    released_by: Mapped[UUID | None]


class ListingReport(Base):
    """What one tenant tells the steward of a listing: that something in it is wrong. Holds codes only."""

    __tablename__ = "listing_report"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["service_id", "steward_tenant_id"],
            ["service.id", "service.steward_tenant_id"],
            name="fk_listing_report_service",
            onupdate="CASCADE",
        ),
        CheckConstraint(one_of("state", REPORT_STATES), name="state"),
        Index("ix_listing_report_steward_tenant_id_state", "steward_tenant_id", "state"),
        Index("ix_listing_report_service_id", "service_id"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID]
    reason_list: Mapped[str]
    reason_code: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
