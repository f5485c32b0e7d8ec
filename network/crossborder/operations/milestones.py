"""What the sender of a handoff is told after the arrival: a code and a date, and nothing of the file."""

from __future__ import annotations

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
from network.exchange.operations import lock
from network.exchange.queries import get_side


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
    milestone = HandoffMilestone(
        id=new_id(),
        exchange_id=exchange.id,
        from_tenant_id=exchange.from_tenant_id,
        to_tenant_id=exchange.to_tenant_id,
        code=code,
        at=clock.now(),
    )
    db.session.add(milestone)
    touch(exchange, "receiver", f"milestone.{code}", before=exchange.state, after=exchange.state)
    return milestone
