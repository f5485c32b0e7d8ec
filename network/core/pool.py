"""Connections that are kept: a request never gets one whose server has gone, and what was prepared stays so.

Asking the server before every use costs each request two journeys. A server that ends says so: an idle connection
on which there is something to read is one that ended, and looking costs nothing. Only what was idle for long is
asked, because a network can fall silent without a word.
"""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidatePoolError

LONG_IDLE_S = 30.0
# An execution option: a statement whose best plan hangs on its values, so that none is kept for it.
PLANNED_ANEW = "network_planned_anew"
_SINCE = "network_idle_since"


class KeptConnection(psycopg.Connection[Any]):
    """A connection that keeps its prepared statements when a transaction is rolled back.

    The driver forgets them all at every rollback, because a table that they name may have been made in that
    transaction. The application makes no tables; but whatever only reads ends by a rollback, and so does the sign-in
    of every request: nothing would ever stay prepared, and the server would plan each statement each time.
    """

    def rollback(self) -> None:
        """Roll back; after an error, as the driver does."""
        connection = self.pgconn
        if (
            connection.transaction_status == TransactionStatus.INTRANS
            and connection.pipeline_status == PipelineStatus.OFF
        ):
            with self.lock:
                connection.exec_(b"ROLLBACK")
        super().rollback()


def keep_prepared(engine: Engine) -> None:
    """Let the engine open connections that keep what was prepared."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, named: dict[str, Any]) -> Any:
        return KeptConnection.connect(*arguments, **named)

    @event.listens_for(engine, "do_execute")
    def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
        anew = bool(context is not None and context.execution_options.get(PLANNED_ANEW))
        if anew:
            cursor.execute(statement, parameters, prepare=False)
        return anew


def keep_alive(engine: Engine) -> None:
    """Take connections from the pool that still work; where the server was restarted, all are opened anew."""

    @event.listens_for(engine, "checkin")
    def note_time(_connection: Any, record: Any) -> None:
        record.info[_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(_SINCE)
        if since is None:
            return  # just opened
        if has_ended(connection) or (
            time.monotonic() - since > LONG_IDLE_S and not _answers(engine, connection)
        ):
            record.info.pop(_SINCE)
            raise InvalidatePoolError


def has_ended(connection: Any) -> bool:
    """Whether an idle connection has something to read: the server's last words, or the end of the line."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False
