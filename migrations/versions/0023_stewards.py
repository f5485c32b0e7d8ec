"""Withholding by the headquarters, services that keep their hours on holidays, and reports on any kind of listing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import ddl

revision = "0023"
down_revision = "0022"

SEARCH = "network_search"
LISTINGS = ("organization", "service", "location")
# What the headquarters have taken out they alone put back; and of others' listings they change nothing else. What
# triggers and keys carry along (the steward, a report that waits, the time of a change) goes through.
GUARD = """
CREATE FUNCTION guard_withholding() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
DECLARE
    withheld text[] := '{do_not_list,do_not_list_reason,do_not_list_by_tenant_id}';
    carried text[] := '{steward_tenant_id,reported_at,reported_problem,modified_at}';
    former jsonb := to_jsonb(OLD);
    latter jsonb := to_jsonb(NEW);
BEGIN
    IF context_is_headquarters() THEN
        IF OLD.steward_tenant_id <> context_tenant() AND former - withheld - carried <> latter - withheld - carried THEN
            RAISE EXCEPTION 'only the steward of a listing changes it' USING ERRCODE = '42501';
        END IF;
    ELSIF OLD.do_not_list AND former - carried <> latter - carried
        AND (NOT NEW.do_not_list OR NEW.do_not_list_reason IS DISTINCT FROM OLD.do_not_list_reason
            OR NEW.do_not_list_by_tenant_id IS DISTINCT FROM OLD.do_not_list_by_tenant_id)
        AND EXISTS (SELECT 1 FROM tenant WHERE id = OLD.do_not_list_by_tenant_id AND kind = 'network') THEN
        RAISE EXCEPTION 'the headquarters withhold this listing' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END
$$
"""
# A report on an organization or a place is a report on each service that is concerned.
MARK = """
CREATE OR REPLACE FUNCTION mark_reported() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    services uuid[] := ARRAY[NEW.service_id, OLD.service_id];
    organizations uuid[] := ARRAY[NEW.organization_id, OLD.organization_id];
    locations uuid[] := ARRAY[NEW.location_id, OLD.location_id];
BEGIN
    UPDATE service SET (reported_at, reported_problem) = (
        SELECT min(report.created_at), (array_agg(report.problem ORDER BY report.created_at))[1]
        FROM listing_report AS report
        WHERE report.state = 'open' AND report.problem IS NOT NULL AND (report.service_id = service.id
            OR report.organization_id = service.organization_id
            OR report.location_id IN (SELECT at_it.location_id FROM service_at_location AS at_it
                WHERE at_it.service_id = service.id AND at_it.removed_at IS NULL)))
    WHERE id = ANY (services) OR organization_id = ANY (organizations) OR id IN (
        SELECT at_it.service_id FROM service_at_location AS at_it WHERE at_it.location_id = ANY (locations));
    RETURN NULL;
END
$$
"""
# Whoever was invited becomes the steward. A member that stands in the directory already keeps its own organization,
# and keeps the other one beside it.
TAKE_OVER = """
CREATE OR REPLACE FUNCTION take_over_listing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
BEGIN
    IF NEW.tenant_id IS NULL OR NEW.tenant_id IS DISTINCT FROM context_tenant() THEN
        RAISE EXCEPTION 'only who was invited takes a listing over' USING ERRCODE = '42501';
    END IF;
    IF EXISTS (SELECT 1 FROM tenant WHERE organization_id = NEW.organization_id AND id <> NEW.tenant_id) THEN
        RAISE EXCEPTION 'claimed already' USING ERRCODE = '23505';
    END IF;
    UPDATE tenant SET organization_id = NEW.organization_id WHERE id = NEW.tenant_id AND organization_id IS NULL;
    UPDATE organization SET steward_tenant_id = NEW.tenant_id WHERE id = NEW.organization_id;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """One column, one index, and what the database holds everybody to."""
    op.add_column(
        "service",
        sa.Column("open_on_holidays", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    ddl.grant("service", "UPDATE", columns=["open_on_holidays"])
    op.create_index(
        "ix_service_open_on_holidays", "service", ["id"], postgresql_where=sa.text("open_on_holidays")
    )
    op.create_index(
        "ix_listing_change_of_country",
        "listing_change",
        ["number"],
        postgresql_where=sa.text("num_nonnulls(organization_id, service_id, location_id) = 0"),
    )
    withholding()
    reporting()
    replace(TAKE_OVER)


def withholding() -> None:
    """The headquarters may withhold any listing; the trigger keeps them to that."""
    op.execute(GUARD)
    for table in LISTINGS:
        if table != "organization":
            ddl.policy(table, "headquarters_withhold", "UPDATE", ddl.HEADQUARTERS, ddl.HEADQUARTERS)
        op.execute(
            f"CREATE TRIGGER guard_withholding BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION guard_withholding()"
        )


def reporting() -> None:
    """Reports follow a listing that is merged; the mark on a service follows its place and its organization."""
    ddl.grant("listing_report", "UPDATE", columns=[f"{one}_id" for one in LISTINGS])
    ddl.grant("listing_suggestion", "UPDATE", columns=["entity_id"])
    replace(MARK)
    op.execute("DROP TRIGGER mark_reported ON listing_report")
    op.execute(
        "CREATE TRIGGER mark_reported AFTER INSERT OR UPDATE OF state, service_id, organization_id, location_id "
        "ON listing_report FOR EACH ROW EXECUTE FUNCTION mark_reported()"
    )


def replace(function: str) -> None:
    """A function of the role that fills the search is replaced by that role itself."""
    op.execute(f"GRANT CREATE ON SCHEMA public TO {SEARCH}")
    op.execute(f"SET LOCAL ROLE {SEARCH}")
    op.execute(function)
    op.execute("RESET ROLE")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {SEARCH}")
