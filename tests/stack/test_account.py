"""PostgreSQL refuses root: root becomes somebody else, one way or the other."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.stack.account import Account, find_account, require_way
from network.stack.errors import StackError
from network.stack.postgres import EmbeddedPostgres, find_binaries
from tests.support.installations import network, variables

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user becomes nobody else")
NOBODY = Account(user=(pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid))


@pytest.fixture
def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that refuses namespaces, as containers often do; the folder put first on its PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "unshare").write_text("#!/bin/sh\necho 'Operation not permitted' >&2; exit 1\n")
    (folder / "unshare").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return folder


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="network-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_root_uses_a_namespace_and_its_files_stay_its_own(tmp_path: Path) -> None:
    account = find_account(tmp_path / "postgres")
    assert account.user is None
    assert account.prefix[0] == "unshare"


def test_data_of_another_user_is_run_as_that_user(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 12345)
    assert find_account(tmp_path) == Account(user=(12345, 12345))


@pytest.mark.usefixtures("refused")
def test_a_folder_that_is_closed_to_others_is_named(tmp_path: Path) -> None:
    done = network("up", environment=variables(tmp_path / "instance"))
    assert done.returncode == 1
    assert f"may not pass through {tmp_path.parent}" in done.stderr
    assert "NETWORK_ADMIN_DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("refused")
def test_root_gives_up_its_rights_where_namespaces_are_refused(open_folder: Path) -> None:
    try:
        require_way(NOBODY, find_binaries() or Path("/nowhere"))
    except StackError as closed:
        pytest.skip(str(closed))
    data = open_folder / "instance"
    for _ in range(2):
        done = network("up", "--check", "--port", "0", environment=variables(data))
        assert done.returncode == 0, done.stderr
    assert (data / "postgres").stat().st_uid != 0
    assert {path.stat().st_uid for path in (data / "keys").iterdir()} == {0}
    assert (data / "keys").stat().st_mode & 0o077 == 0


def test_the_server_runs_as_the_owner_of_its_data(open_folder: Path) -> None:
    data = open_folder / "postgres"
    data.mkdir()
    os.chown(data, *NOBODY.user or (0, 0))
    try:
        require_way(NOBODY, find_binaries() or Path("/nowhere"))
    except StackError as closed:
        pytest.skip(str(closed))
    with EmbeddedPostgres(
        data, open_folder / "run", administrator_password="secret", durable=False
    ) as server:
        assert server.process is not None
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        assert f"Uid:\t{NOBODY.user[0] if NOBODY.user else 0}" in status
