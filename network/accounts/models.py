"""Accounts, sessions and invitations (the gate), and memberships (private to their tenant).

The gate's tables are read before anybody is known, so they hold keyed hashes and codes alone: name and
e-mail address lie sealed in the membership, under the key of the tenant.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from network.accounts.permissions import ROLES
from network.accounts.states import Assurance, InvitationPurpose, MembershipState
from network.core.db import Base, UTCDateTime
from network.tenants.models import TENANT_KINDS, one_of


def _known_roles() -> str:
    names = ", ".join(repr(name) for name in ROLES)
    return f"roles <@ ARRAY[{names}]::text[] AND cardinality(roles) > 0"


class Account(Base):
    """How a person proves who she is. ``login_hash`` is the keyed hash of her e-mail address, in hex."""

    __tablename__ = "account"
    __table_args__: Any = ({"info": {"kind": "gate"}},)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    login_hash: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    totp_sealed: Mapped[bytes | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Session(Base):
    """One signed-in browser or program, for one tenant. Its token is known to its holder alone.

    Every instant but ``locked_at`` is the database's own: access expires by its clock.
    """

    __tablename__ = "session"
    __table_args__: Any = (
        CheckConstraint(one_of("tenant_kind", TENANT_KINDS), name="tenant_kind"),
        CheckConstraint(one_of("assurance", tuple(Assurance)), name="assurance"),
        Index(None, "account_id"),
        Index(None, "tenant_id"),
        {"info": {"kind": "gate"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    tenant_kind: Mapped[str]
    assurance: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Membership(Base):
    """A person's place in a tenant. ``sealed`` holds her name and e-mail address; seen at the gate by its hash.

    ``successor_id`` takes over what would be in nobody's hands once she is gone.
    """

    __tablename__ = "membership"
    __table_args__: Any = (
        CheckConstraint(one_of("state", tuple(MembershipState)), name="state"),
        CheckConstraint(_known_roles(), name="roles"),
        CheckConstraint("state <> 'active' OR account_id IS NOT NULL", name="account"),
        UniqueConstraint("tenant_id", "account_id"),
        UniqueConstraint("tenant_id", "login_hash"),
        ForeignKeyConstraint(
            ["tenant_id", "successor_id"],
            ["membership.tenant_id", "membership.id"],
            name="fk_membership_successor",
        ),
        Index(None, "login_hash"),
        {"info": {"kind": "private"}},
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID | None]
    login_hash: Mapped[str]
    state: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    sealed: Mapped[bytes]
    successor_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Invitation(Base):
    """Opens the door once: to join, or to choose a new password.

    Without a membership it is a new tenant's first: whoever holds it names herself.
    """

    __tablename__ = "invitation"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name="fk_invitation_membership",
        ),
        CheckConstraint(_known_roles(), name="roles"),
        CheckConstraint(one_of("purpose", tuple(InvitationPurpose)), name="purpose"),
        CheckConstraint("(membership_id IS NULL) = (login_hash IS NULL)", name="membership"),
        Index(None, "tenant_id", "membership_id"),
        {"info": {"kind": "gate"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))
    membership_id: Mapped[UUID | None]
    login_hash: Mapped[str | None]
    purpose: Mapped[str] = mapped_column(default=InvitationPurpose.JOIN)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
