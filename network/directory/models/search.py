"""What a search reads: one row a service at a location, filled by the database, never written by the application.

These tables have no row security (operators that a search needs are not leakproof), so they hold only what the
whole network may see.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, Identity, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, INT4MULTIRANGE, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime


class _Searched:
    """What every search reads of a service at a location.

    ``hours`` are minutes of the local week; NULL is unknown. ``unusual``: dated hours or exceptions say more than
    they do. ``conditions`` are marks (``condition_marks`` in the database). ``known_on``: when somebody last looked
    at it, or else when it was listed. A position is kept in km from the middle of the earth, too.
    """

    service_at_location_id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    location_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    service_name: Mapped[str]
    service_alternate_name: Mapped[str | None]
    organization_name: Mapped[str]
    organization_alternate_name: Mapped[str | None]
    organization_kind: Mapped[str]
    status: Mapped[str]
    alert: Mapped[str | None]
    need_codes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    interpreted_languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    x_km: Mapped[float | None]
    y_km: Mapped[float | None]
    z_km: Mapped[float | None]
    town: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    location_type: Mapped[str]
    confidential: Mapped[bool]
    hours: Mapped[Any | None] = mapped_column(INT4MULTIRANGE)
    openings: Mapped[Any] = mapped_column(JSONB)
    exceptions: Mapped[Any] = mapped_column(JSONB)
    unusual: Mapped[bool]
    eligibility: Mapped[Any] = mapped_column(JSONB)
    conditions: Mapped[list[str]] = mapped_column(ARRAY(Text))
    age_min: Mapped[int | None]
    age_max: Mapped[int | None]
    girls_up_to: Mapped[int | None]
    boys_up_to: Mapped[int | None]
    cost: Mapped[str | None]
    invented: Mapped[bool]
    verified_on: Mapped[date | None]
    known_on: Mapped[date]
    words: Mapped[Any] = mapped_column(TSVECTOR)


class ServiceSearch(_Searched, Base):
    """A service at a location as the network sees it."""

    __tablename__ = "service_search"
    __table_args__: Any = (
        Index("ix_service_search_service_id", "service_id"),
        Index("ix_service_search_organization_id", "organization_id"),
        Index("ix_service_search_latitude_longitude", "latitude", "longitude"),
        Index("ix_service_search_country", "country"),
        Index("ix_service_search_everywhere", "country", postgresql_where="latitude IS NULL"),
        Index("ix_service_search_words", "words", postgresql_using="gin"),
        {"info": {"kind": "system"}},
    )

    organization_country: Mapped[str]
    practices: Mapped[Any] = mapped_column(JSONB)
    house_rules: Mapped[Any] = mapped_column(JSONB)
    referral_method: Mapped[str]
    other_referral_methods: Mapped[list[str]] = mapped_column(ARRAY(Text))
    response_hours: Mapped[int | None]
    visibility: Mapped[str]


class PublicSearch(_Searched, Base):
    """A service at a location as anybody may see it: nothing of referrals, practices and house rules."""

    __tablename__ = "public_search"
    __table_args__: Any = (
        Index("ix_public_search_organization_id", "organization_id"),
        Index("ix_public_search_latitude_longitude", "latitude", "longitude"),
        Index("ix_public_search_country", "country"),
        Index("ix_public_search_everywhere", "country", postgresql_where="latitude IS NULL"),
        Index("ix_public_search_words", "words", postgresql_using="gin"),
        {"info": {"kind": "system"}},
    )


class CapacitySearch(Base):
    """What a service has free, when that was counted, and when something will next be free."""

    __tablename__ = "capacity_search"
    __table_args__: Any = ({"info": {"kind": "system"}},)

    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    available: Mapped[float] = mapped_column(Double)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    next_free_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class SearchWord(Base):
    """A word that stands in some listing, as it is written there. ``added_in``: the transaction that brought it."""

    __tablename__ = "search_word"
    __table_args__: Any = (
        Index("ix_search_word_word", "word"),
        Index("ix_search_word_added_in", "added_in"),
        Index(
            "ix_search_word_folded",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
        ),
        {"info": {"kind": "system"}},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    word: Mapped[str]
    folded: Mapped[str]
    added_in: Mapped[int] = mapped_column(BigInteger)


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
