"""Listings on the names of HSDS 3.x: organizations, services, locations and what hangs on them.

Every row repeats its steward, and the foreign keys lead over it: nobody can hang a row on another's listing, and
handing an organization to a new steward takes all its rows along.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.states import (
    LOCATION_TYPES,
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VISIBILITIES,
)
from network.tenants.models import one_of


def of_steward(column: str, parent: str) -> ForeignKeyConstraint:
    """A foreign key to a row of the same steward, which follows that row to a new steward."""
    return ForeignKeyConstraint(
        [column, "steward_tenant_id"], [f"{parent}.id", f"{parent}.steward_tenant_id"], onupdate="CASCADE"
    )


class Organization(Base):
    """Who offers services. A member organization has one too; ``tenant.organization_id`` leads to it."""

    __tablename__ = "organization"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint("parent_organization_id <> id", name="parent_is_another"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    website: Mapped[str | None]
    country: Mapped[str]
    recipient_class: Mapped[str]
    parent_organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))
    visibility: Mapped[str] = mapped_column(default="network")
    invented: Mapped[bool] = mapped_column(default=False)
    verified_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class OrganizationRole(Base):
    """Who runs an organization, sits on its board or stands above it: a class of recipient, of a country."""

    __tablename__ = "organization_role"
    __table_args__: Any = (
        CheckConstraint(one_of("relation", RELATIONS), name="relation"),
        CheckConstraint("other_organization_id <> organization_id", name="another_organization"),
        of_steward("organization_id", "organization"),
        Index("ix_organization_role_organization_id", "organization_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    relation: Mapped[str]
    class_code: Mapped[str]
    country: Mapped[str | None]
    name: Mapped[str | None]
    other_organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))


class Service(Base):
    """What an organization does for people, and how it takes referrals."""

    __tablename__ = "service"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        CheckConstraint(one_of("status", SERVICE_STATUSES), name="status"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint(one_of("referral_method", REFERRAL_METHODS), name="referral_method"),
        CheckConstraint("response_hours > 0", name="response_hours"),
        Index("ix_service_organization_id", "organization_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active")
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    alert: Mapped[str | None]
    referral_method: Mapped[str]
    other_referral_methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    response_hours: Mapped[int | None]
    cost: Mapped[str | None]
    visibility: Mapped[str] = mapped_column(default="network")
    invented: Mapped[bool] = mapped_column(default=False)
    verified_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Location(Base):
    """A place. A confidential one holds its town and the town's centre, and nothing that leads to its door."""

    __tablename__ = "location"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        UniqueConstraint("id", "steward_tenant_id", "confidential", name="uq_location_confidential"),
        of_steward("organization_id", "organization"),
        CheckConstraint(one_of("location_type", LOCATION_TYPES), name="location_type"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="both_coordinates"),
        CheckConstraint("location_type <> 'physical' OR latitude IS NOT NULL", name="physical_is_somewhere"),
        CheckConstraint(
            "NOT confidential OR (place_code IS NOT NULL AND name IS NULL AND alternate_name IS NULL "
            "AND description IS NULL AND transportation IS NULL)",
            name="confidential",
        ),
        Index("ix_location_organization_id", "organization_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    location_type: Mapped[str] = mapped_column(default="physical")
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    place_code: Mapped[str | None]
    town: Mapped[str]
    country: Mapped[str]
    time_zone: Mapped[str]
    confidential: Mapped[bool] = mapped_column(default=False)
    visibility: Mapped[str] = mapped_column(default="network")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ServiceAtLocation(Base):
    """One service at one location: what a search finds and a referral is sent to."""

    __tablename__ = "service_at_location"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        UniqueConstraint("service_id", "location_id"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        Index("ix_service_at_location_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    location_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    description: Mapped[str | None]


class Address(Base):
    """Where a location is. The constraint keeps a confidential location's address out of the directory."""

    __tablename__ = "address"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["location_id", "steward_tenant_id", "confidential"],
            ["location.id", "location.steward_tenant_id", "location.confidential"],
            name="fk_address_location",
            onupdate="CASCADE",
        ),
        CheckConstraint("NOT confidential", name="not_confidential"),
        CheckConstraint(one_of("address_type", LOCATION_TYPES), name="address_type"),
        Index("ix_address_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    confidential: Mapped[bool] = mapped_column(default=False)
    attention: Mapped[str | None]
    address_1: Mapped[str | None]
    address_2: Mapped[str | None]
    city: Mapped[str]
    region: Mapped[str | None]
    state_province: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str]
    address_type: Mapped[str] = mapped_column(default="physical")


class Phone(Base):
    """A number of exactly one organization, service, location or service at a location."""

    __tablename__ = "phone"
    __table_args__: Any = (
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        of_steward("service_at_location_id", "service_at_location"),
        CheckConstraint(
            "num_nonnulls(organization_id, service_id, location_id, service_at_location_id) = 1",
            name="one_owner",
        ),
        Index("ix_phone_organization_id", "organization_id"),
        Index("ix_phone_service_id", "service_id"),
        Index("ix_phone_location_id", "location_id"),
        Index("ix_phone_service_at_location_id", "service_at_location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    number: Mapped[str]
    extension: Mapped[int | None]
    type: Mapped[str | None]
    description: Mapped[str | None]


class Language(Base):
    """A language (BCP 47) spoken in a service or at a location without an interpreter."""

    __tablename__ = "language"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        CheckConstraint("num_nonnulls(service_id, location_id) = 1", name="one_owner"),
        UniqueConstraint("service_id", "location_id", "code", postgresql_nulls_not_distinct=True),
        Index("ix_language_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    code: Mapped[str]
    note: Mapped[str | None]


class Schedule(Base):
    """Weekly hours in the location's own time. ``24:00`` ends a day; closing before opening is the next day."""

    __tablename__ = "schedule"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        of_steward("service_at_location_id", "service_at_location"),
        CheckConstraint(
            "num_nonnulls(service_id, location_id, service_at_location_id) = 1", name="one_owner"
        ),
        CheckConstraint("num_nonnulls(byday, opens_at, closes_at) IN (0, 3)", name="whole_hours"),
        CheckConstraint("byday ~ '^(MO|TU|WE|TH|FR|SA|SU)(,(MO|TU|WE|TH|FR|SA|SU))*$'", name="byday"),
        CheckConstraint("opens_at ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'", name="opens_at"),
        CheckConstraint("closes_at ~ '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$'", name="closes_at"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
        Index("ix_schedule_service_id", "service_id"),
        Index("ix_schedule_location_id", "location_id"),
        Index("ix_schedule_service_at_location_id", "service_at_location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    byday: Mapped[str | None]
    opens_at: Mapped[str | None]
    closes_at: Mapped[str | None]
    description: Mapped[str | None]
