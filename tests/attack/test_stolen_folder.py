"""What somebody finds who carries the whole data folder away, but not the master key."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql
from sqlalchemy import select

from network.cases import queries as read
from network.cases.models import Client
from network.core.db import db
from network.tenants.context import job_identity, scope
from tests.support.demonstration import Installation

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")
SHORTEST = 6
Search = Callable[..., set[str]]


@pytest.fixture(scope="module")
def secrets(installation: Installation) -> set[str]:
    """Names of all clients in every script, their numbers and papers."""
    found: set[str] = set()
    for tenant_id in installation.world.tenants.values():
        with installation.app.test_request_context(), scope(job_identity(tenant_id)):
            for client in db.session.scalars(select(Client)):
                card = read.card_of(client)
                found |= {card.name, *card.other_names}
                found |= {str(one.number) for one in read.list_contacts(client.id) if one.number}
                papers = (one.details.get("number") for one in read.list_documents(client.id))
                found |= {str(one) for one in papers if one}
    return found


def written(secrets: set[str]) -> set[bytes]:
    """How each could stand in a file: in several encodings, as hex, numbers without their sign."""
    ways: set[bytes] = set()
    for one in secrets:
        for text in {one, one.lower(), one.upper(), one.removeprefix("+")}:
            if len(text) >= SHORTEST:
                ways |= {text.encode(code) for code in ENCODINGS}
                ways |= {text.encode().hex().encode()}
    return {one for one in ways if b"\n" not in one}


@pytest.fixture(scope="module")
def search(secrets: set[str], tmp_path_factory: pytest.TempPathFactory) -> Search:
    """Looks through every byte of files and folders for any of it; the names of the files where it stands."""
    patterns = tmp_path_factory.mktemp("searching") / "patterns"
    patterns.write_bytes(b"\n".join(sorted(written(secrets))))

    def look(*places: Path) -> set[str]:
        found = subprocess.run(
            [
                "grep",
                "--recursive",
                "--text",
                "--fixed-strings",
                "--files-with-matches",
                "-f",
                patterns,
                *places,
            ],
            env=os.environ | {"LC_ALL": "C"},
            capture_output=True,
            check=False,
        )
        # A socket or a file that the server has just removed is no find, and no fault.
        assert found.returncode in (0, 1, 2), found.stderr
        return set(found.stdout.decode().splitlines())

    return look


def folders(installation: Installation) -> Iterator[Path]:
    """Where the servers and the application keep anything."""
    yield installation.folder
    with psycopg.connect(installation.database.admin_url, autocommit=True) as admin:
        admin.execute("CHECKPOINT")
        for setting in ("data_directory", "unix_socket_directories"):
            [(folder,)] = admin.execute(sql.SQL("SHOW {}").format(sql.Identifier(setting))).fetchall()
            yield Path(folder)


def test_there_is_much_to_be_found(secrets: set[str]) -> None:
    assert len(secrets) > 60
    assert any(re.search("[\u0600-\u06ff]", one) for one in secrets)
    assert any(re.search("[\u0980-\u09ff]", one) for one in secrets)
    assert any(one.startswith("+") for one in secrets)


def test_the_search_itself_finds_what_is_there(secrets: set[str], search: Search, tmp_path: Path) -> None:
    """A guard that could not fail would prove nothing."""
    hidden = sorted(one for one in secrets if len(one) >= SHORTEST)
    for place, one in enumerate(hidden):
        code = ENCODINGS[place % len(ENCODINGS)]
        (tmp_path / f"{place}").write_bytes(b"\0\xff" + one.upper().encode(code) + b"\n\0")
    found = search(tmp_path)
    missed = {one for place, one in enumerate(hidden) if str(tmp_path / f"{place}") not in found}
    assert {one for one in missed if b"\n" not in one.encode("utf-16-be") + one.encode("utf-16-le")} == set()


def test_no_file_of_the_data_folder_names_anybody(installation: Installation, search: Search) -> None:
    """Heap, indexes, write-ahead log, logs and settings: read as bytes, whatever they are."""
    places = list(folders(installation))
    assert (
        sum(path.stat().st_size for place in places for path in place.rglob("*") if path.is_file())
        > 30_000_000
    )
    assert search(*places) == set()


def test_no_column_of_any_table_names_anybody(
    installation: Installation, search: Search, tmp_path: Path
) -> None:
    """Also what the server keeps compressed: every value of every table, unpacked, as its administrator reads it."""
    rows = 0
    with psycopg.connect(installation.database.admin_url) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'network_private')"
        ).fetchall()
        for schema, table in tables:
            with (tmp_path / f"{schema}.{table}").open("wb") as copied:
                for row in admin.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))):
                    rows += 1
                    for value in row:
                        copied.write(bytes(value) if isinstance(value, bytes) else str(value).encode())
                        copied.write(b"\n")
    assert rows > 2_000
    assert search(tmp_path) == set()


def test_redis_names_nobody(installation: Installation, search: Search, tmp_path: Path) -> None:
    server = redis.Redis.from_url(installation.redis_url)
    held = [key + b" " + (server.dump(key) or b"") for key in server.scan_iter()]
    (tmp_path / "redis").write_bytes(b"\n".join(held))
    assert search(tmp_path) == set()
