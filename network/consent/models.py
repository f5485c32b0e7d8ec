"""Consents with their events, grants and refusals; disclosures; packets with their parts and key."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.cases.models.ties import PRIVATE, of_case, of_client
from network.core.db import Base, UTCDateTime
from network.tenants.models import one_of

CONSENT_STATES = ("given", "refused", "withdrawn")
EVENT_KINDS = ("given", "refused", "extended", "confirmed", "lifted_once", "withdrawn", "expired")
PARTS = ("preview", "identity")
SEAL_REASONS = ("withdrawn", "expired", "refused", "recalled", "declined", "error", "ended", "incident")


class Consent(Base):
    """How the client was asked and what she answered; ``sealed`` holds her words, witness and evidence."""

    __tablename__ = "consent"
    __table_args__: Any = (
        *of_client("consent"),
        *of_case("consent"),
        CheckConstraint(one_of("state", CONSENT_STATES), name="state"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    case_id: Mapped[UUID | None]
    state: Mapped[str]
    capacity: Mapped[str]
    method: Mapped[str]
    language: Mapped[str]
    notice_version: Mapped[str]
    recorded_by: Mapped[UUID]
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
    provisional_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    version: Mapped[int]
    sealed: Mapped[bytes]


class ConsentEvent(Base):
    """What happened to a consent, one of its grants or one of its refusals. Append-only, codes only."""

    __tablename__ = "consent_event"
    __table_args__: Any = (
        *of_client("consent_event"),
        ForeignKeyConstraint(["tenant_id", "consent_id"], ["consent.tenant_id", "consent.id"]),
        CheckConstraint(one_of("kind", EVENT_KINDS), name="kind"),
        Index(None, "tenant_id", "consent_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consent_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    kind: Mapped[str]
    grant_id: Mapped[UUID | None]
    refusal_id: Mapped[UUID | None]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConsentGrant(Base):
    """Purpose × categories × recipient × until when × may they pass it on.

    The recipient is one organization of the directory, or every body of a class in a country.
    ``need_code`` narrows a grant whose purpose is asked need by need.
    """

    __tablename__ = "consent_grant"
    __table_args__: Any = (
        *of_client("consent_grant"),
        ForeignKeyConstraint(["tenant_id", "consent_id"], ["consent.tenant_id", "consent.id"]),
        CheckConstraint(
            "(recipient_organization_id IS NULL) = (recipient_class IS NOT NULL AND recipient_country IS NOT NULL)",
            name="recipient",
        ),
        Index(None, "tenant_id", "consent_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consent_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    purpose: Mapped[str]
    need_code: Mapped[str | None]
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    recipient_organization_id: Mapped[UUID | None]
    recipient_class: Mapped[str | None]
    recipient_country: Mapped[str | None]
    onward: Mapped[bool]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class ConsentRefusal(Base):
    """Never to this class, organization or person. Refusals always win; ``sealed`` names a person."""

    __tablename__ = "consent_refusal"
    __table_args__: Any = (
        *of_client("consent_refusal"),
        ForeignKeyConstraint(["tenant_id", "consent_id"], ["consent.tenant_id", "consent.id"]),
        CheckConstraint(
            "recipient_class IS NOT NULL OR organization_id IS NOT NULL OR sealed IS NOT NULL", name="whom"
        ),
        Index(None, "tenant_id", "consent_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    consent_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    recipient_class: Mapped[str | None]
    organization_id: Mapped[UUID | None]
    country: Mapped[str | None]
    sealed: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class RefusalLift(Base):
    """She lifted a refusal for one purpose, once: used up by the disclosure that it allowed."""

    __tablename__ = "refusal_lift"
    __table_args__: Any = (
        *of_client("refusal_lift"),
        ForeignKeyConstraint(
            ["tenant_id", "refusal_id"], ["consent_refusal.tenant_id", "consent_refusal.id"]
        ),
        Index(None, "tenant_id", "refusal_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    refusal_id: Mapped[UUID]
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    purpose: Mapped[str]
    lifted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    disclosure_id: Mapped[UUID | None]


class Disclosure(Base):
    """One act of data leaving: what, to whom, under which basis, by whom, when. Append-only."""

    __tablename__ = "disclosure"
    __table_args__: Any = (
        *of_client("disclosure"),
        *of_case("disclosure"),
        Index(None, "tenant_id", "packet_id"),
        Index(None, "tenant_id", "exchange_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]
    case_id: Mapped[UUID]
    exchange_id: Mapped[UUID]
    packet_id: Mapped[UUID]
    recipient_organization_id: Mapped[UUID]
    recipient_tenant_id: Mapped[UUID | None]
    purpose: Mapped[str]
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    legal_basis: Mapped[str]
    account_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class DisclosureGrant(Base):
    """Under which grant a disclosure was made: a withdrawn grant finds its packets by this. Append-only."""

    __tablename__ = "disclosure_grant"
    __table_args__: Any = (
        *of_client("disclosure_grant"),
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosure.tenant_id", "disclosure.id"]),
        ForeignKeyConstraint(["tenant_id", "grant_id"], ["consent_grant.tenant_id", "consent_grant.id"]),
        Index(None, "tenant_id", "grant_id"),
        PRIVATE,
    )

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    disclosure_id: Mapped[UUID] = mapped_column(primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID]
    restricted: Mapped[bool]


class Packet(Base):
    """The header that both sides see: what it carries in categories, until when, and whether it was sealed.

    ``named_account_id`` limits it to one focal point of the receiver, for what the vocabulary marks so.
    """

    __tablename__ = "packet"
    __table_args__: Any = (
        ForeignKeyConstraint(["exchange_id", "from_tenant_id"], ["exchange.id", "exchange.from_tenant_id"]),
        ForeignKeyConstraint(["exchange_id", "to_tenant_id"], ["exchange.id", "exchange.to_tenant_id"]),
        UniqueConstraint("id", "from_tenant_id"),
        CheckConstraint(f"seal_reason IS NULL OR {one_of('seal_reason', SEAL_REASONS)}", name="seal_reason"),
        CheckConstraint("(sealed_at IS NULL) = (seal_reason IS NULL)", name="sealed"),
        Index(None, "exchange_id"),
        {"info": {"kind": "two-party"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    purpose: Mapped[str]
    legal_basis: Mapped[str]
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    onward: Mapped[bool]
    feedback: Mapped[bool]
    named_account_id: Mapped[UUID | None]
    readable_until: Mapped[datetime] = mapped_column(UTCDateTime)
    sealed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seal_reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class PacketPart(Base):
    """One encrypted part. The receiver reads the preview once sent, the identity part once accepted."""

    __tablename__ = "packet_part"
    __table_args__: Any = (
        ForeignKeyConstraint(["packet_id", "from_tenant_id"], ["packet.id", "packet.from_tenant_id"]),
        CheckConstraint(one_of("part", PARTS), name="part"),
        {"info": {"kind": "two-party"}},
    )

    packet_id: Mapped[UUID] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    ciphertext: Mapped[bytes]
    sha256: Mapped[bytes]


class PacketKey(Base):
    """The packet's own key, wrapped. Sealing deletes it."""

    __tablename__ = "packet_key"
    __table_args__: Any = (
        ForeignKeyConstraint(["packet_id", "from_tenant_id"], ["packet.id", "packet.from_tenant_id"]),
        {"info": {"kind": "two-party"}},
    )

    packet_id: Mapped[UUID] = mapped_column(primary_key=True)
    exchange_id: Mapped[UUID]
    from_tenant_id: Mapped[UUID]
    to_tenant_id: Mapped[UUID | None]
    wrapped: Mapped[bytes]
