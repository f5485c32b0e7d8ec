"""Where imported rows come from: the foreign id of each, what was imported, and the values that could not be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.directory.states import ENTITIES, QUARANTINE_REASONS, REFERENCES
from network.tenants.models import one_of

IMPORTABLE = (*ENTITIES, *REFERENCES)


class ListingSource(Base):
    """That our row is the row of a source. The same foreign row is never imported into a second one.

    ``digest`` is of the foreign row as it was imported last: the same digest means that nothing changed there.
    """

    __tablename__ = "listing_source"
    __table_args__: Any = (
        UniqueConstraint("tenant_id", "source", "entity", "foreign_id"),
        CheckConstraint(one_of("entity", IMPORTABLE), name="entity"),
        Index("ix_listing_source_tenant_id_entity_id", "tenant_id", "entity_id"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    entity: Mapped[str]
    foreign_id: Mapped[str]
    entity_id: Mapped[UUID]
    digest: Mapped[bytes]
    imported_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime] = mapped_column(UTCDateTime)


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
