"""The ticker: every few seconds it has the outbox looked at, which is what guarantees that nothing waits.

It also asks for errands: work for the whole installation that comes round at an interval.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

import structlog
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from network.background.outbox import ask_worker, hint

TICK_SECONDS = 3.0
HEARTBEAT = "network:ticker"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Errand:
    """Work that comes round: the function by its path, which takes nothing and may be done twice, and how often."""

    function: str
    every_s: int


def is_alive(redis: Redis) -> bool:
    """Whether a scheduler ticked within the last half minute."""
    return bool(redis.exists(HEARTBEAT))


def ask_for(errands: Sequence[Errand], redis: Redis) -> list[str]:
    """Ask a worker for the errands whose time has come; however many tickers there are, once an interval."""
    due = [
        errand.function
        for errand in errands
        if redis.set(f"network:errand:{errand.function}", "1", nx=True, ex=errand.every_s)
    ]
    for function in due:
        ask_worker(function)
    return due


def tick(app: Flask, errands: Sequence[Errand] = ()) -> None:
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
                ask_for(errands, redis)
            except RedisError as error:
                log.warning("tick_failed", error=type(error).__name__)
            else:
                hint()
            if stop.wait(TICK_SECONDS):
                return
