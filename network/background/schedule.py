"""The ticker: every few seconds it has the outbox looked at, which is what guarantees that nothing waits."""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from network.background.outbox import hint

TICK_SECONDS = 3.0
HEARTBEAT = "network:ticker"

log = structlog.get_logger(__name__)


def is_alive(redis: Redis) -> bool:
    """Whether a scheduler ticked within the last half minute."""
    return bool(redis.exists(HEARTBEAT))


def tick(app: Flask) -> None:
    """Tick with this application until told to stop."""
    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    redis = app.extensions["network_redis"]
    log.info("ticker_ready", pid=os.getpid())
    with app.app_context():
        while True:
            try:
                redis.set(HEARTBEAT, "1", ex=int(TICK_SECONDS * 10))
            except RedisError as error:
                log.warning("tick_failed", error=type(error).__name__)
            else:
                hint()
            if stop.wait(TICK_SECONDS):
                return
