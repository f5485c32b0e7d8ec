"""Our profile on HSDS (whom a service takes, what it does, how its residents live) and the taxonomy of needs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base
from network.directory.models.listings import of_steward
from network.directory.states import PRACTICE_KINDS
from network.tenants.models import one_of


class ServiceEligibility(Base):
    """One condition that a service sets. A criterion without a row is unknown: neither yes nor no."""

    __tablename__ = "service_eligibility"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        UniqueConstraint("service_id", "criterion"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    criterion: Mapped[str]
    value: Mapped[Any] = mapped_column(JSONB)


class ServicePractice(Base):
    """A practice that a client must hear of before she agrees, or a rule that residents live under."""

    __tablename__ = "service_practice"
    __table_args__: Any = (
        of_steward("service_id", "service"),
        CheckConstraint(one_of("kind", PRACTICE_KINDS), name="kind"),
        UniqueConstraint("service_id", "kind", "code"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    service_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    kind: Mapped[str]
    code: Mapped[str]
    value: Mapped[str]


class Taxonomy(Base):
    """A list of terms that classify services. The headquarters steward it."""

    __tablename__ = "taxonomy"
    __table_args__: Any = ({"info": {"kind": "shared"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str]
    version: Mapped[str]


class TaxonomyTerm(Base):
    """A need of the vocabulary, or the group that it belongs to."""

    __tablename__ = "taxonomy_term"
    __table_args__: Any = (
        UniqueConstraint("taxonomy_id", "code"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id"))
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    language: Mapped[str] = mapped_column(default="en")


class Attribute(Base):
    """Links a term to what it describes; the terms of a service are the needs that it answers."""

    __tablename__ = "attribute"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["link_id", "steward_tenant_id"],
            ["service.id", "service.steward_tenant_id"],
            name="fk_attribute_service",
            onupdate="CASCADE",
        ),
        CheckConstraint("link_entity = 'service'", name="link_entity"),
        UniqueConstraint("link_id", "taxonomy_term_id"),
        Index("ix_attribute_taxonomy_term_id", "taxonomy_term_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    link_id: Mapped[UUID]
    link_entity: Mapped[str] = mapped_column(default="service")
    steward_tenant_id: Mapped[UUID]
    taxonomy_term_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_term.id"))
    value: Mapped[str | None]
