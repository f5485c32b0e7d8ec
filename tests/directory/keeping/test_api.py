"""Keeping listings from a program: versions by ETag, and the same refusals as on the pages."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.models import Unit
from network.tenants.context import job_identity, scope
from tests.factories import make_listing, make_tenant, signed_in, staff


def test_a_program_keeps_a_listing(app: Flask):
    steward = make_tenant(app, "partner")
    listed = make_listing(app, steward)
    client, reader = (
        signed_in(app, steward, "partner_manager"),
        signed_in(app, make_tenant(app), "caseworker"),
    )
    address = f"/api/v1/listings/services/{listed.service_id}"
    one = client.get(address)
    assert one.json["standing"] == "not_verified"
    version = int(one.headers["ETag"].strip('"'))
    cost = {"cost": "free", "fees_description": None}
    assert client.api("PUT", f"{address}/sections/cost", cost).status_code == 428
    assert client.api("PUT", f"{address}/sections/cost", cost, version=version).status_code == 200
    assert client.api("PUT", f"{address}/sections/cost", cost, version=version).status_code == 412
    assert (
        client.api("PUT", f"{address}/sections/cost", {"cost": "much"}, version=version + 1).status_code
        == 422
    )
    week = {"mo_opens": "09:00", "mo_closes": "12:00"}
    assert client.api("PUT", f"{address}/hours", week, version=version + 1).status_code == 200
    assert client.api("POST", f"{address}/verifications", {"how": "visit"}).status_code == 201
    assert client.get(address).json["standing"] == "verified"
    with app.app_context(), scope(job_identity(steward)):
        bed = str(db.session.scalars(select(Unit.id).where(Unit.identifier == "bed")).one())
    free = f"/api/v1/services/{listed.service_id}/capacity"
    assert client.api("PUT", free, {"unit_id": bed, "available": 2}).status_code == 200
    assert reader.api("PUT", free, {"unit_id": bed, "available": 2}).status_code == 403
    told = reader.api("POST", f"/api/v1/services/{listed.service_id}/reports", {"problem": "moved"})
    assert told.status_code == 201
    answer = f"/api/v1/listing-reports/{told.json['id']}/answer"
    assert reader.api("POST", answer, {"right": True}).status_code == 403
    assert client.api("POST", answer, {"right": True}).status_code == 200
    changes = reader.get(f"{address}/history").json["items"]
    assert {"verified_how", "cost"} <= {one["field"] for one in changes}
    other = make_listing(app, steward)
    merge = client.api(
        "POST",
        "/api/v1/listing-merges",
        {
            "kind": "organization",
            "kept_id": str(listed.organization_id),
            "merged_id": str(other.organization_id),
        },
    )
    assert merge.status_code == 201
    assert client.api("DELETE", f"/api/v1/listing-merges/{merge.json['id']}").status_code == 204
    assert client.api("PUT", f"{address}/withholding", {"reason": "fraud"}).status_code == 200
    assert client.api("DELETE", f"{address}/withholding").status_code == 204


def test_a_program_does_all_that_the_pages_do(app: Flask):
    steward = make_tenant(app, "partner")
    make_listing(app, steward)
    client = signed_in(app, steward, "partner_manager")
    reader = signed_in(app, make_tenant(app), "caseworker")
    made = client.api(
        "POST",
        "/api/v1/listings/organizations",
        {"name": "Clinic of the hill", "country": "JO", "recipient_class": "service_provider",
         "visibility": "network"},
    )  # fmt: skip
    assert made.status_code == 201, made.text
    organization = f"/api/v1/listings/organizations/{made.json['id']}"
    asked = {
        "name": "Day clinic",
        "needs": ["health.primary"],
        "referral_method": "phone",
        "visibility": "network",
    }
    service_id = client.api("POST", f"{organization}/services", asked).json["id"]
    place = {"place": "Mafraq", "name": "Hill house", "visibility": "network"}
    location_id = client.api("POST", f"{organization}/locations", place).json["id"]
    assert reader.api("POST", f"{organization}/locations", place).status_code in (403, 404)
    offers = f"/api/v1/services/{service_id}/offers"
    assert client.api("POST", offers, {"location_id": location_id}).status_code == 201
    [offer] = client.get(offers).json["items"]
    assert offer["location_id"] == location_id
    kept = client.get("/api/v1/listings/services?name=Day").json["items"]
    assert [one["id"] for one in kept] == [service_id]
    service = f"/api/v1/listings/services/{service_id}"
    assert client.get(f"{service}/sections/needs").json == {"needs": ["health.primary"]}
    assert client.get(f"{service}/hours").json["week"] == {}

    number = client.api("POST", f"{service}/parts/phone", {"number": "+962 2 1"})
    assert number.status_code == 201, number.text
    part = f"/api/v1/listing-parts/phone/{number.json['id']}"
    seen = int(client.get(part).headers["ETag"].strip('"'))
    assert client.api("PUT", part, {"number": "+962 2 2"}).status_code == 428
    assert client.api("PUT", part, {"number": "+962 2 2"}, version=seen).status_code == 200
    assert client.api("PUT", part, {"number": "+962 2 3"}, version=seen).status_code == 412
    assert client.get(f"{service}/parts").json["phone"][0]["number"] == "+962 2 2"
    assert reader.get(part).status_code in (403, 404)
    assert client.api("POST", f"{service}/parts/address", {"number": "1"}).status_code == 404

    wrong = {
        "proposals": [
            {"entity": "service", "entity_id": service_id, "field": "visibility", "value": "public"}
        ]
    }
    assert reader.api("POST", f"{service}/suggestions", wrong).status_code == 422
    for field, value in (
        ("needs", 5), ("needs", ["made.up"]), ("languages", [7]), ("sex", {"a": 1}), ("age_min", "old"),
        ("week", [1]), ("week", {"mo_opens": 9}), ("police_on_site", ["yes"]), ("name", None), ("fees", "5"),
        ("other_referral_methods", "phone"), ("children_accepted", 3), ("nationality_include", 4),
    ):  # fmt: skip
        asked = {
            "proposals": [{"entity": "service", "entity_id": service_id, "field": field, "value": value}]
        }
        assert reader.api("POST", f"{service}/suggestions", asked).status_code == 422, (field, value)
    for value in ({"number": 5}, {"number": "1", "type": "x"}, [], "+962 2 2", None):
        asked = {"proposals": [{"entity": "phone", "value": value}]}
        assert reader.api("POST", f"{service}/suggestions", asked).status_code == 422, value
    moved = {
        "problem": "moved",
        "proposals": [
            {"entity": "location", "entity_id": location_id, "field": "place", "value": "Irbid"},
            {"entity": "phone", "field": None, "value": {"number": "+962 2 9"}},
        ],
    }
    told = reader.api("POST", f"/api/v1/listings/locations/{location_id}/reports", moved)
    assert told.status_code == 201, told.text
    assert [one["id"] for one in client.get("/api/v1/listing-reports?state=open").json["items"]] == [
        told.json["id"]
    ]
    report = client.get(f"/api/v1/listing-reports/{told.json['id']}").json
    taken = {one["id"]: one["field"] == "place" for one in report["suggestions"]}
    answer = {"right": True, "taken": taken}
    address = f"/api/v1/listing-reports/{told.json['id']}/answer"
    assert client.api("POST", address, answer).status_code == 200
    assert client.get(f"/api/v1/listings/locations/{location_id}/sections/place").json["place"] == "Irbid"
    assert reader.get("/api/v1/listing-reports?side=from").json["items"][0]["state"] == "accepted"

    version = int(client.get(service).headers["ETag"].strip('"'))
    assert (
        client.api("DELETE", part, {}, version=int(client.get(part).headers["ETag"].strip('"'))).status_code
        == 204
    )
    assert client.api("DELETE", service, {}, version=version).status_code == 204
    assert client.get(service).json["removed"] is True
    assert client.api("POST", f"{service}/restoration", {}, version=version).status_code == 200
    location = f"/api/v1/listings/locations/{location_id}"
    version = int(client.get(location).headers["ETag"].strip('"'))
    assert client.api("POST", f"{location}/hiding", {}, version=version).status_code == 200
    assert client.get("/api/v1/listing-duplicates/services").status_code == 200
    assert client.api("DELETE", f"{offers}/{offer['id']}", {}).status_code == 204


def test_headquarters_keep_holidays_claims_and_withheld_listings_by_program(app: Flask):
    steward, member = make_tenant(app, "partner"), make_tenant(app, "partner")
    own, listed = make_listing(app, member), make_listing(app, steward)
    officer = signed_in(app, make_tenant(app, "network"), "network_administrator")
    client = signed_in(app, member, "partner_manager")
    day = {
        "country": "KI",
        "first_on": "2040-01-01",
        "last_on": "2040-01-02",
        "kind": "holiday",
        "closed": True,
    }
    assert client.api("POST", "/api/v1/holidays", day).status_code == 403
    made = officer.api("POST", "/api/v1/holidays", day)
    assert made.status_code == 201, made.text
    address = f"/api/v1/holidays/{made.json['id']}"
    version = int(client.get(address).headers["ETag"].strip('"'))
    anew = {name: one for name, one in day.items() if name != "country"} | {"description": "New year"}
    assert officer.api("PUT", address, anew, version=version).status_code == 200
    assert officer.api("PUT", address, anew, version=version).status_code == 412
    assert [one["description"] for one in client.get("/api/v1/holidays?country=KI").json["items"]] == [
        "New year"
    ]
    assert officer.api("DELETE", address, {}).status_code == 204
    assert client.get("/api/v1/holidays/history").json["items"]

    withholding = f"/api/v1/listings/locations/{listed.location_id}/withholding"
    assert officer.api("PUT", withholding, {"reason": "unsafe"}).status_code == 200
    found = officer.get("/api/v1/withheld-listings/locations").json["items"]
    assert (str(listed.location_id), "unsafe") in {(one["id"], one["reason"]) for one in found}
    assert officer.api("DELETE", withholding, {}).status_code == 204

    officer_identity = staff(make_tenant(app, "network"), kind="network", roles=("network_administrator",))
    with app.app_context(), scope(officer_identity), unit_of_work():
        operations.link_tenant(own.organization_id, member)
    link = {"organization_id": str(listed.organization_id), "member_id": str(member)}
    assert client.api("POST", "/api/v1/listing-claims", link).status_code == 403
    refused = {"organization_id": str(listed.organization_id), "code": "No"}
    assert officer.api("POST", "/api/v1/listing-claims", refused).status_code == 422
    claim = officer.api("POST", "/api/v1/listing-claims", link)
    assert claim.status_code == 201, claim.text
    assert claim.json["id"] in {one["id"] for one in client.get("/api/v1/listing-claims").json["items"]}
    answer = f"/api/v1/listing-claims/{claim.json['id']}/answer"
    assert client.api("POST", answer, {"accepted": True}).status_code == 200
    merge = {
        "kind": "organization",
        "kept_id": str(own.organization_id),
        "merged_id": str(listed.organization_id),
    }
    merged = client.api("POST", "/api/v1/listing-merges", merge)
    assert merged.status_code == 201, merged.text
    assert merged.json["id"] in {one["id"] for one in client.get("/api/v1/listing-merges").json["items"]}
