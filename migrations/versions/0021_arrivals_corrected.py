"""A milestone can be taken back: an arrival was told of the wrong person, or too early. What was told stays written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Each milestone stands at most once; those that were taken back stay beside it."""
    op.add_column("handoff_milestone", sa.Column("taken_back_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_handoff_milestone_exchange_id_code", "handoff_milestone", type_="unique")
    op.create_index(
        "uq_handoff_milestone_standing",
        "handoff_milestone",
        ["exchange_id", "code"],
        unique=True,
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    told = ddl.of_sent_exchange("handoff_milestone")
    ddl.policy("handoff_milestone", "receiver_takes_back", "UPDATE", told, told)
    ddl.grant("handoff_milestone", "UPDATE", columns=["taken_back_at"])
