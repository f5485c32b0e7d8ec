"""Streams that stand still on real connections: strangers keep neither members nor each other out."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from network.core.errors import TooMany
from network.directory.hsds import feed, seats
from network.web.security import session_cookie_name
from tests.directory.conftest import Members
from tests.factories import signed_in
from tests.support.visitor import Visitor
from tests.support.web import serving

MORE_THAN_A_PIPE_HOLDS = 600


def endless(*_asked: object) -> Iterator[list[dict[str, Any]]]:
    for number in range(MORE_THAN_A_PIPE_HOLDS):
        yield [{"id": f"{number}" + 200_000 * "x"}]


class Readers:
    """Connections to a server that read the head of their answer, and then nothing more."""

    def __init__(self, address: str, stack: ExitStack):
        self._at = urlsplit(address)
        self._stack = stack
        self.standing: list[socket.socket] = []

    def ask(self, source: str, cookie: str = "") -> tuple[int, str]:
        """(the status, when to come again) of a stream asked from an address of this machine."""
        at = (self._at.hostname or "", self._at.port or 0)
        reader = self._stack.enter_context(
            closing(socket.create_connection(at, timeout=60, source_address=(source, 0)))
        )
        head = f"GET /hsds/v3/services?format=ndjson HTTP/1.1\r\nHost: {self._at.netloc}\r\nCookie: {cookie}\r\n\r\n"
        reader.sendall(head.encode())
        told = b""
        while b"\r\n\r\n" not in told:
            told += reader.recv(500)
        self.standing.append(reader)
        lines = told.decode(errors="replace").split("\r\n")
        again = [line.partition(": ")[2] for line in lines if line.lower().startswith("retry-after:")]
        return int(lines[0].split()[1]), "".join(again)


@contextmanager
def readers(app: Flask) -> Iterator[Readers]:
    with serving(app) as address, ExitStack() as stack:
        yield Readers(address, stack)


def cookie_of(app: Flask, who: Visitor) -> str:
    with app.test_request_context():
        name = session_cookie_name()
    held = who.get_cookie(name)
    assert held is not None
    return f"{name}={held.value}"


def test_each_address_of_strangers_has_one_stream_and_members_have_their_own(
    app: Flask, members: Members, monkeypatch: Any
):
    monkeypatch.setattr(feed, "everything", endless)
    one, another = (cookie_of(app, signed_in(app, members.centre.tenant, "caseworker")) for _ in range(2))
    with readers(app) as here:
        assert here.ask("127.0.0.2") == (200, "")
        assert here.ask("127.0.0.2") == (429, "30")
        assert [here.ask(f"127.0.0.{number}")[0] for number in (3, 4)] == [200, 200]
        assert here.ask("127.0.0.5") == (503, "30")
        # Members come from a stranger's address, too.
        assert [here.ask("127.0.0.2", one) for _stream in range(3)] == [(200, ""), (200, ""), (429, "30")]
        assert [here.ask("127.0.0.2", another)[0] for _stream in range(2)] == [200, 503]
        here.standing[0].close()
        ends = time.monotonic() + 60
        while (told := here.ask("127.0.0.5")) != (200, "") and time.monotonic() < ends:
            assert told == (503, "30")
        assert told == (200, "")


def test_an_address_has_one_stream_in_all_processes_and_whoever_left_keeps_no_place(
    app: Flask, monkeypatch: Any
):
    other_process = seats.Seats(seats.AT_ONCE, seats.OF_AN_ADDRESS)
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.77"}):
        first = seats.Seat(None)
        monkeypatch.setattr(seats, "STRANGERS", other_process)
        for _try in range(2):  # what was refused has left nothing behind
            with pytest.raises(TooMany):
                seats.Seat(None)
        first.keep()
        first.give_back()
        first.give_back()
        again = seats.Seat(None)
        first.give_back()  # not the place of whoever came next
        monkeypatch.undo()
        with pytest.raises(TooMany):
            seats.Seat(None)
        again.give_back()


def test_a_house_is_one_stranger_however_many_addresses_it_has(app: Flask):
    held = []
    for one, is_free in (
        ("2001:db8:1:2::7", True),
        ("2001:db8:1:2:ffff::8", False),
        ("2001:db8:1:3::7", True),
        ("192.0.2.78", True),
        ("::ffff:192.0.2.78", False),
    ):
        with app.test_request_context(environ_base={"REMOTE_ADDR": one}):
            if is_free:
                held.append(seats.Seat(None))
            else:
                with pytest.raises(TooMany):
                    seats.Seat(None)
    for seat in held:
        seat.give_back()
