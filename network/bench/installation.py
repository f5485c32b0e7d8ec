"""A throwaway installation to measure: servers as `network up` starts them, with nobody's data in them."""

from __future__ import annotations

import http.client
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from network.stack.bootstrap import APP, DEFINER_ROLES, LOGIN_ROLES, OWNER, WORKER, with_database
from network.stack.environment import Plan, make_plan
from network.stack.errors import ServerFailed, StackError
from network.stack.instance import APPLICATION_KEYS, Instance
from network.stack.ports import reserved_port
from network.stack.processes import start_tethered, stop
from network.stack.servers import prepare_database, running_servers
from network.stack.supervisor import STOP_PATIENCE_S, STOP_SIGNALS, probe

HOST = "127.0.0.1"
READY_TIMEOUT_S = 60.0
ADDRESS_NAMES = ("DATABASE_URL", "WORKER_DATABASE_URL", "OWNER_DATABASE_URL")


@contextmanager
def throwaway_installation() -> Iterator[Plan]:
    """Servers and a migrated, empty database in a temporary folder; everything is gone at the end.

    PostgreSQL runs with the durable settings of ``network up``. Where NETWORK_ADMIN_DATABASE_URL names a
    server, a database of its own is made there and dropped; NETWORK_REDIS_URL is used as given.
    """
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="network-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        instance = Instance(folder)
        instance.prepare()
        for key in APPLICATION_KEYS:
            instance.secret(key)
        environ = {"NETWORK_ENVIRONMENT": "production", **stack.enter_context(_given_servers())}
        plan = make_plan(instance, environ)
        stack.enter_context(running_servers(plan, durable=True))
        prepare_database(plan)
        yield plan


@contextmanager
def _given_servers() -> Iterator[dict[str, str]]:
    """The addresses of servers that we were given: a database of our own on them."""
    given = {}
    if redis_url := os.environ.get("NETWORK_REDIS_URL"):
        given["NETWORK_REDIS_URL"] = redis_url
    admin_url = os.environ.get("NETWORK_ADMIN_DATABASE_URL")
    if not admin_url:
        if any(os.environ.get(f"NETWORK_{name}") for name in ADDRESS_NAMES):
            raise StackError(
                "A benchmark makes a database of its own. Give NETWORK_ADMIN_DATABASE_URL, or no server at all."
            )
        yield given
        return
    _refuse_a_server_in_use(admin_url)
    name = f"network_bench_{secrets.token_hex(4)}"
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


@contextmanager
def serving(
    plan: Plan, words: Sequence[str], log: Path, more: Mapping[str, str] | None = None
) -> Iterator[str]:
    """The address of a web server that ``words`` start; "{port}" among them becomes its port."""
    with reserved_port(HOST, 0) as port, log.open("wb") as output:
        address = f"http://{HOST}:{port}"
        process = start_tethered(
            [sys.executable, *(word.format(port=port) for word in words)],
            environment=plan.variables("web", base_url=address) | dict(more or {}),
            output=output.fileno(),
        )
        try:
            _wait_until_it_answers(process, port, log)
            yield address
        finally:
            stop(process, signals=STOP_SIGNALS[:1], patience_s=STOP_PATIENCE_S)


def product() -> tuple[str, ...]:
    """The words that start the web server of the product, as ``network up`` does."""
    return ("-m", "network.cli", "web", "--host", HOST, "--port", "{port}")


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while probe(port, "/healthz")[0] != http.client.OK:
        if process.poll() is not None or time.monotonic() > deadline:
            said = log.read_text(errors="replace")[-4000:]
            raise ServerFailed(f"A web server did not start; it said:\n{said}")
        time.sleep(0.05)
