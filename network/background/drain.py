"""Doing the work: claim a row, enter its tenant's scope, do it, mark it done, all in one transaction."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import structlog
from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Update, select, update

from network.background.models import OutboxRow
from network.background.outbox import ClaimedJob, handler_of, last_words_of
from network.core import clock
from network.core.application import this_application
from network.core.db import db, unit_of_work
from network.core.errors import DomainError
from network.tenants.context import job_identity
from network.tenants.isolation import enter_in_transaction

HEARTBEAT = "network:worker"
HEARTBEAT_SECONDS = 60
MOST_ATTEMPTS = 8
FIRST_RETRY = timedelta(seconds=10)

log = structlog.get_logger(__name__)


def give_heartbeat(redis: Redis) -> None:
    """Say that a worker lives. The ticker asks for a drain every few seconds, so it is said as often."""
    with suppress(RedisError):
        redis.set(HEARTBEAT, "1", ex=HEARTBEAT_SECONDS)


def drain(most: int = 1000) -> int:
    """Do what is due, oldest first; returns how many rows were done. Safe to run many times at once."""
    done = 0
    app = this_application()
    give_heartbeat(app.extensions["network_redis"])
    while done < most:
        with app.app_context():
            if not _serve_one():
                return done
        done += 1
    return done


def _serve_one() -> bool:
    """Serve the oldest due row in a transaction of its own; False if nothing is due."""
    claimed: ClaimedJob | None = None
    try:
        with unit_of_work():
            row = _claim()
            if row is None:
                return False
            claimed = ClaimedJob(row.id, row.tenant_id, row.topic, row.subject_id, row.expected_version)
            db.session.expunge(row)
            enter_in_transaction(job_identity(claimed.tenant_id), current_app.extensions["network_signer"])
            handler_of(claimed.topic)(claimed)
            db.session.execute(_row(claimed).values(done_at=clock.now(), attempts=OutboxRow.attempts + 1))
    except Exception as error:
        if claimed is None:
            raise
        _put_back(claimed, error)
    return True


def _claim() -> OutboxRow | None:
    return db.session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None), OutboxRow.available_at <= clock.now()
        )
        .order_by(OutboxRow.available_at, OutboxRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()


def _put_back(claimed: ClaimedJob, error: Exception) -> None:
    """Count the failed attempt and wait longer each time; after the last one the row is kept as failed."""
    name = error.code if isinstance(error, DomainError) else type(error).__name__
    log.error("job_failed", topic=claimed.topic, job_id=str(claimed.id), error=name)
    app = this_application()
    with app.app_context(), unit_of_work():
        attempts = db.session.scalar(select(OutboxRow.attempts).where(*_is(claimed))) or 0
        gone = attempts + 1 >= MOST_ATTEMPTS
        wait = FIRST_RETRY * 2**attempts
        db.session.execute(
            _row(claimed).values(
                attempts=attempts + 1,
                last_error=name,
                failed_at=clock.now() if gone else None,
                available_at=clock.now() + wait,
            )
        )
        if gone:
            _tell_subject(claimed)


def _tell_subject(claimed: ClaimedJob) -> None:
    """Let the subject know that nobody tries any more. Where that fails, too, the row still is kept as failed."""
    told = last_words_of(claimed.topic)
    if told is None:
        return
    try:
        enter_in_transaction(job_identity(claimed.tenant_id), current_app.extensions["network_signer"])
        with db.session.begin_nested():
            told(claimed)
    except Exception as error:  # noqa: BLE001  # whatever it is, the row must not be tried for ever
        log.error("job_gave_up_silently", topic=claimed.topic, error=type(error).__name__)


def _is(claimed: ClaimedJob) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return OutboxRow.tenant_id == claimed.tenant_id, OutboxRow.id == claimed.id


def _row(claimed: ClaimedJob) -> Update:
    return update(OutboxRow).where(*_is(claimed)).execution_options(synchronize_session=False)
