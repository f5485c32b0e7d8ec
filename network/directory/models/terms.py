"""Terms and what they describe: the taxonomy of needs, taxonomies of others, and HSDS's notes on rows and tables."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base
from network.directory.models.owners import of_steward
from network.directory.states import ENTITIES
from network.tenants.models import one_of

# The listing that a linked row is part of: the database finds it out, and the row is read and kept like it.
OF_ONE_LISTING = "num_nonnulls(organization_id, service_id, location_id) = 1"
LINKABLE = tuple(one for one in ENTITIES if one != "attribute")


class Taxonomy(Base):
    """A list of terms. One without a steward is the network's; an imported one is its importer's."""

    __tablename__ = "taxonomy"
    __table_args__: Any = ({"info": {"kind": "shared"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str]
    description: Mapped[str]
    uri: Mapped[str | None]
    version: Mapped[str | None]


class TaxonomyTerm(Base):
    """A need of the vocabulary or the group that it belongs to; or a term of an imported taxonomy."""

    __tablename__ = "taxonomy_term"
    __table_args__: Any = (
        UniqueConstraint("taxonomy_id", "code"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id"))
    steward_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[str | None]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    language: Mapped[str | None] = mapped_column(default="en")
    term_uri: Mapped[str | None]


class Attribute(Base):
    """Links a term to any row of a listing; terms of ours on a service are the needs that it answers.

    ``link_entity`` and ``link_id`` name the row itself. The listing above it is filled by the database, which also
    refuses a link to nothing and removes the attributes of what is removed.
    """

    __tablename__ = "attribute"
    __table_args__: Any = (
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        CheckConstraint(OF_ONE_LISTING, name="one_listing"),
        CheckConstraint(one_of("link_entity", LINKABLE), name="link_entity"),
        UniqueConstraint(
            *("link_id", "taxonomy_term_id", "link_type", "value"),
            name="uq_attribute_link",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_attribute_taxonomy_term_id", "taxonomy_term_id"),
        Index("ix_attribute_organization_id", "organization_id"),
        Index("ix_attribute_service_id", "service_id"),
        Index("ix_attribute_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    link_id: Mapped[UUID]
    link_entity: Mapped[str] = mapped_column(default="service")
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    taxonomy_term_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_term.id"))
    link_type: Mapped[str | None]
    value: Mapped[str | None]
    label: Mapped[str | None]


class Metadata(Base):
    """What an imported feed tells of the history of one of its rows; our own history is ``listing_change``."""

    __tablename__ = "metadata"
    __table_args__: Any = (
        of_steward("organization_id", "organization"),
        of_steward("service_id", "service"),
        of_steward("location_id", "location"),
        CheckConstraint(OF_ONE_LISTING, name="one_listing"),
        CheckConstraint(one_of("resource_type", ENTITIES), name="resource_type"),
        Index("ix_metadata_resource_id", "resource_id"),
        Index("ix_metadata_organization_id", "organization_id"),
        Index("ix_metadata_service_id", "service_id"),
        Index("ix_metadata_location_id", "location_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    resource_id: Mapped[UUID]
    resource_type: Mapped[str]
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    last_action_date: Mapped[str]
    last_action_type: Mapped[str]
    field_name: Mapped[str]
    previous_value: Mapped[str]
    replacement_value: Mapped[str]
    updated_by: Mapped[str]


class MetaTableDescription(Base):
    """What an imported feed says of one of its tables: language and character set."""

    __tablename__ = "meta_table_description"
    __table_args__: Any = (
        UniqueConstraint("steward_tenant_id", "name", postgresql_nulls_not_distinct=True),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[str | None]
    language: Mapped[str | None]
    character_set: Mapped[str | None]
