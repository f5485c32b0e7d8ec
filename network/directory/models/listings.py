"""Listings on the names of HSDS 3.x: organizations, services, locations and what hangs on them.

Every row repeats its steward, and the foreign keys lead over it: nobody can hang a row on another's listing, and
handing an organization to a new steward takes all its rows along.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.models.owners import of_steward
from network.directory.states import (
    DO_NOT_LIST_REASONS,
    FEEDBACK_PROMISES,
    LOCATION_TYPES,
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VERIFICATION_METHODS,
    VISIBILITIES,
)
from network.tenants.models import one_of


def _trusted(table: str) -> tuple[CheckConstraint | Index, ...]:
    """What a steward says of her listings, and the order in which she goes through them."""
    return (
        CheckConstraint(one_of("verified_how", VERIFICATION_METHODS), name="verified_how"),
        CheckConstraint(one_of("do_not_list_reason", DO_NOT_LIST_REASONS), name="do_not_list_reason"),
        Index(f"ix_{table}_steward_tenant_id_name", "steward_tenant_id", "name", "id"),
        Index(f"ix_{table}_steward_tenant_id_due", "steward_tenant_id", "verification_due_on"),
        Index(
            f"ix_{table}_merged_into_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )


class Trusted:
    """What is kept of any listing beside what it says: who may read it, who looked and when, and how it ended."""

    visibility: Mapped[str] = mapped_column(default="network")
    verified_on: Mapped[date | None]
    verified_by_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    verified_by_account_id: Mapped[UUID | None]
    verified_how: Mapped[str | None]
    verification_due_on: Mapped[date | None]
    do_not_list: Mapped[bool] = mapped_column(default=False)
    do_not_list_reason: Mapped[str | None]
    do_not_list_by_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Organization(Trusted, Base):
    """Who offers services. A member organization has one too; ``tenant.organization_id`` leads to it."""

    __tablename__ = "organization"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint("parent_organization_id <> id", name="parent_is_another"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        *_trusted("organization"),
        Index("ix_organization_modified_at", "modified_at"),
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
    tax_status: Mapped[str | None]
    tax_id: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    invented: Mapped[bool] = mapped_column(default=False)
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"))


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


class Program(Base):
    """What an organization calls a group of its services."""

    __tablename__ = "program"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        Index("ix_program_organization_id", "organization_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")


class Service(Trusted, Base):
    """What an organization does for people, and how it takes referrals."""

    __tablename__ = "service"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        CheckConstraint(one_of("status", SERVICE_STATUSES), name="status"),
        CheckConstraint(one_of("visibility", VISIBILITIES), name="visibility"),
        CheckConstraint(one_of("referral_method", REFERRAL_METHODS), name="referral_method"),
        CheckConstraint("response_hours > 0", name="response_hours"),
        CheckConstraint(one_of("feedback_promised", FEEDBACK_PROMISES), name="feedback_promised"),
        CheckConstraint("minimum_age >= 0 AND maximum_age >= 0", name="ages"),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        of_steward("program_id", "program"),
        Index("ix_service_program_id", "program_id"),
        *_trusted("service"),
        Index("ix_service_modified_at", "modified_at"),
        Index("ix_service_organization_id", "organization_id"),
        Index("ix_service_open_on_holidays", "id", postgresql_where=text("open_on_holidays")),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    program_id: Mapped[UUID | None]
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active")
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    alert: Mapped[str | None]
    fees_description: Mapped[str | None]
    wait_time: Mapped[str | None]
    fees: Mapped[str | None]
    accreditations: Mapped[str | None]
    licenses: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[float | None]
    maximum_age: Mapped[float | None]
    assured_date: Mapped[date | None]
    assurer_email: Mapped[str | None]
    referral_method: Mapped[str]
    other_referral_methods: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    response_hours: Mapped[int | None]
    cost: Mapped[str | None]
    next_step: Mapped[str | None]
    feedback_promised: Mapped[str | None]
    # On the country's holidays and in its Ramadan the week stays as it is.
    open_on_holidays: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    invented: Mapped[bool] = mapped_column(default=False)
    reported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reported_problem: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))


class Location(Trusted, Base):
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
            "AND description IS NULL AND transportation IS NULL AND url IS NULL AND external_identifier IS NULL)",
            name="confidential",
        ),
        CheckConstraint("merged_into_id <> id", name="merged_into_another"),
        Index("ix_location_organization_id", "organization_id"),
        *_trusted("location"),
        Index("ix_location_modified_at", "modified_at"),
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
    url: Mapped[str | None]
    external_identifier: Mapped[str | None]
    external_identifier_type: Mapped[str | None]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"))


class ServiceAtLocation(Base):
    """One service at one location: what a search finds and a referral is sent to."""

    __tablename__ = "service_at_location"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        UniqueConstraint("service_id", "location_id"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        Index("ix_service_at_location_location_id", "location_id"),
        Index("ix_service_at_location_modified_at", "modified_at"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    location_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    description: Mapped[str | None]
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)
