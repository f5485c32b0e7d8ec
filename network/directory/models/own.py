"""What a centre keeps to itself: a shelter's address, its searches, filters, gaps and holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime


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


class SavedFilter(Base):
    """A filter of the directory that a centre kept under a label; it holds nothing of any client."""

    __tablename__ = "saved_filter"
    __table_args__: Any = (
        UniqueConstraint("tenant_id", "label"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    label: Mapped[str]
    criteria: Mapped[Any] = mapped_column(JSONB)
    created_by: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
