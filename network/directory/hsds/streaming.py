"""Everything that was found, a JSON object a line, as of one moment, whatever its size.

The stream has a connection and a transaction of its own, in the scope of who asked; the application's contexts are
entered for each batch, since the server goes on reading when the request is over.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import ExitStack, nullcontext
from typing import Final

import orjson
from flask import Flask

from network.core.db import db
from network.directory.hsds import feed
from network.directory.hsds.asking import Wanted
from network.directory.hsds.feed import Fullness
from network.directory.hsds.nesting import Made
from network.directory.hsds.seats import Seat
from network.directory.hsds.standing import Reader
from network.tenants.context import Identity, scope
from network.tenants.isolation import state_again

MEDIA_TYPE: Final = "application/x-ndjson"


class Stream:
    """Lines, read as they are sent. The first batch is read at once, so that what fails fails as an answer.

    Raises TooMany or ServiceUnavailable where there is no seat.
    """

    def __init__(
        self, app: Flask, identity: Identity | None, entity: str, wanted: Wanted, fullness: Fullness
    ):
        self._lines = _batches(app, identity, entity, wanted, fullness, Seat(identity))
        self._first: bytes | None = next(self._lines, b"")

    def __iter__(self) -> Iterator[bytes]:
        """Itself."""
        return self

    def __next__(self) -> bytes:
        """The next lines."""
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._lines)

    def close(self) -> None:
        """Stop reading, and give back the connection."""
        self._lines.close()


def _batches(
    app: Flask, identity: Identity | None, entity: str, wanted: Wanted, fullness: Fullness, seat: Seat
) -> Generator[bytes, None, None]:
    with ExitStack() as ends:
        ends.callback(seat.give_back)  # whatever else fails to end
        with app.app_context(), scope(identity) if identity else nullcontext():
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connection = db.engine.connect()
            ends.callback(connection.close)
            connection = connection.execution_options(**options)
            batches = feed.everything(Reader(connection, identity is None), entity, wanted, fullness)
            ends.callback(batches.close)
            batch: list[Made] | None = next(batches, None)
        while batch is not None:
            yield b"".join(orjson.dumps(one) + b"\n" for one in batch)
            with app.app_context(), scope(identity) if identity else nullcontext():
                state_again(connection, app.extensions["network_signer"])
                batch = next(batches, None)
            seat.keep()
