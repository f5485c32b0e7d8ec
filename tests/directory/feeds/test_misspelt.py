"""A town that is written with a slip is asked about, and never taken for another without anybody's word."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask

from network.directory import geo
from network.directory.models import Location
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import read
from tests.factories import signed_in

TOWNS = ("Irbd", "اربض", "Zarqa", "Marqa", "Nowhere at all")


@pytest.mark.parametrize(
    ("written", "country", "meant"),
    [
        ("Irbd", "JO", "jo-irbid"),
        ("إربدد", "JO", "jo-irbid"),
        ("Al Mafraaq", "JO", "jo-mafraq"),
        ("Kathmndu", "NP", "np-kathmandu"),
        ("Irbd", "LB", None),  # of another country
        ("Zarka", "JO", None),  # between Zarqa and Marka
        ("Irb", "JO", None),  # too short to tell
        ("Nowhere", "JO", None),
    ],
)
def test_one_town_may_be_meant_by_a_slip_or_none(written: str, country: str, meant: str | None):
    place = geo.place_meant(written, country)
    assert (place and place.code) == meant


def test_a_town_with_a_slip_is_asked_about_and_what_somebody_accepts_holds(
    app: Flask, members: Members, bring: Bring
):
    feed: dict[str, Any] = {
        "organizations": [{"id": "o", "name": "House of Slips", "country": "JO"}],
        "locations": [
            {"id": town, "organization_id": "o", "name": f"Desk {number}", "addresses": [
                {"address_1": "Main Street", "city": town, "country": "JO"}]}
            for number, town in enumerate(TOWNS)
        ],
    }  # fmt: skip

    def ours() -> list[Location]:
        return read(app, members.centre, Location, Location.steward_tenant_id == members.centre.tenant)

    brought = bring(feed, identity=members.centre)
    desk = signed_in(app, members.centre.tenant, "coordinator")
    page = unescape(desk.get(f"/directory/imports/{brought.one.id}").text)
    assert page.count("Did you mean Irbid?") == 2
    assert page.count("Did you mean") == 2
    told = desk.get(f"/directory/imports/{brought.one.id}/set-aside.csv").text
    assert "Did you mean Irbid?" in told
    rows = desk.get(f"/api/v1/listing-imports/{brought.one.id}/rows?doubtful=true").json["items"]
    assert [row["meant"] for row in rows].count({"town": "jo-irbid"}) == 2
    # Nothing was taken: it stands as it was written, and nobody is sent anywhere.
    stand = {one.town: one for one in ours()}
    assert stand["Irbd"].latitude is None
    # In the row, by hand.
    edit = f"/listings/locations/{stand['اربض'].id}/edit/place"
    asked = unescape(desk.get(edit).text)
    assert "Did you mean Irbid?" in asked
    assert 'value="Irbid"' in unescape(desk.get(f"{edit}?place=jo-irbid").text)
    assert 'value="Irbid"' not in unescape(desk.get(f"{edit}?place=jo-zarqa").text)
    # For every file to come, as a name of the place.
    [link] = set(re.findall(r'href="(/directory/place-names\?name=Irbd[^"]*)"', page))
    form = unescape(desk.get(link).text)
    assert 'value="Irbd"' in form
    assert desk.send_form("/directory/place-names", name="Irbd", place_code="jo-irbid").status_code == 303
    bring(feed, identity=members.centre)
    again = {one.name: one for one in ours()}
    assert again["Desk 0"].latitude == pytest.approx(geo.get_place("jo-irbid").latitude)
    assert again["Desk 4"].latitude is None
