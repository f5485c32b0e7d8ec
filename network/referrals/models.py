"""What a referral adds to an exchange: the service asked for, its clocks, its needs and their outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_client
from network.core.db import Base, UTCDateTime
from network.referrals.states import CHANNELS
from network.tenants.models import one_of

TOLD_KINDS = ("told", "heard", "ended")


def of_exchange(*more: Any) -> tuple[Any, ...]:
    """The table arguments of a two-party table beside an exchange."""
    return (
        ForeignKeyConstraint(["exchange_id", "from_tenant_id"], ["exchange.id", "exchange.from_tenant_id"]),
        ForeignKeyConstraint(["exchange_id", "to_tenant_id"], ["exchange.id", "exchange.to_tenant_id"]),
        *more,
        {"info": {"kind": "two-party"}},
    )


class Referral(Base):
    """The service asked for, how soon, and until when an answer is due. Names nobody."""

    __tablename__ = "referral"
    __table_args__: Any = of_exchange()

    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    service_id: Mapped[UUID]
    service_at_location_id: Mapped[UUID]
    priority: Mapped[str]
    needed_by: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledge_by: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decide_by: Mapped[datetime | None] = mapped_column(UTCDateTime)
    serve_by: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    appointment_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReferralNeed(Base):
    """A need asked for, as far as the vocabulary lets the receiver see it before accepting, and its outcome."""

    __tablename__ = "referral_need"
    __table_args__: Any = of_exchange(CheckConstraint("position >= 0", name="position"))

    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    shown_code: Mapped[str]
    outcome_code: Mapped[str | None]
    outcome_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReferralOwnNeed(Base):
    """The sender's own record of which need stands at which position."""

    __tablename__ = "referral_own_need"
    __table_args__: Any = (
        *of_client("referral_own_need"),
        ForeignKeyConstraint(
            ["tenant_id", "exchange_id"], ["exchange_side.tenant_id", "exchange_side.exchange_id"]
        ),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    need_code: Mapped[str]


class ReferralClosure(Base):
    """How the sender closed the loop: the client's own word (sealed), or why it could not be had."""

    __tablename__ = "referral_closure"
    __table_args__: Any = (
        *of_client("referral_closure"),
        ForeignKeyConstraint(
            ["tenant_id", "exchange_id"], ["exchange_side.tenant_id", "exchange_side.exchange_id"]
        ),
        CheckConstraint("(sealed IS NULL) <> (not_had_code IS NULL)", name="word_or_reason"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    helped: Mapped[str | None]
    not_had_code: Mapped[str | None]
    sealed: Mapped[bytes | None]
    account_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReferralTold(Base):
    """What went to and fro outside the platform, by the colleague who recorded it: told, heard, or told that it ended.

    ``version``: the exchange's, once it was recorded. ``sealed``: whom they were told by name, under the client's key.
    """

    __tablename__ = "referral_told"
    __table_args__: Any = (
        *of_client("referral_told"),
        ForeignKeyConstraint(
            ["tenant_id", "exchange_id"], ["exchange_side.tenant_id", "exchange_side.exchange_id"]
        ),
        CheckConstraint(one_of("kind", TOLD_KINDS), name="kind"),
        CheckConstraint(one_of("channel", CHANNELS), name="channel"),
        UniqueConstraint("tenant_id", "exchange_id", "version", "kind"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    version: Mapped[int]
    kind: Mapped[str]
    channel: Mapped[str]
    account_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed: Mapped[bytes | None]


class FocalPoint(Base):
    """Whom a receiver names for what only one colleague may read. Every sender sees the label; its tenant writes.

    ``service_id`` limits it to one service; without, she is named for all of her tenant's.
    """

    __tablename__ = "focal_point"
    __table_args__: Any = (
        UniqueConstraint("tenant_id", "account_id", "service_id", postgresql_nulls_not_distinct=True),
        {"info": {"kind": "shared"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    account_id: Mapped[UUID]
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"))
    label: Mapped[str]
    named_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
