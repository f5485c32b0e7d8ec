"""A feed that names the door of a confidential place: nothing set aside, waiting or told holds a word of it."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from network.core.crypto import unseal
from network.core.db import Base, db, unit_of_work
from network.directory import operations as directory
from network.directory.feeds import carrying, comparing, operations
from network.directory.feeds.comparing import planning
from network.directory.feeds.comparing.planned import Planned
from network.directory.feeds.tidying.rows import Row
from network.directory.feeds.writing import FORMS, export
from network.directory.models import ListingImportRow, ListingQuarantine, Location, LocationPrivate
from network.tenants.context import scope
from network.tenants.keys import tenant_key
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import mine, read
from tests.factories import signed_in
from tests.support.visitor import Visitor

LANE = "Hiddenlane"
OPEN: dict[str, Any] = {
    "organizations": [{"id": "o", "name": "House of Quiet", "email": "a@quiet.example"}],
    "locations": [{"id": "l", "organization_id": "o", "name": "Office", "latitude": 32.55, "longitude": 35.85,
                   "location_type": "physical"}],
    "addresses": [{"id": "a0", "location_id": "l", "city": "Irbid", "country": "JO"}],
    "services": [{"id": "s", "organization_id": "o", "name": "Quiet help", "status": "active"}],
    "service_at_locations": [{"id": "at", "service_id": "s", "location_id": "l"}],
}  # fmt: skip
TELLING: dict[str, Any] = {
    "locations": [OPEN["locations"][0] | {"name": f"House at {LANE}", "transportation": f"Bus to {LANE}",
                                          "time_zone": LANE, "url": LANE}],
    "addresses": [{"id": "a", "location_id": "l", "address_1": f"14 {LANE}", "country": LANE}],
    "phones": [{"id": "p", "location_id": "l", "number": f"ask in {LANE}"},
               {"id": "q", "location_id": "l", "number": "+962 2 777", "description": LANE},
               {"id": "r", "contact_id": "c", "number": "+962 2 778", "description": LANE}],
    "contacts": [{"id": "c", "location_id": "l", "name": f"The porter of {LANE}"}],
    "accessibility": [{"id": "x", "location_id": "l", "description": f"Steps from {LANE}", "url": LANE}],
    "schedules": [{"id": "h", "location_id": "l", "byday": "MO", "description": LANE, "opens_at": LANE},
                  {"id": "i", "service_at_location_id": "at", "byday": "TU", "notes": LANE, "attending_type": LANE}],
    "languages": [{"id": "g", "location_id": "l", "code": "ar", "note": LANE}],
    "metadata": [{"id": "m", "resource_id": "l", "resource_type": "location", "previous_value": LANE}],
    "service_at_locations": [{"id": "at", "service_id": "s", "location_id": "l", "description": f"By {LANE}"}],
}  # fmt: skip
FEED = OPEN | TELLING


def told(app: Flask, members: Members, steward: Visitor, import_id: Any) -> set[str]:
    """Where the name of the lane can be read: by pages, the API, exports, and in tables, sealed rows among them."""
    found = set()
    for visitor in (steward, signed_in(app, members.centre.tenant, "coordinator"), Visitor(app)):
        for path in (
            f"/directory/imports/{import_id}",
            f"/directory/imports/{import_id}?doubtful=true",
            f"/directory/imports/{import_id}/set-aside.csv",
            f"/api/v1/listing-imports/{import_id}/rows",
            "/hsds/v3/services?full=true&per_page=100",
            "/hsds/v3/service_at_locations?full=true&per_page=100",
        ):
            found |= {path.replace(str(import_id), "…")} if LANE in visitor.get(path).text else set()
    for who in (members.partner, members.stranger):
        for form in FORMS:
            with app.app_context(), scope(who):
                made = io.BytesIO()
                export(form, made, own=False)
                data = made.getvalue()
            if data[:2] == b"PK":
                with zipfile.ZipFile(io.BytesIO(data)) as archive:
                    data = b"".join(archive.read(name) for name in archive.namelist())
            found |= {form} if LANE.encode() in data else set()
        for table in Base.metadata.sorted_tables:
            with app.app_context(), scope(who):
                try:
                    asked = text(f'SELECT 1 FROM "{table.name}" AS t WHERE t::text ILIKE :lane LIMIT 1')
                    found |= (
                        {table.name} if db.session.execute(asked, {"lane": f"%{LANE}%"}).first() else set()
                    )
                except DBAPIError:
                    continue  # not for the application to read
    with app.app_context(), scope(members.partner):
        key, tenant = tenant_key(members.partner.tenant), members.partner.tenant
        for row in db.session.scalars(
            select(ListingImportRow).where(ListingImportRow.import_id == import_id)
        ):
            held = unseal(key, "listing_import_row", tenant, row.id, row.sealed)
            found |= {f"waiting: {row.entity}"} if LANE in orjson.dumps(held).decode() else set()
    return found


def test_no_row_is_called_by_the_name_of_a_confidential_place() -> None:
    house = Row("location", "l", "1", {"name": "Cedar house"}, confidential=True)
    rows = [
        house,
        Row("service", "s", "2", {"name": "Legal aid"}),
        # Refused, so that nobody knows any more at which place it would have been.
        Row("service_at_location", "x", "3", {"service_id": "s", "location_id": "l"}, refused="dangling"),
    ]
    planned = [Planned(row) for row in rows]
    planning._call(planned)
    assert [one.payload()["label"] for one in planned] == ["", "Legal aid", "Legal aid"]


def test_a_place_that_became_confidential_before_the_feed_was_carried_out_is_not_told(
    app: Flask, members: Members, bring: Bring
):
    bring(OPEN)
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    with app.app_context(), scope(members.partner), unit_of_work():
        import_id = operations.start_import(orjson.dumps(FEED), file_name="f.json", source="feed")
    with app.app_context(), scope(members.partner):
        comparing.plan_import(import_id, unit_of_work)
        [place] = mine(app, members, Location)
    assert told(app, members, steward, import_id)  # the place is open as yet
    with app.app_context(), scope(members.partner):
        with unit_of_work():
            directory.hide_location(place.id, place.version)
        with unit_of_work():
            operations.begin_import(import_id)
        with unit_of_work():
            carrying.carry_on(import_id, 0)  # in one piece
    assert told(app, members, steward, import_id) == set()
    # Known to be confidential when it is compared: the same, and once more.
    for _time in range(2):
        again = bring(FEED)
        assert told(app, members, steward, again.one.id) == set()
    assert again.results.keys() <= {"unchanged", "merged", "refused"}
    assert {one[0] for one in again.rows_of("phone")} == {"refused"}
    assert again.rows_of("location")[0][0] == "unchanged"
    assert len(read(app, members.partner, LocationPrivate)) == 1


def test_a_place_that_is_hidden_later_takes_along_what_imports_could_not_use_of_it(
    app: Flask, members: Members, bring: Bring
):
    bring(FEED)
    before = {one.id: one.value for one in read(app, members.partner, ListingQuarantine)}
    assert [value for value in before.values() if LANE in (value or "")]
    [place] = mine(app, members, Location)
    with app.app_context(), scope(members.partner), unit_of_work():
        directory.hide_location(place.id, place.version)
    after = {one.id: one.value for one in read(app, members.partner, ListingQuarantine)}
    assert after.keys() == before.keys()
    assert not [value for value in after.values() if LANE in (value or "")]
