"""What hangs on a listing: addresses, people and numbers to call, languages, accessibility (HSDS 3.1).

Each row belongs to exactly one owner. What would lead to the door of a confidential location cannot hang on one.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base
from network.directory.models.owners import of_steward, one_owner, open_place, owned_by
from network.directory.states import LOCATION_TYPES
from network.tenants.models import one_of


class Address(Base):
    """Where a location is. HSDS wants a street, a state and a postal code, which many of our countries lack."""

    __tablename__ = "address"
    __table_args__: Any = (
        *open_place("address"),
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


class Contact(Base):
    """Somebody to ask, or a desk, of exactly one organization, service, location or service at a location."""

    __tablename__ = "contact"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        *open_place("contact"),
        of_steward("service_at_location_id", "service_at_location"),
        one_owner("organization_id", "service_id", "location_id", "service_at_location_id"),
        Index("ix_contact_organization_id", "organization_id"),
        Index("ix_contact_service_id", "service_id"),
        Index("ix_contact_location_id", "location_id"),
        Index("ix_contact_service_at_location_id", "service_at_location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    confidential: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str | None]
    title: Mapped[str | None]
    department: Mapped[str | None]
    email: Mapped[str | None]


class Phone(Base):
    """A number of exactly one organization, service, location, service at a location or contact."""

    __tablename__ = "phone"
    __table_args__: Any = (
        UniqueConstraint("id", "steward_tenant_id"),
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        *open_place("phone"),
        of_steward("service_at_location_id", "service_at_location"),
        of_steward("contact_id", "contact"),
        one_owner("organization_id", "service_id", "location_id", "service_at_location_id", "contact_id"),
        Index("ix_phone_organization_id", "organization_id"),
        Index("ix_phone_service_id", "service_id"),
        Index("ix_phone_location_id", "location_id"),
        Index("ix_phone_service_at_location_id", "service_at_location_id"),
        Index("ix_phone_contact_id", "contact_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    service_at_location_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]
    confidential: Mapped[bool] = mapped_column(default=False)
    number: Mapped[str]
    extension: Mapped[int | None]
    type: Mapped[str | None]
    description: Mapped[str | None]


class Language(Base):
    """A language (BCP 47) of a service, a location or a number: spoken there, or by an interpreter who is called.

    A feed may give a language by its name alone.
    """

    __tablename__ = "language"
    __table_args__: Any = (
        *owned_by("service", "location", "phone"),
        CheckConstraint("num_nonnulls(code, name) >= 1", name="said"),
        UniqueConstraint(
            *("service_id", "location_id", "phone_id", "code", "name", "interpreted"),
            name="uq_language_of_an_owner",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_language_location_id", "location_id"),
        Index("ix_language_phone_id", "phone_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    phone_id: Mapped[UUID | None]
    code: Mapped[str | None]
    name: Mapped[str | None]
    note: Mapped[str | None]
    interpreted: Mapped[bool] = mapped_column(default=False)


class Accessibility(Base):
    """How people with a disability get into a location and around in it."""

    __tablename__ = "accessibility"
    __table_args__: Any = (
        *open_place("accessibility"),
        Index("ix_accessibility_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    location_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    confidential: Mapped[bool] = mapped_column(default=False)
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]


class OrganizationIdentifier(Base):
    """The number under which a register knows an organization (``JO-MSD`` of org-id.guide, say)."""

    __tablename__ = "organization_identifier"
    __table_args__: Any = (
        of_steward("organization_id", "organization"),
        Index("ix_organization_identifier_organization_id", "organization_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Url(Base):
    """A further address on the web of an organization or a service."""

    __tablename__ = "url"
    __table_args__: Any = (
        *owned_by("organization", "service"),
        Index("ix_url_organization_id", "organization_id"),
        Index("ix_url_service_id", "service_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    label: Mapped[str | None]
    url: Mapped[str]


class Funding(Base):
    """Who pays for an organization or a service."""

    __tablename__ = "funding"
    __table_args__: Any = (
        *owned_by("organization", "service"),
        Index("ix_funding_organization_id", "organization_id"),
        Index("ix_funding_service_id", "service_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    source: Mapped[str | None]
