"""The application goes on after its database was restarted, without a failed request."""

from __future__ import annotations

import gc
import secrets
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg import Connection
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from network.app import create_app
from network.core import pool
from network.core.db import db
from network.core.pool import PLANNED_ANEW, has_ended, keep_alive, keep_prepared
from network.core.settings import Settings
from network.stack.postgres import EmbeddedPostgres
from tests.support.servers import Database, short_folder

PREPARED = "SELECT pg_backend_pid()"
PID = text(PREPARED)


@contextmanager
def kept(url: str) -> Iterator[Engine]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), pool_size=2)
    keep_prepared(engine)
    keep_alive(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def ask(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(PID))


def test_a_connection_is_kept_from_one_request_to_the_next(database: Database) -> None:
    with kept(database.app_url) as engine:
        assert ask(engine) == ask(engine)


def test_what_was_prepared_stays_so_although_reading_ends_by_a_rollback(database: Database) -> None:
    with kept(database.app_url) as engine:
        for _time in range(8):
            ask(engine)
        with engine.connect() as connection:
            assert PREPARED in connection.scalars(text("SELECT statement FROM pg_prepared_statements")).all()
            with pytest.raises(DBAPIError):
                connection.execute(text("SELECT 1 / 0"))
        assert ask(engine), "after an error all is forgotten, and prepared anew"


def test_for_a_statement_whose_best_plan_hangs_on_its_values_none_is_kept(database: Database) -> None:
    by_driver, by_sqlalchemy = "SELECT 'one' || %(word)s::text", text("SELECT 'two' || :word")
    told = text("SELECT statement FROM pg_prepared_statements")
    with kept(database.app_url) as engine:
        for anew in (True, False):
            for _time in range(8):
                with engine.connect() as connection:
                    options = {PLANNED_ANEW: anew}
                    assert connection.exec_driver_sql(by_driver, {"word": "a"}, options).scalar() == "onea"
                    told_two = connection.execute(by_sqlalchemy, {"word": "a"}, execution_options=options)
                    assert told_two.scalar() == "twoa"
            with engine.connect() as connection:
                prepared = " ".join(connection.scalars(told))
            assert ("'one'" in prepared, "'two'" in prepared) == (not anew, not anew)


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(database: Database) -> None:
    with kept(database.app_url) as engine:
        first = ask(engine)
        with Connection.connect(database.admin_url, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))
        assert ask(engine) != first


def test_all_connections_are_opened_anew_after_the_server_was_restarted(tmp_path: Path) -> None:
    def both(engine: Engine) -> set[int]:
        with engine.connect() as one, engine.connect() as two:
            return {int(one.scalar(PID)), int(two.scalar(PID))}

    with short_folder() as run_dir:
        password = secrets.token_hex(16)
        server = EmbeddedPostgres(
            tmp_path / "postgres", run_dir, administrator_password=password, durable=False
        )
        with kept(server.url()) as engine:
            with server:
                before = both(engine)
            with server:
                after = both(engine)
    assert len(before) == len(after) == 2
    assert not before & after


def test_a_connection_that_was_idle_for_long_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "LONG_IDLE_S", 0.0)
    with kept(database.app_url) as engine:
        first = ask(engine)
        asked: list[object] = []
        monkeypatch.setattr(engine.dialect, "do_ping", lambda connection: asked.append(connection))
        assert ask(engine) != first, "it did not answer"
        assert len(asked) == 1


def test_an_idle_connection_has_nothing_to_say(database: Database) -> None:
    with Connection.connect(database.app_url) as connection:
        connection.execute("SELECT 1")
        connection.rollback()
        assert not has_ended(connection)
    assert has_ended(connection)


def test_an_application_that_is_gone_leaves_no_connection_open(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        engine = db.engine
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert engine.pool.checkedin() == 1
    gone = weakref.ref(app)
    del app, connection
    gc.collect()
    assert gone() is None
    assert engine.pool.checkedin() == 0
