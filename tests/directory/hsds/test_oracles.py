"""What is not told cannot be asked for: two houses that differ in their doors alone answer alike to everything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.models import Location
from network.directory.operations import add_part, change, hide_location
from network.directory.operations.taxonomy import term_id
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds.conftest import make_public
from tests.factories import Listed
from tests.support.visitor import Visitor

TOWN = (32.5556, 35.85)
DOORS = ((32.601, 35.912), (32.498, 35.781))
OFFERED = ("services", "service_at_locations")
LISTS = (*OFFERED, "organizations")
TERM = term_id("legal.advice")  # the service does not have it


def hidden(app: Flask, steward_id: Any, door: tuple[float, float], word: str) -> Listed:
    """A house that was open once, with everything that leads to its door, and is confidential now."""
    listed = make_public(
        app,
        steward_id,
        latitude=door[0],
        longitude=door[1],
        town="Irbid",
        location_name=f"{word} house",
        addresses=[{"address_1": f"{word} lane", "city": "Irbid", "postal_code": word}],
    )
    place, at_place = listed.location_id, listed.service_at_location_id
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        change("location", place, {"description": f"Behind {word} bakery", "transportation": f"{word} bus"})
        change("service_at_location", at_place, {"description": f"Ring at {word}"})
        add_part("accessibility", {"description": f"{word} ramp"}, location_id=place)
        add_part("service_area", {"name": word, "extent": word}, service_at_location_id=at_place)
        version = db.session.scalars(select(Location.version).where(Location.id == place)).one()
        hide_location(place, version)
        add_part("attribute", {"taxonomy_term_id": TERM, "link_entity": "location"}, link_id=place)
    return listed


def probes(word: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Whatever could be asked to find the first door: the lists that take it, and the parameters."""
    for latitude, longitude in (*DOORS, (32.58, 35.88), TOWN):
        for radius_m in (1000, 3000, 6000, 12000):
            yield OFFERED, {"lat": latitude, "lon": longitude, "radius_m": radius_m}
    for more in ("", " house", " lane", " bakery", " bus", " ramp", "s"):
        yield LISTS, {"search": word + more}
    yield OFFERED[1:], {"postcode": word}
    yield OFFERED[1:], {"postcode": word, "proximity": 9000}
    yield LISTS, {"taxonomy_term_id": TERM}


def test_no_question_finds_the_door_of_a_confidential_place(
    app: Flask, members: Members, stranger: Visitor, member: Visitor
):
    word, steward_id = f"quokka{new_id().hex[-8:]}", members.partner.tenant
    one = hidden(app, steward_id, DOORS[0], word)
    other = hidden(app, steward_id, DOORS[1], f"wombat{new_id().hex[-8:]}")
    for visitor in (stranger, member):
        found = set()
        for lists, asked in probes(word):
            for path in lists:
                answers = []
                for listed in (one, other):
                    query = {"organization_id": str(listed.organization_id), "full": "true"} | asked
                    told = visitor.get(f"/hsds/v3/{path}", query_string=query)
                    assert told.status_code == 200, told.text
                    assert word not in told.text
                    answers.append(told.json["total_items"])
                assert answers[0] == answers[1], (path, asked)
                found.add((answers[0], "lat" in asked))
        assert found == {
            (0, True),
            (1, True),
            (0, False),
        }  # the town's centre finds both, and nothing else one


def test_a_public_service_is_found_by_its_words_where_its_place_is_for_members_alone(
    app: Flask, members: Members, stranger: Visitor, member: Visitor
):
    word = f"numbat{new_id().hex[-8:]}"
    listed = make_public(app, members.partner.tenant, name=f"{word} kitchen")
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        change("location", listed.location_id, {"visibility": "network"})
    for visitor, places in ((stranger, 0), (member, 1)):
        told = visitor.get(f"/hsds/v3/services?search={word}").json["contents"]
        assert [one["id"] for one in told] == [str(listed.service_id)]
        assert visitor.get(f"/hsds/v3/service_at_locations?search={word}").json["total_items"] == places
