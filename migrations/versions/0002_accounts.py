"""Accounts, sessions and invitations at the gate; memberships, private to their tenant."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0002"
down_revision = "0001"

NOW = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text)
KNOWN_ROLES = (
    "roles <@ ARRAY['coordinator', 'caseworker', 'intake', 'monitoring_officer', 'centre_administrator', "
    "'partner_manager', 'partner_worker', 'network_administrator']::text[] AND cardinality(roles) > 0"
)
AT_GATE = "(SELECT context_kind()) = 'gate' AND {} = (SELECT context_subject())"


def upgrade() -> None:
    """Open the gate."""
    accounts()
    sessions()
    memberships()
    invitations()
    first_invitations()


def accounts() -> None:
    """An account is seen by whoever gives its e-mail address, and by its holder."""
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("login_hash", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("password_changed_at", NOW, nullable=False),
        sa.Column("totp_sealed", sa.LargeBinary),
        sa.Column("created_at", NOW, nullable=False),
        sa.UniqueConstraint("login_hash", name="uq_account_login_hash"),
    )
    ddl.force_row_security("account")
    ddl.policy("account", "gate", "ALL", AT_GATE.format("login_hash"), AT_GATE.format("login_hash"))
    own = "id = (SELECT context_account())"
    ddl.policy("account", "own_reads", "SELECT", own)
    ddl.policy("account", "own_changes", "UPDATE", own, own)
    ddl.grant("account", "SELECT", "INSERT")
    ddl.grant("account", "UPDATE", columns=["password_hash", "password_changed_at", "totp_sealed"])


def sessions() -> None:
    """A session is seen by the holder of its token, by its account, and by the tenant that it is for."""
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column(
            "account_id", sa.Uuid, sa.ForeignKey("account.id", name="fk_session_account_id"), nullable=False
        ),
        sa.Column(
            "tenant_id", sa.Uuid, sa.ForeignKey("tenant.id", name="fk_session_tenant_id"), nullable=False
        ),
        sa.Column("tenant_kind", sa.Text, nullable=False),
        sa.Column("assurance", sa.Text, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("last_seen_at", NOW, nullable=False),
        sa.Column("expires_at", NOW, nullable=False),
        sa.Column("locked_at", NOW),
        sa.Column("revoked_at", NOW),
        sa.UniqueConstraint("token_hash", name="uq_session_token_hash"),
        sa.CheckConstraint("tenant_kind IN ('centre', 'partner', 'network')", name="tenant_kind"),
        sa.CheckConstraint("assurance IN ('password_only')", name="assurance"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_index("ix_session_tenant_id", "session", ["tenant_id"])
    ddl.force_row_security("session")
    ddl.policy("session", "gate", "ALL", AT_GATE.format("token_hash"), AT_GATE.format("token_hash"))
    ddl.policy("session", "tenant", "ALL", ddl.MINE, ddl.MINE)
    own = "account_id = (SELECT context_account())"
    ddl.policy("session", "own_reads", "SELECT", own)
    ddl.policy("session", "own_changes", "UPDATE", own, own)
    ddl.grant("session", "SELECT", "INSERT", "DELETE")
    ddl.grant("session", "UPDATE", columns=["last_seen_at", "locked_at", "revoked_at"])


def memberships() -> None:
    """A membership is its tenant's; whoever gives its e-mail address sees, at the gate, that it is there."""
    op.create_table(
        "membership",
        sa.Column(
            "tenant_id", sa.Uuid, sa.ForeignKey("tenant.id", name="fk_membership_tenant_id"), nullable=False
        ),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid),
        sa.Column("login_hash", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("roles", TEXTS, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("languages", TEXTS, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_membership"),
        sa.UniqueConstraint("tenant_id", "account_id", name="uq_membership_tenant_id_account_id"),
        sa.UniqueConstraint("tenant_id", "login_hash", name="uq_membership_tenant_id_login_hash"),
        sa.CheckConstraint("state IN ('invited', 'active', 'inactive')", name="state"),
        sa.CheckConstraint(KNOWN_ROLES, name="roles"),
        sa.CheckConstraint("state <> 'active' OR account_id IS NOT NULL", name="account"),
    )
    op.create_index("ix_membership_login_hash", "membership", ["login_hash"])
    ddl.protect_private("membership")
    ddl.policy("membership", "gate", "SELECT", AT_GATE.format("login_hash"))


def invitations() -> None:
    """An invitation is seen by the holder of its token, and made and kept by its tenant."""
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("token_hash", sa.Text, nullable=False),
        sa.Column(
            "tenant_id", sa.Uuid, sa.ForeignKey("tenant.id", name="fk_invitation_tenant_id"), nullable=False
        ),
        sa.Column("membership_id", sa.Uuid),
        sa.Column("login_hash", sa.Text),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("roles", TEXTS, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("expires_at", NOW, nullable=False),
        sa.Column("used_at", NOW),
        sa.Column("revoked_at", NOW),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "membership_id"],
            ["membership.tenant_id", "membership.id"],
            name="fk_invitation_membership",
        ),
        sa.CheckConstraint(KNOWN_ROLES, name="roles"),
        sa.CheckConstraint("purpose IN ('join', 'reset')", name="purpose"),
        sa.CheckConstraint("(membership_id IS NULL) = (login_hash IS NULL)", name="membership"),
    )
    op.create_index("ix_invitation_tenant_id_membership_id", "invitation", ["tenant_id", "membership_id"])
    ddl.force_row_security("invitation")
    ddl.policy("invitation", "gate", "SELECT", AT_GATE.format("token_hash"))
    ddl.policy("invitation", "tenant", "ALL", ddl.MINE, ddl.MINE)
    ddl.grant("invitation", "SELECT", "INSERT")
    ddl.grant("invitation", "UPDATE", columns=["expires_at", "used_at", "revoked_at"])


def first_invitations() -> None:
    """The headquarters ask for one thing in a tenant's own scope: its keys and first invitation."""
    ddl.policy(
        "outbox",
        "headquarters_open_tenants",
        "INSERT",
        check=f"{ddl.HEADQUARTERS} AND topic = 'tenant.created' AND subject_id = tenant_id",
    )
