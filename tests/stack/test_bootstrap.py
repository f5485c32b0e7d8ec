"""The roles and the database that an installation begins with."""

from __future__ import annotations

import psycopg
import pytest

from network.stack.bootstrap import DEFINER_ROLES, bootstrap
from network.stack.errors import StackError
from tests.support.servers import Database, Server, database_of


def test_bootstrap_can_run_again(postgres: Server, database: Database) -> None:
    bootstrap(postgres.admin_url, postgres.passwords, database.name)
    with psycopg.connect(database.app_url) as app:
        assert app.execute("SELECT current_user").fetchone() == ("network_app",)


def test_application_owns_nothing_and_cannot_make_anything(database: Database) -> None:
    with psycopg.connect(database.app_url, autocommit=True) as app:
        for what in ("TABLE loot (id int)", "TEMP TABLE loot (id int)", "SCHEMA loot"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(f"CREATE {what}")


def test_no_role_gets_around_row_security(postgres: Server, database: Database) -> None:
    with psycopg.connect(database.admin_url) as admin:
        rows = admin.execute(
            "SELECT rolname FROM pg_roles WHERE rolname LIKE 'network%%' AND (rolsuper OR rolbypassrls)"
        ).fetchall()
    assert rows == []


def test_only_the_owner_may_become_a_definer_role_and_inherits_nothing(database: Database) -> None:
    with psycopg.connect(database.admin_url) as admin:
        members = admin.execute(
            "SELECT r.rolname, m.rolname, a.inherit_option FROM pg_auth_members a"
            " JOIN pg_roles r ON r.oid = a.roleid"
            " JOIN pg_roles m ON m.oid = a.member WHERE r.rolname = ANY(%s) ORDER BY 1",
            [list(DEFINER_ROLES)],
        ).fetchall()
    assert members == [(role, "network_owner", False) for role in sorted(DEFINER_ROLES)]


def test_worker_may_do_what_the_application_may(database: Database) -> None:
    with psycopg.connect(database.worker_url) as worker:
        assert worker.execute("SELECT pg_has_role('network_app', 'usage')").fetchone() == (True,)


def test_bootstrap_by_somebody_who_may_not_is_said(postgres: Server, database: Database) -> None:
    with pytest.raises(StackError, match="NETWORK_ADMIN_DATABASE_URL"):
        bootstrap(database.owner_url, postgres.passwords, "another_network")


def test_wrong_password_is_refused(postgres: Server, database: Database) -> None:
    stranger = Server(postgres.admin_url, dict.fromkeys(postgres.passwords, "guess"))
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(database_of(stranger, database.name).app_url)
