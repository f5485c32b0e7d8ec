"""Every table keeps centres apart: what a table forgot to say is named here.

A new private table: copy one model and its migration, declare its kind, call ``ddl.protect_private``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from psycopg import sql
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint, create_engine
from sqlalchemy.pool import NullPool

import network
from network.accounts.models import Membership
from network.accounts.permissions import ROLES
from network.core.db import Base
from network.stack.migrations import FOLDER
from tests.support.servers import Database

CODE = Path(network.__file__).parent
# A feature whose doors are not open yet has its tables all the same.
for found in sorted([*CODE.glob("*/models.py"), *CODE.glob("*/models/*.py")]):
    importlib.import_module(
        ".".join(found.relative_to(CODE.parent).with_suffix("").parts).removesuffix(".__init__")
    )

KINDS = {"private", "two-party", "shared", "gate", "system"}
WALLED = {"private", "two-party", "gate"}

# Functions that run with the rights of their owner: each is a way around row-level security, so each is known.
DEFINERS = {
    "verified_context",
    "chain_audit_event",
    "deliver_exchange",
    "fill_service_search",
    "note_listing_change",
    "mark_reported",
    "prune_search_words",
    "take_over_listing",
}
# Tables that hold nothing of any tenant and have no row security: each has a reason.
WITHOUT_ROW_SECURITY = {
    "service_search": "what the network may see of the directory; under row security no index is used",
    "service_need_search": "the same, by need",
    "public_search": "what anybody may see of it, for the same reason",
    "capacity_search": "what the services have free, which the whole network may see",
    "search_word": "the words of names and descriptions that the network may see",
}


@pytest.fixture(scope="module")
def admin(database: Database, app: Flask) -> Iterator[psycopg.Connection]:
    """A connection that sees the catalog; ``app`` makes sure that every model is imported."""
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        yield connection


def tables(*kinds: str) -> list[Table]:
    """The tables of these kinds, or all."""
    found = sorted(Base.metadata.tables.values(), key=lambda table: table.name)
    return [table for table in found if not kinds or table.info.get("kind") in kinds]


def names(rows: list[tuple[str, ...]]) -> set[str]:
    return {row[0] for row in rows}


def test_every_table_declares_its_kind(app: Flask) -> None:
    assert {table.name for table in tables() if table.info.get("kind") not in KINDS} == set()


def test_keys_of_private_tables_lead_with_the_tenant(app: Flask) -> None:
    wrong = [
        table.name
        for table in tables("private")
        if next(iter(table.primary_key.columns)).name != "tenant_id" or table.columns["tenant_id"].nullable
    ]
    assert wrong == []


def test_unique_constraints_of_private_tables_lead_with_the_tenant(app: Flask) -> None:
    wrong = []
    for table in tables("private"):
        uniques = [set_ for set_ in table.constraints if isinstance(set_, UniqueConstraint)]
        columns = [list(one.columns) for one in uniques]
        columns += [list(index.columns) for index in table.indexes if index.unique]
        wrong += [(table.name, [c.name for c in one]) for one in columns if one[0].name != "tenant_id"]
    assert wrong == []


def test_foreign_keys_between_private_tables_lead_with_the_tenant(app: Flask) -> None:
    """A row cannot point into another centre, and a refused one tells nothing about it."""
    wrong = []
    for table in tables("private", "gate"):
        for key in (one for one in table.constraints if isinstance(one, ForeignKeyConstraint)):
            target = key.referred_table
            if target.info.get("kind") != "private":
                continue
            first = key.elements[0]
            if (first.parent.name, first.column.name) != ("tenant_id", "tenant_id"):
                wrong.append((table.name, key.name))
    assert wrong == []


def test_every_walled_table_forces_row_security_and_has_a_policy(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
        "EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive) "
        "FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
    ).fetchall()
    known = {table.name: table.info.get("kind") for table in tables()}
    open_tables = {name for name, *walls in rows if name in known and not all(walls)}
    assert open_tables - set(WITHOUT_ROW_SECURITY) == set()
    assert not {name for name in WITHOUT_ROW_SECURITY if known.get(name) in WALLED}


def test_every_table_with_a_tenant_is_walled(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
        "WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') "
        "AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    ).fetchall()
    assert names(rows) - set(WITHOUT_ROW_SECURITY) == set()


def test_every_table_of_the_database_has_a_model(admin: psycopg.Connection) -> None:
    rows = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert names(rows) - {table.name for table in tables()} == {"alembic_version"}


def test_policies_ask_for_the_context_once_a_query(admin: psycopg.Connection) -> None:
    """As ``(SELECT context_tenant())``: called raw, a sequential scan is four to nine times slower."""
    rows = admin.execute(
        "SELECT tablename || '.' || policyname, coalesce(qual, '') || ' ' || coalesce(with_check, '') "
        "FROM pg_policies WHERE schemaname = 'public'"
    ).fetchall()
    raw = re.compile(r"(?<!SELECT )context_\w+\(\)")
    assert {name for name, text in rows if raw.search(text)} == set()


def test_the_application_owns_nothing_and_goes_around_nothing(admin: psycopg.Connection) -> None:
    roles = admin.execute(
        "SELECT rolname FROM pg_roles WHERE rolname LIKE 'network\\_%' AND (rolsuper OR rolbypassrls)"
    ).fetchall()
    assert names(roles) == set()
    owned = admin.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
        "WHERE r.rolname IN ('network_app', 'network_worker')"
    ).fetchall()
    assert names(owned) == set()


def test_the_application_can_neither_truncate_nor_probe_by_a_foreign_key(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee IN ('network_app', 'network_worker', 'PUBLIC') AND table_schema = 'public' "
        "AND privilege_type IN ('TRUNCATE', 'REFERENCES', 'TRIGGER')"
    ).fetchall()
    assert names(rows) == set()


def test_functions_with_their_owners_rights_are_the_known_ones(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT proname, proconfig::text, rolname FROM pg_proc JOIN pg_roles ON pg_roles.oid = proowner "
        "WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    ).fetchall()
    assert names(rows) == DEFINERS
    assert {name for name, settings, _ in rows if "search_path" not in (settings or "")} == set()
    assert {owner for *_, owner in rows} <= {
        "network_context",
        "network_audit",
        "network_mailbox",
        "network_search",
    }


def test_no_view_looks_around_the_wall(admin: psycopg.Connection) -> None:
    extensions = "SELECT objid FROM pg_depend WHERE deptype = 'e'"
    rows = admin.execute(
        f"SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND oid NOT IN ({extensions}) "
        "AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert names(rows) == set()


def test_history_is_only_ever_added_to(admin: psycopg.Connection) -> None:
    history = [t.name for t in tables() if t.name.endswith("_event") or t.name == "disclosure"]
    rows = admin.execute(
        "SELECT DISTINCT table_name || ' ' || privilege_type FROM information_schema.column_privileges "
        "WHERE grantee IN ('network_app', 'network_worker') AND table_name = ANY(%s) "
        "AND privilege_type = 'UPDATE' UNION "
        "SELECT table_name || ' ' || privilege_type FROM information_schema.role_table_grants "
        "WHERE grantee IN ('network_app', 'network_worker') AND table_name = ANY(%s) "
        "AND privilege_type IN ('UPDATE', 'DELETE')",
        (history, history),
    ).fetchall()
    assert names(rows) == set()


def test_models_equal_migrations(database: Database, app: Flask) -> None:
    engine = create_engine(
        database.owner_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_keys_of_the_models_equal_those_of_the_database(admin: psycopg.Connection, app: Flask) -> None:
    """Alembic does not compare primary keys: their columns, in their order, are the same on both sides."""
    rows = admin.execute(
        "SELECT c.conrelid::regclass::text, array_agg(a.attname ORDER BY k.place) FROM pg_constraint c "
        "CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k(attnum, place) "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum "
        "WHERE c.contype = 'p' AND c.connamespace = 'public'::regnamespace GROUP BY c.conrelid"
    ).fetchall()
    declared = {table.name: [column.name for column in table.primary_key.columns] for table in tables()}
    assert {name: list(columns) for name, columns in rows if name != "alembic_version"} == declared


def test_checks_of_the_models_equal_those_of_the_database(admin: psycopg.Connection, app: Flask) -> None:
    """Alembic does not compare CHECK constraints: their names at least are the same on both sides."""
    rows = admin.execute(
        "SELECT conname FROM pg_constraint "
        "WHERE contype = 'c' AND conrelid <> 0 AND connamespace = 'public'::regnamespace"
    ).fetchall()
    declared = {
        str(one.name)
        for table in tables()
        for one in table.constraints
        if type(one).__name__ == "CheckConstraint"
    }
    assert names(rows) == declared


def test_checks_of_the_models_mean_what_those_of_the_database_mean(database: Database, app: Flask) -> None:
    """Each is added once more under another name, in a transaction that is rolled back, and read as PostgreSQL does."""
    definition = (
        "SELECT replace(pg_get_constraintdef(oid), ' NOT VALID', '') FROM pg_constraint WHERE conname = %s"
    )
    differ = []
    with psycopg.connect(database.admin_url) as connection:
        for table in tables():
            for one in (check for check in table.constraints if isinstance(check, CheckConstraint)):
                again = sql.SQL("ALTER TABLE {} ADD CONSTRAINT again CHECK ({}) NOT VALID").format(
                    sql.Identifier(table.name), sql.SQL(str(one.sqltext))
                )
                connection.execute(again)
                declared = connection.execute(definition, ("again",)).fetchone()
                connection.execute(
                    sql.SQL("ALTER TABLE {} DROP CONSTRAINT again").format(sql.Identifier(table.name))
                )
                if declared != connection.execute(definition, (str(one.name),)).fetchone():
                    differ.append(str(one.name))
        connection.rollback()
    assert differ == []


def test_the_roles_of_the_database_are_those_of_the_page(admin: psycopg.Connection) -> None:
    [(definition,)] = admin.execute(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_membership_roles'"
    ).fetchall()
    assert set(re.findall(r"'(\w+)'", definition)) == set(ROLES)
    assert Membership.__tablename__ == "membership"


def test_the_history_of_migrations_is_one_line() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    assert len(scripts.get_heads()) == 1
    revisions = [script.revision for script in scripts.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)
    assert len(scripts.get_bases()) == 1


def test_names_in_the_database_are_not_cut_short(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT conname FROM pg_constraint WHERE length(conname) >= 63 "
        "UNION SELECT relname FROM pg_class WHERE length(relname) >= 63"
    ).fetchall()
    assert names(rows) == set()


def test_the_only_commit_is_in_the_unit_of_work() -> None:
    found = {
        str(path.relative_to(CODE))
        for path in CODE.rglob("*.py")
        if path.parts[-2] != "stack" and re.search(r"\.commit\(", path.read_text(encoding="utf-8"))
    }
    assert found == {"core/db.py"}


@pytest.mark.parametrize("word", ["utils", "util", "helpers", "common", "misc", "base"])
def test_no_drawer_for_everything(word: str) -> None:
    assert [str(path) for path in CODE.rglob(f"{word}.py")] == []
    assert [str(path) for path in CODE.rglob(word) if path.is_dir() and "static" not in path.parts] == []


def test_operations_know_no_request() -> None:
    """Rooms behind the doors are called from pages, the API and jobs alike."""
    rooms = re.compile(r"/(operations|queries|policies|models|states)(/[\w]+)?\.py$")
    wrong = [
        str(path.relative_to(CODE))
        for path in sorted(CODE.rglob("*.py"))
        if rooms.search(str(path))
        and re.search(r"from flask import [^\n]*\brequest\b", path.read_text("utf-8"))
    ]
    assert wrong == []
