"""Whoever sends slowly holds up nobody, and is hung up on."""

from __future__ import annotations

import io
import socket
import time
from contextlib import closing
from threading import Event, Thread
from typing import Any

from network.stack.bodies import LARGEST, Bodies, Coming
from network.stack.patience import Patience
from network.stack.turns import Turns


class Slow(io.RawIOBase):
    """A body of which nothing comes until it is told to."""

    def __init__(self) -> None:
        self.asked, self.go_on = Event(), Event()

    def read(self, _size: int = -1) -> bytes:
        """Its end, after a long while."""
        self.asked.set()
        assert self.go_on.wait(60)
        return b""


def post(address: str, body: Any, length: int | str = 10) -> dict[str, Any]:
    return {"REMOTE_ADDR": address, "CONTENT_LENGTH": str(length), "wsgi.input": body}


def echo(environ: dict[str, Any], start: Any) -> list[bytes]:
    start("200 OK", [])
    body = environ.get("wsgi.input")
    return [body.read() if body else b"page"]


def test_bodies_that_do_not_come_take_no_turn_and_one_address_never_has_all_their_places():
    served = Turns(echo, 1, Bodies(at_once=3, of_an_address=2))
    told: list[str] = []

    def ask(environ: dict[str, Any]) -> list[bytes]:
        return list(served(environ, lambda status, _headers: told.append(status)))

    slow = [Slow(), Slow()]
    threads = [Thread(target=ask, args=(post("192.0.2.1", one),)) for one in slow]
    for thread, one in zip(threads, slow, strict=True):
        thread.start()
        assert one.asked.wait(60)
    assert ask({"REMOTE_ADDR": "192.0.2.1"}) == [b"page"]
    assert ask(post("192.0.2.1", io.BytesIO(b"me too"))) == [b""]
    assert ask(post("192.0.2.2", io.BytesIO(b"other"))) == [b"other"]
    assert told == ["200 OK", "503 Service Unavailable", "200 OK"]
    for one in slow:
        one.go_on.set()
    for thread in threads:
        thread.join(60)
    assert served.bodies.coming() == []


def test_a_body_in_pieces_comes_with_its_length_and_too_large_a_one_not_at_all():
    served, told = Turns(echo, 1), []
    pieces = {"wsgi.input": io.BytesIO(b"in pieces"), "HTTP_TRANSFER_ENCODING": "chunked"}
    assert list(served(pieces, lambda status, _headers: told.append(status))) == [b"in pieces"]
    assert pieces["CONTENT_LENGTH"] == "9"
    assert "HTTP_TRANSFER_ENCODING" not in pieces
    endless = {"wsgi.input": io.BytesIO(bytes(LARGEST + 1)), "HTTP_TRANSFER_ENCODING": "chunked"}
    assert list(served(endless, lambda status, _headers: told.append(status))) == [b""]
    assert told == ["200 OK", "413 Content Too Large"]


def test_whoever_hardly_sends_is_hung_up_on_and_who_was_answered_is_not():
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        ends = []
        for _visitor in range(3):
            ends.append((socket.create_connection(listener.getsockname()), listener.accept()[0]))
        (slow, held), (answered, other), (_silent, _third) = ends
        since = time.monotonic()
        slow.sendall(b"POST")
        answered.sendall(b"GET")
        assert (held.recv(9), other.recv(9)) == (b"POST", b"GET")
        time.sleep(0.02)  # the kernel counts in milliseconds
        other.sendall(b"200")
        coming = [Coming("127.0.0.1", since)]
        assert Patience(lambda *_: 0, lambda: coming).look_at_senders(since + 1) == 0
        assert Patience(lambda *_: 0, lambda: coming, 0.0).look_at_senders(time.monotonic()) == 1
        slow.settimeout(10)
        assert slow.recv(9) == b""
        assert answered.recv(9) == b"200"
        for end in ends:
            for one in end:
                one.close()
