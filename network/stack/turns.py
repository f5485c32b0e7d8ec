"""Few requests are worked on at once, however many answers are still on their way.

The server's threads are held until the last line of an answer has left, and whoever reads a long one may read slowly.
So there are more threads than turns: a thread takes a turn to work, and has none while it only sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from threading import BoundedSemaphore
from typing import Any


class Turns:
    """A WSGI application that is worked on by ``at_once`` threads at a time, of the many that the server has."""

    def __init__(self, application: Any, at_once: int) -> None:
        self._application = application
        self._free = BoundedSemaphore(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, in its turn."""
        with self._free:
            answer: Iterable[bytes] = self._application(environ, start_response)
        return answer if isinstance(answer, list | tuple) else _Sent(answer, self._free)


class _Sent:
    """An answer whose next part is made in a turn, and sent in none."""

    def __init__(self, answer: Iterable[bytes], free: BoundedSemaphore) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._free = free

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with self._free:
            return next(self._parts)

    def close(self) -> None:
        """End the answer, whether or not it was sent to its end."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()
