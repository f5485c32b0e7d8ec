"""The machinery of states, and every state an exchange can be in. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from network.core.errors import IllegalTransition

KINDS = ("referral", "handoff")
SIDES = ("sender", "receiver", "system")

REFERRAL_STATES = (
    "draft",
    "sent",
    "received",
    "needs_information",
    "accepted",
    "declined",
    "scheduled",
    "in_progress",
    "completed",
    "not_served",
    "closed",
    "withdrawn",
    "recalled",
    "expired",
)
HANDOFF_STATES = (
    "prepared",
    "offered",
    "in_review",
    "clarification",
    "accepted",
    "declined",
    "taken_over",
    "closed",
    "recalled",
)
ALL_STATES = {"referral": REFERRAL_STATES, "handoff": HANDOFF_STATES}


# The state from which the question was asked: where an answer leads.
BACK = "back"


@dataclass(frozen=True)
class Move:
    """One line of a table of moves: from which states to which, by which sides, and what it requires.

    ``to`` may be BACK: the state before the question. ``requires`` names what the operation must be
    given: ``packet`` (alive), ``text``, ``reason:<list>``, ``date``, ``outcome``, ``word``.
    """

    name: str
    from_states: frozenset[str]
    to: str
    sides: frozenset[str]
    requires: frozenset[str] = frozenset()


def move(name: str, from_states: Iterable[str], to: str, *sides: str, requires: str = "") -> Move:
    """A line of the table; ``requires`` is a list with blanks between."""
    return Move(name, frozenset(from_states), to, frozenset(sides), frozenset(requires.split()))


@dataclass(frozen=True)
class Machine:
    """A table of moves. Illegal moves raise; nothing is silently ignored."""

    states: tuple[str, ...]
    moves: tuple[Move, ...]

    def find(self, name: str, state: str, side: str) -> Move:
        """The move of this name from this state by this side; raises ``IllegalTransition``."""
        for candidate in self.moves:
            if candidate.name == name and state in candidate.from_states and side in candidate.sides:
                return candidate
        raise IllegalTransition(name, state)

    def open_to(self, state: str, side: str) -> tuple[str, ...]:
        """The names of the moves that this side may make from this state, in the table's order."""
        return tuple(
            candidate.name
            for candidate in self.moves
            if state in candidate.from_states and side in candidate.sides
        )
