"""The embedded PostgreSQL: safe settings, and starts that no leftover can stop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from network.stack.postgres import EmbeddedPostgres
from tests.support.servers import Server, short_folder

STALE = {
    "cut short": lambda data: "",
    "nonsense": lambda data: "half a li",
    "reused pid": lambda data: f"{os.getppid()}\n{data}\n1700000000\n5432\n/tmp\n\n  1 2\nready\n",
    "dead pid": lambda data: f"4194303\n{data}\n1700000000\n5432\n/tmp\n\n  1 2\nready\n",
}


@pytest.fixture
def run_dir() -> Iterator[Path]:
    with short_folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the starts of this module."""
    return tmp_path_factory.mktemp("with a space") / "postgres"


def server(data: Path, run_dir: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(data, run_dir, administrator_password="secret", durable=False)


@pytest.mark.parametrize("leftover", STALE)
def test_stale_lock_file_does_not_stop_a_start(data: Path, run_dir: Path, leftover: str) -> None:
    with server(data, run_dir):
        pass
    (data / "postmaster.pid").write_text(STALE[leftover](data))
    (run_dir / ".s.PGSQL.5432.lock").write_text(STALE[leftover](data))
    with server(data, run_dir) as again, psycopg.connect(again.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_initdb_that_was_cut_short_is_begun_anew(tmp_path: Path, run_dir: Path) -> None:
    half = tmp_path / ".postgres-making-1a2b3c"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    with server(tmp_path / "postgres", run_dir):
        assert not half.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["postgres"]


def test_passwords_are_asked_for_even_on_the_socket(data: Path, run_dir: Path) -> None:
    with server(data, run_dir) as running, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(running.url(password="guess"))


def test_data_and_socket_are_for_their_owner_alone(data: Path, run_dir: Path) -> None:
    with server(data, run_dir):
        assert data.stat().st_mode & 0o077 == 0
        assert (run_dir / ".s.PGSQL.5432").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("data_checksums", "on"),
        ("password_encryption", "scram-sha-256"),
        ("log_error_verbosity", "terse"),  # a failing row's values must not reach the log
        ("log_min_error_statement", "panic"),
        ("server_encoding", "UTF8"),
    ],
)
def test_settings_that_safety_rests_on(postgres: Server, setting: str, value: str) -> None:
    with psycopg.connect(postgres.admin_url) as connection:
        assert connection.execute("SELECT current_setting(%s)", [setting]).fetchone() == (value,)


def test_text_sorts_and_folds_as_unicode_on_every_machine(postgres: Server) -> None:
    with psycopg.connect(postgres.admin_url) as connection:
        found = connection.execute(
            "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'template0'"
        ).fetchone()
        folded = connection.execute("SELECT lower('ÄÉ'), upper('ß')").fetchone()
    assert found == ("b", "PG_UNICODE_FAST")
    assert folded == ("äé", "SS")
