"""What a handoff adds to an exchange, the screening before a return, and follow-ups."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_case, of_client
from network.core.db import Base, UTCDateTime
from network.crossborder.states import (
    DELETION_ANSWERS,
    FOLLOW_UP_STATES,
    JOURNEY_STATES,
    MILESTONES,
    MODES,
    SITUATIONS,
    STOPPED_REASONS,
)
from network.referrals.models import of_exchange
from network.tenants.models import one_of


class Handoff(Base):
    """The corridor, the mode, and where the journey stands. Names nobody."""

    __tablename__ = "handoff"
    __table_args__: Any = of_exchange(
        CheckConstraint(one_of("mode", MODES), name="mode"),
        CheckConstraint(one_of("journey", JOURNEY_STATES), name="journey"),
    )

    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    corridor_id: Mapped[UUID] = mapped_column(ForeignKey("corridor.id"))
    agreement_id: Mapped[UUID] = mapped_column(ForeignKey("agreement.id"))
    mode: Mapped[str]
    journey: Mapped[str]
    arrival_on: Mapped[date | None]
    arrival_needs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    departed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_over_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class HandoffContact(Base):
    """Until when she may be contacted after the return, by the grants that she gave the sender: it alone writes it, and
    the receiver reads it. No row where she was not asked, or said no."""

    __tablename__ = "handoff_contact"
    __table_args__: Any = of_exchange(Index(None, "to_tenant_id", "until"))

    exchange_id: Mapped[UUID] = mapped_column(primary_key=True)
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    until: Mapped[datetime] = mapped_column(UTCDateTime)


class HandoffMilestone(Base):
    """What the sender is told after the take-over: a code and a date, not the file. It is never deleted: what was
    told by mistake says when it was taken back."""

    __tablename__ = "handoff_milestone"
    __table_args__: Any = of_exchange(
        CheckConstraint(one_of("code", MILESTONES), name="code"),
        Index(
            "uq_handoff_milestone_standing",
            "exchange_id",
            "code",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    code: Mapped[str]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class ReturnScreening(Base):
    """Asked alone before an offer that goes with a return: her own choice, no fear, the claim explained."""

    __tablename__ = "return_screening"
    __table_args__: Any = (
        *of_client("return_screening"),
        *of_case("return_screening"),
        CheckConstraint(
            f"review_decision IS NULL OR {one_of('review_decision', ('go_on', 'stop'))}",
            name="review_decision",
        ),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    case_id: Mapped[UUID]
    return_kind: Mapped[str]
    asked_alone: Mapped[bool]
    own_choice: Mapped[bool]
    pressure: Mapped[bool]
    fear: Mapped[bool]
    claim_explained: Mapped[bool]
    needs_review: Mapped[bool]
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    review_decision: Mapped[str | None]
    screened_by: Mapped[UUID]
    screened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed: Mapped[bytes]


class FollowUp(Base):
    """A planned contact after return or after a service: when due, what came of it."""

    __tablename__ = "follow_up"
    __table_args__: Any = (
        *of_client("follow_up"),
        *of_case("follow_up"),
        CheckConstraint(one_of("state", FOLLOW_UP_STATES), name="state"),
        CheckConstraint(f"situation IS NULL OR {one_of('situation', SITUATIONS)}", name="situation"),
        CheckConstraint(
            f"stopped_reason IS NULL OR {one_of('stopped_reason', STOPPED_REASONS)}", name="stopped_reason"
        ),
        CheckConstraint("(state = 'stopped') = (stopped_reason IS NOT NULL)", name="stopped"),
        CheckConstraint("(state = 'lost') = (lost_reason IS NOT NULL)", name="lost"),
        UniqueConstraint("tenant_id", "case_id", "code"),
        Index("ix_follow_up_due", "tenant_id", "state", "due_on"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    case_id: Mapped[UUID]
    exchange_id: Mapped[UUID | None]
    code: Mapped[str]
    state: Mapped[str]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    channel: Mapped[str | None]
    situation: Mapped[str | None]
    attempts: Mapped[int]
    lost_reason: Mapped[str | None]
    stopped_reason: Mapped[str | None]
    assignee_account_id: Mapped[UUID | None]
    version: Mapped[int]
    sealed: Mapped[bytes | None]


class DeletionRequest(Base):
    """She took back the permission under which a case was taken over: what was done with our own record of it.

    Answered with a receipt (deleted), or with the legal basis on which it is kept.
    """

    __tablename__ = "deletion_request"
    __table_args__: Any = (
        *of_client("deletion_request"),
        *of_case("deletion_request"),
        CheckConstraint(f"answer IS NULL OR {one_of('answer', DELETION_ANSWERS)}", name="answer"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        CheckConstraint("answer <> 'kept' OR legal_basis IS NOT NULL", name="kept_on_a_basis"),
        UniqueConstraint("tenant_id", "exchange_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    case_id: Mapped[UUID]
    exchange_id: Mapped[UUID]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[str | None]
    legal_basis: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by: Mapped[UUID | None]
