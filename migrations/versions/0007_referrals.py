"""Referrals: the service asked for, its clocks, its needs, their outcome, and the client's own word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0007"
down_revision = "0006"

NOW = sa.DateTime(timezone=True)

SENT = "from_tenant_id = (SELECT context_tenant())"


def upgrade() -> None:
    """Make the referral tables."""
    op.create_table(
        "referral",
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("service_id", sa.Uuid, nullable=False),
        sa.Column("service_at_location_id", sa.Uuid, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("needed_by", NOW),
        sa.Column("acknowledge_by", NOW),
        sa.Column("decide_by", NOW),
        sa.Column("serve_by", NOW),
        sa.Column("paused_at", NOW),
        sa.Column("appointment_at", NOW),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_referral_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_referral_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("exchange_id", name="pk_referral"),
    )
    op.create_table(
        "referral_need",
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("shown_code", sa.Text, nullable=False),
        sa.Column("outcome_code", sa.Text),
        sa.Column("outcome_at", NOW),
        sa.CheckConstraint("position >= 0", name="position"),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_referral_need_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_referral_need_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("exchange_id", "position", name="pk_referral_need"),
    )
    op.create_table(
        "referral_own_need",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("need_code", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_referral_own_need_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "exchange_id"],
            ["exchange_side.tenant_id", "exchange_side.exchange_id"],
            name="fk_referral_own_need_tenant_id_exchange_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "exchange_id", "position", name="pk_referral_own_need"),
    )
    op.create_table(
        "referral_closure",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("helped", sa.Text),
        sa.Column("not_had_code", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.CheckConstraint("(sealed IS NULL) <> (not_had_code IS NULL)", name="word_or_reason"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_referral_closure_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "exchange_id"],
            ["exchange_side.tenant_id", "exchange_side.exchange_id"],
            name="fk_referral_closure_tenant_id_exchange_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "exchange_id", name="pk_referral_closure"),
    )
    for table, columns in (
        ("referral", ["acknowledge_by", "decide_by", "serve_by", "paused_at", "appointment_at", "needed_by"]),
        ("referral_need", ["outcome_code", "outcome_at"]),
    ):
        received = ddl.of_sent_exchange(table)
        ddl.protect_two_party(table, sender=SENT, receiver=received, columns=columns)
        ddl.policy(table, "receiver_updates", "UPDATE", received, received)
    ddl.protect_private("referral_own_need", restricted=True, append_only=True)
    ddl.protect_private("referral_closure", restricted=True, append_only=True)
