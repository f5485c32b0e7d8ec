"""Files of listings on their way in: the file, its rows and what becomes of each, all sealed; gone when given up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0018"
down_revision = "0017"

NOW = sa.DateTime(timezone=True)
OUTCOMES = "('created', 'changed', 'merged', 'suggested', 'unchanged', 'refused')"
STATES = "('uploaded', 'planned', 'running', 'done', 'failed', 'given_up')"


def upgrade() -> None:
    """What a source said last is kept, so that what somebody changed here since can be told."""
    op.add_column("listing_source", sa.Column("sealed", sa.LargeBinary))
    op.create_table(
        "listing_import",
        *keys(),
        sa.Column("account_id", sa.Uuid),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("options", postgresql.JSONB, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("records", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("totals", postgresql.JSONB, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("modified_at", NOW, nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
    )
    op.create_index("ix_listing_import_tenant_id_created_at", "listing_import", ["tenant_id", "created_at"])
    op.create_table(
        "listing_import_part",
        *keys(),
        *of_import("listing_import_part"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "listing_import_row",
        *keys(),
        *of_import("listing_import_row"),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.Column("reasons", postgresql.ARRAY(sa.Text), nullable=False),
        sa.Column("doubtful", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        sa.CheckConstraint(f"result IN {OUTCOMES}", name="result"),
    )
    ddl.grant("listing_source", "UPDATE", columns=["sealed"])
    ddl.protect_private("listing_import", deletable=False)
    ddl.protect_private("listing_import_part")
    ddl.protect_private("listing_import_row")


def keys() -> tuple[sa.Column[object], sa.Column[object]]:
    """The key of a private table."""
    return (
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    )


def of_import(table: str) -> tuple[sa.Column[object] | sa.Constraint, ...]:
    """Of which import a row is, and the how many-eth."""
    return (
        sa.Column("import_id", sa.Uuid, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["listing_import.tenant_id", "listing_import.id"],
            name=f"fk_{table}_import",
        ),
        sa.UniqueConstraint("tenant_id", "import_id", "position"),
    )
