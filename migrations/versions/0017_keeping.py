"""How a listing was verified, why it is not to be listed, that a problem waits to be settled, units, and taking over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0017"
down_revision = "0016"

SEARCH = "network_search"
LISTINGS = ("organization", "service", "location")
METHODS = "'phone', 'visit', 'message', 'website', 'own'"
REASONS = "'closed_for_good', 'asked_not_to_be', 'unsafe', 'fraud', 'not_ours', 'other'"
# The network's own units; ids never change.
UNITS = {
    "bed": "0b6a6bb0-3d0f-5f0e-9c43-6d6f6a1f0a01",
    "place": "0b6a6bb0-3d0f-5f0e-9c43-6d6f6a1f0a02",
    "appointment": "0b6a6bb0-3d0f-5f0e-9c43-6d6f6a1f0a03",
    "parcel": "0b6a6bb0-3d0f-5f0e-9c43-6d6f6a1f0a04",
}
# Who reads a service learns that a report on it waits; what else stands in the report its two parties alone know.
MARK = """
CREATE FUNCTION mark_reported() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE service SET (reported_at, reported_problem) = (
        SELECT min(report.created_at), (array_agg(report.problem ORDER BY report.created_at))[1]
        FROM listing_report AS report
        WHERE report.service_id = NEW.service_id AND report.state = 'open' AND report.problem IS NOT NULL)
    WHERE id = NEW.service_id;
    RETURN NULL;
END
$$
"""
# An organization that says yes becomes the steward of its own listing; the keys take every row along.
TAKE_OVER = """
CREATE FUNCTION take_over_listing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    IF NEW.tenant_id IS NULL OR NEW.tenant_id IS DISTINCT FROM context_tenant() THEN
        RAISE EXCEPTION 'only who was invited takes a listing over' USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT 1 FROM tenant WHERE organization_id = NEW.organization_id AND id <> NEW.tenant_id)
        OR EXISTS (SELECT 1 FROM tenant WHERE id = NEW.tenant_id AND organization_id <> NEW.organization_id) THEN
        RAISE EXCEPTION 'claimed already' USING ERRCODE = '23505';
    END IF;
    UPDATE tenant SET organization_id = NEW.organization_id WHERE id = NEW.tenant_id;
    UPDATE organization SET steward_tenant_id = NEW.tenant_id WHERE id = NEW.organization_id;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Columns beside the listings, and the two triggers that carry a fact over a wall."""
    for table in LISTINGS:
        for name, kind in (
            ("verified_how", sa.Text),
            ("do_not_list_reason", sa.Text),
            ("do_not_list_by_tenant_id", sa.Uuid),
        ):
            op.add_column(table, sa.Column(name, kind))
        op.create_foreign_key(None, table, "tenant", ["do_not_list_by_tenant_id"], ["id"])
        op.create_check_constraint("verified_how", table, f"verified_how IN ({METHODS})")
        op.create_check_constraint("do_not_list_reason", table, f"do_not_list_reason IN ({REASONS})")
        ddl.grant(table, "UPDATE", columns=["verified_how", "do_not_list_reason", "do_not_list_by_tenant_id"])
        op.create_index(f"ix_{table}_steward_tenant_id_name", table, ["steward_tenant_id", "name", "id"])
        op.create_index(
            f"ix_{table}_steward_tenant_id_due",
            table,
            ["steward_tenant_id", "verification_due_on"],
        )
        op.create_index(
            f"ix_{table}_merged_into_id",
            table,
            ["merged_into_id"],
            postgresql_where=sa.text("merged_into_id IS NOT NULL"),
        )
    reported()
    claimed()
    with ddl.walls_lifted("unit"):
        for name, unit_id in UNITS.items():
            op.execute(
                f"INSERT INTO unit (id, name, scheme, identifier) VALUES ('{unit_id}', '{name}', 'network', '{name}')"
            )


def reported() -> None:
    """That a problem was reported and is not settled."""
    op.add_column("service", sa.Column("reported_at", sa.DateTime(timezone=True)))
    op.add_column("service", sa.Column("reported_problem", sa.Text))
    op.execute(f"GRANT UPDATE (reported_at, reported_problem) ON service TO {SEARCH}")
    op.execute(MARK)
    ddl.definer("mark_reported()", SEARCH)
    op.execute(
        "CREATE TRIGGER mark_reported AFTER INSERT OR UPDATE OF state, service_id ON listing_report "
        "FOR EACH ROW WHEN (NEW.service_id IS NOT NULL) EXECUTE FUNCTION mark_reported()"
    )


def claimed() -> None:
    """The hand-over, by the organization's own yes."""
    op.execute(f"GRANT SELECT, UPDATE (organization_id) ON tenant TO {SEARCH}")
    op.execute(f"GRANT UPDATE (steward_tenant_id) ON organization TO {SEARCH}")
    ddl.policy("tenant", "takes_over", "ALL", "true", "true", role=SEARCH)
    op.execute(TAKE_OVER)
    ddl.definer("take_over_listing()", SEARCH)
    op.execute(
        "CREATE TRIGGER take_over AFTER UPDATE OF state ON listing_claim "
        "FOR EACH ROW WHEN (NEW.state = 'claimed' AND OLD.state = 'invited') EXECUTE FUNCTION take_over_listing()"
    )
