"""Whoever reads slowly holds up nobody: answers on their way take no turn from those that are made."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

from network.stack.turns import Turns


def test_long_answers_that_nobody_reads_leave_the_turns_to_others():
    closed: list[str] = []

    def application(environ: dict[str, Any], _start: Any) -> Iterator[bytes] | list[bytes]:
        if environ["PATH_INFO"] == "/short":
            return [b"short"]

        def parts() -> Iterator[bytes]:
            try:
                yield b"one"
                yield b"two"
            finally:
                closed.append(environ["PATH_INFO"])

        return parts()

    served = Turns(application, 1)
    slow = [served({"PATH_INFO": f"/long-{number}"}, None) for number in range(3)]
    assert [next(iter(one)) for one in slow] == [b"one"] * 3
    assert served({"PATH_INFO": "/short"}, None) == [b"short"]
    later = time.monotonic() + 61
    assert (served.kept_waiting(later, 60), served.kept_waiting(later, 600)) == (3, 0)
    assert list(slow[0]) == [b"two"]
    for one in slow:
        one.close()
    assert served.kept_waiting(later, 0) == 0
    assert sorted(closed) == ["/long-0", "/long-1", "/long-2"]


def test_no_more_are_at_work_than_there_are_turns():
    at_work, go_on, begun = [], Event(), Event()

    def application(_environ: dict[str, Any], _start: Any) -> list[bytes]:
        at_work.append(1)
        begun.set()
        assert go_on.wait(60)
        return [b""]

    served = Turns(application, 1)
    threads = [Thread(target=served, args=({}, None)) for _request in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    assert len(at_work) == 1
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert len(at_work) == 3
