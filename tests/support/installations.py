"""Starting `network` as its operator does, as a program of its own, and looking for what it leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from network.stack.account import find_account

ROOT = Path(__file__).resolve().parents[2]
READY_TIMEOUT_S = 60.0


@dataclass
class Running:
    """A `network up` that said that it is ready."""

    process: subprocess.Popen[str]
    address: str
    said: list[str]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def variables(data_dir: Path, **others: str) -> dict[str, str]:
    """The environment of a fresh machine with this data folder."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NETWORK_")}
    return inherited | {"NETWORK_DATA_DIR": str(data_dir)} | others


def network(
    *words: str, environment: Mapping[str, str], prefix: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a `network` command to its end."""
    return subprocess.run(
        [*prefix, sys.executable, "-m", "network.cli", *words],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


@contextmanager
def running(environment: Mapping[str, str], *words: str, prefix: Sequence[str] = ()) -> Iterator[Running]:
    """`network up` until the block ends; killed if it doesn't end by itself."""
    process = subprocess.Popen(
        [*prefix, sys.executable, "-m", "network.cli", "up", "--port", "0", *words],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield _wait_until_ready(process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def not_root() -> tuple[str, ...]:
    """Words that make a command run as an ordinary user; none where we already are one."""
    return find_account(Path("/nowhere")).prefix


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one with the same number."""

    pid: int
    parent: int
    started: str
    command: str


def processes() -> list[Process]:
    """Every live process; one that ended and waits for its parent to notice counts as gone."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            continue
        if fields[0] not in "ZX":
            found.append(Process(int(entry.name), int(fields[1]), fields[19], command))
    return found


def family(pid: int) -> list[Process]:
    """The live processes that `pid` started, and those that they started."""
    everything = processes()
    known, found = {pid}, []
    for _ in range(5):
        found = [one for one in everything if one.parent in known]
        known |= {one.pid for one in found}
    return found


def wait_until_gone(expected: list[Process], timeout_s: float = 15.0) -> list[str]:
    """Commands of those that are still there when none should be; empty as soon as all are gone."""
    deadline = time.monotonic() + timeout_s
    wanted = {(one.pid, one.started) for one in expected}
    while left := [one.command for one in processes() if (one.pid, one.started) in wanted]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return left


def _wait_until_ready(process: subprocess.Popen[str]) -> Running:
    said: list[str] = []
    deadline = time.monotonic() + READY_TIMEOUT_S
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line.rstrip())
        if line.startswith("Ready: "):
            return Running(process, line.split()[1], said)
        if time.monotonic() > deadline:
            break
    raise AssertionError("not ready:\n" + "\n".join(said))
