"""Who may have a stream: strangers and members have seats of their own, so that neither keeps the other out.

Of strangers each network address has one at a time in all processes (Redis knows; without it, in each process). Whose
process ended without a word keeps it for some minutes.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from threading import Lock
from typing import Final

from flask import current_app
from redis import Redis, RedisError
from werkzeug.exceptions import ServiceUnavailable

from network.core.errors import TooMany
from network.core.ids import new_id
from network.tenants.context import Identity
from network.web import limits

AT_ONCE: Final = (
    3  # of a process, for members and as many for strangers: it has threads for both besides those at work
)
OF_A_MEMBER: Final = 2
OF_AN_ADDRESS: Final = 1
RETRY_AFTER_S: Final = 30
KEPT_S: Final = 180  # longer than the server waits for whoever reads slowly


class Seats:
    """So many in all, and so many of each who asks."""

    def __init__(self, most: int, of_one: int):
        self.most = most
        self._of_one = of_one
        self._taken: Counter[str] = Counter()
        self._lock = Lock()

    def take(self, who: str) -> None:
        """Take one; raises TooMany for whoever has enough, ServiceUnavailable where all are taken."""
        with self._lock:
            if self._taken[who] >= self._of_one:
                raise TooMany(RETRY_AFTER_S)
            if self._taken.total() >= self.most:
                raise ServiceUnavailable(retry_after=RETRY_AFTER_S)
            self._taken[who] += 1

    def give_back(self, who: str) -> None:
        """Let somebody else have it."""
        with self._lock:
            self._taken[who] -= 1
            self._taken += Counter()  # whoever has none is not remembered


STRANGERS: Final = Seats(AT_ONCE, OF_AN_ADDRESS)
MEMBERS: Final = Seats(AT_ONCE, OF_A_MEMBER)


class Seat:
    """A seat that was taken in the request of who asks; raises TooMany or ServiceUnavailable where there is none."""

    def __init__(self, identity: Identity | None):
        self._redis: Redis = current_app.extensions["network_redis"]
        self._seats = STRANGERS if identity is None else MEMBERS
        self._who = limits.address() if identity is None else str(identity.account_id or identity.tenant_id)
        self._everywhere = f"network:stream:{self._who}" if identity is None else None
        self._mark = str(new_id())
        self._held = True
        self._seats.take(self._who)
        if not self._take_everywhere():
            self._seats.give_back(self._who)
            raise TooMany(RETRY_AFTER_S)

    def keep(self) -> None:
        """Say that it is still needed."""
        if self._everywhere:
            with suppress(RedisError):
                self._redis.expire(self._everywhere, KEPT_S)

    def give_back(self) -> None:
        """Let somebody else have it; once is enough."""
        if not self._held:
            return
        self._held = False
        self._seats.give_back(self._who)
        if self._everywhere:
            with suppress(RedisError):
                if self._redis.get(self._everywhere) == self._mark.encode():
                    self._redis.delete(self._everywhere)

    def _take_everywhere(self) -> bool:
        if not self._everywhere:
            return True
        try:
            return bool(self._redis.set(self._everywhere, self._mark, nx=True, ex=KEPT_S))
        except RedisError:
            return True  # what is counted here holds
