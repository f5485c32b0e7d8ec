"""Names that members add to the gazetteer's places."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime


class PlaceAlias(Base):
    """Another name by which a place of the gazetteer is asked for. ``folded`` and ``skeleton`` are what is compared;
    both are made of ``name`` alone (``network.core.spelling``)."""

    __tablename__ = "place_alias"
    __table_args__: Any = (
        CheckConstraint("char_length(name) BETWEEN 1 AND 80 AND folded <> ''", name="name"),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        UniqueConstraint("steward_tenant_id", "place_code", "folded"),
        Index("ix_place_alias_folded", "folded"),
        Index("ix_place_alias_skeleton", "skeleton"),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    steward_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    place_code: Mapped[str]
    country: Mapped[str]
    name: Mapped[str]
    folded: Mapped[str]
    skeleton: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
