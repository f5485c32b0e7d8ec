"""Listings that may be one, as they were last looked for among very many of one steward."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from migrations import ddl

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """A private table that is written anew every night; nothing is brought over."""
    op.create_table(
        "listing_twin",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("first_id", sa.Uuid, nullable=False),
        sa.Column("second_id", sa.Uuid, nullable=False),
        sa.Column("why", ARRAY(sa.Text), nullable=False),
        sa.Column("alike", sa.Double, nullable=False),
        sa.Column("metres", sa.Integer),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("entity IN ('organization', 'service', 'location')", name="entity"),
        sa.CheckConstraint("first_id < second_id", name="in_order"),
        sa.UniqueConstraint("tenant_id", "entity", "first_id", "second_id"),
    )
    ddl.protect_private("listing_twin")
