"""What can go wrong, in the product's words; only ``web/handlers.py`` knows what each is in HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class DomainError(Exception):
    """An operation was refused. ``code`` is stable and machine-readable; ``message`` is for the reader."""

    code = "error"

    def __init__(self, message: str = "", **details: Any) -> None:
        super().__init__(message or self.code)
        self.message = message
        self.details = details


class Invalid(DomainError):
    """What was sent cannot be used. ``fields`` maps a field's name to its messages (``_form``: the whole)."""

    code = "invalid"

    def __init__(
        self, message: str = "", fields: Mapping[str, Sequence[str]] | None = None, **details: Any
    ) -> None:
        super().__init__(message, **details)
        told = fields or ({"_form": [message]} if message else {})
        self.fields: dict[str, list[str]] = {name: list(lines) for name, lines in told.items()}


class UnknownCode(Invalid):
    """A code that the vocabulary does not hold: an error, never mapped to a default."""

    code = "unknown-code"


class NotAuthenticated(DomainError):
    """Nobody is signed in, or the session has ended."""

    code = "not-authenticated"


class Forbidden(DomainError):
    """The identity may not do this to a record that it may see."""

    code = "forbidden"


class NotFound(DomainError):
    """No such record, or one that belongs to somebody else: the same answer."""

    code = "not-found"


class Conflict(DomainError):
    """What was asked contradicts what already stands."""

    code = "conflict"


class StaleVersion(Conflict):
    """Somebody else changed the record first. ``theirs`` is what stands now; nothing was overwritten."""

    code = "stale-version"

    def __init__(self, message: str = "", theirs: Any = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.theirs = theirs


class IllegalTransition(Conflict):
    """The move cannot be made from the state the record is in."""

    code = "illegal-transition"

    def __init__(self, move: str, state: str, message: str = "") -> None:
        super().__init__(message, move=move, state=state)
        self.move = move
        self.state = state


class NotCovered(DomainError):
    """No live grant covers what was to leave. ``lines`` says, one by one, what is not covered and why."""

    code = "not-covered"

    def __init__(self, lines: Sequence[Any], message: str = "") -> None:
        super().__init__(message)
        self.lines = list(lines)


class TooMany(DomainError):
    """Too many tries. ``retry_after_s`` says when to try again."""

    code = "too-many"

    def __init__(self, retry_after_s: int, message: str = "") -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
