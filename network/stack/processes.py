"""Starting and stopping child processes so that none is ever left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

TETHER = Path(__file__).with_name("tether.py")


def start_tethered(
    command: Sequence[str | Path],
    *,
    end_signal: signal.Signals = signal.SIGTERM,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    user: tuple[int, int] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command`; the kernel sends it `end_signal` when this process dies, however it dies.

    It gets a session of its own, so that Ctrl-C reaches the supervisor alone and the order of stopping
    holds. As root, it can become another `user` and group. The kernel watches the *thread* that starts it:
    call this from one that lives as long as the process.
    """
    whom = "-" if user is None else f"{user[0]}:{user[1]}"
    tethered = [sys.executable, "-I", "-S", TETHER, str(os.getpid()), str(int(end_signal)), whom, *command]
    return subprocess.Popen(
        tethered,
        cwd=cwd,
        env=dict(environment) if environment is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=None if output == subprocess.PIPE else output,  # errors are read by people
        start_new_session=True,
    )


def stop(process: subprocess.Popen[bytes], *, signals: Sequence[signal.Signals], patience_s: float) -> int:
    """Send each of `signals` in turn, waiting `patience_s` after each, then SIGKILL to the whole group."""
    for one in signals:
        if process.poll() is not None:
            break
        process.send_signal(one)
        try:
            process.wait(patience_s)
        except subprocess.TimeoutExpired:
            continue
    kill_group(process)
    return process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a child's process group: a crashed parent may leave children of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def processes_in(folder: Path) -> list[int]:
    """Pids of live processes whose working directory is `folder`, as far as this user may see."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if os.path.samefile(entry / "cwd", folder):
                found.append(int(entry.name))
        except OSError:
            continue
    return found
