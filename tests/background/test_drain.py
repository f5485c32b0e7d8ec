"""The outbox: what is written with a change is done once, in its own tenant's scope."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from network.background import outbox
from network.background.drain import MOST_ATTEMPTS, drain
from network.background.models import OutboxRow
from network.background.outbox import ClaimedJob, enqueue, handles
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.tenants.context import acting, scope
from tests.factories import make_tenant, staff
from tests.support.servers import Database


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[object, object]]]:
    """What the test's own topic was asked to do: (tenant acted for, subject)."""
    done: list[tuple[object, object]] = []
    monkeypatch.setattr(outbox, "_handlers", dict(outbox._handlers))

    @handles("test.note")
    def note(job: ClaimedJob) -> None:
        done.append((acting().tenant, job.subject_id))

    @handles("test.fail")
    def fail(job: ClaimedJob) -> None:
        raise KeyError("always")

    return done


def test_work_is_done_once_and_for_the_tenant_that_asked(app: Flask, worker_app: Flask, served) -> None:
    first, second = make_tenant(app), make_tenant(app)
    asked = []
    for tenant in (first, second):
        with app.app_context(), scope(staff(tenant)), unit_of_work():
            subject = new_id()
            enqueue("test.note", subject)
            asked.append((tenant, subject))
    with worker_app.app_context():
        drain()
        drain()
    assert [seen for seen in served if seen in asked] == asked


def test_a_rolled_back_change_leaves_no_work(app: Flask, worker_app: Flask, served) -> None:
    with app.app_context(), scope(staff(make_tenant(app))):
        with pytest.raises(ZeroDivisionError), unit_of_work():
            enqueue("test.note", new_id())
            raise ZeroDivisionError
    with worker_app.app_context():
        drain()
    assert served == []


def test_a_clock_waits_until_it_is_due(app: Flask, worker_app: Flask, served) -> None:
    subject = new_id()
    due = clock.now() + timedelta(hours=2)
    with app.app_context(), scope(staff(make_tenant(app))), unit_of_work():
        enqueue("test.note", subject, available_at=due)
    with worker_app.app_context():
        drain()
        assert served == []
        with clock.set_to(due):
            drain()
    assert [seen for _, seen in served] == [subject]


def test_work_that_keeps_failing_is_kept_as_failed_and_blocks_nothing(
    app: Flask, worker_app: Flask, served
) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        row = enqueue("test.fail", new_id())
    later = clock.now()
    with worker_app.app_context():
        for _ in range(MOST_ATTEMPTS):
            later += timedelta(hours=1)
            with clock.set_to(later):
                drain()
    with app.app_context(), scope(staff(tenant)):
        kept = db.session.scalars(select(OutboxRow).where(OutboxRow.id == row)).one()
        assert (kept.attempts, kept.last_error, kept.done_at) == (MOST_ATTEMPTS, "KeyError", None)
        assert kept.failed_at is not None


def test_the_web_application_sees_no_other_tenants_work(app: Flask, served) -> None:
    with app.app_context(), scope(staff(make_tenant(app))), unit_of_work():
        enqueue("test.note", new_id())
    with app.app_context(), scope(staff(make_tenant(app))):
        assert db.session.scalars(select(OutboxRow)).all() == []


def test_work_whose_worker_dies_in_the_middle_is_done_once_by_the_next(
    app: Flask, worker_app: Flask, database: Database, served
) -> None:
    """The server notices that the worker is gone, and takes back what it had half done."""
    tenant, subject = make_tenant(app), new_id()
    deaths = iter([True])

    @handles("test.dies")
    def dies(job: ClaimedJob) -> None:
        enqueue("test.note", job.subject_id)
        db.session.flush()
        if next(deaths, False):
            pid = db.session.scalar(select(func.pg_backend_pid()))
            with psycopg.connect(database.admin_url, autocommit=True) as admin:
                admin.execute("SELECT pg_terminate_backend(%s, 10000)", (pid,))

    with app.app_context(), scope(staff(tenant)), unit_of_work():
        enqueue("test.dies", subject)
    with suppress(OperationalError), worker_app.app_context():
        drain()
    assert (tenant, subject) not in served
    with clock.set_to(clock.now() + timedelta(hours=1)), worker_app.app_context():
        drain()
        drain()
    assert served.count((tenant, subject)) == 1
