"""Whoever takes an answer too slowly is hung up on: one who stands still would hold a thread of the server for ever.

The server has no such limit, and the threads that send are blocked where Python cannot reach them. So the kernel is
asked what each connection still has to send and how much of it arrived; one that has something to take all the time,
and takes less than a kilobyte a second for a minute, is shut. The server's thread then meets a closed connection, ends
the answer, and is free. A telephone far from its mast takes ten times as much.
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
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass

import structlog

LOOKS_EVERY_S = 5.0
PATIENCE_S = 60.0
LEAST_BYTES_A_S = 1024
# Where Linux tells in its TCP_INFO how many bytes have arrived (since 4.1).
_ARRIVED = struct.Struct("=120xQ")

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Watched:
    """Since when a connection has had something to take all the time, and what had arrived by then."""

    since: float
    arrived: int


class Patience:
    """Looks at the connections that came in to this process."""

    def __init__(self) -> None:
        self._watched: dict[int, _Watched] = {}

    def watch(self) -> None:
        """Look again and again, beside the server's threads."""
        if sys.platform == "linux":
            threading.Thread(target=self._watch, name="patience", daemon=True).start()

    def look(self, now: float) -> int:
        """Look at each connection, and shut those that took too little; returns how many."""
        waiting: dict[int, _Watched] = {}
        shut = 0
        for connection in _connections():
            inode = os.fstat(connection.fileno()).st_ino
            left, arrived = _left_to_send(connection), _arrived(connection)
            if not left:
                continue
            known = self._watched.get(inode) or _Watched(now, arrived)
            if (waited_s := now - known.since) >= PATIENCE_S:
                if arrived - known.arrived < LEAST_BYTES_A_S * waited_s:
                    connection.shutdown(socket.SHUT_RDWR)
                    shut += 1
                    continue
                known = _Watched(now, arrived)
            waiting[inode] = known
        self._watched = waiting
        return shut

    def _watch(self) -> None:
        while True:
            time.sleep(LOOKS_EVERY_S)
            try:
                if shut := self.look(time.monotonic()):
                    log.info("hung_up", reason="slow", connections=shut)
            except OSError as error:  # a connection that closed while it was looked at
                log.debug("not_looked_at", error=type(error).__name__)


def _connections() -> Iterator[socket.socket]:
    """Copies of the connections to where this process listens: what is closed meanwhile stays what it was."""
    with ExitStack() as copies:
        sockets = [copies.enter_context(closing(one)) for one in _sockets()]
        ports = {
            one.getsockname()[1] for one in sockets if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        }
        for one in sockets:
            with suppress(OSError):  # nobody at the other end
                if one.getsockname()[1] in ports and one.getpeername():
                    yield one


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


def _arrived(connection: socket.socket) -> int:
    told = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _ARRIVED.size)
    arrived: int = _ARRIVED.unpack(told)[0]
    return arrived
