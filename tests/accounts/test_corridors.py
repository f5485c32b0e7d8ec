"""Corridors and agreements, kept by the headquarters alone: read, recorded, ended."""

from __future__ import annotations

import re
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from network.core import clock
from network.tenants.context import scope
from network.tenants.queries import agreement_in_force
from tests.factories import make_agreement, make_tenant, signed_in, staff
from tests.support.visitor import Visitor


@pytest.fixture
def headquarters(app: Flask) -> Visitor:
    return signed_in(app, make_tenant(app, "network"), "network_administrator")


@pytest.fixture
def centres(app: Flask) -> tuple[UUID, UUID]:
    """A centre of origin and one of destination."""
    return make_tenant(app, country="BD"), make_tenant(app, country="JO")


def in_force(app: Flask, centres: tuple[UUID, UUID], on: date) -> bool:
    with app.app_context(), scope(staff(centres[0])):
        return agreement_in_force(*centres, on) is not None


def today() -> date:
    return clock.today("Asia/Amman")


def test_the_headquarters_record_an_agreement_and_end_it(
    app: Flask, headquarters: Visitor, centres: tuple[UUID, UUID]
) -> None:
    make_agreement(app, make_tenant(app, country="BD"), centres[1])  # so that the corridor is open
    page = headquarters.get("/corridors")
    assert page.status_code == 200
    assert "Bangladesh – Jordan" in page.text
    corridor = next(
        one["id"]
        for one in headquarters.api("GET", "/api/v1/corridors").json
        if (one["origin"], one["destination"]) == ("BD", "JO")
    )
    new = f"/corridors/{corridor}/agreements/new"
    form = {"origin_tenant_id": str(centres[0]), "destination_tenant_id": str(centres[1])}
    empty = headquarters.send_form(new)
    assert empty.status_code == 422
    assert "Enter the day on which it begins." in empty.text
    swapped = {"origin_tenant_id": str(centres[1]), "destination_tenant_id": str(centres[0])}
    assert headquarters.send_form(new, swapped | {"from_on": "2026-01-01"}).status_code == 422
    assert not in_force(app, centres, today())
    form["from_on"] = "2026-01-01"
    assert headquarters.send_form(new, form).status_code == 303
    assert headquarters.send_form(new, form).status_code == 422  # from the same day on there is one already
    assert in_force(app, centres, today() + timedelta(days=9))
    [agreement] = [
        agreed["id"]
        for one in headquarters.api("GET", "/api/v1/corridors").json
        for agreed in one["agreements"]
        if agreed["origin_tenant_id"] == str(centres[0])
    ]
    end = f"/agreements/{agreement}/end"
    assert re.search(rf'href="{end}"', headquarters.get("/corridors").text)
    assert "neither centre can offer" in headquarters.get(end).text
    assert headquarters.send_form(end, until_on="2026-01-02").status_code == 422  # not in the past
    assert headquarters.send_form(end, until_on=today().isoformat()).status_code == 303
    assert in_force(app, centres, today())
    assert not in_force(app, centres, today() + timedelta(days=1))
    with clock.set_to(clock.now() + timedelta(days=3)):
        late = (today() + timedelta(days=1)).isoformat()
        gone = headquarters.api("POST", f"/api/v1{end}", {"until_on": late})
    assert gone.status_code == 409


def test_a_corridor_is_opened_on_a_page_once(headquarters: Visitor) -> None:
    form = {"origin": "MM", "destination": "TH"}
    assert headquarters.send_form("/corridors/new", {"origin": "MM", "destination": "MM"}).status_code == 422
    assert headquarters.send_form("/corridors/new", {"origin": "MM", "destination": "XX"}).status_code == 422
    assert headquarters.send_form("/corridors/new", form).status_code == 303
    assert headquarters.send_form("/corridors/new", form).status_code == 422
    assert "Thailand" in headquarters.get("/corridors").text
    assert headquarters.get(f"/agreements/{uuid4()}/end").status_code == 404
    assert headquarters.get(f"/corridors/{uuid4()}/agreements/new").status_code == 404


@pytest.mark.parametrize(
    ("kind", "role"), [("centre", "centre_administrator"), ("partner", "partner_manager")]
)
def test_nobody_else_keeps_agreements(app: Flask, centres: tuple[UUID, UUID], kind: str, role: str) -> None:
    agreement = make_agreement(app, *centres)
    browser = signed_in(app, make_tenant(app, kind), role)
    for path in ("/corridors", "/corridors/new", f"/agreements/{agreement}/end"):
        assert browser.get(path).status_code == 403
    assert browser.send_form(f"/agreements/{agreement}/end", until_on=today().isoformat()).status_code == 403
    assert in_force(app, centres, today() + timedelta(days=1))


def test_the_headquarters_see_no_focal_points(app: Flask, headquarters: Visitor) -> None:
    assert "Focal points" not in headquarters.get("/corridors").text
    assert headquarters.get("/focal-points").status_code == 403
    manager = signed_in(app, make_tenant(app, "partner"), "partner_manager")
    assert "Focal points" in manager.get("/").text
    assert manager.get("/focal-points").status_code == 200
