"""The worker process: builds the application once, then serves drain jobs from Redis.

The stock worker imports the application for every job (more than a second each); this one has it already.
"""

from __future__ import annotations

import os

import structlog
from flask import Flask
from redis import Redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS

from network.background.outbox import QUEUE

WORKER_TTL_SECONDS = 30  # a dead worker is missed by /readyz after about a minute longer

log = structlog.get_logger(__name__)


def is_alive(redis: Redis) -> bool:
    """Whether some worker has given its heartbeat: rq lets the key of a silent one expire."""
    keys: set[bytes] = redis.smembers(REDIS_WORKER_KEYS)  # type: ignore[assignment]
    return bool(keys) and bool(redis.exists(*keys))


def work(app: Flask) -> None:
    """Serve with this application until told to stop."""
    with app.app_context():
        redis = app.extensions["network_redis"]
        queue = Queue(QUEUE, connection=redis, serializer="json")
        worker = SimpleWorker(
            [queue], connection=redis, serializer=JSONSerializer, worker_ttl=WORKER_TTL_SECONDS
        )
        log.info("worker_ready", pid=os.getpid())
        worker.work(logging_level="WARNING")
