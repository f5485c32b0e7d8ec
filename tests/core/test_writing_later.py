"""Rows that nobody reads back are put off: they are there for whoever looks, and lost with what is undone."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Integer, bindparam, delete, event, insert, select
from sqlalchemy.exc import DBAPIError

from network.background.models import OutboxRow
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import db, unit_of_work, write_later
from network.core.ids import new_id
from network.tenants.context import scope
from tests.factories import make_tenant, staff
from tests.support.statements import statements


def subjects() -> set[UUID]:
    return set(db.session.scalars(select(OutboxRow.subject_id)))


def test_what_was_put_off_is_there_for_whoever_looks_and_travels_in_one_journey(app: Flask) -> None:
    tenant, first, second = make_tenant(app), new_id(), new_id()
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        enqueue("consent.expiry", first)
        with statements(app) as sent:
            enqueue("consent.expiry", second)
            assert sent == [], "nothing was sent yet"
            assert {first, second} <= subjects()
    assert [sql.split()[0] for sql in sent if "outbox" in sql] == ["INSERT", "SELECT"]


def test_what_was_put_off_in_a_savepoint_is_lost_with_it_and_nothing_before(app: Flask) -> None:
    tenant, before, inside, after = make_tenant(app), new_id(), new_id(), new_id()
    with app.app_context(), scope(staff(tenant)):
        with unit_of_work():
            enqueue("consent.expiry", before)
            with pytest.raises(LookupError), db.session.begin_nested():
                enqueue("consent.expiry", inside)
                raise LookupError
            enqueue("consent.expiry", after)
        assert subjects() & {before, inside, after} == {before, after}


def test_a_unit_that_fails_leaves_nothing_of_what_was_put_off(app: Flask) -> None:
    tenant, lost = make_tenant(app), new_id()
    with app.app_context(), scope(staff(tenant)):
        with pytest.raises(LookupError), unit_of_work():
            enqueue("consent.expiry", lost)
            raise LookupError
        with unit_of_work():
            assert lost not in subjects()


def test_a_row_that_leaves_a_default_to_the_orm_is_refused(app: Flask) -> None:
    statement = insert(OutboxRow.__table__)
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)), pytest.raises(ValueError, match="attempts"), unit_of_work():
        write_later(statement, {"tenant_id": tenant, "id": new_id(), "topic": "consent.expiry"})


def test_a_row_with_other_columns_than_the_first_is_refused_not_cut(app: Flask) -> None:
    tenant = make_tenant(app)
    row = {"tenant_id": tenant, "topic": "consent.expiry", "available_at": clock.now(), "attempts": 0}
    row |= {"created_at": clock.now()}
    for other in ({"subject_id": new_id()}, {"last_error": "none"}):
        statement = insert(OutboxRow.__table__)
        with app.app_context(), scope(staff(tenant)):
            with pytest.raises(ValueError, match=next(iter(other))), unit_of_work():
                write_later(statement, row | {"id": new_id()}, row | {"id": new_id()} | other)
            with pytest.raises(ValueError, match=next(iter(other))), unit_of_work():
                write_later(statement, row | {"id": new_id()} | other)
            assert db.session.scalars(select(OutboxRow.id)).all() == []


def test_the_commit_travels_with_the_last_rows(app: Flask) -> None:
    tenant, kept, lost = make_tenant(app), new_id(), new_id()
    found: list[TransactionStatus] = []

    def look(made: Connection) -> None:
        found.append(made.connection.driver_connection.info.transaction_status)

    with app.app_context(), scope(staff(tenant)):
        event.listen(db.engine, "commit", look)
        try:
            with unit_of_work():
                enqueue("consent.expiry", kept)
        finally:
            event.remove(db.engine, "commit", look)
        assert found == [TransactionStatus.IDLE], (
            "what the last rows lock is free before the process has its turn"
        )
        with pytest.raises(DBAPIError), unit_of_work():
            enqueue("consent.expiry", lost)
            write_later(
                delete(OutboxRow.__table__).where(bindparam("no", type_=Integer()) / 0 == 1), {"no": 1}
            )
        assert subjects() == {kept}, "where one of them fails nothing is committed"
