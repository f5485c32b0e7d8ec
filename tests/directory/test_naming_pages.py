"""Names of places that members add, by page and program."""

from __future__ import annotations

import re

from flask import Flask

from tests.factories import make_tenant, signed_in


def test_a_name_that_a_coordinator_adds_is_found_and_taken_away(app: Flask) -> None:
    desk = signed_in(app, make_tenant(app), "coordinator")
    other = signed_in(app, make_tenant(app), "coordinator")
    assert (
        desk.send_form("/directory/place-names", {"name": "Qasr al Nour", "place": "Nowhere"}).status_code
        == 422
    )
    unsure = desk.send_form("/directory/place-names", {"name": "Qasr al Nour", "place": "San"})
    assert unsure.status_code == 200
    assert unsure.text.count('name="place_code"') > 1
    chosen = {"name": "Qasr al Nour", "place_code": "jo-jerash"}
    assert desk.send_form("/directory/place-names", chosen).status_code == 303
    page = desk.get("/directory/place-names").text
    assert "Qasr al Nour" in page
    alias_id = re.findall(r"/directory/place-names/([0-9a-f-]{36})/remove", page)[0]
    assert "/remove" not in other.get("/directory/place-names").text
    assert other.send_form(f"/directory/place-names/{alias_id}/remove").status_code == 403
    assert "Jerash" in other.get("/directory?place=Qasr+Nour").text
    assert desk.send_form(f"/directory/place-names/{alias_id}/remove").status_code == 303
    assert "Qasr al Nour" not in desk.get("/directory/place-names").text


def test_programs_add_and_remove_names_and_a_partner_may_not(app: Flask) -> None:
    desk = signed_in(app, make_tenant(app), "coordinator")
    partner = signed_in(app, make_tenant(app, "partner"), "partner_manager")
    given = {"name": "Bayt al Nahr", "place_code": "jo-jerash"}
    assert partner.api("POST", "/api/v1/place-names", given).status_code == 403
    assert desk.api("POST", "/api/v1/place-names", given | {"place_code": "xx"}).status_code in (404, 422)
    made = desk.api("POST", "/api/v1/place-names", given)
    assert made.status_code == 201
    listed = partner.get("/api/v1/place-names?country=JO").json["items"]
    assert {"Bayt al Nahr"} <= {one["name"] for one in listed}
    assert partner.get("/api/v1/place-names?country=NP").json["items"] == []
    assert desk.api("DELETE", f"/api/v1/place-names/{made.json['id']}").status_code == 204
    assert desk.api("DELETE", f"/api/v1/place-names/{made.json['id']}").status_code == 404
