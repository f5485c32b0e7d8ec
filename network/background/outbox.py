"""Writing work into the outbox, in the transaction of the operation that causes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import structlog
from flask import current_app
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from sqlalchemy import Table, insert, select

from network.background.models import OutboxRow
from network.core import clock
from network.core.db import after_commit, db, write_later
from network.core.ids import new_id
from network.tenants.context import acting

QUEUE = "network"
DRAIN = "network.background.drain.drain"

_INSERT = insert(cast(Table, OutboxRow.__table__))  # nobody reads it back: the ORM need not watch it

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ClaimedJob:
    """What a handler is given: ids to fetch again. ``id`` is the effect key for whatever goes outside."""

    id: UUID
    tenant_id: UUID
    topic: str
    subject_id: UUID
    expected_version: int | None


Handler = Callable[[ClaimedJob], None]
_handlers: dict[str, Handler] = {}
_last_words: dict[str, Handler] = {}


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Declare the handler of a topic. It runs in the row's scope and transaction and never commits."""

    def declare(handler: Handler) -> Handler:
        known = _handlers.get(topic)
        if known is not None and known is not handler:
            raise RuntimeError(f"topic {topic} has a handler already")
        _handlers[topic] = handler
        return handler

    return declare


def gives_up(topic: str) -> Callable[[Handler], Handler]:
    """Declare what is done when the last attempt at a topic failed: it tells the subject, in the row's scope."""

    def declare(handler: Handler) -> Handler:
        _last_words[topic] = handler
        return handler

    return declare


def last_words_of(topic: str) -> Handler | None:
    """What is done when the last attempt at a topic failed; for most nothing."""
    return _last_words.get(topic)


def handler_of(topic: str) -> Handler:
    """The handler of a topic; raises ``KeyError`` for a topic nobody handles."""
    return _handlers[topic]


def topics() -> frozenset[str]:
    """Every topic that has a handler."""
    return frozenset(_handlers)


def enqueue(
    topic: str,
    subject_id: UUID,
    *,
    available_at: datetime | None = None,
    expected_version: int | None = None,
) -> UUID:
    """Have ``topic`` done for ``subject_id``, now or at ``available_at``; returns the row's id.

    With ``expected_version`` the row is a clock: its handler does nothing if the subject moved on.
    """
    return _write(acting().tenant, topic, subject_id, available_at, expected_version)


def enqueue_once(topic: str, subject_id: UUID) -> None:
    """Have ``topic`` done for ``subject_id``, unless that waits for a worker already.

    One that has begun does not count: it may have passed what is new.
    """
    tenant = acting().tenant
    waiting = select(OutboxRow.id).where(
        OutboxRow.tenant_id == tenant,
        OutboxRow.topic == topic,
        OutboxRow.subject_id == subject_id,
        OutboxRow.done_at.is_(None),
        OutboxRow.failed_at.is_(None),
        OutboxRow.attempts == 0,
    )
    if db.session.scalar(waiting.limit(1).with_for_update(skip_locked=True)) is None:
        _write(tenant, topic, subject_id)


def enqueue_for_new_tenant(topic: str, tenant_id: UUID) -> UUID:
    """Have a tenant that was just opened prepared in its own scope: the one row that the headquarters may write."""
    return _write(tenant_id, topic, tenant_id)


def _write(
    tenant_id: UUID,
    topic: str,
    subject_id: UUID,
    available_at: datetime | None = None,
    expected_version: int | None = None,
) -> UUID:
    now = clock.now()
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": new_id(),
        "topic": topic,
        "subject_id": subject_id,
        "expected_version": expected_version,
        "available_at": available_at or now,
        "created_at": now,
        "attempts": 0,
    }
    write_later(_INSERT, row)
    if row["available_at"] <= now:
        after_commit("hint", hint)
    row_id: UUID = row["id"]
    return row_id


def hint() -> None:
    """Tell a worker that something is due. Losing the hint loses nothing: the ticker looks as well."""
    ask_worker(DRAIN)


def ask_worker(function: str) -> None:
    """Have a worker call a function that takes nothing; where Redis does not answer, nobody is asked."""
    redis: Redis | None = current_app.extensions.get("network_redis")
    if redis is None:
        return
    try:
        Queue(QUEUE, connection=redis, serializer="json").enqueue(function, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        log.warning("hint_not_delivered", error=type(error).__name__)
