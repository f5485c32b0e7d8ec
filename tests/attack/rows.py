"""The rows of every table, as the administrator of the server sees them: whose they are, and whether they changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

# Written whenever somebody asks, or is refused: who looked, when a session was last used.
BOOKKEEPING = frozenset({"audit_event", "audit_head", "session", "idempotency_key", "alembic_version"})
PARTIES = ("tenant_id", "from_tenant_id", "to_tenant_id")
# Of what is told of a listing its steward is a party, and of an invitation to keep it whoever invited.
OF_LISTINGS = ("steward_tenant_id", "invited_by_tenant_id")


def parties_of(columns: Iterable[str]) -> list[str]:
    """The columns that name who may see a row; none for what is everybody's or has no tenant."""
    return [one for one in (*PARTIES, *OF_LISTINGS) if one in columns] if set(PARTIES) & set(columns) else []


class Rows:
    """Looks into every table of one database."""

    def __init__(self, url: str) -> None:
        self._url = url

    def digests(self) -> dict[str, str]:
        """Each table's content as one number, apart from the bookkeeping."""
        with self.connected() as connection:
            return {
                table: connection.execute(
                    sql.SQL(
                        "SELECT count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"
                    ).format(sql.Identifier(table))
                ).fetchone()[0]
                for table in self._tables(connection)
                if table not in BOOKKEEPING
            }

    def ids(self) -> dict[str, dict[str, set[str]]]:
        """What an argument of an address may stand for: name of the argument, tenant, ids.

        ``case_id`` is the id of a row of a table whose name ends in ``case`` or ``case_file``, or else what
        some table keeps under that name.
        """
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        with self.connected() as connection:
            for table in self._tables(connection):
                columns = self._columns(connection, table)
                parties = parties_of(columns)
                for column in (one for one in columns if one == "id" or one.endswith("_id")):
                    for name in _stand_for(table, column):
                        for tenant, one in self._pairs(connection, table, column, parties):
                            found[name][tenant].add(one)
        return found

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection]:
        """A connection as the administrator."""
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SET timezone = 'UTC'")
            yield connection

    @staticmethod
    def _tables(connection: psycopg.Connection) -> list[str]:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in rows]

    @staticmethod
    def _columns(connection: psycopg.Connection, table: str) -> list[str]:
        rows = connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name = %s AND data_type = 'uuid'",
            (table,),
        )
        return [name for (name,) in rows]

    @staticmethod
    def _pairs(
        connection: psycopg.Connection, table: str, column: str, parties: list[str]
    ) -> list[tuple[str, str]]:
        pairs = []
        for party in parties or ["id"] if column == "id" or parties else []:
            rows = connection.execute(
                sql.SQL("SELECT {}::text, {}::text FROM {} WHERE {} IS NOT NULL AND {} IS NOT NULL").format(
                    sql.Identifier(party) if parties else sql.SQL("''"),
                    sql.Identifier(column),
                    sql.Identifier(table),
                    sql.Identifier(column),
                    sql.Identifier(party),
                )
            )
            pairs += rows.fetchall()
        return pairs


def _stand_for(table: str, column: str) -> list[str]:
    """Names of arguments that an id of this column may be given for."""
    if column != "id":
        return [column]
    words = table.removesuffix("_file").split("_")
    return ["_".join(words[place:]) + "_id" for place in range(len(words))]
