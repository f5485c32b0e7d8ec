"""What was read of a file is not kept for ever: after some days the values go; how many rows, and why, stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from network.core import clock
from network.core.db import db
from network.directory.feeds.standing import forget, moved_on
from network.directory.models import ListingImport, ListingImportPart, ListingImportRow, ListingQuarantine
from network.tenants.context import acting

FORGOTTEN: Final = "forgotten_on"
AT_ONCE: Final = 20


def forget_old(days: int) -> int:
    """Forget the rows of imports that nobody touched for this long, and the values set aside; returns how many imports.

    One that was not started by then is given up. What is being carried out is left alone.
    """
    now = clock.now()
    before = now - timedelta(days=days)
    old = db.session.scalars(
        select(ListingImport)
        .where(
            ListingImport.tenant_id == acting().tenant,
            ListingImport.modified_at < before,
            ListingImport.state != "running",
            ListingImport.totals[FORGOTTEN].is_(None),
        )
        .order_by(ListingImport.created_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for one in old:
        forget(ListingImportRow, one)
        forget(ListingImportPart, one)
        if one.state in ("uploaded", "planned") or (one.state == "failed" and one.rows):
            one.state = "given_up"
        one.totals = one.totals | {FORGOTTEN: now.date().isoformat()}
        moved_on(one)
    db.session.execute(
        update(ListingQuarantine)
        .where(
            ListingQuarantine.tenant_id == acting().tenant,
            ListingQuarantine.imported_at < before,
            ListingQuarantine.value.is_not(None),
        )
        .values(value=None)
    )
    return len(old)
