"""What a new private table forgot: each guard tells it by name, and is seen telling it of a forgetful one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import ForeignKeyConstraint, Table

from network.core.db import Base
from tests.architecture.test_tables import tables
from tests.support.servers import Database

TENANT_ALONE = "(tenant_id = ( SELECT context_tenant() AS context_tenant))"
# The team decides who sees a restricted client, so it cannot be hidden by the rule that reads it.
NOT_AS_RESTRICTED = {"client_team"}
# The directory lies below the cases: it remembers for which of them somebody searched, and cannot point at them.
CASES_UNSEEN = {"directory_search", "service_gap"}
# Policies for the application beside that of the own tenant, each for one purpose.
OTHER_WAYS_IN = {
    ("membership", "gate"): "who signs in has no tenant yet",
    ("outbox", "headquarters_open_tenants"): "the first job of a tenant is written by whoever opens it",
}
# Whose rows an operation deletes.
DELETABLE = {
    "client_team": "somebody leaves a client's team",
    "client_token": "a name that has changed is found no more",
    "data_key": "what is erased loses its key",
    "directory_search": "what was asked is not kept",
    "draft": "what was saved is a draft no more",
    "idempotency_key": "kept for 24 hours",
    "listing_import_part": "a file that was read, or given up",
    "listing_import_row": "an import that was given up, or is old",
    "listing_quarantine": "a value that was put right",
    "listing_twin": "what looked alike is looked for anew",
    "saved_filter": "nobody uses it any more",
}
# In the clear a private table holds codes, times and ids. A column of text that is called so holds a person.
PERSONAL = re.compile(
    r"(^|_)(name|names|phone|telephone|number|email|address|street|birth_date|born_on|passport|document_number"
    r"|note|notes|text|words|comment|remarks|description|story|statement|message|title|subject_line)($|_)"
)


def columns_of(table: Table) -> set[str]:
    return set(table.columns.keys())


def untied_to_the_client(found: Iterable[Table]) -> list[str]:
    """Tables with a client whose rows do not become as restricted as she is, or are not found by her."""
    tie = ["tenant_id", "client_id", "restricted"]
    return [
        table.name
        for table in found
        if "client_id" in columns_of(table)
        and table.name not in NOT_AS_RESTRICTED
        and not (
            any(key.column_keys == tie and key.onupdate == "CASCADE" for key in keys_of(table))
            and any([c.name for c in index.columns][:2] == tie[:2] for index in table.indexes)
        )
    ]


def untied_to_the_case(found: Iterable[Table]) -> list[str]:
    """Tables with a case that could be another client's."""
    tie = ["tenant_id", "case_id", "client_id"]
    return [
        table.name
        for table in found
        if "case_id" in columns_of(table)
        and table.name not in CASES_UNSEEN
        and not any(key.column_keys == tie for key in keys_of(table))
    ]


def in_the_clear(found: Iterable[Table]) -> list[str]:
    """Columns of text that are called as if they held a person's data."""
    return [
        f"{table.name}.{column.name}"
        for table in found
        for column in table.columns
        if isinstance(column.type, sa.String | sa.ARRAY | sa.JSON) and PERSONAL.search(column.name)
    ]


def keys_of(table: Table) -> list[ForeignKeyConstraint]:
    return [one for one in table.constraints if isinstance(one, ForeignKeyConstraint)]


def forgetful(*columns: sa.Column[object] | ForeignKeyConstraint) -> list[Table]:
    """A new private table, with the client's beside it."""
    metadata = sa.MetaData()
    return [
        Table(
            "wish",
            metadata,
            sa.Column("tenant_id", sa.Uuid, primary_key=True),
            sa.Column("id", sa.Uuid, primary_key=True),
            *columns,
            info={"kind": "private"},
        )
    ]


def test_what_lies_below_a_client_is_as_restricted_as_she_is(app: Flask) -> None:
    assert untied_to_the_client(tables("private")) == []


def test_what_lies_below_a_case_is_about_its_client(app: Flask) -> None:
    assert untied_to_the_case(tables("private")) == []


def test_no_words_about_a_person_stand_in_the_clear(app: Flask) -> None:
    assert in_the_clear(tables("private", "two-party")) == []


@pytest.mark.parametrize(
    ("guard", "columns"),
    [
        (untied_to_the_client, [sa.Column("client_id", sa.Uuid)]),
        (
            untied_to_the_client,
            [
                sa.Column("client_id", sa.Uuid),
                ForeignKeyConstraint(["tenant_id", "client_id"], ["client.tenant_id", "client.id"]),
            ],
        ),
        (untied_to_the_case, [sa.Column("case_id", sa.Uuid)]),
        (in_the_clear, [sa.Column("note", sa.Text)]),
        (in_the_clear, [sa.Column("employer_name", sa.Text)]),
    ],
)
def test_a_forgetful_table_is_told_so(
    guard: Callable[[Iterable[Table]], list[str]], columns: list[sa.Column[object]]
) -> None:
    assert guard(forgetful(*columns))


@pytest.fixture
def admin(database: Database, app: Flask) -> Iterator[psycopg.Connection]:
    """The catalog, in a transaction that leaves nothing behind."""
    with psycopg.connect(database.admin_url) as connection:
        yield connection
        connection.rollback()


def ways_in(admin: psycopg.Connection) -> set[tuple[str, str]]:
    """Policies of private tables by which the application sees more than its own tenant's rows."""
    private = [table.name for table in Base.metadata.tables.values() if table.info.get("kind") == "private"]
    rows = admin.execute(
        "SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = 'public' "
        "AND permissive = 'PERMISSIVE' AND roles && '{network_app, public}' AND tablename = ANY(%s)",
        (private,),
    ).fetchall()
    return {
        (table, name)
        for table, name, *conditions in rows
        if any(condition not in (None, TENANT_ALONE) for condition in conditions)
    }


def known_to_all(admin: psycopg.Connection) -> set[str]:
    """Tables as restricted as a client, without the rule of who needs to know."""
    rows = admin.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'restricted' "
        "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM "
        "pg_policies p WHERE p.tablename = c.relname AND p.permissive = 'RESTRICTIVE' AND p.cmd = 'ALL' "
        "AND p.policyname = 'need_to_know')"
    ).fetchall()
    return {name for (name,) in rows}


def deletable(admin: psycopg.Connection) -> set[str]:
    private = [table.name for table in Base.metadata.tables.values() if table.info.get("kind") == "private"]
    rows = admin.execute(
        "SELECT table_name FROM information_schema.role_table_grants WHERE privilege_type = 'DELETE' "
        "AND grantee IN ('network_app', 'network_worker') AND table_name = ANY(%s)",
        (private,),
    ).fetchall()
    return {name for (name,) in rows}


def unusable(admin: psycopg.Connection) -> set[str]:
    """Tables of a model that the application cannot read."""
    rows = admin.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace "
        "AND relname <> 'alembic_version' AND NOT has_table_privilege('network_app', oid, 'SELECT') "
        "AND NOT has_any_column_privilege('network_app', oid, 'SELECT')"
    ).fetchall()
    return {name for (name,) in rows}


def test_the_own_tenants_rows_and_no_others_are_seen(admin: psycopg.Connection) -> None:
    assert ways_in(admin) == set(OTHER_WAYS_IN)


def test_a_restricted_clients_rows_are_for_those_who_need_to_know(admin: psycopg.Connection) -> None:
    assert known_to_all(admin) == set()


def test_what_no_operation_deletes_cannot_be_deleted(admin: psycopg.Connection) -> None:
    assert deletable(admin) == set(DELETABLE)


def test_every_table_is_granted_to_the_application(admin: psycopg.Connection) -> None:
    assert unusable(admin) == set()


def test_a_forgetful_migration_is_told_so(admin: psycopg.Connection) -> None:
    admin.execute("CREATE POLICY wide ON case_note FOR SELECT TO network_app USING (true)")
    admin.execute("DROP POLICY need_to_know ON case_note")
    admin.execute("GRANT DELETE ON case_note TO network_app")
    admin.execute("REVOKE ALL ON case_event FROM network_app")
    assert ("case_note", "wide") in ways_in(admin)
    assert known_to_all(admin) == {"case_note"}
    assert "case_note" in deletable(admin)
    assert unusable(admin) == {"case_event"}
