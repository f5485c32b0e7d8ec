"""The background door: once a day every steward's listings and every member's searches are gone through, each in its
own scope, and the lexicon of the search is tidied. Doors that were left half open are closed."""

from __future__ import annotations

from sqlalchemy import select

from network.background.errands import for_each_tenant
from network.background.outbox import ClaimedJob, handles
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.models import Organization
from network.directory.operations import (
    LOOK,
    forget_searches,
    hide_left_open,
    look_for_twins,
    prune_words,
    publish_gaps,
    stewards_of_open_doors,
    sweep,
)
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant


def sweep_listings() -> int:
    """Give a day to what nobody has looked at; returns how many stewards there are. May be done twice."""
    with scope(job_identity(new_id())):
        stewards = db.session.scalars(select(Organization.steward_tenant_id).distinct()).all()
    return for_each_tenant(stewards, _sweep)


def _sweep() -> int:
    sweep()
    return 1


def find_all_twins() -> int:
    """Look for listings that may be one with those who keep many; returns how many there are. May be done twice."""
    with scope(job_identity(new_id())):
        stewards = db.session.scalars(select(Organization.steward_tenant_id).distinct()).all()
    return for_each_tenant(stewards, look_for_twins)


@handles(LOOK)
def find_twins(_job: ClaimedJob) -> None:
    """Look for them now, for one steward."""
    look_for_twins()


def tend_searches() -> int:
    """Forget old searches, publish where help is missing, and take out words that no listing holds; returns how many
    members there are. May be done twice."""
    with scope(job_identity(new_id())), unit_of_work():
        prune_words()
    with scope(job_identity(new_id())):
        members = db.session.scalars(
            select(Tenant.id).where(Tenant.status == "live").order_by(Tenant.id)
        ).all()
    return for_each_tenant(members, _tend)


def _tend() -> int:
    forget_searches()
    publish_gaps()
    return 1


def close_doors() -> int:
    """Hide what earlier versions left open beside confidential places; returns how many places were. A steward's key
    seals what is hidden, so a migration cannot. May be done twice: then nothing is left."""
    with scope(job_identity(new_id())):
        stewards = stewards_of_open_doors()
    return for_each_tenant(stewards, hide_left_open)
