"""The processes of an installation, one container each, and whether one lives."""

from __future__ import annotations

import importlib
import os
import sys

import click
from flask import Flask

from network.cli.building import built
from network.cli.running import PORT
from network.core.settings import Settings, read_variable

# What the scheduler asks a worker for, and how often (seconds). By name: it imports none of it.
ERRANDS = {
    "network.audit.jobs.anchor_heads": 300,
    "network.directory.jobs.sweep_listings": 86_400,
    "network.directory.jobs.find_all_twins": 86_400,
    "network.directory.jobs.tend_searches": 86_400,
    "network.directory.jobs.close_doors": 86_400,
    "network.referrals.jobs.tell_of_gone": 86_400,
    "network.directory.feeds.jobs.forget_old_imports": 86_400,
}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=PORT, show_default=True, envvar="NETWORK_PORT")
@click.option(
    "--workers", type=click.IntRange(1), envvar="NETWORK_WEB_WORKERS", help="One a core by default."
)
def web(host: str, port: int, workers: int | None) -> None:
    """Run the web server alone."""
    from network.stack.web import serve

    Settings.from_environ(os.environ)  # each of its processes would say what is missing, in a traceback
    _logs("web")
    serve(host, port, workers)


@click.command()
def worker() -> None:
    """Run a worker alone: it does what waits in the outbox."""
    _logs("worker")
    app = built(worker=True)
    importlib.import_module("network.background.worker").work(app)


@click.command()
def scheduler() -> None:
    """Run the scheduler alone: it has the outbox looked at every few seconds."""
    from redis import Redis

    from network.background.schedule import Errand, tick

    _logs("scheduler")
    clock = Flask("network.scheduler")  # it only asks for work to be done, so it needs Redis and nothing else
    settings = Settings.from_environ(os.environ)
    clock.extensions["network_redis"] = Redis.from_url(settings.redis_url, socket_timeout=5)
    tick(clock, [Errand(function, every_s) for function, every_s in ERRANDS.items()])


def _logs(process: str) -> None:
    from network.stack.logs import configure_logs

    configure_logs(os.environ.get("NETWORK_ENVIRONMENT", "production"), process)


@click.command()
@click.argument("process", type=click.Choice(["web", "worker", "scheduler"]))
@click.option("--port", default=PORT, show_default=True, envvar="NETWORK_PORT", help="Where the web listens.")
def alive(process: str, port: int) -> None:
    """Say by the exit code whether a process of this installation lives (for containers)."""
    from redis import Redis
    from redis.exceptions import RedisError

    from network.background import schedule
    from network.background import worker as working
    from network.stack.supervisor import probe

    if process == "web":
        sys.exit(probe(port, "/healthz")[0] != 200)
    redis = Redis.from_url(read_variable(os.environ, "REDIS_URL") or "", socket_timeout=5)
    try:
        lives = (working if process == "worker" else schedule).is_alive(redis)
    except RedisError:
        lives = False
    sys.exit(not lives)
