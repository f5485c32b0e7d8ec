"""Wrong sign-ins are counted in Redis, under keyed hashes: too many, and the door stays shut for a while."""

from __future__ import annotations

import structlog
from flask import current_app
from redis import Redis
from redis.exceptions import RedisError

from network.accounts.tokens import address_hash
from network.core.errors import TooMany

WINDOW_SECONDS = 15 * 60
MOST_PER_LOGIN = 10
MOST_PER_ADDRESS = 100

log = structlog.get_logger(__name__)


def refuse_if_locked(login: str, address: str) -> None:
    """Raise ``TooMany`` while this login or this network address has too many wrong sign-ins behind it.

    Whether the login belongs to an account makes no difference. Without Redis the door stays open: the
    rate of tries is then limited by the cost of a password's hash alone.
    """
    redis = _redis()
    try:
        for key, most in _keys(login, address):
            if int(redis.get(key) or 0) >= most:  # type: ignore[arg-type]  # redis' types allow an awaitable
                raise TooMany(max(int(redis.ttl(key)), 1))  # type: ignore[arg-type]  # redis' types allow an awaitable
    except RedisError as error:
        log.warning("lockout_unknown", error=type(error).__name__)


def count_failure(login: str, address: str) -> None:
    """Count a wrong sign-in against the login and the address."""
    try:
        with _redis().pipeline() as pipeline:
            for key, _ in _keys(login, address):
                pipeline.incr(key)
                pipeline.expire(key, WINDOW_SECONDS)
            pipeline.execute()
    except RedisError as error:
        log.warning("failure_not_counted", error=type(error).__name__)


def forget_failures(login: str) -> None:
    """A right password clears the login's counter; the address keeps its own."""
    try:
        _redis().delete(_login_key(login))
    except RedisError as error:
        log.warning("failures_not_cleared", error=type(error).__name__)


def _keys(login: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (_login_key(login), MOST_PER_LOGIN), (
        f"network:sign-in:address:{address_hash(address)}",
        MOST_PER_ADDRESS,
    )


def _login_key(login: str) -> str:
    return f"network:sign-in:login:{login}"


def _redis() -> Redis:
    redis: Redis = current_app.extensions["network_redis"]
    return redis
