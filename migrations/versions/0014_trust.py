"""The history of listings, what others say of them, merges, claims, kept filters, and where imported rows come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import ddl

revision = "0014"
down_revision = "0013"

NOW = sa.DateTime(timezone=True)
STEWARD = "steward_tenant_id = (SELECT context_tenant())"
SEARCH = "network_search"
LISTINGS = ("organization", "service", "location")
STATES = "state IN ('open', 'accepted', 'rejected')"
ENTITIES = (
    "organization", "program", "service", "location", "service_at_location", "organization_identifier", "url",
    "funding", "contact", "phone", "address", "accessibility", "language", "schedule", "service_area", "cost_option",
    "required_document", "service_capacity", "attribute", "organization_role", "service_eligibility",
    "service_practice", "schedule_exception",
)  # fmt: skip
REFERENCES = ("taxonomy", "taxonomy_term", "unit", "meta_table_description", "metadata")
# The listing moves on when a part of it changes; a service also when a place where it is offered does. A row that
# changed in this transaction already has moved on.
TOUCH = """
CREATE FUNCTION touch_listings(organizations uuid[], services uuid[], locations uuid[], offered uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE service_at_location SET modified_at = clock_timestamp() WHERE id = ANY (offered) AND modified_at < now();
    UPDATE location SET modified_at = clock_timestamp() WHERE id = ANY (locations) AND modified_at < now();
    UPDATE service SET modified_at = clock_timestamp() WHERE modified_at < now() AND (id = ANY (services)
        OR id IN (SELECT at_it.service_id FROM service_at_location AS at_it WHERE at_it.location_id = ANY (locations)));
    UPDATE organization SET modified_at = clock_timestamp() WHERE id = ANY (organizations) AND modified_at < now();
END
$$
"""
# One statement for any number of rows of any table of listings: each field that differs is a row of history, and
# what the rows are part of moves on. What stands on a confidential location is withheld.
NOTE = """
CREATE FUNCTION note_listing_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    listing boolean := TG_TABLE_NAME IN ('organization', 'service', 'location', 'service_at_location');
    kept text[] := '{id,steward_tenant_id,version,created_at,modified_at}';
    source text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT NULL::jsonb, to_jsonb(later) FROM later'
        WHEN 'UPDATE' THEN 'SELECT to_jsonb(earlier), to_jsonb(later) FROM earlier JOIN later USING (id)'
        ELSE 'SELECT to_jsonb(earlier), NULL::jsonb FROM earlier' END;
    organizations uuid[];
    services uuid[];
    locations uuid[];
    offered uuid[];
    hiding uuid[];
    stewards integer;
BEGIN
    EXECUTE format('SELECT pg_advisory_xact_lock(hashtextextended(steward::text, 3)) FROM '
        '(SELECT DISTINCT steward_tenant_id AS steward FROM %I ORDER BY 1) AS stewards',
        CASE TG_OP WHEN 'DELETE' THEN 'earlier' ELSE 'later' END);
    GET DIAGNOSTICS stewards = ROW_COUNT;
    IF stewards = 0 THEN
        RETURN NULL;
    END IF;
    EXECUTE format($query$
        WITH hit AS MATERIALIZED (
            SELECT given.former, given.latter, coalesce(given.latter, given.former) AS part, place.*,
                coalesce(location.confidential, false) OR $2 = 'location' AND
                    coalesce((given.former ->> 'confidential')::boolean, false) AS hidden
            FROM (%s) AS given (former, latter)
            CROSS JOIN LATERAL listing_of($2, coalesce(given.latter, given.former)) AS place
            LEFT JOIN location ON location.id = place.location_id
            WHERE given.former IS NULL OR given.latter IS NULL OR given.former - $1 <> given.latter - $1
        ), noted AS (
            INSERT INTO listing_change (id, at, entity, entity_id, action, field, old_value, new_value, withheld,
                organization_id, service_id, location_id, steward_tenant_id, by_tenant_id, by_kind, by_roles)
            SELECT uuidv7(), clock_timestamp(), $2, (hit.part ->> 'id')::uuid, change.action, change.field,
                CASE WHEN NOT change.hidden THEN nullif(change.old, 'null') END,
                CASE WHEN NOT change.hidden THEN nullif(change.new, 'null') END,
                change.hidden, hit.organization_id, hit.service_id, hit.location_id,
                (hit.part ->> 'steward_tenant_id')::uuid, context_tenant(), context_kind(),
                nullif(current_setting('network.roles', true), '')
            FROM hit CROSS JOIN LATERAL (
                SELECT 'created', NULL, NULL,
                    CASE WHEN NOT $3 THEN jsonb_strip_nulls(hit.latter - $1) END, hit.hidden AND NOT $3
                WHERE hit.former IS NULL
                UNION ALL
                SELECT 'removed', NULL, jsonb_strip_nulls(hit.former - $1), NULL, hit.hidden
                WHERE hit.latter IS NULL
                UNION ALL
                SELECT 'changed', field, hit.former -> field, hit.latter -> field,
                    hit.hidden AND field <> ALL (ARRAY['confidential', 'visibility', 'town', 'country', 'time_zone',
                        'verified_on', 'do_not_list', 'removed_at', 'merged_into_id'])
                FROM jsonb_object_keys(hit.former - $1) AS field
                WHERE hit.latter IS NOT NULL AND hit.former -> field IS DISTINCT FROM hit.latter -> field
            ) AS change (action, field, old, new, hidden)
        ), place AS (
            SELECT organization_id, service_id, location_id, service_at_location_id FROM hit
            UNION
            SELECT before.* FROM hit CROSS JOIN LATERAL listing_of($2, hit.former) AS before
            WHERE hit.former IS NOT NULL AND hit.latter IS NOT NULL
        )
        SELECT array_agg(DISTINCT organization_id) FILTER (WHERE service_id IS NULL), array_agg(DISTINCT service_id),
            array_agg(DISTINCT location_id), array_agg(DISTINCT service_at_location_id) FROM place
        $query$, source)
    INTO organizations, services, locations, offered
    USING kept, TG_TABLE_NAME::text, listing;
    IF TG_OP <> 'INSERT' OR TG_TABLE_NAME NOT IN ('organization', 'service') THEN
        PERFORM touch_listings(organizations, services, locations, offered);
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM attribute WHERE link_entity = TG_TABLE_NAME AND link_id IN (SELECT id FROM earlier);
        DELETE FROM metadata WHERE resource_type = TG_TABLE_NAME AND resource_id IN (SELECT id FROM earlier);
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'location' THEN
        EXECUTE 'SELECT array_agg(later.id) FROM earlier JOIN later USING (id) '
            'WHERE later.confidential AND NOT earlier.confidential' INTO hiding;
        IF hiding IS NOT NULL THEN
            PERFORM hide_locations(hiding);
        END IF;
    END IF;
    RETURN NULL;
END
$$
"""
# What was told of a location before it became confidential is told no more.
HIDE = """
CREATE FUNCTION hide_locations(hiding uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public
AS $$
BEGIN
    UPDATE listing_change SET old_value = NULL, new_value = NULL, withheld = true WHERE location_id = ANY (hiding);
    UPDATE listing_suggestion SET seen = NULL, proposed = NULL WHERE report_id IN (
        SELECT id FROM listing_report WHERE location_id = ANY (hiding));
    DELETE FROM metadata WHERE location_id = ANY (hiding);
END
$$
"""


def upgrade() -> None:
    """History first, so that everything after it is in it."""
    history()
    reports()
    merges()
    claims()
    filters()
    sources()
    writing_history()


def codes(column: str, values: tuple[str, ...]) -> sa.CheckConstraint:
    """A column that holds one of these codes."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=column)


def of_steward(column: str, parent: str) -> sa.ForeignKeyConstraint:
    """A foreign key to a row of the same steward, which follows that row to a new steward."""
    return sa.ForeignKeyConstraint(
        [column, "steward_tenant_id"], [f"{parent}.id", f"{parent}.steward_tenant_id"], onupdate="CASCADE"
    )


def history() -> None:
    """One row a change of a field; the application only reads it."""
    op.create_table(
        "listing_change",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
        sa.Column("at", NOW, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Uuid, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("field", sa.Text),
        sa.Column("old_value", postgresql.JSONB),
        sa.Column("new_value", postgresql.JSONB),
        sa.Column("withheld", sa.Boolean, nullable=False),
        *(sa.Column(f"{owner}_id", sa.Uuid) for owner in LISTINGS),
        sa.Column("steward_tenant_id", sa.Uuid, nullable=False),
        sa.Column("by_tenant_id", sa.Uuid),
        sa.Column("by_kind", sa.Text),
        sa.Column("by_roles", sa.Text),
        codes("action", ("created", "changed", "removed")),
        sa.CheckConstraint("NOT withheld OR num_nonnulls(old_value, new_value) = 0", name="withheld"),
    )
    for column in ("organization_id", "service_id", "location_id", "entity_id"):
        op.create_index(f"ix_listing_change_{column}", "listing_change", [column, "number"])
    ddl.protect_shared("listing_change")


def reports() -> None:
    """Problems beside reasons, of any kind of listing, and suggestions field by field."""
    for owner in ("organization", "location"):
        op.add_column("listing_report", sa.Column(f"{owner}_id", sa.Uuid))
        op.create_foreign_key(
            None,
            "listing_report",
            owner,
            [f"{owner}_id", "steward_tenant_id"],
            ["id", "steward_tenant_id"],
            onupdate="CASCADE",
        )
        op.create_index(f"ix_listing_report_{owner}_id", "listing_report", [f"{owner}_id"])
    op.add_column("listing_report", sa.Column("problem", sa.Text))
    for column in ("service_id", "reason_list", "reason_code"):
        op.alter_column("listing_report", column, nullable=True)
    problems = (
        *("closed", "moved", "refuses_migrants", "wrong_hours", "wrong_number", "duplicate", "unsafe"),
        "other",
    )
    for name, check in (
        ("one_owner", "num_nonnulls(organization_id, service_id, location_id) = 1"),
        ("problem", codes("problem", problems).sqltext),
        ("reason", "(reason_list IS NULL) = (reason_code IS NULL)"),
        ("reason_or_problem", "num_nonnulls(reason_code, problem) <= 1"),
    ):
        op.create_check_constraint(name, "listing_report", str(check))
    parties = ["from_tenant_id", "steward_tenant_id"]
    op.create_unique_constraint("uq_listing_report_parties", "listing_report", ["id", *parties])
    op.create_table(
        "listing_suggestion",
        sa.Column("id", sa.Uuid, primary_key=True),
        *(sa.Column(name, sa.Uuid, nullable=False) for name in ("report_id", *parties)),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Uuid),
        sa.Column("field", sa.Text),
        sa.Column("seen", postgresql.JSONB),
        sa.Column("proposed", postgresql.JSONB),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("resolved_at", NOW),
        sa.ForeignKeyConstraint(
            ["report_id", *parties],
            [f"listing_report.{name}" for name in ("id", *parties)],
            name="fk_listing_suggestion_report",
            onupdate="CASCADE",
        ),
        codes("entity", ENTITIES),
        sa.CheckConstraint(STATES, name="state"),
        sa.CheckConstraint("entity_id IS NOT NULL OR field IS NULL", name="field_of_a_row"),
    )
    op.create_index("ix_listing_suggestion_report_id", "listing_suggestion", ["report_id"])
    ddl.force_row_security("listing_suggestion")
    mine = "from_tenant_id = (SELECT context_tenant())"
    ddl.policy("listing_suggestion", "reporter_writes", "INSERT", check=f"{mine} AND state = 'open'")
    ddl.policy("listing_suggestion", "both_read", "SELECT", f"{mine} OR {STEWARD}")
    ddl.policy("listing_suggestion", "steward_resolves", "UPDATE", STEWARD, STEWARD)
    ddl.grant("listing_suggestion", "SELECT", "INSERT")
    ddl.grant("listing_suggestion", "UPDATE", columns=["state", "resolved_at"])


def merges() -> None:
    """What was merged, with what is needed to undo it; and what somebody found not to be a duplicate."""
    op.create_table(
        "listing_merge",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("steward_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("kept_id", sa.Uuid, nullable=False),
        sa.Column("merged_id", sa.Uuid, nullable=False),
        sa.Column("moved", postgresql.JSONB, nullable=False),
        sa.Column("merged_at", NOW, nullable=False),
        sa.Column("undone_at", NOW),
        codes("entity", LISTINGS),
        sa.CheckConstraint("kept_id <> merged_id", name="two"),
    )
    op.create_index(
        "uq_listing_merge_standing",
        "listing_merge",
        ["merged_id"],
        unique=True,
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_listing_merge_kept_id", "listing_merge", ["kept_id"])
    ddl.force_row_security("listing_merge")
    ddl.policy("listing_merge", "readers", "SELECT", ddl.STAFF_OR_JOB)
    ddl.policy("listing_merge", "steward_inserts", "INSERT", check=STEWARD)
    ddl.policy("listing_merge", "steward_undoes", "UPDATE", STEWARD, STEWARD)
    ddl.grant("listing_merge", "SELECT", "INSERT")
    ddl.grant("listing_merge", "UPDATE", columns=["undone_at"])
    op.create_table(
        "not_duplicate",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("first_id", sa.Uuid, nullable=False),
        sa.Column("second_id", sa.Uuid, nullable=False),
        sa.Column("decided_at", NOW, nullable=False),
        codes("entity", LISTINGS),
        sa.CheckConstraint("first_id < second_id", name="in_order"),
        sa.UniqueConstraint("tenant_id", "first_id", "second_id"),
    )
    ddl.protect_private("not_duplicate", append_only=True)


def claims() -> None:
    """Invitations to organizations to take over their own listing; the headquarters open the tenant."""
    op.create_table(
        "listing_claim",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("organization_id", sa.Uuid, nullable=False),
        sa.Column("steward_tenant_id", sa.Uuid, nullable=False),
        sa.Column("invited_by_tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id")),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("invited_at", NOW, nullable=False),
        sa.Column("answered_at", NOW),
        of_steward("organization_id", "organization"),
        codes("state", ("invited", "claimed", "declined", "withdrawn")),
    )
    op.create_index(
        "uq_listing_claim_standing",
        "listing_claim",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("state = 'invited'"),
    )
    op.create_index("ix_listing_claim_tenant_id", "listing_claim", ["tenant_id"])
    ddl.force_row_security("listing_claim")
    who = f"{STEWARD} OR {ddl.HEADQUARTERS}"
    inviter = "invited_by_tenant_id = (SELECT context_tenant())"
    ddl.policy(
        "listing_claim",
        "parties_read",
        "SELECT",
        f"{who} OR tenant_id = (SELECT context_tenant()) OR {inviter}",
    )
    ddl.policy(
        "listing_claim", "steward_invites", "INSERT", check=f"({who}) AND {inviter} AND state = 'invited'"
    )
    answering = f"{who} OR tenant_id = (SELECT context_tenant())"
    ddl.policy("listing_claim", "parties_answer", "UPDATE", answering, answering)
    ddl.grant("listing_claim", "SELECT", "INSERT")
    ddl.grant("listing_claim", "UPDATE", columns=["tenant_id", "state", "answered_at"])


def filters() -> None:
    """Filters that a centre kept; nothing of a client is in them."""
    op.create_table(
        "saved_filter",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("criteria", postgresql.JSONB, nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("created_at", NOW, nullable=False),
        sa.UniqueConstraint("tenant_id", "label"),
    )
    ddl.protect_private("saved_filter", columns=["label", "criteria"])


def sources() -> None:
    """Foreign ids of imported rows, and values that could not be used; both stay with the importer."""
    op.create_table(
        "listing_source",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("entity", sa.Text, nullable=False),
        sa.Column("foreign_id", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Uuid, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("imported_at", NOW, nullable=False),
        sa.Column("seen_at", NOW, nullable=False),
        codes("entity", (*ENTITIES, *REFERENCES)),
        sa.UniqueConstraint("tenant_id", "source", "entity", "foreign_id"),
    )
    op.create_index("ix_listing_source_tenant_id_entity_id", "listing_source", ["tenant_id", "entity_id"])
    ddl.protect_private(
        "listing_source", deletable=False, columns=["entity_id", "digest", "imported_at", "seen_at"]
    )
    op.create_table(
        "listing_quarantine",
        sa.Column("tenant_id", sa.Uuid, sa.ForeignKey("tenant.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("source_id", sa.Uuid, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("imported_at", NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "source_id"],
            ["listing_source.tenant_id", "listing_source.id"],
            name="fk_listing_quarantine_source",
        ),
        sa.UniqueConstraint("tenant_id", "source_id", "field"),
        codes(
            "reason",
            (
                *("not_a_value", "out_of_range", "too_long", "unknown_code", "dangling", "duplicate"),
                "no_place_for_it",
            ),
        ),
    )
    op.create_index(
        "ix_listing_quarantine_tenant_id_imported_at", "listing_quarantine", ["tenant_id", "imported_at"]
    )
    ddl.protect_private("listing_quarantine", columns=["value", "reason", "imported_at"])


def writing_history() -> None:
    """The triggers, and the rights of the role that they run with."""
    for table in (*LISTINGS, "service_at_location"):
        op.execute(f"GRANT UPDATE (modified_at) ON {table} TO {SEARCH}")
        ddl.policy(table, "moves_on", "UPDATE", "true", "true", role=SEARCH)
    for table, rights in (
        ("listing_change", "SELECT, INSERT, UPDATE (old_value, new_value, withheld)"),
        ("listing_suggestion", "SELECT, UPDATE (seen, proposed)"),
        ("listing_report", "SELECT"),
        ("attribute", "DELETE"),
        ("metadata", "SELECT, DELETE"),
    ):
        op.execute(f"GRANT {rights} ON {table} TO {SEARCH}")
        ddl.policy(table, "writes_history", "ALL", "true", "true", role=SEARCH)
    op.execute("SET LOCAL ROLE network_context")
    op.execute(f"GRANT EXECUTE ON FUNCTION verified_context() TO {SEARCH}")
    op.execute("RESET ROLE")
    for function in (TOUCH, HIDE, NOTE):
        op.execute(function)
    for signature in ("touch_listings(uuid[], uuid[], uuid[], uuid[])", "hide_locations(uuid[])"):
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {SEARCH}")
    ddl.definer("note_listing_change()", SEARCH)
    # What a trigger itself writes is no change of anybody's.
    outermost = "WHEN (pg_trigger_depth() = 0)"
    for table in ENTITIES:
        for event, rows, when in (
            ("INSERT", "NEW TABLE AS later", outermost),
            ("UPDATE", "OLD TABLE AS earlier NEW TABLE AS later", outermost),
            ("DELETE", "OLD TABLE AS earlier", ""),
        ):
            op.execute(
                f"CREATE TRIGGER note_change_on_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {rows} FOR EACH STATEMENT {when} EXECUTE FUNCTION note_listing_change()"
            )
    for table in (*LISTINGS, "service_at_location"):
        op.execute(f"DROP TRIGGER fill_search_on_update ON {table}")
        op.execute(
            f"CREATE TRIGGER fill_search_on_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed "
            f"FOR EACH STATEMENT {outermost} EXECUTE FUNCTION fill_service_search()"
        )
