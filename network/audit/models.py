"""One row an audited act, and the head of each tenant's chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.core.db import Base, UTCDateTime
from network.tenants.models import one_of

OUTCOMES = ("ok", "refused")


class AuditEvent(Base):
    """Who did what to which record. The chain's trigger writes ``seq``, ``prev_hash`` and ``hash``."""

    __tablename__ = "audit_event"
    __table_args__: Any = (
        CheckConstraint(one_of("outcome", OUTCOMES), name="outcome"),
        UniqueConstraint("tenant_id", "seq"),
        Index(None, "tenant_id", "object_id"),
        Index(None, "tenant_id", "at", "seq"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    actor_kind: Mapped[str]
    account_id: Mapped[UUID | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcome: Mapped[str]
    reason: Mapped[str | None]
    request_id: Mapped[str | None]
    seq: Mapped[int] = mapped_column(BigInteger)
    prev_hash: Mapped[bytes]
    hash: Mapped[bytes]


class AuditHead(Base):
    """The last link of a tenant's chain; written by the trigger alone."""

    __tablename__ = "audit_head"
    __table_args__: Any = ({"info": {"kind": "private"}},)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes]
