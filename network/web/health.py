"""Whether this copy lives (`/healthz`) and whether it can serve (`/readyz`), for supervisors and balancers.

Both are public and say nothing about any centre.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from network.core.db import db
from network.web.security import public

AliveCheck = Callable[[Redis], bool]

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """The database is at this version's migration, Redis answers, the background is alive."""
    redis: Redis = current_app.extensions["network_redis"]
    background: dict[str, AliveCheck] = current_app.extensions["network_background"]
    checks = {"database": _passes(_database), "redis": _passes(redis.ping)}
    checks |= {name: _passes(partial(alive, redis)) for name, alive in background.items()}
    ready = all(checks.values())
    body = {"status": "ready" if ready else "not ready", "checks": checks}
    return jsonify(body), 200 if ready else 503


def _passes(check: Callable[[], object]) -> bool:
    try:
        return bool(check())
    except (SQLAlchemyError, RedisError):
        return False


def _database() -> bool:
    found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    db.session.rollback()
    return found == newest_migration()


@cache
def newest_migration() -> str | None:
    """The revision that this version of the code needs. Files are numbered in their order."""
    numbers = [path.name.partition("_")[0] for path in MIGRATIONS.glob("[0-9]*_*.py")]
    return max(numbers, default=None)
