"""One command runs everything, and leaves nothing behind however it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import time
from pathlib import Path

from network.stack.processes import processes_in
from network.stack.supervisor import probe
from tests.support.installations import (
    Running,
    family,
    network,
    not_root,
    processes,
    running,
    variables,
    wait_until_gone,
)


def test_it_starts_answers_refuses_a_second_copy_and_stops_cleanly(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    with running(variables(data)) as up:
        assert probe(up.port, "/readyz")[0] == http.client.OK
        second = network("up", environment=variables(data))
        assert second.returncode == 1
        assert f"Another copy is already running on {data} at {up.address}" in second.stderr
        assert "Traceback" not in second.stderr
        assert network("db", "current", environment=variables(data)).returncode == 0
        doctor = network("doctor", environment=variables(data))
        assert doctor.returncode == 0, doctor.stdout
        assert "roles: the application owns nothing" in doctor.stdout
        assert_first_administrator_can_join(up, data)
        started = family(up.process.pid)
        assert len(started) > 8
        assert up.stop() == 0
        assert wait_until_gone(started, timeout_s=0) == []
    assert processes_in(data / "postgres") == []


def test_killing_it_leaves_no_orphan_and_it_starts_again_at_once(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    with running(variables(data)) as up:
        orphans = family(up.process.pid)
        assert len(orphans) > 8
        up.process.send_signal(signal.SIGKILL)
        up.process.wait()
        started_at = time.monotonic()
        with running(variables(data)) as again:
            assert time.monotonic() - started_at < 30  # 3 s on a machine that does nothing else
            assert probe(again.port, "/readyz")[0] == http.client.OK
            assert wait_until_gone(orphans) == []


def test_what_crashes_is_started_again(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    with running(variables(data)) as up:
        for wanted in (("network.cli web", "granian"), ("redis-server",), ("postgres -D",)):
            _kill_one(up.process.pid, wanted)
            deadline = time.monotonic() + 20
            time.sleep(0.3)
            while probe(up.port, "/readyz")[0] != http.client.OK:
                assert time.monotonic() < deadline, wanted
                time.sleep(0.1)


def test_it_runs_as_an_ordinary_user_in_a_deep_path_with_spaces(tmp_path: Path) -> None:
    data = tmp_path / "a folder" / ("deep" * 20) / ("deeper" * 20) / "instance"
    for _ in range(2):
        checked = network("up", "--check", "--port", "0", environment=variables(data), prefix=not_root())
        assert checked.returncode == 0, checked.stderr
        assert "Ready: http://127.0.0.1:" in checked.stdout
    assert processes_in(data / "postgres") == []
    assert not (data / "run-folder").exists()


def test_a_taken_port_is_stepped_over_and_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        checked = network("up", "--check", "--port", str(port), environment=variables(tmp_path / "instance"))
    assert checked.returncode == 0, checked.stderr
    assert f"Port {port} is taken" in checked.stdout
    assert f"Ready: http://127.0.0.1:{port}" not in checked.stdout


def assert_first_administrator_can_join(up: Running, data: Path) -> None:
    """The headquarters are opened once, and lead to a page where their first administrator joins."""
    words = ("headquarters", "--name", "The network", "--country", "jo")
    first, second = (network(*words, environment=variables(data)) for _ in range(2))
    assert first.returncode == 0, first.stderr
    link = re.search(r"Join here: (\S+)", first.stdout)
    assert link is not None
    assert link[1] in second.stdout
    assert link[1].startswith(f"{up.address}/join/")
    deadline = time.monotonic() + 20
    while probe(up.port, link[1].removeprefix(up.address))[0] != http.client.OK:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _kill_one(supervisor: int, wanted: tuple[str, ...]) -> None:
    """Kill the child of the supervisor whose command contains one of `wanted`."""
    children = [one for one in processes() if one.parent == supervisor]
    one = next(one for one in children if any(word in one.command for word in wanted))
    os.kill(one.pid, signal.SIGKILL)
