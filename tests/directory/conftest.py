"""A centre, a partner that keeps its own listings, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask

from network.core.db import db, unit_of_work
from network.tenants.context import Identity, scope
from tests.factories import fill_taxonomy, make_tenant, staff


@dataclass(frozen=True)
class Members:
    """Who uses the directory in a test."""

    centre: Identity
    partner: Identity
    stranger: Identity
    headquarters: Identity


@pytest.fixture
def members(app: Flask) -> Members:
    """Four tenants of the test's own."""
    fill_taxonomy(app)
    return Members(
        staff(make_tenant(app)),
        staff(make_tenant(app, "partner"), kind="partner", roles=("partner_manager",)),
        staff(make_tenant(app, country="LB")),
        staff(make_tenant(app, "network"), kind="network", roles=("network_administrator",)),
    )


def act(app: Flask, identity: Identity, operation):
    """Carry out an operation as this person, in a unit of its own."""
    with app.app_context(), scope(identity), unit_of_work():
        return operation()


def look(app: Flask, identity: Identity, model, row_id: UUID):
    """A row as this person reads it."""
    with app.app_context(), scope(identity):
        found = db.session.get_one(model, row_id)
        db.session.expunge(found)
        return found
