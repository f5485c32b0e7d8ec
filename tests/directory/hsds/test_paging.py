"""Totals: exact, in one query, and kept for a short while only as long as nothing has changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from network.core import clock
from network.core.db import db, unit_of_work
from network.directory.hsds import paging
from network.directory.models import Organization, Service
from network.directory.operations import create_service, remove
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds.conftest import make_public
from tests.factories import make_listing
from tests.support.statements import statements
from tests.support.visitor import Visitor


@pytest.mark.parametrize("asked", ["", "&language=ar", "&sex=female", "&search=bed"])
def test_a_total_that_is_kept_is_counted_again_as_soon_as_something_changes(
    app: Flask, members: Members, stranger: Visitor, member: Visitor, monkeypatch: Any, asked: str
):
    monkeypatch.setattr(paging, "LARGE", 1)
    steward_id = members.partner.tenant
    listed = make_public(app, steward_id)
    address = f"/hsds/v3/services?organization_id={listed.organization_id}{asked}"
    ahead = make_listing(app, steward_id)
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        for model, row_id in ((Organization, ahead.organization_id), (Service, ahead.service_id)):
            tomorrow = clock.now() + timedelta(days=1)  # by a clock that ran ahead
            db.session.execute(update(model).where(model.id == row_id).values(modified_at=tomorrow))

    def totals() -> list[int]:
        return [who.get(address).json["total_items"] for who in (stranger, member)]

    stranger.get("/hsds/v3/services?search=bed")  # whoever searches first reads the words of the directory
    with statements(app) as first:
        assert totals() == [1, 1]
    with statements(app) as again:
        assert totals() == [1, 1]
    assert len([one for one in first if "count(*)" in one]) == 2
    assert [one for one in again if "count(*)" in one] == []
    assert len(again) == len(first)
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        create_service(
            listed.organization_id, name="Beds", needs=["protection.shelter"], referral_methods=["phone"]
        )
    assert totals() == [1, 1 if asked and "search" not in asked else 2]
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        remove("service", listed.service_id)
    assert totals() == [0, 0 if asked and "search" not in asked else 1]


@pytest.mark.parametrize("asked", ["search=bed", "sex=female", "language=ar", "open_at=2026-11-25T09:00:00Z"])
@pytest.mark.parametrize("path", ["services", "service_at_locations", "organizations"])
def test_a_stranger_is_answered_from_the_table_of_what_is_public(
    app: Flask, stranger: Visitor, member: Visitor, path: str, asked: str
):
    """It is a part of the other: what a stranger asks costs as much as there is to be shown."""
    if path == "organizations" and not asked.startswith("search"):
        asked = "search=bed&taxonomy_id=00000000-0000-4000-8000-000000000000"
    tables = {}
    for who, name in ((stranger, "public_search"), (member, "service_search")):
        with statements(app) as sent:
            assert who.get(f"/hsds/v3/{path}?{asked}").status_code == 200
        tables[name] = {
            table for table in ("public_search", "service_search") for one in sent if f" {table} " in one
        }
    assert tables == {"public_search": {"public_search"}, "service_search": {"service_search"}}
