"""The database as the application's own role sees it: with nobody acting, with a forged context, as a tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import sql

from network.core.db import Base
from network.tenants.context import Identity, TenantKind
from network.tenants.isolation import ContextSigner

# The kinds of table that hold what belongs to somebody.
GUARDED = ("private", "two-party", "gate")


class Database:
    """Questions straight to the tables, without the application."""

    def __init__(self, app_url: str, signer: ContextSigner) -> None:
        self._url = app_url
        self._signer = signer

    def context(self, tenant_id: str, account_id: str, kind: TenantKind) -> str:
        """The context that the application signs for a member of staff."""
        return self._signer.sign(
            Identity(kind="staff", tenant_id=UUID(tenant_id), account_id=UUID(account_id), tenant_kind=kind)
        )

    def rows_seen(self, context: str) -> dict[str, int]:
        """How many rows of each guarded table are seen in this context; those without any are left out."""
        with self._connected(context) as connection:
            counts = {table: _count(connection, table) for table in guarded_tables()}
        return {table: count for table, count in counts.items() if count}

    def refuses(self, context: str) -> bool:
        """Whether the database answers this context with an error."""
        try:
            self.rows_seen(context)
        except psycopg.errors.InsufficientPrivilege:
            return True
        return False

    def ask(self, context: str, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """The rows that a query finds in this context."""
        with self._connected(context) as connection:
            return connection.execute(query, values).fetchall()

    def tables_of_tenants(self) -> list[str]:
        """The guarded tables whose rows name the tenant that they belong to."""
        return [name for name in guarded_tables() if "tenant_id" in Base.metadata.tables[name].columns]

    def rows_of(self, context: str, table: str, tenant_id: str) -> int:
        """How many rows of one tenant are seen in this context."""
        query = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(table))
        with self._connected(context) as connection:
            found = connection.execute(query, (tenant_id,)).fetchone()
            return int(found[0]) if found else 0

    @contextmanager
    def _connected(self, context: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        with psycopg.connect(self._url) as connection:
            connection.execute("SELECT set_config('network.context', %s, true)", (context,))
            yield connection


def guarded_tables() -> list[str]:
    """Every table whose rows belong to somebody."""
    return sorted(table.name for table in Base.metadata.tables.values() if table.info.get("kind") in GUARDED)


def _count(connection: psycopg.Connection[tuple[Any, ...]], table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(found[0]) if found else 0
