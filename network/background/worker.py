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

from network.background.drain import HEARTBEAT, give_heartbeat
from network.background.outbox import QUEUE

log = structlog.get_logger(__name__)


def is_alive(redis: Redis) -> bool:
    """Whether some worker was at work within the last minute."""
    return bool(redis.exists(HEARTBEAT))


def work(app: Flask) -> None:
    """Serve with this application until told to stop."""
    with app.app_context():
        redis = app.extensions["network_redis"]
        queue = Queue(QUEUE, connection=redis, serializer="json")
        worker = SimpleWorker([queue], connection=redis, serializer=JSONSerializer)
        give_heartbeat(redis)
        log.info("worker_ready", pid=os.getpid())
        worker.work(logging_level="WARNING")
