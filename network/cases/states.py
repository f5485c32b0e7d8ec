"""The states of a case, a need, a claim and an incident, and the moves between them."""

from __future__ import annotations

from enum import StrEnum

from network.core.errors import IllegalTransition


class CaseState(StrEnum):
    """Whether the centre works on it."""

    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Custody(StrEnum):
    """Who is responsible: this centre, or the one that has taken the case over (it is read-only then)."""

    HELD = "held"
    HANDED_OVER = "handed_over"


class NeedState(StrEnum):
    """What has become of a need."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    MET = "met"
    NOT_MET = "not_met"
    WITHDRAWN = "withdrawn"


class ClaimState(StrEnum):
    """How far a legal complaint has come."""

    PREPARING = "preparing"
    LODGED = "lodged"
    HEARING = "hearing"
    SETTLED = "settled"
    AWARDED = "awarded"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class IncidentState(StrEnum):
    """Whether an entry of the incident register still waits for something to be done."""

    OPEN = "open"
    CLOSED = "closed"


_UNDECIDED = frozenset({ClaimState.PREPARING, ClaimState.LODGED, ClaimState.HEARING})
_DECIDED = frozenset({ClaimState.SETTLED, ClaimState.AWARDED})

# move: (from, to)
CASE_MOVES: dict[str, tuple[frozenset[CaseState], CaseState]] = {
    "pause": (frozenset({CaseState.OPEN}), CaseState.PAUSED),
    "resume": (frozenset({CaseState.PAUSED}), CaseState.OPEN),
    "close": (frozenset({CaseState.OPEN, CaseState.PAUSED}), CaseState.CLOSED),
    "reopen": (frozenset({CaseState.CLOSED}), CaseState.OPEN),
}
CLAIM_MOVES: dict[str, tuple[frozenset[ClaimState], ClaimState]] = {
    "lodge": (frozenset({ClaimState.PREPARING}), ClaimState.LODGED),
    "hear": (frozenset({ClaimState.LODGED}), ClaimState.HEARING),
    "settle": (_UNDECIDED, ClaimState.SETTLED),
    "award": (frozenset({ClaimState.LODGED, ClaimState.HEARING}), ClaimState.AWARDED),
    "pay": (_DECIDED, ClaimState.PAID),
    "reject": (frozenset({ClaimState.LODGED, ClaimState.HEARING}), ClaimState.REJECTED),
    "appeal": (frozenset({ClaimState.REJECTED, ClaimState.AWARDED}), ClaimState.HEARING),
    "withdraw": (_UNDECIDED | _DECIDED, ClaimState.WITHDRAWN),
    "lapse": (_UNDECIDED | _DECIDED, ClaimState.LAPSED),
}


def moved_case(move: str, state: str) -> CaseState:
    """The state of a case after ``move``; raises IllegalTransition."""
    origins, target = CASE_MOVES.get(move, (frozenset(), CaseState.OPEN))
    if state not in origins:
        raise IllegalTransition(move, state)
    return target


def moved_claim(move: str, state: str) -> ClaimState:
    """The state of a claim after ``move``; raises IllegalTransition."""
    origins, target = CLAIM_MOVES.get(move, (frozenset(), ClaimState.PREPARING))
    if state not in origins:
        raise IllegalTransition(move, state)
    return target


def moves_of_claim(state: str) -> list[str]:
    """The moves that a claim in this state can make."""
    return [move for move, (origins, _target) in CLAIM_MOVES.items() if state in origins]
