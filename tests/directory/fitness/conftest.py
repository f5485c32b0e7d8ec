"""Listings in a place of the test's own, and what is found there."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.models import ScheduleException, ServiceCapacity, Unit
from network.directory.search import Criteria, Findings, find
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.factories import Listed, make_listing

NEED = "protection.shelter"
WEDNESDAY_NOON = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # 12:00 in Amman
ROOMY = [{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}]
TAKES_ALL: dict[str, Any] = {
    "sex": ["any"], "age": {}, "nationality": {}, "legal_status": ["any"], "sector": ["any"],
    "works_without_documents": True, "documents_required": [],
}  # fmt: skip
_spots = count()


def spot(latitude: float) -> Point:
    """A place of the test's own, in the empty south of the Pacific; each file has a latitude."""
    return Point(latitude, -150.0 + 2 * next(_spots))


@pytest.fixture
def steward(members: Members) -> Identity:
    return members.partner


def listed(app: Flask, who: Identity, here: Point, km: float = 0.0, **given: Any) -> Listed:
    given = {"schedules": ROOMY, "time_zone": "Asia/Amman"} | given
    return make_listing(
        app, who.tenant, latitude=here.latitude + km / 111.4, longitude=here.longitude, **given
    )


def look(app: Flask, who: Identity, here: Point, profile: Profile | None = None, **given: Any) -> Findings:
    with app.app_context(), scope(who):
        return find(Criteria((NEED,), here, **given), profile, WEDNESDAY_NOON, counts=True)


def ids(found: Findings) -> list[UUID]:
    return [one.service_id for one in found.found]


def write(app: Flask, who: Identity, sql: str, **given: Any) -> None:
    with app.app_context(), scope(who), unit_of_work():
        assert db.session.execute(text(sql), given).rowcount


def count_beds(
    app: Flask, who: Identity, service: UUID, available: float, at: datetime = WEDNESDAY_NOON
) -> None:
    with app.app_context(), scope(who), unit_of_work():
        unit = Unit(id=new_id(), steward_tenant_id=who.tenant, name=f"beds {new_id()}")
        db.session.add(unit)
        db.session.flush()
        db.session.add(
            ServiceCapacity(
                id=new_id(), service_id=service, steward_tenant_id=who.tenant, unit_id=unit.id,
                available=available, updated_at=at,
            )
        )  # fmt: skip


def close(app: Flask, who: Identity, **given: Any) -> None:
    values = {
        "first_on": date(2026, 11, 25),
        "last_on": date(2026, 11, 25),
        "closed": True,
        "kind": "closure",
    }
    with app.app_context(), scope(who), unit_of_work():
        db.session.add(ScheduleException(id=new_id(), steward_tenant_id=who.tenant, **(values | given)))
