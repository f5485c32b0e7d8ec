"""That a listing was public and is no longer: whoever keeps a copy of what is public learns that it ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0019"
down_revision = "0018"

STEWARD = "steward_tenant_id = (SELECT context_tenant())"
# An organization is hidden with its services, and these with their places.
NOTE = """
CREATE FUNCTION note_withdrawal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
DECLARE
    hidden uuid[];
BEGIN
    SELECT array_agg(later.id) INTO hidden FROM earlier JOIN later USING (id)
    WHERE earlier.visibility = 'public' AND later.visibility <> 'public';
    IF hidden IS NULL THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'organization' THEN
        INSERT INTO listing_withdrawal (id, steward_tenant_id, entity, entity_id, organization_id, withdrawn_at)
        SELECT uuidv7(), steward_tenant_id, 'organization', id, id, clock_timestamp()
        FROM organization WHERE id = ANY (hidden);
    END IF;
    IF TG_TABLE_NAME IN ('organization', 'service') THEN
        INSERT INTO listing_withdrawal (id, steward_tenant_id, entity, entity_id, organization_id, withdrawn_at)
        SELECT uuidv7(), service.steward_tenant_id, 'service', service.id, organization.id, clock_timestamp()
        FROM service JOIN organization ON organization.id = service.organization_id
        WHERE CASE TG_TABLE_NAME
            WHEN 'organization' THEN organization.id = ANY (hidden) AND service.visibility = 'public'
            ELSE service.id = ANY (hidden) AND organization.visibility = 'public' END;
    END IF;
    INSERT INTO listing_withdrawal (id, steward_tenant_id, entity, entity_id, organization_id, withdrawn_at)
    SELECT uuidv7(), placed.steward_tenant_id, 'service_at_location', placed.id, organization.id, clock_timestamp()
    FROM service_at_location AS placed
    JOIN service ON service.id = placed.service_id
    JOIN organization ON organization.id = service.organization_id
    JOIN location ON location.id = placed.location_id
    WHERE CASE TG_TABLE_NAME
        WHEN 'organization' THEN organization.id = ANY (hidden) AND service.visibility = 'public'
            AND location.visibility = 'public'
        WHEN 'service' THEN service.id = ANY (hidden) AND organization.visibility = 'public'
            AND location.visibility = 'public'
        ELSE location.id = ANY (hidden) AND organization.visibility = 'public'
            AND service.visibility = 'public' END;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """From now on; what was hidden before has left no trace."""
    op.create_table(
        "listing_withdrawal",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Uuid, nullable=False),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("entity IN ('organization', 'service', 'service_at_location')", name="entity"),
    )
    op.create_index("ix_listing_withdrawal_withdrawn_at", "listing_withdrawal", ["entity", "withdrawn_at"])
    op.create_index("ix_listing_withdrawal_entity_id", "listing_withdrawal", ["entity_id"])
    ddl.force_row_security("listing_withdrawal")
    ddl.policy("listing_withdrawal", "readers", "SELECT", "true")
    ddl.policy("listing_withdrawal", "steward_inserts", "INSERT", check=STEWARD)
    ddl.grant("listing_withdrawal", "SELECT", "INSERT")
    op.execute(NOTE)
    for table in ("organization", "service", "location"):
        op.execute(
            f"CREATE TRIGGER note_withdrawal AFTER UPDATE ON {table} REFERENCING OLD TABLE AS earlier "
            "NEW TABLE AS later FOR EACH STATEMENT EXECUTE FUNCTION note_withdrawal()"
        )
