"""A throwaway installation: a temporary folder and a database of its own; everything is gone at the end."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from network.stack.bootstrap import APP, DEFINER_ROLES, LOGIN_ROLES, OWNER, WORKER, with_database
from network.stack.environment import Plan, make_plan
from network.stack.errors import StackError
from network.stack.instance import APPLICATION_KEYS, Instance

ADDRESS_NAMES = ("DATABASE_URL", "WORKER_DATABASE_URL", "OWNER_DATABASE_URL")


@contextmanager
def throwaway_plan(purpose: str) -> Iterator[Plan]:
    """The plan of an installation in a temporary folder, with nobody's data in it; its servers do not run yet.

    Where NETWORK_ADMIN_DATABASE_URL names a server, a database of its own is made there and dropped;
    NETWORK_REDIS_URL is used as given. ``purpose`` is a word for the names of folder and database.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=f"network-{purpose}-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        instance = Instance(folder)
        instance.prepare()
        stack.callback(instance.drop_short_run_dir)
        for key in APPLICATION_KEYS:
            instance.secret(key)
        environ = {"NETWORK_ENVIRONMENT": "production", **stack.enter_context(_given_servers(purpose))}
        yield make_plan(instance, environ)


@contextmanager
def _given_servers(purpose: str) -> Iterator[dict[str, str]]:
    """The addresses of servers that we were given: a database of our own on them."""
    given = {}
    if redis_url := os.environ.get("NETWORK_REDIS_URL"):
        given["NETWORK_REDIS_URL"] = redis_url
    admin_url = os.environ.get("NETWORK_ADMIN_DATABASE_URL")
    if not admin_url:
        if any(os.environ.get(f"NETWORK_{name}") for name in ADDRESS_NAMES):
            raise StackError(
                "This makes a database of its own. Give NETWORK_ADMIN_DATABASE_URL, or no database server at all."
            )
        yield given
        return
    _refuse_a_server_in_use(admin_url)
    name = f"network_{purpose}_{secrets.token_hex(4)}"
    for role, variable in zip((APP, WORKER, OWNER), ADDRESS_NAMES, strict=True):
        given[f"NETWORK_{variable}"] = _address(admin_url, role, secrets.token_hex(24), name)
    try:
        yield given | {"NETWORK_ADMIN_DATABASE_URL": admin_url}
    finally:
        with psycopg.connect(admin_url, autocommit=True) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in (*LOGIN_ROLES, *DEFINER_ROLES):
                admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def _refuse_a_server_in_use(admin_url: str) -> None:
    """Roles belong to the whole server: an installation on it would find its passwords changed."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        known = admin.execute("SELECT FROM pg_roles WHERE rolname = ANY(%s)", [list(LOGIN_ROLES)])
        if known.fetchone() is not None:
            raise StackError(
                "An installation uses this database server. Give another one in NETWORK_ADMIN_DATABASE_URL, or none."
            )


def _address(admin_url: str, role: str, password: str, database: str) -> str:
    parts = urlsplit(with_database(admin_url, database))
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}"))
