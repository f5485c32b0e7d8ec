"""Legal complaints: what is sought, what was awarded and paid, and in whose name the centre may act."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_case, of_client
from network.cases.states import ClaimState
from network.core.db import Base, UTCDateTime
from network.tenants.models import one_of

INSTRUMENTS = ("authorization_simple", "power_of_attorney")
SCOPES = (
    "inform",
    "lodge",
    "represent",
    "negotiate",
    "settle",
    "receive_documents",
    "receive_payment",
    "enforce",
)
_AMOUNTS = "amount_claimed IS NOT NULL OR amount_awarded IS NOT NULL OR amount_paid IS NOT NULL"


class Claim(Base):
    """A legal complaint. Respondent and facts are sealed; kind, forum, amounts and dates are counted."""

    __tablename__ = "claim"
    __table_args__: Any = (
        *of_client("claim"),
        *of_case("claim"),
        UniqueConstraint("tenant_id", "id", "client_id"),
        CheckConstraint(one_of("state", tuple(ClaimState)), name="state"),
        CheckConstraint(f"currency IS NOT NULL OR NOT ({_AMOUNTS})", name="amounts_have_a_currency"),
        Index("ix_claim_lapses", "tenant_id", "lapses_on"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    kind: Mapped[str]
    forum: Mapped[str]
    state: Mapped[str]
    remedies: Mapped[list[str]] = mapped_column(ARRAY(Text))
    remedies_obtained: Mapped[list[str]] = mapped_column(ARRAY(Text))
    amount_claimed: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    amount_awarded: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    amount_paid: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    currency: Mapped[str | None]
    lodged_on: Mapped[date | None]
    decided_on: Mapped[date | None]
    paid_on: Mapped[date | None]
    lapses_on: Mapped[date | None]
    sealed: Mapped[bytes]
    version: Mapped[int]


class ClaimAuthorization(Base):
    """The client's signed leave to act for her in a claim: what for, until when; its evidence is sealed."""

    __tablename__ = "claim_authorization"
    __table_args__: Any = (
        *of_client("claim_authorization"),
        ForeignKeyConstraint(
            ("tenant_id", "claim_id", "client_id"),
            ("claim.tenant_id", "claim.id", "claim.client_id"),
            name="fk_claim_authorization_claim",
        ),
        CheckConstraint(one_of("instrument", INSTRUMENTS), name="instrument"),
        Index("ix_claim_authorization_claim", "tenant_id", "claim_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    claim_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    instrument: Mapped[str]
    scope: Mapped[list[str]] = mapped_column(ARRAY(Text))
    signed_on: Mapped[date]
    valid_until: Mapped[date | None]
    revoked_on: Mapped[date | None]
    sealed: Mapped[bytes]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
