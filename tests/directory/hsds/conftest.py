"""A public listing that holds a row of everything, with values that do not conform; and who reads it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.models import Service, Unit
from network.directory.operations import add_part, change, create_service
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.factories import Listed, make_listing, signed_in, visitor
from tests.support.visitor import Visitor


def publish(app: Flask, steward_id: UUID, listed: Listed, visibility: str = "public") -> None:
    """Let anybody read a listing, or members alone."""
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        change("organization", listed.organization_id, {"visibility": visibility})
        change("service", listed.service_id, {"visibility": visibility})
        change("location", listed.location_id, {"visibility": visibility})


def make_public(app: Flask, steward_id: UUID, **given: object) -> Listed:
    """A listing that anybody may read."""
    listed = make_listing(app, steward_id, **given)
    publish(app, steward_id, listed)
    return listed


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return visitor(app)


@pytest.fixture
def member(app: Flask, members: Members) -> Visitor:
    """A caseworker of a centre that stewards nothing."""
    return signed_in(app, members.centre.tenant, "caseworker")


@pytest.fixture
def rich(app: Flask, members: Members) -> Listed:
    """A public listing with a row of everything."""
    steward_id = members.partner.tenant
    listed = make_public(app, steward_id, addresses=[{"address_1": "Gate 1", "city": "Irbid"}])
    organization, service = {"organization_id": listed.organization_id}, {"service_id": listed.service_id}
    location, placed = (
        {"location_id": listed.location_id},
        {"service_at_location_id": listed.service_at_location_id},
    )
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        change("organization", listed.organization_id, {"email": "no mail", "website": "www.example.org"})
        change("service", listed.service_id, {"email": "desk@example.org", "url": "https://مثال.إختبار/خدمة"})
        program = add_part("program", {"name": "Shelters", "description": "Beds"}, **organization)
        change("service", listed.service_id, {"program_id": program, "assured_date": date(2026, 1, 2)})
        for owner in (organization, service, location, placed):
            contact = add_part("contact", {"name": "Ann", "email": "ann at home"}, **owner)
            phone = add_part("phone", {"number": "+962 6 555 0100", "extension": 4}, contact_id=contact)
            add_part("language", {"code": "ar"}, phone_id=phone)
        for owner in (organization, service):
            add_part("url", {"url": "not one"}, **owner)
            add_part("funding", {"source": "A foundation"}, **owner)
        add_part(
            "organization_identifier", {"identifier_type": "register", "identifier": "7"}, **organization
        )
        add_part("accessibility", {"description": "A ramp", "url": "x y"}, **location)
        for owner in (service, placed):
            add_part("service_area", {"name": "Irbid", "uri": "-"}, **owner)
            add_part("schedule_exception", {"first_on": date(2026, 12, 25), "last_on": date(2026, 12, 25),
                                            "closed": True, "kind": "holiday"}, **owner)  # fmt: skip
        add_part(
            "schedule",
            {"byday": "SA", "opens_at": "00:00", "closes_at": "24:00", "schedule_link": "there"},
            **placed,
        )
        add_part("required_document", {"document": "A photograph", "uri": "nothing"}, **service)
        add_part("cost_option", {"amount": 2.5, "currency": "JOD", "valid_from": date(2026, 1, 1)}, **service)
        unit = Unit(id=new_id(), steward_tenant_id=steward_id, name=f"beds {new_id()}")
        db.session.add(unit)
        db.session.flush()
        add_part("service_capacity", {"unit_id": unit.id, "available": 3, "maximum": 8,
                                      "updated_at": clock.now()}, **service)  # fmt: skip
    return listed


def mark(listed: Listed, **values: Any) -> None:
    """What only operations of their own decide of a service."""
    db.session.execute(update(Service).where(Service.id == listed.service_id).values(**values))


def ids(answer: Any) -> set[str]:
    return {one["id"] for one in answer.json["contents"]}


@pytest.fixture
def five(app: Flask, members: Members) -> Listed:
    """An organization with five public services."""
    listed = make_public(app, members.partner.tenant)
    with app.app_context(), scope(job_identity(members.partner.tenant)), unit_of_work():
        for number in ("alpha", "beta", "gamma", "delta"):
            create_service(
                listed.organization_id,
                name=f"Service {number}",
                needs=["legal.advice"],
                referral_methods=["phone"],
                visibility="public",
            )
    return listed
