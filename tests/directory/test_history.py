"""The history of a listing: written by the database, whoever changes what, and silent about hidden places."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from network.core.db import db, unit_of_work
from network.core.errors import Forbidden, Invalid, StaleVersion
from network.directory import operations
from network.directory.models import ListingChange, Location, Service, ServiceSearch
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.factories import Listed, make_listing
from tests.support.servers import Database

SECRET = "14 Hidden Lane"
PARTS = {
    "program": ({"name": "Safe return", "description": "A way home"}, "organization_id"),
    "organization_identifier": ({"identifier_type": "register", "identifier": "77"}, "organization_id"),
    "url": ({"url": "https://more.example"}, "organization_id"),
    "funding": ({"source": "A fund"}, "service_id"),
    "contact": ({"name": "The desk"}, "service_id"),
    "phone": ({"number": "+962 6 7"}, "service_at_location_id"),
    "address": ({"city": "Irbid", "country": "JO"}, "location_id"),
    "accessibility": ({"description": "Ramp"}, "location_id"),
    "language": ({"name": "Tagalog", "interpreted": True}, "service_id"),
    "schedule": ({"byday": "MO", "opens_at": "08:00", "closes_at": "12:00"}, "service_at_location_id"),
    "service_area": ({"name": "The north"}, "service_id"),
    "cost_option": ({"option": "Single visit"}, "service_id"),
    "required_document": ({"document": "Passport copy"}, "service_id"),
}


def changes(app: Flask, members: Members, entity: str) -> list[ListingChange]:
    with app.app_context(), scope(members.centre):
        asked = select(ListingChange).where(ListingChange.steward_tenant_id == members.partner.tenant)
        return list(
            db.session.scalars(asked.where(ListingChange.entity == entity).order_by(ListingChange.number))
        )


def write(app: Flask, members: Members, operation):
    with app.app_context(), scope(members.partner), unit_of_work():
        return operation()


def moved_on(app: Flask, members: Members, listed: Listed) -> tuple[object, ...]:
    with app.app_context(), scope(members.centre):
        return db.session.get_one(Service, listed.service_id).modified_at


@pytest.mark.parametrize("entity", PARTS)
def test_every_part_of_a_listing_comes_and_goes_with_its_history(app: Flask, members: Members, entity: str):
    listed = make_listing(app, members.partner.tenant, schedules=[])
    values, owner = PARTS[entity]
    before = moved_on(app, members, listed)
    part = write(app, members, lambda: operations.add_part(entity, values, **{owner: getattr(listed, owner)}))
    write(app, members, lambda: operations.remove(entity, part))
    told = [one for one in changes(app, members, entity) if one.entity_id == part]
    assert [one.action for one in told] == ["created", "removed"]
    assert values.items() <= told[0].new_value.items() | told[1].old_value.items()
    assert (told[0].by_tenant_id, told[0].by_roles) == (members.partner.tenant, "partner_manager")
    if owner != "organization_id":
        assert moved_on(app, members, listed) > before


def test_a_changed_field_is_told_with_what_stood_there(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    write(
        app,
        members,
        lambda: operations.change("service", listed.service_id, {"wait_time": "2 days"}, version=None),
    )
    [told] = [
        one
        for one in changes(app, members, "service")
        if one.action == "changed" and one.field == "wait_time"
    ]
    assert (told.old_value, told.new_value, told.service_id) == (None, "2 days", listed.service_id)
    with pytest.raises(StaleVersion):
        write(app, members, lambda: operations.change("service", listed.service_id, {"fees": "1"}, version=0))
    with app.app_context(), scope(members.stranger), pytest.raises(Forbidden), unit_of_work():
        operations.change("service", listed.service_id, {"fees": "1"})


def test_what_is_removed_is_not_found_and_can_be_restored(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)

    def found() -> int:
        with app.app_context(), scope(members.centre):
            return db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count()

    write(app, members, lambda: operations.remove("organization", listed.organization_id))
    assert found() == 0
    write(app, members, lambda: operations.restore("organization", listed.organization_id))
    assert found() == 1


@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "UPDATE {} SET field = 'x'", "INSERT INTO {} DEFAULT VALUES"]
)
def test_nobody_writes_history_by_hand(app: Flask, members: Members, statement: str):
    with app.app_context(), scope(members.partner):
        with pytest.raises(DBAPIError, match="permission denied"), unit_of_work():
            db.session.execute(text(statement.format("listing_change")))


def test_a_place_that_becomes_confidential_takes_its_past_along(
    app: Flask, members: Members, database: Database
):
    listed = make_listing(app, members.partner.tenant, addresses=[{"address_1": SECRET, "city": "Irbid"}])

    def hide() -> None:
        place = db.session.get_one(Location, listed.location_id)
        db.session.execute(text("DELETE FROM address WHERE location_id = :id"), {"id": place.id})
        place.name = place.alternate_name = place.description = place.transportation = None
        place.place_code, place.confidential = place.place_code or "jo-irbid", True

    write(app, members, lambda: operations.change("location", listed.location_id, {"name": SECRET}))
    assert any(one.new_value == SECRET for one in changes(app, members, "location"))
    write(app, members, hide)
    with pytest.raises(Invalid):
        write(app, members, lambda: operations.change("location", listed.location_id, {"name": SECRET}))
    with pytest.raises(Invalid):
        write(
            app,
            members,
            lambda: operations.add_part("contact", {"name": "x"}, location_id=listed.location_id),
        )
    with psycopg.connect(database.admin_url) as connection:
        for table in ("listing_change", "location", "address", "service_search"):
            rows = connection.execute(
                f"SELECT count(*) FROM {table} AS t WHERE t::text LIKE %s", (f"%{SECRET}%",)
            )
            assert rows.fetchone() == (0,), table
