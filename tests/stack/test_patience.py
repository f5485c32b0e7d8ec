"""Whoever takes an answer too slowly is hung up on; whoever only has a slow line is not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress

import pytest

from network.stack.patience import LEAST_BYTES_A_S, PATIENCE_S, Patience

MUCH = b"x" * (64 << 20)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as made:
        yield made


def visitor(listener: socket.socket, stack: ExitStack) -> tuple[socket.socket, socket.socket]:
    """(the visitor's end, the server's end, whose pipe is full of an answer)."""
    reader = stack.enter_context(closing(socket.socket()))
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
    reader.connect(listener.getsockname())
    sender, _address = listener.accept()
    stack.enter_context(closing(sender)).setblocking(False)
    refill(sender)
    return reader, sender


def refill(sender: socket.socket) -> None:
    with suppress(BlockingIOError):
        while True:
            sender.send(MUCH)


def take(reader: socket.socket, sender: socket.socket) -> None:
    """Take what lies in the pipe to the last byte."""
    reader.settimeout(0.2)
    with suppress(TimeoutError):
        while reader.recv(1 << 20):
            pass


def is_shut(reader: socket.socket) -> bool:
    """Whether the answer ends where nothing more is to come."""
    reader.settimeout(0.2)
    try:
        while reader.recv(1 << 20):
            pass
    except TimeoutError:
        return False
    except ConnectionResetError:
        return True
    return True


def test_who_stands_still_or_takes_next_to_nothing_is_hung_up_on_and_who_takes_its_answer_is_not(
    listener: socket.socket,
):
    stuck = 0
    patience = Patience(lambda _now, _for_s: stuck)
    with ExitStack() as stack:
        still, trickling, slow, idle = (visitor(listener, stack) for _visitor in range(4))
        take(*idle)
        for step in range(int(PATIENCE_S // 20) + 1):
            assert (
                patience.look(1000.0 + 20 * step) == 0
            )  # no thread is held: a poor line is nobody's business
            trickling[0].recv(10)
            slow[0].recv(20 * LEAST_BYTES_A_S * 4, socket.MSG_WAITALL)
            refill(slow[1])
        stuck = 3
        assert patience.look(1000.0 + PATIENCE_S + 20) == 2
        assert [is_shut(reader) for reader, _sender in (still, trickling, slow, idle)] == [
            True,
            True,
            False,
            False,
        ]
    assert patience.look(2000.0) == 0
