"""What state a consent and a grant are in, and which moves a consent allows. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from network.core.errors import IllegalTransition


class ConsentState(StrEnum):
    """How she answered when she was asked, or that she took it back."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GrantState(StrEnum):
    """Whether a grant still lets data leave, and if not, why."""

    LIVE = "live"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    PROVISIONAL_OVER = "provisional_over"


# move: (from, to)
CONSENT_MOVES: dict[str, tuple[frozenset[ConsentState], ConsentState]] = {
    "confirm": (frozenset({ConsentState.GIVEN}), ConsentState.GIVEN),
    "extend": (frozenset({ConsentState.GIVEN}), ConsentState.GIVEN),
    "withdraw": (frozenset({ConsentState.GIVEN, ConsentState.REFUSED}), ConsentState.WITHDRAWN),
}


def moved_consent(move: str, state: str) -> ConsentState:
    """The state after a move; raises ``IllegalTransition``."""
    origins, target = CONSENT_MOVES[move]
    if state not in origins:
        raise IllegalTransition(move, state)
    return target


def grant_state(
    *,
    withdrawn_at: datetime | None,
    expires_at: datetime,
    provisional_until: datetime | None,
    confirmed_at: datetime | None,
    now: datetime,
) -> GrantState:
    """The state of a grant at an instant. A provisional consent that nobody confirmed ends by the clock."""
    if withdrawn_at is not None:
        return GrantState.WITHDRAWN
    if expires_at <= now:
        return GrantState.EXPIRED
    if provisional_until is not None and confirmed_at is None and provisional_until <= now:
        return GrantState.PROVISIONAL_OVER
    return GrantState.LIVE
