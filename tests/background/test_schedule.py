"""Errands: asked for once an interval, and each a function that a worker can find."""

from __future__ import annotations

from flask import Flask
from redis import Redis
from rq import Queue
from werkzeug.utils import import_string

from network.background.outbox import QUEUE
from network.background.schedule import Errand, ask_for
from network.cli.processes import ERRANDS
from network.core.ids import new_id


def test_an_errand_is_asked_for_once_an_interval_however_many_tickers_there_are(app: Flask) -> None:
    redis: Redis = app.extensions["network_redis"]
    errand = Errand(f"network.nowhere.{new_id().hex}", 60)
    with app.app_context():
        assert ask_for([errand], redis) == [errand.function]
        assert ask_for([errand], redis) == []
    queue = Queue(QUEUE, connection=redis, serializer="json")
    asked = [job for job in queue.get_jobs() if job.func_name == errand.function]
    assert len(asked) == 1
    queue.remove(asked[0])


def test_every_errand_is_a_function_that_a_worker_finds() -> None:
    assert all(callable(import_string(function)) for function in ERRANDS)
