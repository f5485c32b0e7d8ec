"""How a service really answers referrals: one published figure each, of its own tenant's counting."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Members read it; the tenant that received the referrals writes it about its own services."""
    op.create_table(
        "service_response",
        sa.Column("service_id", sa.Uuid, sa.ForeignKey("service.id"), primary_key=True),
        sa.Column("published_by", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("answered_percent", sa.Integer, nullable=False),
        sa.Column("usual_hours", sa.Integer),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answered_percent BETWEEN 0 AND 100", name="answered_percent"),
        sa.CheckConstraint("usual_hours > 0", name="usual_hours"),
    )
    mine = (
        "published_by = (SELECT context_tenant()) AND EXISTS (SELECT 1 FROM service JOIN tenant "
        "ON tenant.organization_id = service.organization_id "
        "WHERE service.id = service_response.service_id AND tenant.id = (SELECT context_tenant()))"
    )
    ddl.protect_shared("service_response", write=mine)
