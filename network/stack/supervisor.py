"""One command for everything: starts the servers and processes in order, watches them, stops them cleanly."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import IO

import structlog

from network.stack.environment import Plan, Process
from network.stack.errors import ServerFailed
from network.stack.ports import reserved_port
from network.stack.postgres import EmbeddedPostgres
from network.stack.processes import kill_group, start_tethered, stop
from network.stack.redis import EmbeddedRedis
from network.stack.servers import prepare_database, running_servers

READY_TIMEOUT_S = 120.0
STOP_PATIENCE_S = 12.0
PROBED = ("/healthz", "/readyz", "/sign-in", "/api/v1/openapi.json")
WATCH_EVERY_S = 0.25
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
STEADY_AFTER_S = 60.0
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

log = structlog.get_logger(__name__)


class StopRequested(BaseException):
    """Somebody asked us to stop. Not an Exception: nothing on the way may swallow it."""


@contextmanager
def stopping_on_signals() -> Iterator[None]:
    """Turn the first SIGTERM, SIGINT or SIGHUP into StopRequested; later ones can't cut the stopping short."""

    def ask(signum: int, frame: FrameType | None) -> None:
        for one in STOP_SIGNALS:
            signal.signal(one, signal.SIG_IGN)
        raise StopRequested(signal.Signals(signum).name)

    before = {one: signal.signal(one, ask) for one in STOP_SIGNALS}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@dataclass
class Watched:
    """Something that must keep running, and how often it failed of late."""

    name: str
    start: Callable[[], subprocess.Popen[bytes] | None]
    process: subprocess.Popen[bytes] | None
    started_at: float = field(default_factory=time.monotonic)
    failures: int = 0
    start_again_at: float | None = None

    def look(self) -> None:
        """Note an end, and start again once the pause after it is over."""
        now = time.monotonic()
        if self.start_again_at is None:
            if self.process is None or (code := self.process.poll()) is None:
                return
            kill_group(self.process)
            self.failures = 1 if now - self.started_at > STEADY_AFTER_S else self.failures + 1
            pause_s = min(FIRST_PAUSE_S * 2 ** (self.failures - 1), LONGEST_PAUSE_S)
            self.start_again_at = now + pause_s
            log.error("process_ended", name=self.name, code=code, again_in_s=pause_s)
        elif now >= self.start_again_at:
            self.start_again_at = None
            self.started_at = now
            try:
                self.process = self.start()
            except ServerFailed as error:
                self.failures += 1
                self.start_again_at = now + LONGEST_PAUSE_S
                log.error("process_failed", name=self.name, error=str(error))


@dataclass
class Stack:
    """A running installation."""

    plan: Plan
    address: str
    watched: list[Watched]

    def probe(self) -> None:
        """Ask for what must answer on a working installation; raises ServerFailed with what didn't."""
        port = int(self.address.rpartition(":")[2])
        for path in PROBED:
            status, body = probe(port, path)
            if not http.client.OK <= status < http.client.BAD_REQUEST:
                raise ServerFailed(f"{path} answered {status or 'nothing'}: {body[:200]}")

    @contextmanager
    def without(self, name: Process) -> Iterator[None]:
        """Stop one process while something is done that it must not take part in; then start it again."""
        one = next(watched for watched in self.watched if watched.name == name)
        _stop_all([one])
        try:
            yield
        finally:
            one.process, one.started_at = one.start(), time.monotonic()
        _wait_until_ready(int(self.address.rpartition(":")[2]), [one])

    def watch(self) -> None:
        """Keep everything running until StopRequested."""
        while True:
            for one in self.watched:
                one.look()
            time.sleep(WATCH_EVERY_S)


@contextmanager
def running_stack(
    plan: Plan,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    port_patience_s: float = 0.0,
    durable: bool = True,
    output: IO[bytes] | None = None,
) -> Iterator[Stack]:
    """The whole installation, ready to answer; everything of it is stopped at the end, in reverse order.

    Call it from the main thread: the kernel ends our children when the thread that started them ends. The
    caller holds the lock on the data folder. What web server, worker and scheduler say goes to ``output``, else
    to where ours goes.
    """
    with ExitStack() as stack:
        chosen = stack.enter_context(reserved_port(host, port, patience_s=port_patience_s))
        address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{chosen}"  # noqa: S104  # told, not bound
        servers = stack.enter_context(running_servers(plan, durable=durable))
        watched = [
            Watched(name, _restarting(server), server.process)
            for name, server in (("postgres", servers.postgres), ("redis", servers.redis))
            if server is not None
        ]
        prepare_database(plan)
        children: list[Watched] = []
        stack.callback(_stop_all, children)
        for name, words in _commands(host, chosen).items():
            start = partial(_start_child, words, plan.variables(name, base_url=address), output)
            children.append(Watched(name, start, start()))
        _wait_until_ready(chosen, children)
        yield Stack(plan, address, watched + children)


def _commands(host: str, port: int) -> dict[Process, list[str]]:
    return {
        "web": ["web", "--host", host, "--port", str(port)],
        "worker": ["worker"],
        "scheduler": ["scheduler"],
    }


def _start_child(
    words: list[str], variables: Mapping[str, str], output: IO[bytes] | None
) -> subprocess.Popen[bytes]:
    return start_tethered([sys.executable, "-m", "network.cli", *words], environment=variables, output=output)


def _restarting(server: EmbeddedPostgres | EmbeddedRedis) -> Callable[[], subprocess.Popen[bytes] | None]:
    def start() -> subprocess.Popen[bytes] | None:
        server.start()
        return server.process

    return start


def _stop_all(children: list[Watched]) -> None:
    """Ask all at once, so that the slowest alone decides how long it takes."""
    running = [one.process for one in children if one.process is not None]
    for process in running:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_PATIENCE_S
    for process in running:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        stop(process, signals=(), patience_s=0)


def _wait_until_ready(port: int, children: list[Watched]) -> None:
    """Ask /readyz until it says yes; a process that ends meanwhile ends the waiting."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while True:
        for one in children:
            if one.process is not None and (code := one.process.poll()) is not None:
                raise ServerFailed(
                    f"The {one.name} process ended at once (code {code}); its words are above."
                )
        status, body = probe(port, "/readyz")
        if status == http.client.OK:
            return
        if time.monotonic() > deadline:
            raise ServerFailed(f"Not ready after {READY_TIMEOUT_S:.0f} s: {body or 'no answer'}")
        time.sleep(0.1)


def probe(port: int, path: str) -> tuple[int, str]:
    """Status and text of a GET on this machine; status 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace")
    except OSError:
        return 0, ""
    finally:
        connection.close()
