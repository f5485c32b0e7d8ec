"""The worker's part in a test: everything that is due is done, and what failed is told."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import ColumnElement, select

from network.background.drain import FIRST_RETRY, drain
from network.background.models import OutboxRow
from network.core import clock
from network.core.db import db

ROUNDS = 5


def work_off(worker_app: Flask, *tenant_ids: UUID) -> int:
    """Do what is due until nothing is; returns how many rows were done. Raises ``AssertionError`` with the topics
    of these tenants that failed, or that are still due after a few rounds: the test that goes on would blame
    something else. What other tests have left behind is not asked about."""
    began, done, ours = clock.now(), 0, OutboxRow.tenant_id.in_(tenant_ids)
    with worker_app.app_context():
        for _ in range(ROUNDS):
            done += drain()
            due = _topics(ours, OutboxRow.attempts == 0, OutboxRow.available_at <= clock.now())
            if not due:
                break
        put_back = OutboxRow.available_at.between(began + FIRST_RETRY, clock.now() + FIRST_RETRY)
        failed = _topics(ours, OutboxRow.attempts == 1, OutboxRow.last_error.is_not(None), put_back)
    assert not due, f"still due after {ROUNDS} rounds: {due}"
    assert not failed, f"jobs failed: {failed}"
    return done


def _topics(*where: ColumnElement[bool]) -> list[str]:
    rows = db.session.execute(
        select(OutboxRow.topic, OutboxRow.last_error).where(
            OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None), *where
        )
    ).all()
    db.session.remove()
    return [topic if error is None else f"{topic} ({error})" for topic, error in rows]
