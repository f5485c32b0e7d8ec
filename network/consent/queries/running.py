"""Whether a service runs: read from the row that both sides of an exchange share."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, Uuid, column, select, table

from network.core.db import db

# The table belongs to the floor above; what a packet's end depends on is only whether its service has begun.
_EXCHANGE = table("exchange", column("id", Uuid), column("state", Text))
_RUNNING = ("in_progress", "taken_over")
_ENDED = ("completed", "not_served", "declined", "expired", "closed", "withdrawn", "recalled")


def running_services(exchange_ids: Collection[UUID]) -> frozenset[UUID]:
    """Of these exchanges, those whose service has begun and not ended."""
    return _standing_at(exchange_ids, _RUNNING)


def ended_services(exchange_ids: Collection[UUID]) -> frozenset[UUID]:
    """Of these exchanges, those in which nothing is open any more, so that nothing can be recalled."""
    return _standing_at(exchange_ids, _ENDED)


def _standing_at(exchange_ids: Collection[UUID], states: tuple[str, ...]) -> frozenset[UUID]:
    if not exchange_ids:
        return frozenset()
    statement = select(_EXCHANGE.c.id).where(_EXCHANGE.c.id.in_(exchange_ids), _EXCHANGE.c.state.in_(states))
    return frozenset(db.session.scalars(statement))
