"""Whether a service runs: read from the row that both sides of an exchange share."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, Uuid, column, select, table

from network.core.db import db

# The table belongs to the floor above; what a packet's end depends on is only whether its service has begun.
_EXCHANGE = table("exchange", column("id", Uuid), column("state", Text))
_RUNNING = ("in_progress", "taken_over")


def running_services(exchange_ids: Collection[UUID]) -> frozenset[UUID]:
    """Of these exchanges, those whose service has begun and not ended."""
    if not exchange_ids:
        return frozenset()
    statement = select(_EXCHANGE.c.id).where(
        _EXCHANGE.c.id.in_(exchange_ids), _EXCHANGE.c.state.in_(_RUNNING)
    )
    return frozenset(db.session.scalars(statement))
