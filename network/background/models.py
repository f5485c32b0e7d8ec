"""The outbox: what is to be done, for whom, and when."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime


class OutboxRow(Base):
    """One piece of work, or a clock: due at ``available_at``, void if the subject's version has moved on."""

    __tablename__ = "outbox"
    __table_args__: Any = (
        Index(
            "ix_outbox_due", "available_at", postgresql_where=text("done_at IS NULL AND failed_at IS NULL")
        ),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    subject_id: Mapped[UUID]
    expected_version: Mapped[int | None]
    available_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    last_error: Mapped[str | None]
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
