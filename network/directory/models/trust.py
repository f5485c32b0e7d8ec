"""What makes a listing trustworthy: its history, what others say of it, who claims it, which duplicate it took in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.models.owners import of_steward, one_owner
from network.directory.states import (
    CHANGE_ACTIONS,
    CLAIM_STATES,
    ENTITIES,
    LISTING_PROBLEMS,
    MERGEABLE,
    REPORT_STATES,
)
from network.tenants.models import one_of


class ListingChange(Base):
    """One change of one field, or that a row came or went. The database writes it; nobody changes it.

    ``by_roles`` are the roles of who did it, not her name. What stands on a confidential location is withheld: that
    it changed is told, not what it says.
    """

    __tablename__ = "listing_change"
    __table_args__: Any = (
        CheckConstraint(one_of("action", CHANGE_ACTIONS), name="action"),
        CheckConstraint("NOT withheld OR num_nonnulls(old_value, new_value) = 0", name="withheld"),
        Index("ix_listing_change_organization_id", "organization_id", "number"),
        Index("ix_listing_change_service_id", "service_id", "number"),
        Index("ix_listing_change_location_id", "location_id", "number"),
        Index("ix_listing_change_entity_id", "entity_id", "number"),
        Index(
            "ix_listing_change_of_country",
            "number",
            postgresql_where=text("num_nonnulls(organization_id, service_id, location_id) = 0"),
        ),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    action: Mapped[str]
    field: Mapped[str | None]
    old_value: Mapped[Any | None] = mapped_column(JSONB)
    new_value: Mapped[Any | None] = mapped_column(JSONB)
    withheld: Mapped[bool]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    steward_tenant_id: Mapped[UUID]
    by_tenant_id: Mapped[UUID | None]
    by_kind: Mapped[str | None]
    by_roles: Mapped[str | None]


class ListingReport(Base):
    """What one tenant tells the steward of a listing: that something in it is wrong. Holds codes only.

    Either the reason of a referral (``reason_list`` and ``reason_code``) or a ``problem``; a report with neither
    carries suggestions alone.
    """

    __tablename__ = "listing_report"
    __table_args__: Any = (
        UniqueConstraint("id", "from_tenant_id", "steward_tenant_id", name="uq_listing_report_parties"),
        of_steward("organization_id", "organization"),
        ForeignKeyConstraint(
            ["service_id", "steward_tenant_id"],
            ["service.id", "service.steward_tenant_id"],
            name="fk_listing_report_service",
            onupdate="CASCADE",
        ),
        of_steward("location_id", "location"),
        one_owner("organization_id", "service_id", "location_id"),
        CheckConstraint(one_of("state", REPORT_STATES), name="state"),
        CheckConstraint(one_of("problem", LISTING_PROBLEMS), name="problem"),
        CheckConstraint("(reason_list IS NULL) = (reason_code IS NULL)", name="reason"),
        CheckConstraint("num_nonnulls(reason_code, problem) <= 1", name="reason_or_problem"),
        Index("ix_listing_report_steward_tenant_id_state", "steward_tenant_id", "state"),
        Index("ix_listing_report_service_id", "service_id"),
        Index("ix_listing_report_organization_id", "organization_id"),
        Index("ix_listing_report_location_id", "location_id"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    steward_tenant_id: Mapped[UUID]
    organization_id: Mapped[UUID | None]
    service_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    reason_list: Mapped[str | None]
    reason_code: Mapped[str | None]
    problem: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListingSuggestion(Base):
    """One field of a listing as somebody proposes it; the steward accepts or rejects each by itself.

    ``entity_id`` is the row to change; without ``field`` the row is to go, and without a row ``proposed`` is one to
    add. ``seen`` is what stood there when it was proposed.
    """

    __tablename__ = "listing_suggestion"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["report_id", "from_tenant_id", "steward_tenant_id"],
            ["listing_report.id", "listing_report.from_tenant_id", "listing_report.steward_tenant_id"],
            name="fk_listing_suggestion_report",
            onupdate="CASCADE",
        ),
        CheckConstraint(one_of("entity", ENTITIES), name="entity"),
        CheckConstraint(one_of("state", REPORT_STATES), name="state"),
        CheckConstraint("entity_id IS NOT NULL OR field IS NULL", name="field_of_a_row"),
        Index("ix_listing_suggestion_report_id", "report_id"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    entity: Mapped[str]
    entity_id: Mapped[UUID | None]
    field: Mapped[str | None]
    seen: Mapped[Any | None] = mapped_column(JSONB)
    proposed: Mapped[Any | None] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default="open")
    resolved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListingMerge(Base):
    """That a listing was taken into another of the same steward, and what moved, so that it can be undone.

    ``moved`` lists rows as ``[entity, id, column, former owner]``.
    """

    __tablename__ = "listing_merge"
    __table_args__: Any = (
        CheckConstraint(one_of("entity", MERGEABLE), name="entity"),
        CheckConstraint("kept_id <> merged_id", name="two"),
        Index(
            "uq_listing_merge_standing", "merged_id", unique=True, postgresql_where=text("undone_at IS NULL")
        ),
        Index("ix_listing_merge_kept_id", "kept_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    entity: Mapped[str]
    kept_id: Mapped[UUID]
    merged_id: Mapped[UUID]
    moved: Mapped[Any] = mapped_column(JSONB)
    merged_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class NotDuplicate(Base):
    """That somebody looked at two listings and found that they are not the same."""

    __tablename__ = "not_duplicate"
    __table_args__: Any = (
        CheckConstraint(one_of("entity", MERGEABLE), name="entity"),
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("tenant_id", "first_id", "second_id"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    entity: Mapped[str]
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListingTwin(Base):
    """Two listings that looked like one when all of a large steward's were last compared: codes, and no name."""

    __tablename__ = "listing_twin"
    __table_args__: Any = (
        CheckConstraint(one_of("entity", MERGEABLE), name="entity"),
        CheckConstraint("first_id < second_id", name="in_order"),
        UniqueConstraint("tenant_id", "entity", "first_id", "second_id"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    entity: Mapped[str]
    first_id: Mapped[UUID]
    second_id: Mapped[UUID]
    why: Mapped[list[str]] = mapped_column(ARRAY(Text))
    alike: Mapped[float] = mapped_column(Double)
    metres: Mapped[int | None]
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListingWithdrawal(Base):
    """That a listing was public and is no longer. The database writes it; it says nothing else of the listing."""

    __tablename__ = "listing_withdrawal"
    __table_args__: Any = (
        CheckConstraint(one_of("entity", ("organization", "service", "service_at_location")), name="entity"),
        Index("ix_listing_withdrawal_withdrawn_at", "entity", "withdrawn_at"),
        Index("ix_listing_withdrawal_entity_id", "entity_id"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    entity: Mapped[str]
    entity_id: Mapped[UUID]
    organization_id: Mapped[UUID]
    withdrawn_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListingClaim(Base):
    """That an organization was invited to take over its own listing, and what came of it.

    ``tenant_id`` is the partner that was opened for it. Who was written to stands sealed in the invitation.
    """

    __tablename__ = "listing_claim"
    __table_args__: Any = (
        of_steward("organization_id", "organization"),
        CheckConstraint(one_of("state", CLAIM_STATES), name="state"),
        Index(
            "uq_listing_claim_standing",
            "organization_id",
            unique=True,
            postgresql_where=text("state = 'invited'"),
        ),
        Index("ix_listing_claim_tenant_id", "tenant_id"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    organization_id: Mapped[UUID]
    steward_tenant_id: Mapped[UUID]
    invited_by_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    state: Mapped[str] = mapped_column(default="invited")
    invited_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
