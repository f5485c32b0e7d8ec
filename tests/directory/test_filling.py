"""Filling the directory: one more listing costs no more for the many that are there already."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest
from flask import Flask

from network.core.ids import new_id
from tests.factories import make_listing, make_tenant
from tests.support.servers import Database

OTHERS = 200
# So many copies of a listing, each with an organization, a location and a service of its own.
COPY = """
WITH copies AS MATERIALIZED (
    SELECT uuidv7() AS organization, uuidv7() AS location, uuidv7() AS service FROM generate_series(1, %(others)s)
), organizations AS (
    INSERT INTO organization SELECT (jsonb_populate_record(one, jsonb_build_object('id', organization))).*
    FROM copies, organization AS one WHERE one.id = %(organization)s
), locations AS (
    INSERT INTO location SELECT (jsonb_populate_record(one,
        jsonb_build_object('id', location, 'organization_id', organization))).*
    FROM copies, location AS one WHERE one.id = %(location)s
), services AS (
    INSERT INTO service SELECT (jsonb_populate_record(one,
        jsonb_build_object('id', service, 'organization_id', organization))).*
    FROM copies, service AS one WHERE one.id = %(service)s
)
INSERT INTO service_at_location SELECT (jsonb_populate_record(one,
    jsonb_build_object('id', uuidv7(), 'location_id', location, 'service_id', service))).*
FROM copies, service_at_location AS one WHERE one.id = %(offered)s
RETURNING id, service_id
"""


def rows_read(admin: psycopg.Connection) -> int:
    """How many rows of listings this transaction has read so far, of tables or by their keys."""
    found = admin.execute(
        "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables "
        "WHERE relname IN ('organization', 'location', 'service', 'service_at_location')"
    ).fetchone()
    return int(found[0]) if found else 0


@pytest.mark.parametrize("known", [False, True], ids=["unknown to the planner", "known to the planner"])
def test_a_listing_is_written_without_reading_the_others(app: Flask, database: Database, known: bool) -> None:
    """In one transaction, as an import fills a directory: no figures for the planner, and plans that were kept."""
    listed = make_listing(app, make_tenant(app))
    ids: dict[str, object] = {
        "organization": listed.organization_id,
        "location": listed.location_id,
        "service": listed.service_id,
        "offered": listed.service_at_location_id,
    }
    with psycopg.connect(database.admin_url) as admin:
        admin.execute("SET LOCAL session_replication_role = replica")
        copies: list[tuple[UUID, UUID]] = admin.execute(COPY, ids | {"others": OTHERS}).fetchall()
        admin.execute("SET LOCAL session_replication_role = origin")
        if known:
            admin.execute("ANALYZE organization, location, service, service_at_location")
        for offered, service in copies[:8]:
            before = rows_read(admin)
            admin.execute("SELECT refresh_service_search(%s)", ([offered],))
            refreshed = rows_read(admin)
            admin.execute(
                "INSERT INTO service_eligibility (id, service_id, steward_tenant_id, criterion, value) "
                "SELECT %s, id, steward_tenant_id, 'cost', '\"free\"' FROM service WHERE id = %s",
                (new_id(), service),
            )
            noted = rows_read(admin)
        assert refreshed - before < OTHERS
        assert noted - refreshed < OTHERS
        admin.rollback()
