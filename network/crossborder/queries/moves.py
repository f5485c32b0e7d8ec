"""What somebody can do next with a handoff: the moves open to her side from its two states."""

from __future__ import annotations

from collections.abc import Collection

from network.crossborder.models import Handoff
from network.crossborder.states import (
    BEFORE_TAKE_OVER,
    DECISION,
    ENDS_WITH_TAKE_OVER,
    FINAL,
    FINAL_FOR,
    JOURNEY,
)
from network.exchange.models import Exchange

# Permission by move, as on the one page of permissions.
NEEDED = {
    "offer": "handoff.offer",
    "answer": "handoff.offer",
    "recall": "handoff.offer",
    "plan": "handoff.prepare",
    "depart": "handoff.offer",
    "not_depart": "handoff.offer",
    "let_rest": "handoff.prepare",
    "review": "handoff.answer",
    "ask": "handoff.answer",
    "accept": "handoff.answer",
    "decline": "handoff.answer",
    "arrive": "arrival.record",
    "not_arrive": "arrival.record",
    "take_back_arrival": "arrival.record",
    "redate_arrival": "arrival.record",
    "take_over": "handoff.take-over",
    "close": "handoff.take-over",
}
# Reached by a reason of another move.
HIDDEN = frozenset({"count_as_arrived", "never_boarded"})
NEEDS_PACKET = frozenset({"offer", "review", "ask", "answer", "accept", "take_over"})


def moves_open_to(
    role: str,
    exchange: Exchange,
    handoff: Handoff,
    permissions: Collection[str],
    *,
    alive: bool,
    mine: bool,
    may_retry: bool = False,
) -> tuple[str, ...]:
    """The moves that this role may make now, in the order of the tables, as far as her permissions go.

    ``may_retry``: the reason why she did not depart lets the journey be planned again.
    """
    state, journey = exchange.state, handoff.journey
    found = [name for name in DECISION.open_to(state, role) if _fits(name, role, state, journey)]
    if state not in FINAL:
        found += [
            name for name in JOURNEY.open_to(journey, role) if _travels(name, state, journey, may_retry)
        ]
    if role == "sender" and state in ("prepared", "declined"):
        found.append("let_rest")
    if not alive and state != "prepared":
        found = [name for name in found if name not in NEEDS_PACKET]
        if state in BEFORE_TAKE_OVER:
            found = [name for name in found if name in ("recall", "decline", "close")]
    if not mine:
        return ()
    return tuple(name for name in found if NEEDED[name] in permissions)


def _fits(name: str, role: str, state: str, journey: str) -> bool:
    return name != "close" or state != "accepted" or journey in FINAL_FOR[role]


def _travels(name: str, state: str, journey: str, may_retry: bool) -> bool:
    if name in HIDDEN:
        return False
    if name in ENDS_WITH_TAKE_OVER and state not in BEFORE_TAKE_OVER:
        return False
    if state == "prepared":
        return name == "plan"
    return name != "plan" or journey != "not_departed" or may_retry
