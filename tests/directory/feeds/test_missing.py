"""What a newer feed no longer holds is kept and asked after; what was read of a file is forgotten in time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import func, select

from network.core import clock
from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.feeds.jobs import forget_old_imports
from network.directory.models import (
    ListingImport,
    ListingImportRow,
    ListingQuarantine,
    Organization,
    Service,
)
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.directory.feeds.test_feeds import mine, read
from tests.factories import make_tenant, signed_in


def feed(*services: str, organizations: tuple[str, ...] = ("o", "p")) -> dict[str, Any]:
    return {
        "organizations": [{"id": one, "name": f"House {one}", "email": f"{one}@h.example"} for one in organizations],
        "services": [{"id": one, "organization_id": "o", "name": f"Help {one}", "status": "active",
                      "email": "nobody at all"} for one in services],
    }  # fmt: skip


def test_what_a_newer_feed_no_longer_holds_is_asked_after_and_never_deleted(
    app: Flask, members: Members, bring: Bring
):
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    bring(feed("1", "2", "3"))
    assert "missing" not in steward.get("/").text
    # Of organizations a file of services alone says nothing.
    brought = bring(feed("1", organizations=()))
    assert brought.totals["missing"] == {"service": 2}
    assert len([one for one in mine(app, members, Service) if one.removed_at is None]) == 3
    assert "Missing from the file" in steward.get(f"/directory/imports/{brought.one.id}").text
    home = steward.get("/").text
    assert "Ask whether it is still there: its source no longer holds it" in home
    page = steward.get("/directory/imports/missing").text
    assert "Help 2" in page
    assert "Help 1" not in page
    waiting = steward.get("/api/v1/listing-imports/missing").json["items"]
    assert {one["name"] for one in waiting} == {"Help 2", "Help 3"}
    two, three = sorted(waiting, key=lambda one: str(one["name"]))
    answers = f"/directory/imports/missing/{two['source_id']}"
    assert steward.get(answers).status_code == 200
    assert steward.send_form(answers, {"answer": "gone"}).status_code == 303
    body = {"still_there": True}
    address = f"/api/v1/listing-imports/missing/{three['source_id']}"
    assert (
        signed_in(app, members.centre.tenant, "coordinator").api("POST", address, json=body).status_code
        == 404
    )
    assert steward.api("POST", address, json=body).status_code == 200
    stand = {one.name: one.removed_at is None for one in mine(app, members, Service)}
    assert stand == {"Help 1": True, "Help 2": False, "Help 3": True}
    assert steward.get("/api/v1/listing-imports/missing").json["items"] == []
    # Answered once, it is not asked again; it came back, and went: it is.
    assert bring(feed("1", organizations=())).totals["missing"] == {"service": 1}
    assert steward.get("/api/v1/listing-imports/missing").json["items"] == []
    assert bring(feed("1", "3")).totals["missing"] == {}
    assert bring(feed("1", organizations=("o",))).totals["missing"] == {"organization": 1, "service": 1}
    again = steward.get("/api/v1/listing-imports/missing").json["items"]
    assert {one["name"] for one in again} == {"Help 3", "House p"}
    # What was taken off the list stays off, whatever the feed says later.
    bring(feed("1", "2", "3"))
    assert {one.name for one in mine(app, members, Service) if one.removed_at is None} == {"Help 1", "Help 3"}
    assert all(one.removed_at is None for one in mine(app, members, Organization))


def test_of_a_listing_that_another_member_took_over_its_former_steward_is_not_asked(
    app: Flask, members: Members, bring: Bring
):
    bring(feed("1", "2"))
    bring(feed("1", organizations=("p",)))
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    waiting = steward.get("/api/v1/listing-imports/missing").json["items"]
    assert {one["name"] for one in waiting} == {"House o", "Help 2"}
    assert "its source no longer holds it" in steward.get("/").text
    [taken] = [one for one in mine(app, members, Organization) if one.name == "House o"]
    with app.app_context(), scope(members.headquarters), unit_of_work():
        operations.link_tenant(taken.id, make_tenant(app, kind="partner"))
    assert steward.get("/api/v1/listing-imports/missing").json["items"] == []
    assert "its source no longer holds it" not in steward.get("/").text
    for one in waiting:
        answer = steward.api(
            "POST", f"/api/v1/listing-imports/missing/{one['source_id']}", json={"still_there": False}
        )
        assert answer.status_code in (403, 404)


def test_the_rows_of_a_file_are_forgotten_after_some_days_and_their_counts_kept(
    app: Flask, worker_app: Flask, members: Members, bring: Bring
):
    brought = bring(feed("1", "2"))
    later = clock.now() + timedelta(days=89)
    address = f"/directory/imports/{brought.one.id}"
    steward = signed_in(app, members.partner.tenant, "partner_manager")

    def kept() -> tuple[int, set[str | None]]:
        with app.app_context(), scope(members.partner):
            count = select(func.count()).where(ListingImportRow.import_id == brought.one.id)
            rows = db.session.scalar(count.select_from(ListingImportRow)) or 0
        return rows, {one.value for one in read(app, members.partner, ListingQuarantine)}

    for day, values in ((later, {"nobody at all"}), (later + timedelta(days=2), {None})):
        with worker_app.app_context(), clock.set_to(day):
            forget_old_imports()
        assert kept() == (4 if None not in values else 0, values)
    [one] = read(app, members.partner, ListingImport, ListingImport.id == brought.one.id)
    assert one.state == "done"
    assert one.totals["results"] == {"created": 4}
    assert one.totals["reasons"] == {"not_a_value": 2}
    page = steward.get(address).text
    assert "nobody at all" not in page
    assert "What stood in its rows is not kept any more." in page
    assert "This is not a value that can stand here." in page
    with worker_app.app_context(), clock.set_to(later + timedelta(days=2)):
        assert forget_old_imports() == 0
    assert bring(feed("1", "2")).results == {"unchanged": 4}
    assert orjson.dumps(one.totals)
