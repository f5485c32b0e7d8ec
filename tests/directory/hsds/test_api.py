"""The directory by HSDS: what anybody reads, what members read, and what nobody does."""

from __future__ import annotations

from flask import Flask

from network.core.ids import new_id
from tests.directory.conftest import Members
from tests.factories import make_listing, signed_in, visitor


def test_it_says_which_version_and_profile_it_has(app: Flask):
    for address in ("/hsds/v3", "/hsds/v3/"):
        told = visitor(app).get(address)
        assert told.status_code == 200
        assert told.json["version"] == "3.1"
        assert told.json["profile"].endswith("/hsds/v3/profile")
        assert told.json["openapi_url"].endswith("/hsds/v3/openapi.json")
        assert told.json["publisher"]["name"]


def test_members_read_what_is_for_the_network_and_strangers_do_not(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    stranger, member = visitor(app), signed_in(app, members.centre.tenant, "caseworker")
    for path, one in (
        ("services", listed.service_id),
        ("organizations", listed.organization_id),
        ("service_at_locations", listed.service_at_location_id),
    ):
        theirs = stranger.get(f"/hsds/v3/{path}/{one}")
        nobodys = stranger.get(f"/hsds/v3/{path}/{new_id()}")
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.json | {"request_id": ""} == nobodys.json | {"request_id": ""}
        mine = member.get(f"/hsds/v3/{path}/{one}")
        assert mine.status_code == 200, mine.text
        assert mine.json["id"] == str(one)
        found = member.get(f"/hsds/v3/{path}?organization_id={listed.organization_id}").json
        assert found["total_items"] == 1, found
        assert (
            stranger.get(f"/hsds/v3/{path}?organization_id={listed.organization_id}").json["total_items"] == 0
        )
