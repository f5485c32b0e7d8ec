"""The exchange, its two sides, and what happened between them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_case, of_client
from network.core.db import Base, UTCDateTime
from network.exchange.states import ALL_STATES, KINDS, SIDES
from network.tenants.models import one_of

ROLES = ("sender", "receiver")
MESSAGE_KINDS = ("question", "answer", "note", "appointment", "outcome")


class Exchange(Base):
    """One row for both sides. From and to never change; the times of its steps are written once."""

    __tablename__ = "exchange"
    __table_args__: Any = (
        UniqueConstraint("id", "from_tenant_id"),
        UniqueConstraint("id", "to_tenant_id"),
        UniqueConstraint("from_tenant_id", "reference"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint(
            " OR ".join(
                f"(kind = '{kind}' AND {one_of('state', states)})" for kind, states in ALL_STATES.items()
            ),
            name="state",
        ),
        CheckConstraint(one_of("moved_by", SIDES), name="moved_by"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    reference: Mapped[str]
    from_tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    to_tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("tenant.id"))
    to_organization_id: Mapped[UUID]
    group_id: Mapped[UUID | None]
    parent_id: Mapped[UUID | None]
    state: Mapped[str]
    version: Mapped[int]
    moved_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ExchangeSide(Base):
    """A tenant's mailbox for an exchange, and its only link to a case. The other side's row is the trigger's."""

    __tablename__ = "exchange_side"
    __table_args__: Any = (
        *of_client("exchange_side"),
        *of_case("exchange_side"),
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("case_id IS NULL OR client_id IS NOT NULL", name="case_of_a_client"),
        Index("ix_exchange_side_mailbox", "tenant_id", "role", "open", "due_at"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID] = mapped_column(ForeignKey("exchange.id"), primary_key=True)
    kind: Mapped[str]
    role: Mapped[str]
    client_id: Mapped[UUID | None]
    restricted: Mapped[bool]
    case_id: Mapped[UUID | None]
    assignee_account_id: Mapped[UUID | None]
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    due_kind: Mapped[str | None]
    unread: Mapped[bool]
    open: Mapped[bool]
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ExchangeEvent(Base):
    """One move: which side, in which role, when, and a reason's code. Both sides read it; append-only."""

    __tablename__ = "exchange_event"
    __table_args__: Any = (
        ForeignKeyConstraint(["exchange_id", "from_tenant_id"], ["exchange.id", "exchange.from_tenant_id"]),
        ForeignKeyConstraint(["exchange_id", "to_tenant_id"], ["exchange.id", "exchange.to_tenant_id"]),
        CheckConstraint(one_of("side", SIDES), name="side"),
        Index(None, "exchange_id", "at"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    side: Mapped[str]
    role: Mapped[str | None]
    move: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    reason_list: Mapped[str | None]
    reason_code: Mapped[str | None]
    version: Mapped[int]


class ExchangeReason(Base):
    """A move's reason that only the side that gave it may see. Append-only."""

    __tablename__ = "exchange_reason"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant_id", "exchange_id"], ["exchange_side.tenant_id", "exchange_side.exchange_id"]
        ),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    reason_list: Mapped[str]
    reason_code: Mapped[str]


class ExchangeMessage(Base):
    """Words between the two sides, encrypted under the packet's key and so sealed with it."""

    __tablename__ = "exchange_message"
    __table_args__: Any = (
        ForeignKeyConstraint(["exchange_id", "from_tenant_id"], ["exchange.id", "exchange.from_tenant_id"]),
        ForeignKeyConstraint(["exchange_id", "to_tenant_id"], ["exchange.id", "exchange.to_tenant_id"]),
        ForeignKeyConstraint(["packet_id", "from_tenant_id"], ["packet.id", "packet.from_tenant_id"]),
        CheckConstraint(one_of("side", ROLES), name="side"),
        CheckConstraint(one_of("kind", MESSAGE_KINDS), name="kind"),
        Index(None, "exchange_id", "at"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    packet_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    side: Mapped[str]
    kind: Mapped[str]
    ciphertext: Mapped[bytes]
