"""Who may read and write what in the directory, tried as the application's own database role."""

from __future__ import annotations

import threading
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory import operations, queries
from network.directory.geo import Point
from network.directory.models import DirectorySearch, ServiceGap, ServiceHold
from network.directory.operations.taxonomy import term_id
from network.directory.search import Criteria
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.factories import make_listing
from tests.support.servers import Database

SECRET = "14 Hidden Lane"
LISTED = (
    "organization", "organization_role", "service", "location", "service_at_location", "phone", "language", "schedule",
    "service_eligibility", "service_practice", "attribute",
)  # fmt: skip
# Whoever reads the directory from outside learns of a removal from the row itself: it stays.
LASTING = ("organization", "service", "location", "service_at_location")


def full_listing(app: Flask, members: Members, **given: object):
    return make_listing(app, members.partner.tenant, board=["union"], **given)


@pytest.mark.parametrize("table", LISTED)
def test_members_read_a_listing_and_only_its_steward_deletes_it(app: Flask, members: Members, table: str):
    listed = full_listing(app, members)
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.add_phone("+962 6 000", organization_id=listed.organization_id)
    mine = {"steward": members.partner.tenant}
    count = text(f"SELECT count(*) FROM {table} WHERE steward_tenant_id = :steward")
    with app.app_context(), scope(members.stranger), unit_of_work():
        before = db.session.execute(count, mine).scalar_one()
        assert before > 0
        if table not in LASTING:
            assert db.session.execute(text(f"DELETE FROM {table}")).rowcount == 0
        assert db.session.execute(count, mine).scalar_one() == before


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("organization", "name = 'Ours now'"),
        ("organization_role", "class_code = 'union'"),
        ("service", "referral_method = 'in_platform'"),
        ("location", "town = 'Elsewhere'"),
        ("service_eligibility", "value = 'null'"),
        ("service_practice", "value = 'no'"),
    ],
)
def test_only_the_steward_changes_a_listing(app: Flask, members: Members, table: str, change: str):
    full_listing(app, members)
    for who in (members.stranger, members.centre):
        with app.app_context(), scope(who), unit_of_work():
            assert db.session.execute(text(f"UPDATE {table} SET {change}")).rowcount == 0


def test_nobody_hangs_a_row_on_anothers_listing(app: Flask, members: Members):
    listed = full_listing(app, members)
    insert = text(
        "INSERT INTO phone (id, steward_tenant_id, service_id, number) VALUES (:id, :steward, :service, '+1')"
    )
    for steward in (members.stranger.tenant, members.partner.tenant):
        with app.app_context(), scope(members.stranger):
            with pytest.raises(DBAPIError), unit_of_work():
                db.session.execute(insert, {"id": new_id(), "steward": steward, "service": listed.service_id})


def test_a_steward_cannot_give_its_listing_away_nor_move_a_row(app: Flask, members: Members):
    full_listing(app, members)
    another = make_listing(app, members.stranger.tenant)
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="row-level security"), unit_of_work():
            db.session.execute(
                text("UPDATE organization SET steward_tenant_id = :other"), {"other": members.stranger.tenant}
            )
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="fk_service_organization_id"), unit_of_work():
            db.session.execute(
                text(
                    "UPDATE service SET organization_id = :other WHERE steward_tenant_id = context_tenant()"
                ),
                {"other": another.organization_id},
            )


@pytest.mark.parametrize("table", LASTING)
def test_nobody_deletes_what_other_systems_must_learn_the_end_of(app: Flask, members: Members, table: str):
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="permission denied"), unit_of_work():
            db.session.execute(text(f"DELETE FROM {table}"))


def test_the_signed_out_read_what_is_public_and_nothing_else(app: Flask, members: Members):
    network = full_listing(app, members)
    with app.app_context(), scope(members.partner), unit_of_work():
        public = operations.create_organization(name="Open house", country="JO", visibility="public")
        service = operations.create_service(
            public,
            name="Hotline",
            needs=["information.rights"],
            referral_methods=["phone"],
            visibility="public",
        )
        operations.add_phone("1919", service_id=service)
        operations.add_phone("1920", organization_id=network.organization_id)
    with app.app_context():
        ids = [public, network.organization_id]
        seen = db.session.execute(text("SELECT id FROM organization WHERE id = ANY (:ids)"), {"ids": ids})
        assert seen.scalars().all() == [public]
        assert db.session.execute(
            text("SELECT number FROM phone WHERE number IN ('1919', '1920')")
        ).scalars().all() == ["1919"]


def test_only_the_headquarters_change_the_taxonomy(app: Flask, members: Members):
    rename = text("UPDATE taxonomy_term SET name = name WHERE code = 'protection.shelter'")
    with app.app_context(), scope(members.centre), unit_of_work():
        assert db.session.execute(rename).rowcount == 0
    with app.app_context(), scope(members.headquarters), unit_of_work():
        assert db.session.execute(rename).rowcount == 1


@pytest.mark.parametrize("table", ["service_search", "service_need_search"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET country = 'XX'", "TRUNCATE {}"])
def test_the_application_only_reads_the_search_table(
    app: Flask, members: Members, table: str, statement: str
):
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="permission denied"), unit_of_work():
            db.session.execute(text(statement.format(table)))


@pytest.mark.parametrize("table", ["public_search", "capacity_search", "search_word"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {}", "INSERT INTO {} DEFAULT VALUES"])
def test_the_application_only_reads_what_stands_beside_the_search_table(
    app: Flask, members: Members, table: str, statement: str
):
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="permission denied"), unit_of_work():
            db.session.execute(text(statement.format(table)))


def test_what_the_public_finds_has_no_column_of_referrals_practices_or_house_rules(app: Flask):
    asked = text("SELECT column_name FROM information_schema.columns WHERE table_name = :table")
    with app.app_context():
        public = set(db.session.scalars(asked, {"table": "public_search"}))
        network = set(db.session.scalars(asked, {"table": "service_search"}))
    assert network - public == {
        "practices", "house_rules", "referral_method", "other_referral_methods", "response_hours", "visibility",
        "organization_country",
    }  # fmt: skip
    assert public <= network


def test_the_application_cannot_fill_the_search_table_by_hand(app: Flask, members: Members):
    for call in ("refresh_service_search(ARRAY[]::uuid[])", "fill_service_search()"):
        with app.app_context(), scope(members.partner):
            with pytest.raises(DBAPIError), unit_of_work():
                db.session.execute(text(f"SELECT {call}"))


def test_a_confidential_address_stays_in_its_tenants_private_table(
    app: Flask, members: Members, database: Database
):
    listed = make_listing(
        app,
        members.partner.tenant,
        confidential=True,
        location_name=f"House at {SECRET}",
        latitude=32.560137,
        longitude=35.842371,
        addresses=[{"address_1": SECRET, "city": "Irbid"}],
    )
    with app.app_context(), scope(members.partner):
        kept = queries.private_address(listed.location_id)
        assert kept["addresses"] == [{"address_1": SECRET, "city": "Irbid"}]
        assert (kept["latitude"], kept["longitude"]) == (32.560137, 35.842371)
    for who in (members.centre, members.stranger, members.headquarters):
        with app.app_context(), scope(who):
            assert queries.private_address(listed.location_id) is None
            assert db.session.execute(text("SELECT count(*) FROM location_private")).scalar_one() == 0
            shown = queries.listing(listed.service_at_location_id)
            assert (shown.town, shown.address, shown.phones) == ("Irbid", (), ())
            assert (shown.latitude, shown.longitude) == (32.556, 35.85)
    # Nowhere in the database, in the clear: not in a shared table, not in the search table, not in the audit trail.
    with psycopg.connect(database.admin_url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        for (table,) in tables:
            for written in (SECRET, "32.560137", "35.842371"):
                rows = connection.execute(
                    f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", (f"%{written}%",)
                )
                assert rows.fetchone() == (0,), (table, written)


def test_a_confidential_location_can_hold_no_address_even_by_mistake(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant, confidential=True)
    insert = text(
        "INSERT INTO address (id, location_id, steward_tenant_id, confidential, city, country, address_type, "
        "address_1) VALUES (:id, :location, :steward, :confidential, 'Irbid', 'JO', 'physical', :secret)"
    )
    for confidential in (True, False):
        values = {
            "id": new_id(), "location": listed.location_id, "steward": members.partner.tenant,
            "confidential": confidential, "secret": SECRET,
        }  # fmt: skip
        with app.app_context(), scope(members.partner):
            with pytest.raises(DBAPIError), unit_of_work():
                db.session.execute(insert, values)


def test_a_location_with_an_address_cannot_be_called_confidential(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant, addresses=[{"address_1": "1 Open Road"}])
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(
                text("UPDATE location SET confidential = true WHERE id = :id"), {"id": listed.location_id}
            )


def test_a_new_steward_gets_the_listing_and_not_the_old_ones_private_address(app: Flask, members: Members):
    listed = make_listing(
        app, members.centre.tenant, confidential=True, addresses=[{"address_1": SECRET, "city": "Irbid"}]
    )
    with app.app_context(), scope(job_identity(members.headquarters.tenant, "network")), unit_of_work():
        operations.link_tenant(listed.organization_id, members.partner.tenant)
    with app.app_context(), scope(members.partner):
        assert queries.private_address(listed.location_id) is None
        assert queries.listing(listed.service_at_location_id).tenant_id == members.partner.tenant
        with unit_of_work():
            operations.set_languages(listed.service_id, ["bn"])
        assert queries.listing(listed.service_at_location_id).languages == ("bn",)
    with app.app_context(), scope(members.centre):
        assert queries.private_address(listed.location_id) is not None
        for table in LISTED:
            owned = text(f"SELECT count(*) FROM {table} WHERE steward_tenant_id = :steward")
            assert db.session.execute(owned, {"steward": members.centre.tenant}).scalar_one() == 0


def test_a_search_is_seen_by_who_started_it_and_not_by_colleagues(app: Flask, members: Members):
    criteria = Criteria(("protection.shelter",), Point(32.5, 35.9), "Irbid", "JO")
    with app.app_context(), scope(members.centre), unit_of_work():
        search_id = operations.start_search(criteria)
    colleague = replace(members.centre, account_id=new_id())
    for who in (colleague, members.stranger, members.headquarters):
        with app.app_context(), scope(who):
            assert db.session.get(DirectorySearch, (members.centre.tenant, search_id)) is None


def test_gaps_and_holds_stay_with_their_centre(app: Flask, members: Members):
    listed = full_listing(app, members)
    with app.app_context(), scope(members.centre), unit_of_work():
        operations.record_service_gap("protection.shelter", "Irbid", "JO")
        operations.hold_service(listed.service_id, "not_served", "unsafe_incident")
    for who in (members.partner, members.stranger, members.headquarters):
        with app.app_context(), scope(who):
            assert db.session.query(ServiceGap).count() == 0
            assert db.session.query(ServiceHold).count() == 0


def test_the_terms_have_the_same_ids_everywhere():
    assert str(term_id("protection.shelter")) == str(term_id("protection.shelter"))


def test_two_writers_of_one_listing_leave_the_search_table_right(
    app: Flask, members: Members, database: Database
):
    listed = full_listing(app, members)
    with app.app_context(), scope(members.partner), unit_of_work():
        second = operations.create_location(listed.organization_id, place_code="jo-amman")

    def place() -> None:
        with app.app_context(), scope(members.partner), unit_of_work():
            operations.place_service_at_location(listed.service_id, second)

    other = threading.Thread(target=place)
    with app.app_context(), scope(members.partner), unit_of_work():
        db.session.execute(
            text("UPDATE organization SET name = 'New name' WHERE id = :id"), {"id": listed.organization_id}
        )
        other.start()
        wait_until_somebody_waits(database)
    other.join()
    with app.app_context(), scope(members.centre):
        names = db.session.execute(
            text("SELECT organization_name FROM service_search WHERE organization_id = :id"),
            {"id": listed.organization_id},
        )
        assert names.scalars().all() == ["New name", "New name"]


def wait_until_somebody_waits(database: Database) -> None:
    """Until a transaction of this database waits for an advisory lock."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        [mine] = connection.execute(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = %s"
        )
        for _ in range(2000):
            if connection.execute(waiting, (mine,)).fetchone() != (0,):
                return
            connection.execute("SELECT pg_sleep(0.005)")
    raise AssertionError("nobody waits")
