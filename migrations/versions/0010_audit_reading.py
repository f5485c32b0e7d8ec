"""Reading the trail: a place in the chain is one entry's alone, and a day's entries are found by their time."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Every entry has its place and its hashes; two indexes, for the walk along the chain and for the page."""
    for column in ("seq", "prev_hash", "hash"):
        op.alter_column("audit_event", column, nullable=False)
    op.create_unique_constraint("uq_audit_event_tenant_id_seq", "audit_event", ["tenant_id", "seq"])
    op.create_index("ix_audit_event_tenant_id_at_seq", "audit_event", ["tenant_id", "at", "seq"])
