"""A centre, a partner that keeps its own listings, and a stranger."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from network.tenants.context import Identity
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
