"""Whoever takes an answer too slowly is hung up on: one who stands still would hold a thread of the server for ever.

The server has no such limit, and the threads that send are blocked where Python cannot reach them. So the kernel is
asked what each connection still has to send and how much of it arrived. Where an answer has held its thread for a
minute, one that had something to take all the time, and took less than a kilobyte a second, is shut: the thread meets
a closed connection, ends the answer, and is free. A page is taken over by the server whole, and holds none.

So is whoever holds a thread by a body that hardly comes. Which connection it comes over the server does not say: it is
one from the same address that has sent something since it was last answered, and got nothing since the body began.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass

import structlog

from network.stack.bodies import Coming

LOOKS_EVERY_S = 5.0
PATIENCE_S = 60.0
SENDS_WITHIN_S = 20.0
LEAST_BYTES_A_S = 1024
# Where Linux tells in its TCP_INFO how many bytes have arrived (since 4.1).
_ARRIVED = struct.Struct("=120xQ")
# Milliseconds since something was sent and since something came; how many bytes came.
_TOLD = struct.Struct("=44xI4xI72xQ")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watched:
    """Since when a connection has had something to take all the time, and what had arrived by then."""

    since: float
    arrived: int


class Patience:
    """Looks at the connections that came in to this process. ``kept_waiting(now, for_s)``: how many answers have waited
    so long to be taken; where none has, nobody is hung up on, however poor a line may be. ``coming``: the bodies on
    their way."""

    def __init__(
        self,
        kept_waiting: Callable[[float, float], int],
        coming: Callable[[], list[Coming]] = list,
        sends_within_s: float = SENDS_WITHIN_S,
    ) -> None:
        self._kept_waiting = kept_waiting
        self._coming = coming
        self._sends_within_s = sends_within_s
        self._watched: dict[int, _Watched] = {}

    def watch(self) -> None:
        """Look again and again, beside the server's threads."""
        if sys.platform == "linux":
            threading.Thread(target=self._watch, name="patience", daemon=True).start()

    def look(self, now: float) -> int:
        """Look at each connection, and shut those that took too little, as many as answers wait; returns how many."""
        waiting: dict[int, _Watched] = {}
        slow: list[tuple[float, int]] = []
        to_shut = self._kept_waiting(now, PATIENCE_S)
        with ExitStack() as copies:
            found = {
                os.fstat(one.fileno()).st_ino: copies.enter_context(closing(one)) for one in _connections()
            }
            for inode, connection in found.items():
                if not _left_to_send(connection):
                    continue
                arrived = _arrived(connection)
                known = self._watched.get(inode) or _Watched(now, arrived)
                if (waited_s := now - known.since) >= PATIENCE_S:
                    if arrived - known.arrived < LEAST_BYTES_A_S * waited_s:
                        slow.append((known.since, inode))
                    else:
                        known = _Watched(now, arrived)
                waiting[inode] = known
            for _since, inode in sorted(slow)[:to_shut]:
                found[inode].shutdown(socket.SHUT_RDWR)
                del waiting[inode]
        self._watched = waiting
        return min(len(slow), to_shut)

    def look_at_senders(self, now: float) -> int:
        """Shut the connections over which a body hardly comes; returns how many."""
        since: dict[str, float] = {}
        for one in self._coming():
            waited_s = now - one.since
            if waited_s >= self._sends_within_s and one.size <= LEAST_BYTES_A_S * waited_s:
                since[_plain(one.address)] = max(one.since, since.get(_plain(one.address), 0.0))
        shut = 0
        with ExitStack() as copies:
            for connection in _connections() if since else ():
                copies.enter_context(closing(connection))
                begun = since.get(_plain(connection.getpeername()[0]))
                if begun is not None and _is_awaited(connection, now - begun):
                    connection.shutdown(socket.SHUT_RDWR)
                    shut += 1
        return shut

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY_S)
            try:
                if shut := self.look(time.monotonic()):
                    log.info("hung_up", reason="slow", connections=shut)
                if shut := self.look_at_senders(time.monotonic()):
                    log.info("hung_up", reason="sends_slowly", connections=shut)
            except OSError as error:  # a connection that closed while it was looked at
                log.debug("not_looked_at", error=type(error).__name__)


def _connections() -> Iterator[socket.socket]:
    """Copies of the connections to where this process listens: what is closed meanwhile stays what it was."""
    sockets = list(_sockets())
    ports = {
        one.getsockname()[1] for one in sockets if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    }
    for one in sockets:
        try:
            came_in = one.getsockname()[1] in ports and bool(one.getpeername())
        except OSError:  # nobody at the other end
            came_in = False
        if came_in:
            yield one
        else:
            one.close()


def _sockets() -> Iterator[socket.socket]:
    for name in os.listdir("/proc/self/fd"):
        try:
            copy = os.dup(int(name))
        except OSError:  # closed since
            continue
        try:
            one = socket.socket(fileno=copy)
        except OSError:  # no socket
            os.close(copy)
            continue
        if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM:
            yield one
        else:
            one.close()


def _left_to_send(connection: socket.socket) -> int:
    left: int = struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0]
    return left


def _plain(address: str) -> str:
    return address.removeprefix("::ffff:")


def _is_awaited(connection: socket.socket, for_s: float) -> bool:
    """Whether a request came over it that was not answered, and nothing was sent for so long."""
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TOLD.size)
    sent_ms, came_ms, came = _TOLD.unpack(told)
    return bool(came and came_ms <= sent_ms and sent_ms >= 1000 * (for_s - 1))


def _arrived(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ARRIVED.size)
    arrived: int = _ARRIVED.unpack(told)[0]
    return arrived
