"""Writing a listing costs the same however many there are, also where the planner knows nothing of the tables yet.

While a directory is being filled its statistics lag behind: planned for a handful of rows, the row of a search was
built from every organization with every location. And what notes a change was planned anew with each statement.
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"

SEARCH = "network_search"
REFRESH, FILL = "refresh_service_search(uuid[])", "fill_service_search()"
# From the rows that changed along the keys, in the order in which the statements are written, planned once.
ALONG_THE_KEYS = (
    "join_collapse_limit TO 1",
    "enable_seqscan TO off",
    "plan_cache_mode TO force_generic_plan",
)
SETTINGS = "\n".join(f"SET {one}" for one in ALONG_THE_KEYS)

# As before, but a service is found by its key, and not by looking at every one.
TOUCH = f"""
CREATE OR REPLACE FUNCTION touch_listings(organizations uuid[], services uuid[], locations uuid[], offered uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public
{SETTINGS}
AS $$
DECLARE
    moved uuid[] := services || ARRAY(
        SELECT at_it.service_id FROM service_at_location AS at_it WHERE at_it.location_id = ANY (locations));
BEGIN
    UPDATE service_at_location SET modified_at = clock_timestamp() WHERE id = ANY (offered) AND modified_at < now();
    UPDATE location SET modified_at = clock_timestamp() WHERE id = ANY (locations) AND modified_at < now();
    UPDATE service SET modified_at = clock_timestamp() WHERE id = ANY (moved) AND modified_at < now();
    UPDATE organization SET modified_at = clock_timestamp() WHERE id = ANY (organizations) AND modified_at < now();
END
$$
"""
# What changed, by the operation: the table with the stewards, and each row as it was and as it is.
CHANGED = {
    "INSERT": ("later", "SELECT NULL::jsonb, to_jsonb(later) FROM later"),
    "UPDATE": ("later", "SELECT to_jsonb(earlier), to_jsonb(later) FROM earlier JOIN later USING (id)"),
    "DELETE": ("earlier", "SELECT to_jsonb(earlier), NULL::jsonb FROM earlier"),
}
# As before, but written out for each operation, so that it is planned once for each trigger.
ONE_OPERATION = """
    PERFORM pg_advisory_xact_lock(hashtextextended(steward::text, 3))
        FROM (SELECT DISTINCT steward_tenant_id AS steward FROM {table} ORDER BY 1) AS stewards;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    WITH hit AS MATERIALIZED (
        SELECT given.former, given.latter, coalesce(given.latter, given.former) AS part, place.*,
            coalesce(location.confidential, false) OR TG_TABLE_NAME = 'location' AND
                coalesce((given.former ->> 'confidential')::boolean, false) AS hidden
        FROM ({rows}) AS given (former, latter)
        CROSS JOIN LATERAL listing_of(TG_TABLE_NAME, coalesce(given.latter, given.former)) AS place
        LEFT JOIN location ON location.id = place.location_id
        WHERE given.former IS NULL OR given.latter IS NULL OR given.former - kept <> given.latter - kept
    ), noted AS (
        INSERT INTO listing_change (id, at, entity, entity_id, action, field, old_value, new_value, withheld,
            organization_id, service_id, location_id, steward_tenant_id, by_tenant_id, by_kind, by_roles)
        SELECT uuidv7(), clock_timestamp(), TG_TABLE_NAME, (hit.part ->> 'id')::uuid, change.action, change.field,
            CASE WHEN NOT change.hidden THEN nullif(change.was, 'null') END,
            CASE WHEN NOT change.hidden THEN nullif(change.became, 'null') END,
            change.hidden, hit.organization_id, hit.service_id, hit.location_id,
            (hit.part ->> 'steward_tenant_id')::uuid, context_tenant(), context_kind(),
            nullif(current_setting('network.roles', true), '')
        FROM hit CROSS JOIN LATERAL (
            SELECT 'created', NULL, NULL,
                CASE WHEN NOT listing THEN jsonb_strip_nulls(hit.latter - kept) END, hit.hidden AND NOT listing
            WHERE hit.former IS NULL
            UNION ALL
            SELECT 'removed', NULL, jsonb_strip_nulls(hit.former - kept), NULL, hit.hidden
            WHERE hit.latter IS NULL
            UNION ALL
            SELECT 'changed', field, hit.former -> field, hit.latter -> field,
                hit.hidden AND field <> ALL (ARRAY['confidential', 'visibility', 'town', 'country', 'time_zone',
                    'verified_on', 'do_not_list', 'removed_at', 'merged_into_id'])
            FROM jsonb_object_keys(hit.former - kept) AS field
            WHERE hit.latter IS NOT NULL AND hit.former -> field IS DISTINCT FROM hit.latter -> field
        ) AS change (action, field, was, became, hidden)
    ), place AS (
        SELECT organization_id, service_id, location_id, service_at_location_id FROM hit
        UNION
        SELECT before.* FROM hit CROSS JOIN LATERAL listing_of(TG_TABLE_NAME, hit.former) AS before
        WHERE hit.former IS NOT NULL AND hit.latter IS NOT NULL
    )
    SELECT array_agg(DISTINCT organization_id) FILTER (WHERE service_id IS NULL), array_agg(DISTINCT service_id),
        array_agg(DISTINCT location_id), array_agg(DISTINCT service_at_location_id)
    INTO organizations, services, locations, offered FROM place;
"""


def note() -> str:
    """The function that notes what changed."""
    inserted, updated, deleted = (
        ONE_OPERATION.format(table=table, rows=rows) for table, rows in CHANGED.values()
    )
    return f"""
CREATE OR REPLACE FUNCTION note_listing_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
{SETTINGS}
AS $$
DECLARE
    listing boolean := TG_TABLE_NAME IN ('organization', 'service', 'location', 'service_at_location');
    kept text[] := '{{id,steward_tenant_id,version,created_at,modified_at}}';
    organizations uuid[];
    services uuid[];
    locations uuid[];
    offered uuid[];
    hiding uuid[];
BEGIN
    IF TG_OP = 'INSERT' THEN{inserted}
    ELSIF TG_OP = 'UPDATE' THEN{updated}
    ELSE{deleted}
    END IF;
    IF TG_OP <> 'INSERT' OR TG_TABLE_NAME NOT IN ('organization', 'service') THEN
        PERFORM touch_listings(organizations, services, locations, offered);
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM attribute WHERE link_entity = TG_TABLE_NAME AND link_id IN (SELECT id FROM earlier);
        DELETE FROM metadata WHERE resource_type = TG_TABLE_NAME AND resource_id IN (SELECT id FROM earlier);
    END IF;
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'location' THEN
        SELECT array_agg(later.id) INTO hiding FROM earlier JOIN later USING (id)
        WHERE later.confidential AND NOT earlier.confidential;
        IF hiding IS NOT NULL THEN
            PERFORM hide_locations(hiding);
        END IF;
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    """Let the functions go along the keys. Those of the role that fills the search are its own to replace."""
    op.execute(TOUCH)
    for setting in ALONG_THE_KEYS:
        op.execute(f"ALTER FUNCTION {REFRESH} SET {setting}")
    with_rights_of_search()


def with_rights_of_search() -> None:
    """What belongs to that role, as that role."""
    op.execute(f"GRANT CREATE ON SCHEMA public TO {SEARCH}")
    op.execute(f"SET LOCAL ROLE {SEARCH}")
    op.execute(note())
    for setting in ALONG_THE_KEYS:
        op.execute(f"ALTER FUNCTION {FILL} SET {setting}")
    op.execute("RESET ROLE")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {SEARCH}")
