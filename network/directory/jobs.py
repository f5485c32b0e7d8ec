"""The background door: once a day every steward's listings are gone through, each in its own scope."""

from __future__ import annotations

from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.models import Organization
from network.directory.operations import sweep
from network.tenants.context import job_identity, scope


def sweep_listings() -> int:
    """Give a day to what nobody has looked at; returns how many stewards there are. May be done twice."""
    with scope(job_identity(new_id())):
        stewards = db.session.scalars(select(Organization.steward_tenant_id).distinct()).all()
    for tenant_id in stewards:
        with scope(job_identity(tenant_id)), unit_of_work():
            sweep()
    return len(stewards)
