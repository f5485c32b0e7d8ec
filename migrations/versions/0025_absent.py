"""Rows that a source no longer holds: since when, and that its steward has answered; kept, not deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0025"
down_revision = "0024"

NOW = sa.DateTime(timezone=True)


def upgrade() -> None:
    """``absent_from``: the import that was compared last and did not hold the row."""
    op.add_column("listing_source", sa.Column("absent_from", sa.Uuid))
    op.add_column("listing_source", sa.Column("missing_at", NOW))
    op.add_column("listing_source", sa.Column("missing_answered_at", NOW))
    op.create_index(
        "ix_listing_source_tenant_id_missing_at",
        "listing_source",
        ["tenant_id", "missing_at"],
        postgresql_where=sa.text("missing_at IS NOT NULL AND missing_answered_at IS NULL"),
    )
    ddl.grant("listing_source", "UPDATE", columns=["absent_from", "missing_at", "missing_answered_at"])
