"""Referrals to organizations that have no sign-in: by which way they were told, and by which they answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0029"
down_revision = "0028"

NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    """The exchange itself needs nothing: without a receiver, nobody but its sender sees it or moves it."""
    op.create_table(
        "referral_told",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.CheckConstraint("kind IN ('told', 'heard', 'ended')", name="kind"),
        sa.CheckConstraint("channel IN ('phone', 'email', 'form', 'in_person', 'letter')", name="channel"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_referral_told_client",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "exchange_id"],
            ["exchange_side.tenant_id", "exchange_side.exchange_id"],
            name="fk_referral_told_tenant_id_exchange_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_referral_told"),
        sa.UniqueConstraint(
            "tenant_id",
            "exchange_id",
            "version",
            "kind",
            name="uq_referral_told_tenant_id_exchange_id_version_kind",
        ),
    )
    op.create_index("ix_referral_told_client", "referral_told", ["tenant_id", "client_id"])
    ddl.protect_private("referral_told", restricted=True, append_only=True)
