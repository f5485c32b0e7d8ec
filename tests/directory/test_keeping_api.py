"""Keeping listings from a program: versions by ETag, and the same refusals as on the pages."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from network.core.db import db
from network.directory.models import Unit
from network.tenants.context import job_identity, scope
from tests.factories import make_listing, make_tenant, signed_in


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
