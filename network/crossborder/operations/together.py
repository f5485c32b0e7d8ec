"""The same move for everybody who travels in one group: all of them, or none."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from network.cases.queries.clients import hold_clients
from network.crossborder.queries.records import get_handoff, list_group, list_members
from network.crossborder.states import BEFORE_TAKE_OVER, DECISION, ENDS_WITH_TAKE_OVER, FINAL, JOURNEY
from network.exchange.models import Exchange
from network.exchange.operations import lock
from network.exchange.queries import get_exchange, get_side

JOURNEYS = frozenset(move.name for move in JOURNEY.moves)


def with_group(exchange_id: UUID, name: str, make: Callable[[UUID], object]) -> UUID:
    """Make a move for one of a group, then for the others of whom it can be made; returns the first one's id.

    Whoever calls this owns the unit of work, so that one refusal leaves everybody where she was.
    """
    hold_group(exchange_id)
    make(exchange_id)
    for side, member in list_members(get_exchange(exchange_id)):
        if can_move(name, side.role, member):
            make(member.id)
    return exchange_id


def hold_group(exchange_id: UUID) -> None:
    """Lock a group until the unit ends: its exchanges, then the clients who are ours, each in one order for everybody.
    Two colleagues who begin with different people of a family wait for each other, and never both."""
    for one in sorted(list_group(exchange_id)):
        lock(one)
    sides = [get_side(one) for one in list_group(exchange_id)]
    hold_clients(side.client_id for side in sides if side.role == "sender")


def can_move(name: str, role: str, exchange: Exchange) -> bool:
    """Whether the tables let this role make the move now."""
    if name not in JOURNEYS:
        return name in DECISION.open_to(exchange.state, role)
    if exchange.state in FINAL or (name in ENDS_WITH_TAKE_OVER and exchange.state not in BEFORE_TAKE_OVER):
        return False
    return name in JOURNEY.open_to(get_handoff(exchange.id).journey, role)
