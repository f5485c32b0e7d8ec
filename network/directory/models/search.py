"""What a search reads: one row a service at a location, filled by the database, never written by the application.

These tables have no row security (operators that a search needs are not leakproof), so they hold only what the
whole network may see.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base


class ServiceSearch(Base):
    """A service at a location as the network sees it. ``hours`` are minutes of the local week; NULL is unknown."""

    __tablename__ = "service_search"
    __table_args__: Any = (
        Index("ix_service_search_service_id", "service_id"),
        Index("ix_service_search_organization_id", "organization_id"),
        Index("ix_service_search_latitude_longitude", "latitude", "longitude"),
        {"info": {"kind": "system"}},
    )

    service_at_location_id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    location_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    service_name: Mapped[str]
    service_alternate_name: Mapped[str | None]
    organization_name: Mapped[str]
    organization_alternate_name: Mapped[str | None]
    organization_country: Mapped[str]
    status: Mapped[str]
    alert: Mapped[str | None]
    need_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    town: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    location_type: Mapped[str]
    confidential: Mapped[bool]
    hours: Mapped[Any | None] = mapped_column(INT4MULTIRANGE)
    openings: Mapped[Any] = mapped_column(JSONB)
    eligibility: Mapped[Any] = mapped_column(JSONB)
    practices: Mapped[Any] = mapped_column(JSONB)
    house_rules: Mapped[Any] = mapped_column(JSONB)
    referral_method: Mapped[str]
    other_referral_methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    response_hours: Mapped[int | None]
    cost: Mapped[str | None]
    visibility: Mapped[str]
    invented: Mapped[bool]
    verified_on: Mapped[date | None]


class ServiceNeedSearch(Base):
    """One need of a running service at a location: the index that a search by need and radius walks."""

    __tablename__ = "service_need_search"
    __table_args__: Any = (
        Index("ix_service_need_search_near", "need_code", "latitude", "longitude", "service_at_location_id"),
        Index("ix_service_need_search_country", "need_code", "country", postgresql_where="latitude IS NULL"),
        {"info": {"kind": "system"}},
    )

    service_at_location_id: Mapped[UUID] = mapped_column(primary_key=True)
    need_code: Mapped[str] = mapped_column(primary_key=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    country: Mapped[str]
