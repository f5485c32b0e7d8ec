"""A place that becomes confidential: no table that others read holds its door."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from network.core.db import db
from network.core.errors import Invalid, StaleVersion
from network.directory import jobs, operations, queries
from network.directory.models import (
    Location,
)
from network.directory.operations import Proposal, hiding, reports
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members, act, look
from tests.factories import make_listing
from tests.support.servers import Database

SECRET = "9 Quiet Close"


def test_hiding_a_place_leaves_its_door_in_no_shared_table(app: Flask, members: Members, database: Database):
    listed = make_listing(
        app, members.partner.tenant, addresses=[{"address_1": SECRET, "city": "Irbid"}], location_name=SECRET
    )
    act(
        app,
        members.partner,
        lambda: operations.add_part("phone", {"number": "+962 2 999111"}, location_id=listed.location_id),
    )
    with pytest.raises(StaleVersion):
        act(app, members.partner, lambda: operations.hide_location(listed.location_id, 7))
    act(app, members.partner, lambda: operations.hide_location(listed.location_id, 1))
    # Six digits alone stand in many a hexadecimal value.
    for told in (SECRET, "2 999111", "+9622999111"):
        assert tables_telling(database, told) == []
    with app.app_context(), scope(members.partner):
        kept = queries.private_address(listed.location_id)
        assert kept is not None
        assert (kept["name"], kept["addresses"][0]["address_1"]) == (SECRET, SECRET)
        assert "999111" in kept["phones"]
    act(
        app,
        members.partner,
        lambda: operations.keep_private(listed.location_id, {"name": "B", "address_1": "C"}, 2),
    )
    with app.app_context(), scope(members.partner):
        kept = queries.private_address(listed.location_id)
        assert kept is not None
        assert (kept["name"], kept["addresses"]) == ("B", [{"address_1": "C"}])
    with app.app_context(), scope(members.centre):
        assert queries.private_address(listed.location_id) is None


def test_what_is_suggested_of_a_place_while_it_is_hidden_is_not_kept(
    app: Flask, members: Members, database: Database, monkeypatch: pytest.MonkeyPatch
):
    listed = make_listing(app, members.partner.tenant, location_name=SECRET)
    place, read = listed.location_id, reports.get_listing

    def hidden_meanwhile(kind: str, listing_id: UUID) -> Any:
        found = read(kind, listing_id)
        with ThreadPoolExecutor(1) as colleague:
            colleague.submit(act, app, members.partner, lambda: operations.hide_location(place, 1)).result()
        return found

    monkeypatch.setattr(reports, "get_listing", hidden_meanwhile)
    with pytest.raises(Invalid):
        act(
            app,
            members.centre,
            lambda: operations.suggest(
                "location", place, [Proposal("location", place, "name", f"House at {SECRET}")]
            ),
        )
    assert tables_telling(database, SECRET) == []


def test_hiding_a_place_hides_what_was_merged_with_it(app: Flask, members: Members, database: Database):
    door = "Cedar passage 7"
    kept, twin, merged = two_doors(app, members, door)
    act(app, members.partner, lambda: operations.change("location", kept, {"name": "Gate 2"}))
    act(app, members.partner, lambda: operations.hide_location(kept, version_of(app, members.partner, kept)))
    assert tables_telling(database, door) == []
    act(app, members.partner, lambda: operations.undo_merge(merged))
    assert tables_telling(database, door) == []
    with app.app_context(), scope(members.partner):
        assert db.session.get_one(Location, twin).confidential
        sealed = queries.private_address(twin)
        assert sealed is not None
        assert sealed["name"] == door

    # A trace leads to the same door as the one that was kept instead of it.
    door = "Olive stairs 3"
    kept, twin, merged = two_doors(app, members, door)
    act(app, members.partner, lambda: operations.hide_location(twin, version_of(app, members.partner, twin)))
    assert tables_telling(database, door) == []
    assert look(app, members.centre, Location, kept).confidential


def test_doors_that_earlier_versions_left_half_open_are_closed_once(
    app: Flask, members: Members, database: Database, monkeypatch: pytest.MonkeyPatch
):
    first, second = "Almond court 5", "Almond court 6"
    hidden_kept, trace, _merged = two_doors(app, members, first)
    kept, hidden_trace, merged = two_doors(app, members, second, addressed=False)
    with monkeypatch.context() as earlier:
        earlier.setattr(hiding, "_same_door", lambda location: [location])
        earlier.setattr(hiding, "_forget_taken", lambda location_id: None)
        for place in (hidden_kept, hidden_trace):
            act(
                app,
                members.partner,
                lambda place=place: operations.hide_location(place, version_of(app, members.partner, place)),
            )
    # Parted meanwhile: the two are no longer one door, and yet the merge tells what it took from the hidden one.
    act(app, members.partner, lambda: operations.undo_merge(merged))
    assert "location" in tables_telling(database, first)
    assert "listing_merge" in tables_telling(database, second)
    with app.app_context():
        assert jobs.close_doors() >= 1
    assert tables_telling(database, first) == []
    assert "listing_merge" not in tables_telling(database, second)
    assert look(app, members.centre, Location, trace).confidential
    assert not look(app, members.centre, Location, kept).confidential
    with app.app_context(), scope(members.partner):
        sealed = queries.private_address(trace)
        assert sealed is not None
        assert sealed["name"] == first
    with app.app_context():
        assert jobs.close_doors() == 0


def two_doors(app: Flask, members: Members, door: str, *, addressed: bool = True) -> tuple[UUID, UUID, UUID]:
    """A place that another was merged into, of which it took the name; both ids, and that of the merge."""
    listed = make_listing(app, members.partner.tenant, location_name="Gate")
    twin = act(
        app,
        members.partner,
        lambda: operations.create_location(
            listed.organization_id,
            place_code="jo-irbid",
            name=door,
            addresses=[{"address_1": door, "city": "Irbid"}] if addressed else [],
        ),
    )
    merged = act(
        app, members.partner, lambda: operations.merge("location", listed.location_id, twin, ["name"])
    )
    return listed.location_id, twin, merged


def version_of(app: Flask, identity: Identity, location_id: UUID) -> int:
    return look(app, identity, Location, location_id).version


def tables_telling(database: Database, words: str) -> list[str]:
    """The tables in which a text stands in the clear."""
    with psycopg.connect(database.admin_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return [
            table
            for (table,) in tables
            if connection.execute(
                f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s LIMIT 1', (f"%{words}%",)
            ).fetchone()
        ]
