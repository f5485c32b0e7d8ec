"""A case and what happens in it: needs, notes, the timeline, services; and the incident register."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_case, of_client
from network.cases.states import CaseState, Custody, IncidentState, NeedState
from network.core.db import Base, UTCDateTime
from network.tenants.models import one_of

PRIORITIES = ("immediate", "emergency", "urgent", "routine")
MODES = ("in_person", "telephone", "online", "outreach", "written")


class CaseFile(Base):
    """A period of work for a client in this centre."""

    __tablename__ = "case_file"
    __table_args__: Any = (
        *of_client("case_file"),
        UniqueConstraint("tenant_id", "id", "client_id"),
        UniqueConstraint("tenant_id", "reference"),
        CheckConstraint(one_of("state", tuple(CaseState)), name="state"),
        CheckConstraint(one_of("custody", tuple(Custody)), name="custody"),
        CheckConstraint(one_of("priority", PRIORITIES), name="priority"),
        CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_with_a_reason"),
        CheckConstraint("(custody = 'handed_over') = (read_only_since IS NOT NULL)", name="read_only"),
        Index("ix_case_file_state", "tenant_id", "state", "id"),
        Index("ix_case_file_assignee", "tenant_id", "assignee_account_id", "id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    reference: Mapped[str]
    state: Mapped[str]
    closed_reason: Mapped[str | None]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    assignee_account_id: Mapped[UUID | None]
    priority: Mapped[str]
    custody: Mapped[str]
    read_only_since: Mapped[datetime | None] = mapped_column(UTCDateTime)
    origin_exchange_id: Mapped[UUID | None]
    sealed: Mapped[bytes]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[UUID | None]


class CaseNeed(Base):
    """What the client needs, in the vocabulary's code, and in which town (a code of the gazetteer)."""

    __tablename__ = "case_need"
    __table_args__: Any = (
        *of_client("case_need"),
        *of_case("case_need"),
        UniqueConstraint("tenant_id", "case_id", "need_code"),
        CheckConstraint(one_of("state", tuple(NeedState)), name="state"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    need_code: Mapped[str]
    state: Mapped[str]
    place_code: Mapped[str | None]
    recorded_on: Mapped[date]
    ended_on: Mapped[date | None]
    version: Mapped[int]


class CaseNote(Base):
    """What somebody wrote about the work. It never leaves the centre and is never changed."""

    __tablename__ = "case_note"
    __table_args__: Any = (*of_client("case_note"), *of_case("case_note"), PRIVATE)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    author_account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed: Mapped[bytes]


class CaseEvent(Base):
    """One line of a case's timeline: codes, times and ids, never words."""

    __tablename__ = "case_event"
    __table_args__: Any = (
        *of_client("case_event"),
        *of_case("case_event"),
        CheckConstraint("jsonb_typeof(codes) = 'object'", name="codes"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    kind: Mapped[str]
    actor_account_id: Mapped[UUID | None]
    subject_kind: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    codes: Mapped[dict[str, str]] = mapped_column(JSONB)


class ServiceRecord(Base):
    """One service delivered: what, when, by whom, in which mode, with what outcome."""

    __tablename__ = "service_record"
    __table_args__: Any = (
        *of_client("service_record"),
        *of_case("service_record"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
        Index("ix_service_record_delivered", "tenant_id", "delivered_on"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    need_code: Mapped[str]
    delivered_on: Mapped[date]
    mode: Mapped[str]
    outcome: Mapped[str]
    account_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]
    exchange_id: Mapped[UUID | None]
    sealed: Mapped[bytes]


class Incident(Base):
    """An entry of the incident register: what went wrong with data, about whom, and what was done.

    ``kind`` is the list and code of the reason that opened it (``withdrawal.sent_wrong_recipient``).
    """

    __tablename__ = "incident"
    __table_args__: Any = (
        *of_client("incident"),
        *of_case("incident"),
        CheckConstraint(one_of("state", tuple(IncidentState)), name="state"),
        CheckConstraint("case_id IS NULL OR client_id IS NOT NULL", name="case_has_a_client"),
        CheckConstraint("client_id IS NOT NULL OR NOT restricted", name="restricted_with_a_client"),
        Index("ix_incident_state", "tenant_id", "state"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
    restricted: Mapped[bool]
    exchange_id: Mapped[UUID | None]
    kind: Mapped[str]
    state: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opened_by: Mapped[UUID | None]
    client_told_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sealed: Mapped[bytes]
    version: Mapped[int]
