"""Looking for listings that may be one among the many of a large steward; the result is kept for the page."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from network.background.outbox import enqueue_once
from network.core import clock
from network.core.db import db
from network.core.ids import new_id
from network.directory.models import ListingTwin
from network.directory.queries.duplicates import are_many, decided_pairs
from network.directory.states import MERGEABLE
from network.directory.twins.pairing import find_twins
from network.tenants.context import acting

LOOK = "listings.twins"


def look_for_twins() -> int:
    """Compare all of the acting member's listings of the kinds of which it has many; returns how many pairs there are.

    What was found before goes. May be done twice, and at the same time: whoever is done last tells what holds.
    """
    tenant, now = acting().tenant, clock.now()
    found = {kind: find_twins(kind, decided_pairs(kind)) if are_many(kind) else [] for kind in MERGEABLE}
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"{LOOK} {tenant}"))))
    db.session.execute(delete(ListingTwin).where(ListingTwin.tenant_id == tenant))
    rows = [
        {
            "tenant_id": tenant,
            "id": new_id(),
            "entity": kind,
            "first_id": one.first,
            "second_id": one.second,
            "why": list(one.why),
            "alike": one.alike,
            "metres": one.metres,
            "found_at": now,
        }
        for kind, twins in found.items()
        for one in twins
    ]
    if rows:
        db.session.execute(insert(ListingTwin), rows)
    return len(rows)


def forget_twins(ids: Collection[UUID]) -> None:
    """Forget the pairs in which one of these stands: how far a door is from another is told no longer."""
    db.session.execute(
        delete(ListingTwin).where(
            ListingTwin.tenant_id == acting().tenant,
            ListingTwin.first_id.in_(ids) | ListingTwin.second_id.in_(ids),
        )
    )


def ask_for_twins() -> UUID:
    """Have them looked for soon, where there are many: after an import, or because somebody asks; returns whose."""
    tenant = acting().tenant
    if any(are_many(kind) for kind in MERGEABLE):
        enqueue_once(LOOK, tenant)
    return tenant
