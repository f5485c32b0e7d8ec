"""One command runs everything, and leaves nothing behind however it ends."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

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

PATIENCE_S = 60.0  # 3 s on a machine that does nothing else


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("installation") / "instance"


@pytest.fixture(scope="module")
def up(data: Path) -> Iterator[Running]:
    """An installation that runs while the tests of this module look at it."""
    with running(variables(data)) as started:
        yield started


def wait_for(port: int, path: str) -> None:
    """Wait until `path` answers well."""
    deadline = time.monotonic() + PATIENCE_S
    while (answer := probe(port, path))[0] != http.client.OK:
        assert time.monotonic() < deadline, answer
        time.sleep(0.1)


def test_it_is_ready_when_it_says_so(up: Running) -> None:
    assert probe(up.port, "/readyz")[0] == http.client.OK


def test_a_second_copy_on_the_same_data_is_refused(up: Running, data: Path) -> None:
    second = network("up", environment=variables(data))
    assert second.returncode == 1
    assert f"Another copy is already running on {data} at {up.address}" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.usefixtures("up")
def test_commands_use_the_servers_of_the_running_copy(data: Path) -> None:
    assert network("db", "current", environment=variables(data)).returncode == 0
    doctor = network("doctor", environment=variables(data))
    assert doctor.returncode == 0, doctor.stdout
    assert "roles: the application owns nothing" in doctor.stdout
    assert "audit anchors: " in doctor.stdout


def test_headquarters_are_opened_once_and_their_first_administrator_can_join(up: Running, data: Path) -> None:
    words = ("headquarters", "--name", "The network", "--country", "jo")
    first, second = (network(*words, environment=variables(data)) for _ in range(2))
    assert first.returncode == 0, first.stderr
    link = re.search(r"Join here: (\S+)", first.stdout)
    assert link is not None
    assert link[1] in second.stdout
    assert link[1].startswith(f"{up.address}/join/")
    wait_for(up.port, link[1].removeprefix(up.address))


@pytest.mark.parametrize("wanted", [("network.cli web", "granian"), ("redis-server",), ("postgres -D",)])
def test_what_crashes_is_started_again(up: Running, wanted: tuple[str, ...]) -> None:
    children = [one for one in processes() if one.parent == up.process.pid]
    one = next(one for one in children if any(word in one.command for word in wanted))
    os.kill(one.pid, signal.SIGKILL)
    assert wait_until_gone([one]) == []
    wait_for(up.port, "/readyz")


def test_no_orphan_is_left_by_a_kill_nor_by_a_stop(tmp_path: Path) -> None:
    data = tmp_path / "instance"
    with running(variables(data)) as up:
        orphans = family(up.process.pid)
        assert len(orphans) > 8
        up.process.send_signal(signal.SIGKILL)
        up.process.wait()
        with running(variables(data)) as again:  # at once, while the orphans still end
            assert wait_until_gone(orphans) == []
            children = family(again.process.pid)
            assert again.stop() == 0
            assert wait_until_gone(children, timeout_s=0) == []
    assert processes_in(data / "postgres") == []


def test_it_runs_as_an_ordinary_user_in_a_deep_path_with_spaces_beside_a_taken_port(tmp_path: Path) -> None:
    data = tmp_path / "a folder" / ("deep" * 20) / ("deeper" * 20) / "instance"
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        words = ("up", "--check", "--port", str(taken))
        for _ in range(2):
            checked = network(*words, environment=variables(data), prefix=not_root())
            assert checked.returncode == 0, checked.stderr
            assert f"Port {taken} is taken" in checked.stdout
            assert re.search(r"Ready: http://127\.0\.0\.1:\d+", checked.stdout)
            assert f"127.0.0.1:{taken} " not in checked.stdout
            assert "WARNING" not in checked.stdout + checked.stderr
    assert processes_in(data / "postgres") == []
    assert not (data / "run-folder").exists()
