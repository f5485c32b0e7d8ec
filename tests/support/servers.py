"""Throwaway servers for a test run: each xdist worker has its own, or shares the one that it was given."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from network.stack.bootstrap import LOGIN_ROLES, bootstrap, make_database, with_database
from network.stack.postgres import EmbeddedPostgres
from network.stack.redis import EmbeddedRedis

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server that the tests may do with as they like."""

    admin_url: str
    passwords: dict[str, str]

    def url(self, role: str, database: str) -> str:
        """Address of `database` for one of the three login roles."""
        host = with_database(self.admin_url, database)
        scheme, rest = host.split("://", 1)
        return f"{scheme}://{role}:{self.passwords[role]}@{rest.split('@', 1)[-1]}"


@dataclass(frozen=True)
class Database:
    """A bootstrapped, migrated database and its address for each role."""

    name: str
    admin_url: str
    owner_url: str
    app_url: str
    worker_url: str


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder for sockets: its path is short, whatever the path of the tests is."""
    folder = Path(tempfile.mkdtemp(prefix="network-test-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_postgres(folder: Path) -> Iterator[Server]:
    """The server named by NETWORK_ADMIN_DATABASE_URL, or a throwaway one with its data in `folder`."""
    given = os.environ.get("NETWORK_ADMIN_DATABASE_URL")
    if given:
        # Roles belong to the whole server: workers that run side by side must agree on the passwords.
        yield Server(given, {role: _derived(given, role) for role in LOGIN_ROLES})
        return
    passwords = {role: secrets.token_hex(16) for role in LOGIN_ROLES}
    with (
        short_folder() as run_dir,
        EmbeddedPostgres(
            folder / "postgres", run_dir, administrator_password=secrets.token_hex(16), durable=False
        ) as server,
    ):
        yield Server(server.url(), passwords)


@contextmanager
def running_redis() -> Iterator[str]:
    """The address in NETWORK_REDIS_URL, or a throwaway Redis."""
    given = os.environ.get("NETWORK_REDIS_URL")
    if given:
        yield given
        return
    with short_folder() as run_dir, EmbeddedRedis(run_dir, password=secrets.token_hex(16)) as server:
        yield server.url


def make_template(server: Server) -> str:
    """Bootstrap and migrate once; the name of a database to copy."""
    name = f"network_template_{secrets.token_hex(4)}"
    bootstrap(server.admin_url, server.passwords, name)
    migrate(database_of(server, name))
    return name


@contextmanager
def copy_of(server: Server, template: str) -> Iterator[Database]:
    """A database of its own, copied from `template` and dropped at the end."""
    name = f"network_test_{secrets.token_hex(6)}"
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        make_database(admin, name, template)
    try:
        yield database_of(server, name)
    finally:
        drop_database(server, name)


def database_of(server: Server, name: str) -> Database:
    """The addresses of the database called `name`."""
    return Database(
        name=name,
        admin_url=with_database(server.admin_url, name),
        owner_url=server.url("network_owner", name),
        app_url=server.url("network_app", name),
        worker_url=server.url("network_worker", name),
    )


def drop_database(server: Server, name: str) -> None:
    """Drop it, and whoever is still connected to it."""
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def migrate(database: Database, revision: str = "head") -> None:
    """Run the migrations as the owner, as `network db upgrade` does."""
    from network.stack.migrations import upgrade

    upgrade(database.owner_url, revision)


def network_environment(database: Database, redis_url: str, data_dir: Path) -> dict[str, str]:
    """What `network up` would give its children, for `database`."""
    keys = ("MASTER_KEY", "CONTEXT_KEY", "SECRET_KEY", "AUDIT_KEY", "INDEX_KEY")
    return {
        "NETWORK_ENVIRONMENT": "test",
        "NETWORK_DATA_DIR": str(data_dir),
        "NETWORK_DATABASE_URL": database.app_url,
        "NETWORK_WORKER_DATABASE_URL": database.worker_url,
        "NETWORK_OWNER_DATABASE_URL": database.owner_url,
        "NETWORK_ADMIN_DATABASE_URL": database.admin_url,
        "NETWORK_REDIS_URL": redis_url,
        "NETWORK_BASE_URL": "http://localhost",
        **{f"NETWORK_{key}": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for key in keys},
    }


def _derived(url: str, role: str) -> str:
    return hashlib.sha256(f"{url} {role}".encode()).hexdigest()[:32]
