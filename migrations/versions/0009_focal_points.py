"""Focal points of receivers; and a referral's terms, which only its sender sets, and only before it leaves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0009"
down_revision = "0008"

NOW = sa.DateTime(timezone=True)

# The receiver may write the times that its own steps change; how urgent it is, is the sender's to say.
GUARD = """
CREATE FUNCTION guard_referral() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.priority IS DISTINCT FROM OLD.priority AND EXISTS (
        SELECT 1 FROM exchange e WHERE e.id = NEW.exchange_id AND e.sent_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'the priority is chosen before the referral leaves' USING ERRCODE = '42501';
    END IF;
    IF NEW.needed_by IS DISTINCT FROM OLD.needed_by AND context_tenant() IS DISTINCT FROM NEW.from_tenant_id THEN
        RAISE EXCEPTION 'until when it is needed is the sender''s to say' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    """Make the table of focal points, and let a draft's priority be chosen."""
    op.create_table(
        "focal_point",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("tenant_id", sa.Uuid, nullable=False),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("service_id", sa.Uuid),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("named_at", NOW, nullable=False),
        sa.Column("ended_at", NOW),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_focal_point_tenant_id"),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name="fk_focal_point_service_id"),
        sa.PrimaryKeyConstraint("id", name="pk_focal_point"),
        sa.UniqueConstraint(
            "tenant_id",
            "account_id",
            "service_id",
            name="uq_focal_point_tenant_id_account_id_service_id",
            postgresql_nulls_not_distinct=True,
        ),
    )
    ddl.protect_shared("focal_point", write=ddl.MINE)
    ddl.grant("referral", "UPDATE", columns=["priority"])
    op.execute(GUARD)
    op.execute(
        "CREATE TRIGGER guard BEFORE UPDATE ON referral FOR EACH ROW EXECUTE FUNCTION guard_referral()"
    )
