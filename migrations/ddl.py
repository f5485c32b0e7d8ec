"""What every migration says about who may see and change a table's rows.

Each helper enables and forces row-level security, writes the policies of the table's kind, and grants
the application no more than it needs. Once a migration has shipped, the meaning of a helper it used does
not change: a new rule is a new helper.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from alembic import op

APP = "network_app"
MINE = "tenant_id = (SELECT context_tenant())"
HEADQUARTERS = "(SELECT context_is_headquarters())"
STAFF_OR_JOB = "(SELECT context_kind()) IN ('staff', 'job')"


def force_row_security(table: str) -> None:
    """Row-level security binds everybody, the owner included."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def grant(table: str, *privileges: str, columns: Sequence[str] = ()) -> None:
    """Grant the application these privileges; ``columns`` limits an UPDATE."""
    for privilege in privileges:
        limited = f" ({', '.join(columns)})" if columns and privilege == "UPDATE" else ""
        op.execute(f"GRANT {privilege}{limited} ON {table} TO {APP}")


def policy(
    table: str, name: str, command: str, using: str = "", check: str = "", *, role: str = APP, kind: str = ""
) -> None:
    """One policy. ``kind`` may be RESTRICTIVE."""
    parts = [f"CREATE POLICY {name} ON {table}"]
    if kind:
        parts.append(f"AS {kind}")
    parts.append(f"FOR {command} TO {role}")
    if using:
        parts.append(f"USING ({using})")
    if check:
        parts.append(f"WITH CHECK ({check})")
    op.execute(" ".join(parts))


def protect_private(
    table: str,
    *,
    restricted: bool = False,
    append_only: bool = False,
    deletable: bool = True,
    columns: Sequence[str] = (),
) -> None:
    """A private table: its own tenant sees and changes its rows, nobody else.

    ``restricted`` adds the need-to-know rule of restricted clients; ``append_only`` grants INSERT and
    SELECT alone; ``deletable=False`` keeps what no operation deletes; ``columns`` are the only ones that may be
    updated.
    """
    force_row_security(table)
    policy(table, "tenant", "ALL", MINE, MINE)
    if restricted:
        need_to_know(table)
    if append_only:
        grant(table, "SELECT", "INSERT")
    else:
        grant(table, "SELECT", "INSERT")
        if deletable:
            grant(table, "DELETE")
        grant(table, "UPDATE", columns=columns)


def need_to_know(table: str, client_column: str = "client_id") -> None:
    """A restricted client's rows are seen by the people on her team, and by the platform's own jobs."""
    seen = (
        f"NOT {table}.restricted OR (SELECT context_kind()) = 'job' OR EXISTS (SELECT 1 FROM client_team "
        f"WHERE client_team.tenant_id = {table}.tenant_id AND client_team.client_id = {table}.{client_column} "
        "AND client_team.account_id = (SELECT context_account()))"
    )
    policy(table, "need_to_know", "ALL", seen, seen, kind="RESTRICTIVE")


def protect_shared(table: str, *, read: str = STAFF_OR_JOB, write: str = "") -> None:
    """A shared table: every member reads; who satisfies ``write`` (its steward) inserts, updates, deletes."""
    force_row_security(table)
    policy(table, "readers", "SELECT", read)
    grant(table, "SELECT")
    if write:
        policy(table, "steward_inserts", "INSERT", check=write)
        policy(table, "steward_updates", "UPDATE", write, write)
        policy(table, "steward_deletes", "DELETE", write)
        grant(table, "INSERT", "UPDATE", "DELETE")


def protect_gate(table: str, *, subject: str, own: str = "") -> None:
    """A gate table: the one row whose keyed hash the context carries, and ``own`` rows of who is signed in."""
    force_row_security(table)
    carried = f"(SELECT context_kind()) = 'gate' AND {subject} = (SELECT context_subject())"
    policy(table, "gate", "ALL", carried, carried)
    if own:
        policy(table, "own", "ALL", own, own)
    grant(table, "SELECT", "INSERT", "UPDATE")


def protect_two_party(table: str, *, sender: str, receiver: str, columns: Sequence[str] = ()) -> None:
    """A two-party table: the sender writes; the receiver reads what ``receiver`` allows.

    Tables in which the receiver writes too get policies of their own beside this.
    """
    force_row_security(table)
    policy(table, "sender", "ALL", sender, sender)
    policy(table, "receiver_reads", "SELECT", receiver)
    grant(table, "SELECT", "INSERT")
    if columns:
        grant(table, "UPDATE", columns=columns)


def of_sent_exchange(table: str) -> str:
    """The receiver's condition for what lies beside an exchange: it was sent to her."""
    return (
        f"{table}.to_tenant_id = (SELECT context_tenant()) AND EXISTS (SELECT 1 FROM exchange e "
        f"WHERE e.id = {table}.exchange_id AND e.sent_at IS NOT NULL)"
    )


@contextmanager
def walls_lifted(*tables: str) -> Iterator[None]:
    """Let the owner see and change the rows of these tables, within this migration's transaction.

    Under FORCE the owner sees none: an UPDATE changes nothing and a new foreign key checks nothing, silently.
    """
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def definer(signature: str, role: str, *, callable_by_app: bool = False) -> None:
    """Hand a SECURITY DEFINER function to the role without log-in whose rights it runs with."""
    op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    if callable_by_app:
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {APP}")
    op.execute(f"GRANT CREATE ON SCHEMA public TO {role}")
    op.execute(f"ALTER FUNCTION {signature} OWNER TO {role}")
    op.execute(f"REVOKE CREATE ON SCHEMA public FROM {role}")
    # The owner of the tables still needs it, for the triggers that it makes.
    op.execute(f"SET LOCAL ROLE {role}")
    op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO network_owner")
    op.execute("RESET ROLE")
