"""Whether this copy lives (`/healthz`) and whether it can serve (`/readyz`), for supervisors and balancers.

Both are public and say nothing about any centre.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from network.background.schedule import HEARTBEAT
from network.core.db import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
WORKERS = "rq:workers"  # where rq keeps the keys of its workers; each key expires without a heartbeat

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> ResponseReturnValue:
    """The database is at this version's migration, Redis answers, worker and scheduler are alive."""
    checks = {name: _passes(check) for name, check in CHECKS.items()}
    ready = all(checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return jsonify(body), 200 if ready else 503


def _passes(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except (SQLAlchemyError, RedisError):
        return False


def _database() -> bool:
    found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    db.session.rollback()
    return found == newest_migration()


def _redis() -> bool:
    return bool(_connection().ping())


def _worker() -> bool:
    keys: set[bytes] = _connection().smembers(WORKERS)  # type: ignore[assignment]
    return bool(keys) and bool(_connection().exists(*keys))


def _scheduler() -> bool:
    return bool(_connection().exists(HEARTBEAT))


def _connection() -> Redis:
    redis: Redis = current_app.extensions["network_redis"]
    return redis


@cache
def newest_migration() -> str | None:
    """The revision that this version of the code needs. Files are numbered in their order."""
    numbers = [path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*_*.py")]
    return max(numbers, default=None)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": _database,
    "redis": _redis,
    "worker": _worker,
    "scheduler": _scheduler,
}
