"""Tenants, their keys and sites, and the corridors between countries with their agreements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime

TENANT_KINDS = ("centre", "partner", "network")
TENANT_STATUSES = ("live", "planned", "suspended")
KEY_PURPOSES = ("tenant", "client")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The SQL condition that a text column holds one of these codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


class Tenant(Base):
    """A member organization that signs in and owns data. The headquarters steward its row."""

    __tablename__ = "tenant"
    __table_args__: Any = (
        CheckConstraint(one_of("kind", TENANT_KINDS), name="kind"),
        CheckConstraint(one_of("status", TENANT_STATUSES), name="status"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name: Mapped[str]
    country: Mapped[str]
    status: Mapped[str] = mapped_column(default="live")
    default_language: Mapped[str] = mapped_column(default="en")
    time_zone: Mapped[str] = mapped_column(default="UTC")
    reference_prefix: Mapped[str]
    organization_id: Mapped[UUID | None] = mapped_column(unique=True)
    invented: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Site(Base):
    """A place where a centre receives people. Public facts only."""

    __tablename__ = "site"
    __table_args__: Any = ({"info": {"kind": "shared"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]
    town: Mapped[str]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]


class Corridor(Base):
    """An origin country and a destination country between which centres may exchange cases."""

    __tablename__ = "corridor"
    __table_args__: Any = (UniqueConstraint("origin", "destination"), {"info": {"kind": "shared"}})

    id: Mapped[UUID] = mapped_column(primary_key=True)
    origin: Mapped[str]
    destination: Mapped[str]
    sector: Mapped[str | None]
    inferred: Mapped[bool] = mapped_column(default=False)


class Agreement(Base):
    """What lets two centres of a corridor exchange cases, and from when to when it is in force."""

    __tablename__ = "agreement"
    __table_args__: Any = (
        CheckConstraint("origin_tenant_id <> destination_tenant_id", name="two_parties"),
        UniqueConstraint(
            "corridor_id", "origin_tenant_id", "destination_tenant_id", "from_on", name="uq_agreement_parties"
        ),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    corridor_id: Mapped[UUID] = mapped_column(ForeignKey("corridor.id"))
    origin_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    destination_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class StoredKey(Base):
    """A wrapped data key: one a tenant (its own id), one a client (her id). Erasing deletes it."""

    __tablename__ = "data_key"
    __table_args__: Any = (
        CheckConstraint(one_of("purpose", KEY_PURPOSES), name="purpose"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    wrapped: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Draft(Base):
    """What somebody has typed and not yet saved, sealed, so that a power cut loses nothing."""

    __tablename__ = "draft"
    __table_args__: Any = (
        UniqueConstraint("tenant_id", "account_id", "form", "subject_id", postgresql_nulls_not_distinct=True),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    form: Mapped[str]
    subject_id: Mapped[UUID | None]
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime)


class IdempotencyKey(Base):
    """That an unsafe request was carried out, and the id of what came of it; never the response."""

    __tablename__ = "idempotency_key"
    __table_args__: Any = ({"info": {"kind": "private"}},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    request_hmac: Mapped[bytes]
    result_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
