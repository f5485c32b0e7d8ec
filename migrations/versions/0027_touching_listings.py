"""What is touched and what is sought is found by its key alone, also where the planner knows the tables.

It may look up who was modified before now, which is everybody, or go through a whole table by its key to merge it
with one row: the more listings, the slower.
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"

# Not for an index, since nearly every row is older than now.
OLDER = "(modified_at < now()) IS TRUE"
TOUCH = f"""
CREATE OR REPLACE FUNCTION touch_listings(organizations uuid[], services uuid[], locations uuid[], offered uuid[])
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, public
SET join_collapse_limit TO 1 SET enable_seqscan TO off SET plan_cache_mode TO force_generic_plan
AS $$
DECLARE
    moved uuid[] := services || ARRAY(
        SELECT at_it.service_id FROM service_at_location AS at_it WHERE at_it.location_id = ANY (locations));
BEGIN
    UPDATE service_at_location SET modified_at = clock_timestamp() WHERE id = ANY (offered) AND {OLDER};
    UPDATE location SET modified_at = clock_timestamp() WHERE id = ANY (locations) AND {OLDER};
    UPDATE service SET modified_at = clock_timestamp() WHERE id = ANY (moved) AND {OLDER};
    UPDATE organization SET modified_at = clock_timestamp() WHERE id = ANY (organizations) AND {OLDER};
END
$$
"""


def upgrade() -> None:
    """Let the functions ask for keys alone."""
    op.execute(TOUCH)
    for join in ("enable_mergejoin", "enable_hashjoin"):
        op.execute(f"ALTER FUNCTION refresh_service_search(uuid[]) SET {join} TO off")
