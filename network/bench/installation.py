"""A throwaway installation to measure: servers as `network up` starts them, with nobody's data in them."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from network.stack.environment import Plan
from network.stack.errors import ServerFailed
from network.stack.ports import reserved_port
from network.stack.processes import start_tethered, stop
from network.stack.servers import prepare_database, running_servers
from network.stack.supervisor import STOP_PATIENCE_S, STOP_SIGNALS, probe
from network.stack.throwaway import throwaway_plan

HOST = "127.0.0.1"
READY_TIMEOUT_S = 60.0


@contextmanager
def throwaway_installation() -> Iterator[Plan]:
    """Servers and a migrated, empty database in a temporary folder; everything is gone at the end.

    PostgreSQL runs with the durable settings of ``network up``.
    """
    with throwaway_plan("bench") as plan, running_servers(plan, durable=True):
        prepare_database(plan)
        yield plan


@contextmanager
def serving(
    plan: Plan, words: Sequence[str], log: Path, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a web server that ``words`` start; "{port}" among them becomes its port."""
    with reserved_port(HOST, 0) as port, log.open("wb") as output:
        address = f"http://{HOST}:{port}"
        process = start_tethered(
            [sys.executable, *(word.format(port=port) for word in words)],
            environment=plan.variables("web", base_url=address) | dict(more or {}),
            output=output.fileno(),
        )
        try:
            _wait_until_it_answers(process, port, log)
            yield address
        finally:
            stop(process, signals=STOP_SIGNALS[:1], patience_s=STOP_PATIENCE_S)


def product() -> tuple[str, ...]:
    """The words that start the web server of the product, as ``network up`` does."""
    return ("-m", "network.cli", "web", "--host", HOST, "--port", "{port}")


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while probe(port, "/healthz")[0] != http.client.OK:
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-4000:]
            raise ServerFailed(f"A web server did not start; it said:\n{said}")
        time.sleep(0.05)
