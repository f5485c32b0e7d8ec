"""What keeps the stack from starting is said in a sentence to whoever can mend it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from network.cli import network as commands
from network.core.settings import SettingsError
from network.stack.bootstrap import bootstrap
from network.stack.errors import StackError
from network.stack.processes import start_tethered
from network.stack.servers import wait_for_database, wait_for_redis
from tests.support.installations import ROOT, network, variables


def assert_says(done: subprocess.CompletedProcess[str], words: str) -> None:
    """One clear sentence, exit code 1, no traceback."""
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_database_that_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"postgresql://app:secret-word@127.0.0.1:{port}/network?connect_timeout=1"
    given = {"NETWORK_DATABASE_URL": url, "NETWORK_WORKER_DATABASE_URL": url}
    done = network("up", environment=variables(tmp_path, **given))
    assert_says(done, f"The database at postgresql://app@127.0.0.1:{port}/network")
    assert "secret-word" not in done.stderr


def test_redis_that_cannot_be_reached(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    given = {"NETWORK_REDIS_URL": f"redis://127.0.0.1:{port}/0"}
    assert_says(network("up", environment=variables(tmp_path, **given)), "The Redis at redis://127.0.0.1")


def test_address_of_a_server_that_is_none() -> None:
    for given in ("me:secret-word@host", "mysql://me:secret-word@host/network"):
        with pytest.raises(StackError, match="postgresql://name:password@host/database") as refused:
            wait_for_database(given, 0)
        with pytest.raises(StackError, match="postgresql://name:password@host/database"):
            bootstrap(given, {}, "network")
        assert "secret-word" not in str(refused.value)
    with pytest.raises(StackError, match="redis://host:6379/0"):
        wait_for_redis("me:secret-word@host", 0)


def test_web_server_alone_without_its_settings_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith("NETWORK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr("network.stack.web.serve", lambda *_: pytest.fail("started"))
    done = CliRunner().invoke(commands, ["web", "--port", "0"])
    assert isinstance(done.exception, SettingsError)


def test_one_database_address_without_the_other(tmp_path: Path) -> None:
    given = {"NETWORK_DATABASE_URL": "postgresql://app@127.0.0.1/network"}
    done = network("up", environment=variables(tmp_path, **given))
    assert_says(done, "Set NETWORK_WORKER_DATABASE_URL as well")


def test_missing_secret_in_production(tmp_path: Path) -> None:
    done = network("up", environment=variables(tmp_path, NETWORK_ENVIRONMENT="production"))
    assert_says(done, "In production nothing is made up: set NETWORK_MASTER_KEY")
    assert not (tmp_path / "keys" / "master_key").exists()


def test_read_only_disk(tmp_path: Path) -> None:
    mount = f"mount -t tmpfs -o ro none '{tmp_path}' && exec \"$@\""
    prefix = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    done = network("up", environment=variables(tmp_path / "instance"), prefix=prefix)
    assert_says(done, f"The data folder {tmp_path / 'instance'} can't be written: the disk is read-only")


def test_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "instance").touch()
    assert_says(network("up", environment=variables(tmp_path / "instance")), "a file is in the way")


def test_demonstration_never_enters_a_real_network(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    assert_says(
        network("demo", environment=variables(tmp_path)), "holds a network that is not the demonstration"
    )


def test_demonstration_is_never_run_as_a_real_network(tmp_path: Path) -> None:
    (tmp_path / "demonstration").write_text("[]")
    done = network("up", environment=variables(tmp_path, NETWORK_ENVIRONMENT="production"))
    assert_says(done, "holds the demonstration, whose people are invented")


def test_doctor_names_a_key_that_others_may_read(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "master_key").touch(mode=0o644)
    done = network("doctor", environment=variables(tmp_path))
    assert done.returncode == 1
    assert f"wrong    keys: others may read {tmp_path / 'keys' / 'master_key'}" in done.stdout


def imported_by(module: str, *others: str) -> str:
    """Which of the others come in with a module."""
    code = f"import sys, {module}; print(*set({others!r}) & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return said.stdout.strip()


def test_starting_the_command_builds_no_application() -> None:
    assert imported_by("network.cli", "network.app", "sqlalchemy") == ""


def test_an_application_is_built_without_what_only_printing_and_workbooks_need() -> None:
    assert imported_by("network.app", "fpdf", "fontTools", "PIL", "openpyxl") == ""


def test_help_lists_every_command_without_importing_any() -> None:
    done = network("--help", environment=dict(os.environ))
    assert done.returncode == 0
    for command in (
        "up",
        "demo",
        "doctor",
        "rehearse",
        "bench",
        "db",
        "routes",
        "web",
        "worker",
        "scheduler",
    ):
        assert f"\n  {command} " in done.stdout


def test_make_help_says_what_can_be_made() -> None:
    make = shutil.which("make")
    assert make is not None
    said = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "demo", "test", "check", "lock"):
        assert f"make {target} " in said


def test_what_a_process_says_of_an_error_is_read_also_where_its_answer_is_caught(
    capfd: pytest.CaptureFixture[str],
) -> None:
    words = "import sys; print('answer'); print('what went wrong', file=sys.stderr)"
    process = start_tethered([sys.executable, "-c", words], output=subprocess.PIPE)
    said, _ = process.communicate(timeout=120)
    assert said == b"answer\n"
    assert "what went wrong" in capfd.readouterr().err
