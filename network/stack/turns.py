"""Few requests are worked on at once, however many answers are still on their way.

The server's threads are held until the last line of an answer has left, and whoever reads a long one may read slowly.
So there are more threads than turns: a thread takes a turn to work, and has none while it only sends, or waits for the
body of its request (``bodies``).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing, nullcontext
from threading import BoundedSemaphore
from typing import Any

from network.stack.bodies import Bodies, NotReceived


class Turns:
    """A WSGI application that is worked on by ``at_once`` threads at a time, of the many that the server has."""

    def __init__(self, application: Any, at_once: int, bodies: Bodies | None = None) -> None:
        self._application = application
        self._free = BoundedSemaphore(at_once)
        self._sending: dict[int, _Sent] = {}
        self.bodies = bodies or Bodies()

    def kept_waiting(self, now: float, for_s: float) -> int:
        """How many answers have waited so long for somebody to take the part made last; each holds a thread."""
        sent_at = [one.sent_at for one in list(self._sending.values())]
        return sum(at is not None and now - at >= for_s for at in sent_at)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request, in its turn."""
        try:
            body = self.bodies.receive(environ)
        except NotReceived as refused:
            start_response(refused.status, [("Retry-After", "5")])
            return [b""]
        with closing(body) if body else nullcontext(), self._free:
            answer: Iterable[bytes] = self._application(environ, start_response)
        return answer if isinstance(answer, list | tuple) else _Sent(answer, self._free, self._sending)


class _Sent:
    """An answer whose next part is made in a turn, and sent in none."""

    def __init__(self, answer: Iterable[bytes], free: BoundedSemaphore, sending: dict[int, _Sent]) -> None:
        self._answer = answer
        self._parts = iter(answer)
        self._free = free
        self._sending = sending
        self.sent_at: float | None = None
        sending[id(self)] = self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self.sent_at = None
        with self._free:
            part = next(self._parts)
        self.sent_at = time.monotonic()
        return part

    def close(self) -> None:
        """End the answer, whether or not it was sent to its end."""
        self._sending.pop(id(self), None)
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()
