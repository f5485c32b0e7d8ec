"""Who takes over from a colleague what was in her hands alone, above all clients restricted to her."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """A member names another of the same tenant; the tie leads with the tenant, as every one does."""
    op.add_column("membership", sa.Column("successor_id", sa.Uuid))
    op.create_foreign_key(
        "fk_membership_successor",
        "membership",
        "membership",
        ["tenant_id", "successor_id"],
        ["tenant_id", "id"],
    )
