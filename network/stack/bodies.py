"""What a request sends is received before anybody works on it: whoever sends slowly takes no turn from others.

Nobody can end the reading but the connection itself. So few are received at once, fewer from one address, and
``patience`` hangs up on whoever sends too little.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import IO, Any, Final

AT_ONCE: Final = 16  # bodies on their way to this process; each holds a thread of the server
OF_AN_ADDRESS: Final = 8  # so that one visitor never has them all; a proxy sends each body in one go
LARGEST: Final = 27 * 1024 * 1024  # more than a file may have that somebody sends: refused
_IN_MEMORY: Final = 512 * 1024
_PIECE: Final = 16 * 1024


class NotReceived(Exception):
    """A body that did not come, or is not waited for. ``status`` is what it is answered with."""

    def __init__(self, status: str) -> None:
        self.status = status
        super().__init__(status)


@dataclass(slots=True)
class Coming:
    """A body on its way: from which network address, since when, and how much of it is here."""

    address: str
    since: float = field(default_factory=time.monotonic)
    size: int = 0


class Bodies:
    """Receives bodies, so many at once in all and from one address."""

    def __init__(self, at_once: int = AT_ONCE, of_an_address: int = OF_AN_ADDRESS) -> None:
        self._at_once = at_once
        self._of_an_address = of_an_address
        self._coming: dict[int, Coming] = {}
        self._lock = threading.Lock()

    def coming(self) -> list[Coming]:
        """Those on their way."""
        with self._lock:
            return list(self._coming.values())

    def receive(self, environ: dict[str, Any]) -> IO[bytes] | None:
        """Put the whole body in the place of what is still coming, and return it to be closed. Raises NotReceived."""
        length, in_pieces = environ.get("CONTENT_LENGTH") or "", "HTTP_TRANSFER_ENCODING" in environ
        if length in ("", "0") and not in_pieces:
            return None
        if length.isdecimal() and int(length) > LARGEST:
            return None  # the application refuses it unread
        one = self._expect(environ.get("REMOTE_ADDR") or "")
        try:
            environ["wsgi.input"] = body = _whole(environ["wsgi.input"], one)
        finally:
            with self._lock:
                del self._coming[id(one)]
        if in_pieces:
            del environ["HTTP_TRANSFER_ENCODING"]
            environ["CONTENT_LENGTH"] = str(one.size)
        return body

    def _expect(self, address: str) -> Coming:
        one = Coming(address)
        with self._lock:
            of_each = Counter(other.address for other in self._coming.values())
            if of_each[address] >= self._of_an_address or len(self._coming) >= self._at_once:
                raise NotReceived("503 Service Unavailable")
            self._coming[id(one)] = one
        return one


def _whole(stream: Any, one: Coming) -> IO[bytes]:
    kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the request reads it
    try:
        while piece := stream.read(_PIECE):
            kept.write(piece)
            one.size += len(piece)
            if one.size > LARGEST:
                raise NotReceived("413 Content Too Large")
        kept.seek(0)
    except NotReceived:
        kept.close()
        raise
    except Exception as ended:  # the server's own, of a connection that ended
        kept.close()
        raise NotReceived("400 Bad Request") from ended
    return kept
