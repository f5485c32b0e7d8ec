"""Reading rows as plain columns, for what is shown and not changed.

A page shows much and changes nothing. Objects that the ORM watches, and statements composed anew for each
request, would cost it several times what the database needs; so each statement here is composed once, and its
rows are frozen copies. Whatever is going to be changed is read as a model.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, select

from network.cases.models import (
    CaseEvent,
    CaseFile,
    CaseNeed,
    CaseNote,
    Claim,
    Client,
    ClientContact,
    ClientDocument,
    ClientRelationship,
    ServiceRecord,
)
from network.core.asking import Question, ask
from network.core.db import Base
from network.tenants.context import acting


@dataclass(frozen=True, slots=True)
class CaseColumns:
    """A case as its page reads it."""

    __tablename__: ClassVar[str] = CaseFile.__tablename__

    tenant_id: UUID
    id: UUID
    client_id: UUID
    restricted: bool
    reference: str
    state: str
    closed_reason: str | None
    opened_on: date
    closed_on: date | None
    assignee_account_id: UUID | None
    priority: str
    custody: str
    read_only_since: datetime | None
    origin_exchange_id: UUID | None
    sealed: bytes
    version: int


@dataclass(frozen=True, slots=True)
class ClientColumns:
    """A client as a card reads her."""

    __tablename__: ClassVar[str] = Client.__tablename__

    tenant_id: UUID
    id: UUID
    reference: str
    restricted: bool
    is_child: bool
    sex: str
    nationality: str | None
    birth_year: int | None
    sector: str | None
    contact_stopped_at: datetime | None
    contact_stopped_reason: str | None
    deceased_on: date | None
    origin_exchange_id: UUID | None
    sealed: bytes
    version: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NeedColumns:
    """A need of a case."""

    id: UUID
    need_code: str
    state: str
    place_code: str | None
    recorded_on: date
    ended_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class EventColumns:
    """A line of a case's timeline."""

    id: UUID
    at: datetime
    kind: str
    actor_account_id: UUID | None
    subject_kind: str | None
    subject_id: UUID | None
    codes: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoteColumns:
    """A note, still sealed."""

    __tablename__: ClassVar[str] = CaseNote.__tablename__

    tenant_id: UUID
    id: UUID
    client_id: UUID
    author_account_id: UUID | None
    at: datetime
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ServiceColumns:
    """A service delivered."""

    id: UUID
    need_code: str
    delivered_on: date
    mode: str
    outcome: str
    account_id: UUID | None
    organization_id: UUID | None
    exchange_id: UUID | None


@dataclass(frozen=True, slots=True)
class ContactColumns:
    """A way to reach a client, still sealed."""

    __tablename__: ClassVar[str] = ClientContact.__tablename__

    tenant_id: UUID
    id: UUID
    client_id: UUID
    state: str
    country: str | None
    asked_on: date
    sealed: bytes
    version: int


@dataclass(frozen=True, slots=True)
class DocumentColumns:
    """A paper of a client, still sealed."""

    __tablename__: ClassVar[str] = ClientDocument.__tablename__

    tenant_id: UUID
    id: UUID
    client_id: UUID
    type: str
    holder: str
    held_since: date | None
    recovered_on: date | None
    sealed: bytes
    version: int


@dataclass(frozen=True, slots=True)
class RelationColumns:
    """Who somebody is to a client, still sealed."""

    __tablename__: ClassVar[str] = ClientRelationship.__tablename__

    tenant_id: UUID
    id: UUID
    client_id: UUID
    related_client_id: UUID | None
    relationship: str
    flags: list[str]
    sealed: bytes


@dataclass(frozen=True, slots=True)
class ClaimColumns:
    """A claim, still sealed."""

    __tablename__: ClassVar[str] = Claim.__tablename__

    tenant_id: UUID
    id: UUID
    case_id: UUID
    client_id: UUID
    kind: str
    forum: str
    state: str
    remedies: list[str]
    remedies_obtained: list[str]
    amount_claimed: Decimal | None
    amount_awarded: Decimal | None
    amount_paid: Decimal | None
    currency: str | None
    lodged_on: date | None
    decided_on: date | None
    paid_on: date | None
    lapses_on: date | None
    sealed: bytes
    version: int


Record = TypeVar("Record")


def columns_of(model: type[Base], record: type[Any]) -> list[ColumnElement[Any]]:
    """The columns of a table that a record holds, in its order."""
    return [model.__table__.c[field.name] for field in fields(record)]


def of_case(model: type[Base], record: type[Any], *order: str, limit: int | None = None) -> Select[Any]:
    """The rows of one case, ordered by these columns: ``-at`` is newest first."""
    return _of("case_id", model, record, order, limit)


def of_client(model: type[Base], record: type[Any], *order: str) -> Select[Any]:
    """The rows of one client, ordered by these columns."""
    return _of("client_id", model, record, order, None)


def about(statement: Select[Any], record_id: UUID) -> Question:
    """One of the statements above, asked for this case or client."""
    return Question(statement, {"tenant": acting().tenant, "about": record_id})


def read(statement: Select[Any], record: type[Record], record_id: UUID) -> list[Record]:
    """The rows of one of the statements above, for this case or client."""
    return [record(*row) for row in ask(about(statement, record_id))]


def _of(
    parent: str, model: type[Base], record: type[Any], order: tuple[str, ...], limit: int | None
) -> Select[Any]:
    held = model.__table__.c
    by = [held[name[1:]].desc() if name.startswith("-") else held[name] for name in order]
    return (
        select(*columns_of(model, record))
        .where(held.tenant_id == bindparam("tenant"), held[parent] == bindparam("about"))
        .order_by(*by)
        .limit(limit)
    )


NEEDS = of_case(CaseNeed, NeedColumns, "id")
SERVICES = of_case(ServiceRecord, ServiceColumns, "id")
CLAIMS = of_case(Claim, ClaimColumns, "id")
CONTACTS = of_client(ClientContact, ContactColumns, "id")
DOCUMENTS = of_client(ClientDocument, DocumentColumns, "id")


def events(limit: int) -> Select[Any]:
    """A case's timeline, newest first."""
    return of_case(CaseEvent, EventColumns, "-at", "-id", limit=limit)


def notes(limit: int) -> Select[Any]:
    """A case's notes, newest first."""
    return of_case(CaseNote, NoteColumns, "-id", limit=limit)
