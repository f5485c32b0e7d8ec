"""Consents with their grants and refusals, and the record of every disclosure."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0005"
down_revision = "0004"

NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the consent tables."""
    consents()
    disclosures()


def consents() -> None:
    """What the client allowed and refused, and what happened to it."""
    op.create_table(
        "consent",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("capacity", sa.Text, nullable=False),
        sa.Column("method", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("notice_version", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Uuid, nullable=False),
        sa.Column("given_at", NOW, nullable=False),
        sa.Column("provisional_until", NOW),
        sa.Column("confirmed_at", NOW),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("state IN ('given', 'refused', 'withdrawn')", name="state"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_consent_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_consent"),
    )
    op.create_index("ix_consent_tenant_id_client_id", "consent", ["tenant_id", "client_id"])
    op.create_table(
        "consent_event",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("grant_id", sa.Uuid),
        sa.Column("refusal_id", sa.Uuid),
        sa.Column("account_id", sa.Uuid),
        sa.Column("at", NOW, nullable=False),
        sa.CheckConstraint(
            "kind IN ('given', 'refused', 'extended', 'confirmed', 'lifted_once', 'withdrawn', 'expired')",
            name="kind",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_consent_event_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "consent_id"],
            ["consent.tenant_id", "consent.id"],
            name="fk_consent_event_tenant_id_consent_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_consent_event"),
    )
    op.create_index("ix_consent_event_tenant_id_consent_id", "consent_event", ["tenant_id", "consent_id"])
    op.create_table(
        "consent_grant",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("need_code", sa.Text),
        sa.Column("categories", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("recipient_organization_id", sa.Uuid),
        sa.Column("recipient_class", sa.Text),
        sa.Column("recipient_country", sa.Text),
        sa.Column("onward", sa.Boolean, nullable=False),
        sa.Column("expires_at", NOW, nullable=False),
        sa.Column("withdrawn_at", NOW),
        sa.Column("created_at", NOW, nullable=False),
        sa.CheckConstraint(
            "(recipient_organization_id IS NULL) = (recipient_class IS NOT NULL AND recipient_country IS NOT NULL)",
            name="recipient",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_consent_grant_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "consent_id"],
            ["consent.tenant_id", "consent.id"],
            name="fk_consent_grant_tenant_id_consent_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_consent_grant"),
    )
    op.create_index("ix_consent_grant_tenant_id_client_id", "consent_grant", ["tenant_id", "client_id"])
    op.create_index("ix_consent_grant_tenant_id_consent_id", "consent_grant", ["tenant_id", "consent_id"])
    op.create_table(
        "consent_refusal",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("consent_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("recipient_class", sa.Text),
        sa.Column("organization_id", sa.Uuid),
        sa.Column("country", sa.Text),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("ended_at", NOW),
        sa.CheckConstraint(
            "recipient_class IS NOT NULL OR organization_id IS NOT NULL OR sealed IS NOT NULL",
            name="whom",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_consent_refusal_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "consent_id"],
            ["consent.tenant_id", "consent.id"],
            name="fk_consent_refusal_tenant_id_consent_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_consent_refusal"),
    )
    op.create_index("ix_consent_refusal_tenant_id_client_id", "consent_refusal", ["tenant_id", "client_id"])
    op.create_index("ix_consent_refusal_tenant_id_consent_id", "consent_refusal", ["tenant_id", "consent_id"])
    op.create_table(
        "refusal_lift",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("refusal_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("lifted_at", NOW, nullable=False),
        sa.Column("used_at", NOW),
        sa.Column("disclosure_id", sa.Uuid),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_refusal_lift_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "refusal_id"],
            ["consent_refusal.tenant_id", "consent_refusal.id"],
            name="fk_refusal_lift_tenant_id_refusal_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_refusal_lift"),
    )
    op.create_index("ix_refusal_lift_tenant_id_refusal_id", "refusal_lift", ["tenant_id", "refusal_id"])
    ddl.protect_private(
        "consent",
        restricted=True,
        columns=["state", "confirmed_at", "provisional_until", "version", "sealed"],
    )
    ddl.protect_private("consent_event", restricted=True, append_only=True)
    # A grant is never widened: only its end moves.
    ddl.protect_private("consent_grant", restricted=True, columns=["withdrawn_at", "expires_at"])
    ddl.protect_private("consent_refusal", restricted=True, columns=["ended_at"])
    ddl.protect_private("refusal_lift", restricted=True, columns=["used_at", "disclosure_id"])


def disclosures() -> None:
    """What left, and under which grants."""
    op.create_table(
        "disclosure",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("packet_id", sa.Uuid, nullable=False),
        sa.Column("recipient_organization_id", sa.Uuid, nullable=False),
        sa.Column("recipient_tenant_id", sa.Uuid),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("categories", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("fields", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("legal_basis", sa.Text, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_disclosure_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_tenant_id_client_id", "disclosure", ["tenant_id", "client_id"])
    op.create_index("ix_disclosure_tenant_id_exchange_id", "disclosure", ["tenant_id", "exchange_id"])
    op.create_index("ix_disclosure_tenant_id_packet_id", "disclosure", ["tenant_id", "packet_id"])
    op.create_table(
        "disclosure_grant",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("disclosure_id", sa.Uuid, nullable=False),
        sa.Column("grant_id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_disclosure_grant_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosure.tenant_id", "disclosure.id"],
            name="fk_disclosure_grant_tenant_id_disclosure_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "grant_id"],
            ["consent_grant.tenant_id", "consent_grant.id"],
            name="fk_disclosure_grant_tenant_id_grant_id",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "disclosure_id", "grant_id", name="pk_disclosure_grant"),
    )
    op.create_index("ix_disclosure_grant_tenant_id_grant_id", "disclosure_grant", ["tenant_id", "grant_id"])
    ddl.protect_private("disclosure", restricted=True, append_only=True)
    ddl.protect_private("disclosure_grant", restricted=True, append_only=True)
