"""`network db bootstrap`: roles, database and extensions, made once by the server's administrator.

Roles and what each may do:

- `network_owner` owns the database and runs migrations. It may `SET ROLE` to the definer owners below, so
  that a migration can hand a function to one of them, but inherits nothing from them.
- `network_app` is the web application: owns nothing, and row-level security always applies to it.
- `network_worker` is the background: everything the application may do, and claiming of outbox rows.
- `network_context`, `network_mailbox`, `network_search`, `network_audit` can't sign in: each owns the definer
  functions of its subject, and has the rights of that subject alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from network.stack.errors import DatabaseUnreachable, StackError

OWNER, APP, WORKER = "network_owner", "network_app", "network_worker"
LOGIN_ROLES = (OWNER, APP, WORKER)
DEFINER_ROLES = ("network_mailbox", "network_context", "network_search", "network_audit")
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist", "cube", "earthdistance")
OLDEST_SERVER = 180000
NO_ADDRESS = "An address of the database that was given is none: postgresql://name:password@host/database."

# What every role may call unless it is taken away, and what would let one tenant's injected SQL leave something for
# another's, or end its queries: large objects know no row security, and all tenants share one role.
WITHHELD = """
SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = 'pg_catalog'::regnamespace
  AND (p.proname ~ '^(lo_|loread$|lowrite$)' OR p.proname IN ('pg_terminate_backend', 'pg_cancel_backend'))
"""

# A request that runs this long is a fault; it must not hold locks while nobody waits for it.
ROLE_SETTINGS = {
    APP: {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s"},
    WORKER: {
        "statement_timeout": "5min",
        "lock_timeout": "30s",
        "idle_in_transaction_session_timeout": "5min",
    },
}


def bootstrap(admin_url: str, passwords: Mapping[str, str], database: str = "network") -> None:
    """Make or mend the roles, the database and its extensions. Safe to run again at any time.

    `passwords` names one for each of LOGIN_ROLES. Raises StackError with what the administrator must do.
    """
    try:
        _bootstrap(admin_url, passwords, database)
    except psycopg.Error as error:
        raise StackError(
            f"The roles and the database can't be made with NETWORK_ADMIN_DATABASE_URL: {error}"
        ) from error


def _bootstrap(admin_url: str, passwords: Mapping[str, str], database: str) -> None:
    with _connect(admin_url) as admin:
        if admin.info.server_version < OLDEST_SERVER:
            raise StackError("This PostgreSQL is older than 18. Give the address of a PostgreSQL 18 server.")
        # Two copies that start together must not race for the same roles.
        admin.execute("SELECT pg_advisory_lock(hashtext('network bootstrap'))")
        _make_roles(admin, passwords)
        make_database(admin, database)
    with _connect(with_database(admin_url, database)) as admin:
        _prepare_database(admin, database)


def make_database(admin: psycopg.Connection, database: str, template: str = "template0") -> None:
    """Create `database` for the owner unless it exists; of `template0` with our locale, or a copy."""
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    locale = (
        "ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'PG_UNICODE_FAST' LOCALE 'C'"
        if template == "template0"
        else ""
    )
    statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} " + locale)
    admin.execute(statement.format(sql.Identifier(database), sql.Identifier(OWNER), sql.Identifier(template)))
    limit_database(admin, database)


def limit_database(admin: psycopg.Connection, database: str) -> None:
    """Let only our own roles connect to `database`, and none but its owner make temporary tables."""
    name = sql.Identifier(database)
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(APP)))


def with_database(url: str, database: str) -> str:
    """The same address, for another database of the server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(f"The database server can't be reached: {error}") from error
    except psycopg.ProgrammingError:  # its words repeat the address, and with it a password
        raise DatabaseUnreachable(NO_ADDRESS) from None


def _make_roles(admin: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    known = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role in (*LOGIN_ROLES, *DEFINER_ROLES):
        if role not in known:
            admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        login = sql.SQL("LOGIN" if role in LOGIN_ROLES else "NOLOGIN")
        limits = sql.SQL(" NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION")
        admin.execute(sql.SQL("ALTER ROLE {} ").format(sql.Identifier(role)) + login + limits)
    for role in LOGIN_ROLES:
        _set_password(admin, role, passwords[role])
    for role, settings in ROLE_SETTINGS.items():
        for name, value in settings.items():
            admin.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(sql.Identifier(role), sql.Identifier(name), value)
            )
    _grant(admin, APP, to=WORKER, inherit=True)
    for role in DEFINER_ROLES:
        _grant(admin, role, to=OWNER, inherit=False)


def _grant(admin: psycopg.Connection, role: str, *, to: str, inherit: bool) -> None:
    statement = sql.SQL("GRANT {} TO {} WITH INHERIT {}, SET TRUE, ADMIN FALSE").format(
        sql.Identifier(role), sql.Identifier(to), sql.SQL("TRUE" if inherit else "FALSE")
    )
    admin.execute(statement)


def _set_password(admin: psycopg.Connection, role: str, password: str) -> None:
    """Send the SCRAM verifier and never the password, which a server may log."""
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), verifier))


def _prepare_database(admin: psycopg.Connection, database: str) -> None:
    for extension in EXTENSIONS:
        admin.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA public").format(sql.Identifier(extension))
        )
    admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for (function,) in admin.execute(WITHHELD).fetchall():
        admin.execute(sql.SQL("REVOKE EXECUTE ON FUNCTION {} FROM PUBLIC").format(sql.SQL(function)))
    limit_database(admin, database)
