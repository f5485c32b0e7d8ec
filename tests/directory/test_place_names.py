"""Names that members add to places: found by everybody, taken away by who added them or the headquarters."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.core.db import db, unit_of_work
from network.core.errors import Forbidden, Invalid, NotFound, UnknownCode
from network.core.ids import new_id
from network.directory import geo, operations, queries
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members


def add(app: Flask, who: Identity, name: str, place: str = "jo-sahab"):
    with app.app_context(), scope(who), unit_of_work():
        return operations.add_place_alias(name, place)


def find(app: Flask, who: Identity, name: str, **given: object) -> list[str]:
    with app.app_context(), scope(who), unit_of_work():
        return [place.code for place in queries.find_places(name, **given)]


def test_a_name_that_a_centre_added_finds_the_place_for_everybody(app: Flask, members: Members):
    assert find(app, members.stranger, "Quarter of the Weavers") == []
    added = add(app, members.centre, "Quarter of the  Weavers")
    try:
        for who in (members.centre, members.stranger, members.partner, members.headquarters):
            assert find(app, who, "quarter of the weavers")[0] == "jo-sahab"
            assert find(app, who, "Quarter of the Weevers", country="JO")[0] == "jo-sahab"
            assert find(app, who, "quarter of the weavers", country="LB") == []
        assert add(app, members.centre, "QUARTER OF THE WEAVERS") == added
        with app.app_context(), scope(members.stranger):
            assert [one.place.code for one in queries.list_place_aliases("JO") if one.id == added] == [
                "jo-sahab"
            ]
    finally:
        with app.app_context(), scope(members.centre), unit_of_work():
            operations.remove_place_alias(added)
    assert find(app, members.stranger, "Quarter of the Weavers") == []


def test_an_added_name_never_hides_a_place_of_that_very_name(app: Flask, members: Members):
    added = add(app, members.centre, "Irbid", "jo-sahab")
    assert find(app, members.centre, "Irbid") == ["jo-irbid"]
    with app.app_context(), scope(members.centre), unit_of_work():
        operations.remove_place_alias(added)


def test_a_name_is_taken_away_by_who_added_it_or_the_headquarters(app: Flask, members: Members):
    added = add(app, members.centre, "Cloth Street")
    with app.app_context(), scope(members.stranger), pytest.raises(Forbidden), unit_of_work():
        operations.remove_place_alias(added)
    with app.app_context(), scope(members.headquarters), unit_of_work():
        operations.remove_place_alias(added)
    with app.app_context(), scope(members.centre), pytest.raises(NotFound), unit_of_work():
        operations.remove_place_alias(added)


@pytest.mark.parametrize(
    ("name", "place", "error"),
    [
        ("…", "jo-sahab", Invalid),
        ("x" * 81, "jo-sahab", Invalid),
        ("Cloth Street", "jo-nowhere", UnknownCode),
    ],
)
def test_what_is_no_name_or_no_place_is_refused(app: Flask, members: Members, name, place, error):
    with pytest.raises(error):
        add(app, members.centre, name, place)


def test_a_partner_names_no_places(app: Flask, members: Members):
    with pytest.raises(Forbidden):
        add(app, members.partner, "Cloth Street")


def test_the_database_keeps_anothers_names(app: Flask, members: Members):
    added = add(app, members.centre, "Dyers' Lane")
    with app.app_context(), scope(members.stranger), unit_of_work():
        gone = db.session.execute(text("DELETE FROM place_alias WHERE id = :id"), {"id": added})
        assert gone.rowcount == 0
    insert = text(
        "INSERT INTO place_alias (id, steward_tenant_id, place_code, country, name, folded, skeleton, created_at) "
        "VALUES (:id, :steward, 'jo-sahab', 'JO', 'x', 'x', 'x', now())"
    )
    with app.app_context(), scope(members.stranger), pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(insert, {"id": new_id(), "steward": members.centre.tenant})
    with app.app_context(), scope(members.centre), pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text("UPDATE place_alias SET name = 'y' WHERE id = :id"), {"id": added})
    with app.app_context(), scope(members.centre), unit_of_work():
        operations.remove_place_alias(added)


def test_a_name_of_the_gazetteer_asks_no_table(app: Flask, members: Members):
    with app.app_context():  # no scope: a query would have no context, but none is made
        assert queries.find_places("Irbid") == geo.find_places("Irbid")
