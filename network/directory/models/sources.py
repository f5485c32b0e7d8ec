"""Where imported rows come from: the foreign id of each, what was imported, and the values that could not be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.states import (
    ENTITIES,
    IMPORT_OUTCOMES,
    IMPORT_STATES,
    QUARANTINE_REASONS,
    REFERENCES,
)
from network.tenants.models import one_of

IMPORTABLE = (*ENTITIES, *REFERENCES)


class ListingSource(Base):
    """That our row is the row of a source. The same foreign row is never imported into a second one.

    ``digest`` is of the foreign row as it was imported last: the same digest means that nothing changed there.
    ``sealed`` holds its values: what differs from them here was changed by somebody, and no import overwrites it.
    ``missing_at``: since when the source no longer holds it; the steward answered whether it is still there.
    """

    __tablename__ = "listing_source"
    __table_args__: Any = (
        UniqueConstraint("tenant_id", "source", "entity", "foreign_id"),
        CheckConstraint(one_of("entity", IMPORTABLE), name="entity"),
        Index("ix_listing_source_tenant_id_entity_id", "tenant_id", "entity_id"),
        Index(
            "ix_listing_source_tenant_id_missing_at",
            "tenant_id",
            "missing_at",
            postgresql_where=text("missing_at IS NOT NULL AND missing_answered_at IS NULL"),
        ),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    entity: Mapped[str]
    foreign_id: Mapped[str]
    entity_id: Mapped[UUID]
    digest: Mapped[bytes]
    sealed: Mapped[bytes | None]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    absent_from: Mapped[UUID | None]
    missing_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    missing_answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ListingQuarantine(Base):
    """A value of an imported row that could not be used; the row was kept without it. One a field of a row."""

    __tablename__ = "listing_quarantine"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant_id", "source_id"],
            ["listing_source.tenant_id", "listing_source.id"],
            name="fk_listing_quarantine_source",
        ),
        UniqueConstraint("tenant_id", "source_id", "field"),
        CheckConstraint(one_of("reason", QUARANTINE_REASONS), name="reason"),
        Index("ix_listing_quarantine_tenant_id_imported_at", "tenant_id", "imported_at"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    field: Mapped[str]
    value: Mapped[str | None]
    reason: Mapped[str]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListingImport(Base):
    """A file of listings on its way into the directory. Its name and its mapping are sealed, and so is what is in it.

    ``position`` is that of the last row that was carried out, or compared while it is compared. ``totals``: how many
    rows of which outcome.
    """

    __tablename__ = "listing_import"
    __table_args__: Any = (
        CheckConstraint(one_of("state", IMPORT_STATES), name="state"),
        Index("ix_listing_import_tenant_id_created_at", "tenant_id", "created_at"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    source: Mapped[str]
    state: Mapped[str] = mapped_column(default="uploaded")
    options: Mapped[Any] = mapped_column(JSONB)
    sealed: Mapped[bytes]
    size_bytes: Mapped[int]
    records: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    totals: Mapped[Any] = mapped_column(JSONB)
    problem: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    modified_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ListingImportPart(Base):
    """A part of an uploaded file, sealed; gone once the rows are there."""

    __tablename__ = "listing_import_part"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["listing_import.tenant_id", "listing_import.id"],
            name="fk_listing_import_part_import",
        ),
        UniqueConstraint("tenant_id", "import_id", "position"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID]
    position: Mapped[int]
    sealed: Mapped[bytes]


class ListingImportRow(Base):
    """One row of an import: what would become of it, and what became of it. What it holds is sealed."""

    __tablename__ = "listing_import_row"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["listing_import.tenant_id", "listing_import.id"],
            name="fk_listing_import_row_import",
        ),
        UniqueConstraint("tenant_id", "import_id", "position"),
        CheckConstraint(one_of("outcome", IMPORT_OUTCOMES), name="outcome"),
        CheckConstraint(one_of("result", IMPORT_OUTCOMES), name="result"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    import_id: Mapped[UUID]
    position: Mapped[int]
    entity: Mapped[str]
    outcome: Mapped[str]
    result: Mapped[str | None]
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    doubtful: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[bytes]
