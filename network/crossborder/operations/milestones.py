"""What the sender of a handoff is told after the arrival: a code and a date, and nothing of the file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from network.consent import packets
from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.core.ids import new_id
from network.crossborder import policies
from network.crossborder.models import HandoffMilestone
from network.crossborder.operations.moves import touch
from network.crossborder.queries.records import list_milestones
from network.exchange.models import Exchange
from network.exchange.operations import lock
from network.exchange.queries import get_side

# Those that tell of an arrival.
ARRIVALS = frozenset({"arrived_safely", "arrived_not_in_contact"})


def tell_milestone(exchange_id: UUID, code: str) -> HandoffMilestone | None:
    """Tell the sender that this was reached, once. None where it was told before, or may not be told: after
    she took her permission back, nothing more is."""
    exchange = lock(exchange_id)
    if get_side(exchange_id).role != "receiver":
        raise NotFound
    if any(one.code == code for one in list_milestones(exchange_id)):
        return None
    if not policies.may_tell(packets.packet_of(exchange_id)):
        return None
    milestone = _write(exchange, code, clock.now())
    touch(exchange, "receiver", f"milestone.{code}", before=exchange.state, after=exchange.state)
    return milestone


def take_arrival_back(exchange_id: UUID) -> HandoffMilestone | None:
    """What was told of an arrival does not stand any more; None where nothing of it was told. The move that brings
    this about tells the sender."""
    told = next((one for one in list_milestones(exchange_id) if one.code in ARRIVALS), None)
    if told is not None:
        told.taken_back_at = clock.now()
        db.session.flush()
    return told


def retell_arrival(exchange_id: UUID, at: datetime) -> None:
    """The arrival that was told was on another day."""
    told = take_arrival_back(exchange_id)
    if told is not None:
        _write(lock(exchange_id), told.code, at)


def _write(exchange: Exchange, code: str, at: datetime) -> HandoffMilestone:
    milestone = HandoffMilestone(
        id=new_id(),
        exchange_id=exchange.id,
        from_tenant_id=exchange.from_tenant_id,
        to_tenant_id=exchange.to_tenant_id,
        code=code,
        at=at,
    )
    db.session.add(milestone)
    db.session.flush()
    return milestone
