"""Across borders: handoffs and their journeys, milestones, the screening before a return, follow-ups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0008"
down_revision = "0007"

NOW = sa.DateTime(timezone=True)

SENT = "from_tenant_id = (SELECT context_tenant())"


def upgrade() -> None:
    """Make the cross-border tables."""
    handoffs()
    returns()
    deletion_requests()


def handoffs() -> None:
    """The handoff beside its exchange, and the milestones that its sender is told."""
    op.create_table(
        "handoff",
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("corridor_id", sa.Uuid, nullable=False),
        sa.Column("agreement_id", sa.Uuid, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("arrival_on", sa.Date),
        sa.Column("arrival_needs", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("departed_at", NOW),
        sa.Column("arrived_at", NOW),
        sa.Column("taken_over_at", NOW),
        sa.CheckConstraint(
            "journey IN ('none', 'planned', 'departed', 'not_departed', 'arrived', 'not_arrived')",
            name="journey",
        ),
        sa.CheckConstraint("mode IN ('transfer', 'joint', 'follow_up', 'pre_departure')", name="mode"),
        sa.ForeignKeyConstraint(["agreement_id"], ["agreement.id"], name="fk_handoff_agreement_id"),
        sa.ForeignKeyConstraint(["corridor_id"], ["corridor.id"], name="fk_handoff_corridor_id"),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_handoff_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_handoff_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("exchange_id", name="pk_handoff"),
    )
    op.create_table(
        "handoff_milestone",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("from_tenant_id", sa.Uuid, nullable=False),
        sa.Column("to_tenant_id", sa.Uuid),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.CheckConstraint(
            "code IN ('arrived_safely', 'arrived_not_in_contact', 'registered', 'first_service', 'first_follow_up', 'claim_paid', 'closed')",
            name="code",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "from_tenant_id"],
            ["exchange.id", "exchange.from_tenant_id"],
            name="fk_handoff_milestone_exchange_id_from_tenant_id",
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id", "to_tenant_id"],
            ["exchange.id", "exchange.to_tenant_id"],
            name="fk_handoff_milestone_exchange_id_to_tenant_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_handoff_milestone"),
        sa.UniqueConstraint("exchange_id", "code", name="uq_handoff_milestone_exchange_id_code"),
    )
    received = ddl.of_sent_exchange("handoff")
    ddl.protect_two_party(
        "handoff",
        sender=SENT,
        receiver=received,
        columns=["journey", "arrival_on", "arrival_needs", "departed_at", "arrived_at", "taken_over_at"],
    )
    ddl.policy("handoff", "receiver_updates", "UPDATE", received, received)
    ddl.force_row_security("handoff_milestone")
    told = ddl.of_sent_exchange("handoff_milestone")
    ddl.policy("handoff_milestone", "sender_reads", "SELECT", SENT)
    ddl.policy("handoff_milestone", "receiver_reads", "SELECT", told)
    ddl.policy("handoff_milestone", "receiver_tells", "INSERT", check=told)
    ddl.grant("handoff_milestone", "SELECT", "INSERT")


def returns() -> None:
    """The screening before a return, and follow-ups after it."""
    op.create_table(
        "return_screening",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("return_kind", sa.Text, nullable=False),
        sa.Column("asked_alone", sa.Boolean, nullable=False),
        sa.Column("own_choice", sa.Boolean, nullable=False),
        sa.Column("pressure", sa.Boolean, nullable=False),
        sa.Column("fear", sa.Boolean, nullable=False),
        sa.Column("claim_explained", sa.Boolean, nullable=False),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("reviewed_by", sa.Uuid),
        sa.Column("reviewed_at", NOW),
        sa.Column("review_decision", sa.Text),
        sa.Column("screened_by", sa.Uuid, nullable=False),
        sa.Column("screened_at", NOW, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(
            "review_decision IS NULL OR review_decision IN ('go_on', 'stop')",
            name="review_decision",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case_file.tenant_id", "case_file.id"],
            name="fk_return_screening_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_return_screening_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_return_screening"),
    )
    op.create_index("ix_return_screening_tenant_id_case_id", "return_screening", ["tenant_id", "case_id"])
    op.create_table(
        "follow_up",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("done_at", NOW),
        sa.Column("channel", sa.Text),
        sa.Column("situation", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lost_reason", sa.Text),
        sa.Column("stopped_reason", sa.Text),
        sa.Column("assignee_account_id", sa.Uuid),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.CheckConstraint("state IN ('planned', 'due', 'done', 'missed', 'lost', 'stopped')", name="state"),
        sa.CheckConstraint(
            "situation IS NULL OR situation IN ('well', 'coping', 'needs_help', 'in_danger', 'leaving_again', 'not_told')",
            name="situation",
        ),
        sa.CheckConstraint(
            "stopped_reason IS NULL OR stopped_reason IN ('no_grant', 'contact_stopped', 'asked_no_contact', 'withdrawn', 'handed_over')",
            name="stopped_reason",
        ),
        sa.CheckConstraint("(state = 'stopped') = (stopped_reason IS NOT NULL)", name="stopped"),
        sa.CheckConstraint("(state = 'lost') = (lost_reason IS NOT NULL)", name="lost"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case_file.tenant_id", "case_file.id"],
            name="fk_follow_up_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_follow_up_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_follow_up"),
        sa.UniqueConstraint("tenant_id", "case_id", "code", name="uq_follow_up_tenant_id_case_id_code"),
    )
    op.create_index("ix_follow_up_due", "follow_up", ["tenant_id", "state", "due_on"])
    ddl.protect_private(
        "return_screening", restricted=True, columns=["reviewed_by", "reviewed_at", "review_decision"]
    )
    ddl.protect_private("follow_up", restricted=True)


def deletion_requests() -> None:
    """What a centre answers for its own record after the permission behind it was taken back."""
    op.create_table(
        "deletion_request",
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("client_id", sa.Uuid, nullable=False),
        sa.Column("restricted", sa.Boolean, nullable=False),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("exchange_id", sa.Uuid, nullable=False),
        sa.Column("opened_at", NOW, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("legal_basis", sa.Text),
        sa.Column("answered_at", NOW),
        sa.Column("answered_by", sa.Uuid),
        sa.CheckConstraint("answer IS NULL OR answer IN ('deleted', 'kept')", name="answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answered"),
        sa.CheckConstraint("answer <> 'kept' OR legal_basis IS NOT NULL", name="kept_on_a_basis"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["case_file.tenant_id", "case_file.id"],
            name="fk_deletion_request_tenant_id_case_id",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "client_id", "restricted"],
            ["client.tenant_id", "client.id", "client.restricted"],
            name="fk_deletion_request_tenant_id_client_id_restricted",
            onupdate="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_deletion_request"),
        sa.UniqueConstraint("tenant_id", "exchange_id", name="uq_deletion_request_tenant_id_exchange_id"),
    )
    ddl.protect_private(
        "deletion_request",
        restricted=True,
        columns=["answer", "legal_basis", "answered_at", "answered_by"],
    )
