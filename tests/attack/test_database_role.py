"""The database as somebody sees it who has the application's password: without a context, or with another's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from network.core.db import Base
from network.tenants.context import Identity, job_identity
from network.tenants.isolation import ContextSigner
from tests.attack.rows import parties_of
from tests.support.demonstration import Installation

WALLED = ("private", "two-party", "gate")


def walled() -> list[str]:
    """Every table that belongs to somebody."""
    return sorted(one.name for one in Base.metadata.tables.values() if one.info["kind"] in WALLED)


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows of each walled table are seen."""
    found = {}
    for table in walled():
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        found[table] = row[0] if row else 0
    return {table: count for table, count in found.items() if count}


@pytest.fixture
def app_role(installation: Installation) -> Iterator[psycopg.Connection]:
    """A connection as the application's role, in a transaction, with no context."""
    with psycopg.connect(installation.database.app_url) as connection:
        yield connection
        connection.rollback()


@contextmanager
def acting(installation: Installation, identity: Identity) -> Iterator[psycopg.Connection]:
    """The application's role with a genuine context."""
    with psycopg.connect(installation.database.app_url) as connection:
        connection.execute(
            "SELECT set_config('network.context', %s, true)", (signed(installation, identity),)
        )
        yield connection
        connection.rollback()


def signed(installation: Installation, identity: Identity) -> str:
    """The context of this identity, as the application would sign it."""
    return ContextSigner(installation.settings.context_key).sign(identity)


def test_every_table_of_somebodys_holds_rows_in_the_demonstration(installation: Installation) -> None:
    """Otherwise an empty table would prove nothing below."""
    with psycopg.connect(installation.database.admin_url) as admin:
        filled = counted(admin)
    assert len(filled) > 35
    assert {
        "client",
        "packet_part",
        "packet_key",
        "exchange_message",
        "account",
        "invitation",
    } <= filled.keys()


def test_without_a_context_no_row_of_anybodys_is_seen(app_role: psycopg.Connection) -> None:
    assert counted(app_role) == {}


def test_the_worker_without_a_tenant_sees_the_outbox_alone(installation: Installation) -> None:
    with psycopg.connect(installation.database.worker_url) as connection:
        assert set(counted(connection)) <= {"outbox"}


@pytest.mark.parametrize(
    "code", ["al-hassan", "caritas-jordan", "shurjodoy-dhaka", "dar-al-yaqeen", "headquarters"]
)
def test_a_tenant_sees_no_row_to_which_it_is_no_party(installation: Installation, code: str) -> None:
    """Every row of every walled table that names tenants names this one; nobody's gate rows are seen."""
    tenant = installation.world.tenants[code]
    with acting(installation, job_identity(tenant)) as connection:
        for table in walled():
            columns = parties_of(Base.metadata.tables[table].columns.keys())
            if not columns:
                assert counted(connection).get(table, 0) == 0, table
                continue
            of_others = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
                sql.Identifier(table),
                sql.SQL(" AND ").join(
                    sql.SQL("{} IS DISTINCT FROM {}").format(sql.Identifier(one), sql.Literal(tenant))
                    for one in columns
                ),
            )
            assert connection.execute(of_others).fetchone() == (0,), table


def test_no_other_kind_of_context_sees_a_tenants_rows(installation: Installation) -> None:
    tenant = installation.world.tenants["al-hassan"]
    for kind in ("gate", "link", "client"):
        identity = Identity(kind=kind, tenant_id=tenant, subject="00" * 32)
        with acting(installation, identity) as connection:
            assert counted(connection) == {}, kind


def forgeries(context: str, other: UUID) -> list[str]:
    """Contexts that nobody signed."""
    part = context.split("|")
    swapped = "|".join([*part[:2], str(other), *part[3:]])
    return [
        swapped, context + "|", context[:-1], "|" * 6, "1|staff", "|".join([*part[:6], ""]), "\u202e" + context,
        "|".join([part[0], "staff", *part[2:]]), "|".join([*part[:5], "1e9", part[6]]), context.upper(), " " + context,
        "|".join([*part[:4], "network", *part[5:]]), "{" + ",".join(part) + "}", context.replace("|", "||", 1),
    ]  # fmt: skip


def test_a_forged_context_is_an_error_at_every_table(installation: Installation) -> None:
    mine, other = (installation.world.tenants[one] for one in ("caritas-jordan", "al-hassan"))
    context = signed(installation, job_identity(mine))
    with psycopg.connect(installation.database.admin_url) as admin:
        filled = counted(admin)  # of an empty table the server asks nothing
    taken = []
    with psycopg.connect(installation.database.app_url, autocommit=True) as connection:
        for forged in forgeries(context, other):
            for table in filled:
                try:
                    with connection.transaction():
                        connection.execute("SELECT set_config('network.context', %s, true)", (forged,))
                        connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
                        taken.append((forged, table))
                except psycopg.errors.InsufficientPrivilege:
                    continue
    assert taken == []


def test_a_context_outlives_its_transaction_only_if_it_is_sent_again(installation: Installation) -> None:
    identity = job_identity(installation.world.tenants["al-hassan"])
    with psycopg.connect(installation.database.app_url, autocommit=True) as connection:
        with connection.transaction():
            connection.execute(
                "SELECT set_config('network.context', %s, true)", (signed(installation, identity),)
            )
            assert counted(connection)
        assert counted(connection) == {}
        with connection.transaction():
            connection.execute("SELECT set_config('network.context', '', true)")
            assert counted(connection) == {}


TRICKS = (
    "SET ROLE network_owner", "SET ROLE network_context", "SET ROLE network_worker", "SET ROLE administrator",
    "SET SESSION AUTHORIZATION network_owner", "SET session_replication_role = replica",
    "SET log_min_error_statement = 'debug5'", "SET log_statement = 'all'", "ALTER ROLE network_app BYPASSRLS",
    "ALTER TABLE client DISABLE ROW LEVEL SECURITY", "ALTER TABLE client NO FORCE ROW LEVEL SECURITY",
    "CREATE POLICY mine ON client USING (true)", "DROP POLICY tenant ON client", "TRUNCATE client", "DROP TABLE client",
    "CREATE TEMP TABLE client (id uuid)", "CREATE TABLE public.mine (id uuid)", "CREATE SCHEMA mine",
    "CREATE FUNCTION public.context_tenant(integer) RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE FUNCTION pg_temp.context_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE OR REPLACE FUNCTION context_tenant() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'",
    "CREATE VIEW mine AS SELECT * FROM client", "CREATE TEMP VIEW mine AS SELECT * FROM client",
    "CREATE TEMP SEQUENCE mine", "CREATE EXTENSION dblink", "CREATE SERVER x FOREIGN DATA WRAPPER y",
    "CREATE OPERATOR = (LEFTARG = uuid, RIGHTARG = uuid, FUNCTION = uuid_ne)",
    "COPY client FROM '/etc/passwd'", "COPY client TO '/tmp/stolen'", "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('.')", "SELECT pg_read_binary_file('PG_VERSION')",
    "SELECT lo_from_bytea(0, 'x')", "SELECT lo_creat(-1)", "SELECT lo_import('/etc/passwd')", "SELECT lo_create(0)",
    "SELECT * FROM pg_authid", "SELECT * FROM pg_statistic", "SELECT * FROM pg_statistic_ext_data",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT * FROM network_private.context_key", "SELECT pg_terminate_backend(1)",
    "SELECT pg_cancel_backend(1)", "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()", "SELECT * FROM pg_logical_slot_peek_changes('x', NULL, NULL)",
    "SELECT pg_create_logical_replication_slot('x', 'pgoutput')", "SELECT * FROM pg_largeobject",
    "CREATE SUBSCRIPTION x CONNECTION '' PUBLICATION y", "CREATE PUBLICATION x FOR ALL TABLES",
    "SELECT deliver_exchange()", "SELECT chain_audit_event()", "SELECT fill_service_search()", "CALL x()",
    "REASSIGN OWNED BY network_owner TO network_app",
    "CREATE TRIGGER t AFTER INSERT ON client FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "CREATE RULE r AS ON SELECT TO client DO INSTEAD SELECT 1", "COMMENT ON TABLE client IS 'x'",
    "SECURITY LABEL ON TABLE client IS 'x'", "LOAD 'auto_explain'", "ALTER SYSTEM SET log_statement = 'all'",
)  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_the_applications_role_gets_nowhere_by_a_trick(installation: Installation, trick: str) -> None:
    with psycopg.connect(installation.database.app_url, autocommit=True) as connection:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(trick)
        assert refused.value.sqlstate


SIDEWAYS = (
    "SET search_path = pg_temp, network_private, information_schema, public",
    "SET row_security = off",
    "SET plan_cache_mode = force_generic_plan",
    "SET enable_seqscan = off",
    "SET network.context = ''",
    "SET debug_parallel_query = on",
)


@pytest.mark.parametrize("setting", SIDEWAYS)
def test_no_setting_of_the_session_opens_the_wall(installation: Installation, setting: str) -> None:
    with psycopg.connect(installation.database.app_url, autocommit=True) as connection:
        connection.execute(setting)
        for table in walled():
            name = sql.SQL("public.{}").format(sql.Identifier(table))
            try:
                row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(name)).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert row == (0,), table


def test_what_the_server_knows_of_a_tables_values_is_told_to_nobody(installation: Installation) -> None:
    with psycopg.connect(installation.database.admin_url, autocommit=True) as admin:
        admin.execute("ANALYZE")
    with psycopg.connect(installation.database.app_url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'"
        ).fetchall()
        assert {name for (name,) in rows} & set(walled()) == set()
        assert connection.execute("SELECT count(*) FROM pg_stats_ext").fetchone() == (0,)


def test_copying_out_brings_nothing_either(app_role: psycopg.Connection) -> None:
    for table in walled():
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with app_role.cursor().copy(statement) as copied:
            assert b"".join(bytes(one) for one in copied) == b"", table


def test_nobody_reads_another_requests_context_or_values_from_its_running_query(
    installation: Installation,
) -> None:
    """All tenants share one role, and a role sees the running queries of its own: they hold no values."""
    from sqlalchemy import text

    from network.core.db import db
    from network.tenants.context import scope

    tenant = installation.world.tenants["al-hassan"]
    with installation.app.app_context(), scope(job_identity(tenant)):
        db.session.execute(text("SELECT count(*) FROM client WHERE id = :id"), {"id": tenant})
        with psycopg.connect(installation.database.app_url) as spy:
            seen = str(
                spy.execute("SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid()").fetchall()
            )
            assert "client" in seen
            assert str(tenant) not in seen
            assert "|job|" not in seen


def test_no_function_of_ours_calls_through_what_everybody_shares(app_role: psycopg.Connection) -> None:
    """Notices, locks and large objects know no tenant."""
    sources = app_role.execute(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace "
        "AND prosrc ~* '\\m(pg_notify|pg_advisory\\w*|dblink\\w*)\\(' ORDER BY 1"
    ).fetchall()
    assert sources == [("fill_service_search",), ("note_listing_change",)]  # the directory is everybody's


def test_what_a_receiver_reads_of_a_packet_follows_its_state_for_every_exchange(
    installation: Installation,
) -> None:
    """Before acceptance no identity part; after a seal or the end, nothing; drafts not at all."""
    with psycopg.connect(installation.database.admin_url) as admin:
        packets = admin.execute(
            "SELECT p.id, p.to_tenant_id, e.sent_at, e.accepted_at, p.sealed_at, p.readable_until <= now(), "
            "p.named_account_id FROM packet p JOIN exchange e ON e.id = p.exchange_id WHERE p.to_tenant_id IS NOT NULL"
        ).fetchall()
    seen = {True: 0, False: 0}
    for packet, receiver, sent_at, accepted_at, sealed_at, over, named in packets:
        identity = Identity(kind="staff", tenant_id=receiver, account_id=named, tenant_kind="partner")
        with acting(installation, identity) as connection:
            parts = {
                part
                for (part,) in connection.execute(
                    "SELECT part FROM packet_part WHERE packet_id = %s", (packet,)
                )
            }
            keys = connection.execute("SELECT 1 FROM packet_key WHERE packet_id = %s", (packet,)).fetchall()
            live = bool(sent_at and not sealed_at and not over)
            expected = ({"preview"} if live else set()) | ({"identity"} if live and accepted_at else set())
            assert parts == expected
            assert bool(keys) is live
            seen[live] += 1
    assert seen[True] > 5
