"""The process that serves the floor: records the pages once, then answers from as many workers as the product.

Run as ``python -m network.bench.floor_server PORT``, with the path of a task in NETWORK_BENCH_TASK.
"""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask

from network.app import create_app
from network.bench.floor import Floor, Tread, check_likeness, record_floor
from network.bench.replay import Connections
from network.bench.visitor import Ask, Visitor
from network.stack.web import become_worker, in_turns, serve
from network.tenants.keys import settings

TASK = "NETWORK_BENCH_TASK"


@dataclass(frozen=True)
class Task:
    """Which requests the floor answers, by their marks, and with whose session. ``facts``: where to say what it saw."""

    cookies: dict[str, str]
    csrf_token: str
    asks: dict[str, Ask]
    varying: frozenset[str]
    facts: str


@dataclass(frozen=True)
class Facts:
    """What a recorded request did."""

    statements: int
    transactions: int
    commits: int
    template: str


_treads: dict[str, Tread] = {}
_app: Flask | None = None


def keep(task: Task, path: Path) -> None:
    """Write a task where the process will find it. It holds a session: the file is for its owner alone."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(task))


def read_facts(path: Path) -> dict[str, Facts]:
    """What the process has seen of each page, by its mark."""
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Facts])


def main(port: int) -> None:
    """Record, say what was seen, and serve."""
    global _app
    task = msgspec.json.decode(Path(os.environ[TASK]).read_bytes(), type=Task)
    visitor = Visitor("")
    visitor.cookies, visitor.csrf_token = task.cookies, task.csrf_token
    _app = create_app()
    signer = _app.extensions["network_signer"]
    asks = {mark: (ask, mark in task.varying) for mark, ask in task.asks.items()}
    _treads.update(record_floor(_app, visitor, asks, signer.sign))
    check_likeness(_app, _treads, visitor, _database_url(_app))
    facts = {mark: asdict(_facts(tread)) for mark, tread in _treads.items()}
    Path(task.facts).write_bytes(msgspec.json.encode(facts))
    serve("127.0.0.1", port, factory="network.bench.floor_server:application")


def application() -> Any:
    """The floor in a worker, which was forked with all that was recorded."""
    become_worker()
    if _app is None:
        raise RuntimeError("the floor is served by the process that recorded it")
    return in_turns(Floor(_app, _treads, Connections(_database_url(_app))))


def _database_url(app: Flask) -> str:
    with app.app_context():
        return settings().database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def _facts(tread: Tread) -> Facts:
    recording = tread.recording
    return Facts(
        statements=recording.statements,
        transactions=len(recording.transactions),
        commits=sum(one.commits for one in recording.transactions),
        template=str(recording.template.name) if recording.template is not None else "",
    )


if __name__ == "__main__":
    # The workers import this module by its name: what was recorded must be found there.
    importlib.import_module("network.bench.floor_server").main(int(sys.argv[1]))
