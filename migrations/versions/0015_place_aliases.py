"""Names that members add to places of the gazetteer: how people call a camp, a quarter, an estate."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0015"
down_revision = "0014"

STEWARD = "steward_tenant_id = (SELECT context_tenant())"


def upgrade() -> None:
    """A name of a place is no secret and everybody may read it; whoever added it, or the headquarters, removes it."""
    op.create_table(
        "place_alias",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("place_code", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("skeleton", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("char_length(name) BETWEEN 1 AND 80 AND folded <> ''", name="name"),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
        sa.UniqueConstraint("steward_tenant_id", "place_code", "folded"),
    )
    op.create_index("ix_place_alias_folded", "place_alias", ["folded"])
    op.create_index("ix_place_alias_skeleton", "place_alias", ["skeleton"])
    ddl.force_row_security("place_alias")
    ddl.policy("place_alias", "readers", "SELECT", "true")
    ddl.policy("place_alias", "steward_inserts", "INSERT", check=STEWARD)
    ddl.policy("place_alias", "steward_or_headquarters_delete", "DELETE", f"{STEWARD} OR {ddl.HEADQUARTERS}")
    ddl.grant("place_alias", "SELECT", "INSERT", "DELETE")
