"""The client, who may see her, by what she is found, and her contacts, papers and relations."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_client
from network.core.db import Base, UTCDateTime
from network.tenants.models import one_of

SEXES = ("female", "male", "other", "unknown")
NUMBER_STATES = (
    "in_use",
    "destination_number",
    "confirmed_after_return",
    "do_not_use",
    "belongs_to_stranger",
)


class Client(Base):
    """The person. ``sealed`` is her card; plain is only what the centre counts by.

    ``contact_stopped_reason``: ``client_wish``, or the code of a vocabulary reason that stops all contact.
    """

    __tablename__ = "client"
    __table_args__: Any = (
        ForeignKeyConstraint(("tenant_id",), ("tenant.id",), name="fk_client_tenant"),
        UniqueConstraint("tenant_id", "id", "restricted"),
        UniqueConstraint("tenant_id", "reference"),
        CheckConstraint(one_of("sex", SEXES), name="sex"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    reference: Mapped[str]
    restricted: Mapped[bool]
    desk: Mapped[str | None]
    is_child: Mapped[bool]
    sex: Mapped[str]
    nationality: Mapped[str | None]
    birth_year: Mapped[int | None]
    sector: Mapped[str | None]
    contact_stopped_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    contact_stopped_reason: Mapped[str | None]
    deceased_on: Mapped[date | None]
    origin_exchange_id: Mapped[UUID | None]
    sealed: Mapped[bytes]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by: Mapped[UUID | None]


class ClientTeam(Base):
    """Who works with a client. Of a restricted one, only they see anything."""

    __tablename__ = "client_team"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ("tenant_id", "client_id"), ("client.tenant_id", "client.id"), name="fk_client_team_client"
        ),
        Index("ix_client_team_account", "tenant_id", "account_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UTCDateTime)
    added_by: Mapped[UUID | None]


class ClientToken(Base):
    """A keyed hash of something by which a client is found: part of a name, a number, a document."""

    __tablename__ = "client_token"
    __table_args__: Any = (*of_client("client_token"), PRIVATE)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(primary_key=True)
    restricted: Mapped[bool]


class ClientRelationship(Base):
    """Who somebody is to the client: another client, or a person outside whose name is sealed."""

    __tablename__ = "client_relationship"
    __table_args__: Any = (
        *of_client("client_relationship"),
        ForeignKeyConstraint(
            ("tenant_id", "related_client_id"),
            ("client.tenant_id", "client.id"),
            name="fk_client_relationship_related",
        ),
        UniqueConstraint(
            "tenant_id", "client_id", "related_client_id", "relationship", name="uq_client_relationship_pair"
        ),
        CheckConstraint("related_client_id <> client_id", name="two_people"),
        Index("ix_client_relationship_related", "tenant_id", "related_client_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    related_client_id: Mapped[UUID | None]
    relationship: Mapped[str]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed: Mapped[bytes]
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ClientContact(Base):
    """One way to reach a client with its rules, or that there is none. The number is sealed with them."""

    __tablename__ = "client_contact"
    __table_args__: Any = (
        *of_client("client_contact"),
        CheckConstraint(one_of("state", NUMBER_STATES), name="state"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    state: Mapped[str]
    country: Mapped[str | None]
    asked_on: Mapped[date]
    sealed: Mapped[bytes]
    version: Mapped[int]


class ClientDocument(Base):
    """A paper of the client: of what kind, who holds it, since when, and whether she has it back."""

    __tablename__ = "client_document"
    __table_args__: Any = (*of_client("client_document"), PRIVATE)

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    type: Mapped[str]
    holder: Mapped[str]
    held_since: Mapped[date | None]
    recovered_on: Mapped[date | None]
    sealed: Mapped[bytes]
    version: Mapped[int]
