"""The floor of a page, served by the product's web server with as many workers and threads.

The same statements by bare psycopg on a kept connection, the context signed and set and the page's commits
made; then the same template, rendered from values that are held in memory, compressed as the page is. There
are no guards, no limits, no log, no objects of the ORM, no opened envelopes: what a page takes beyond this is
what the product adds.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, g, request, session
from werkzeug.test import Client

from network.bench.recording import Recording, record
from network.bench.replay import Connections, Replay, Sign, inputs
from network.bench.visitor import Ask, Unexpected, Visitor
from network.core.db import db
from network.web.compression import MOST_PADDING, SMALLEST_BYTES, gzipped

MARK = "HTTP_X_FLOOR"
_TOKENS = re.compile(rb'(name="(?:csrf_token|idempotency_key)" value="|name="csrf-token" content=")[^"]*')
StartResponse = Callable[..., Any]


@dataclass(frozen=True)
class Tread:
    """One recorded request of the floor. ``varies``: it is asked with other ids than it was recorded with."""

    recording: Recording
    replay: Replay
    varies: bool


class Floor:
    """The application that answers with the floor; the mark of a request says of which page."""

    def __init__(self, app: Flask, treads: Mapping[str, Tread], connections: Connections) -> None:
        self._app = app
        self._treads = treads
        self._connections = connections

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        tread = self._treads.get(environ.get(MARK, ""))
        if tread is None:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"floor"]
        with self._app.request_context(environ):
            return self._answer(tread)(environ, start_response)

    def _answer(self, tread: Tread) -> Response:
        begun = time.perf_counter()
        connection = self._connections.take()
        try:
            tread.replay.run(connection, self._inputs(tread))
        finally:
            self._connections.give_back(connection)
        asked = time.perf_counter()
        response = self._render(tread.recording)
        ended = time.perf_counter()
        response.headers["X-Floor-Parts"] = f"{(asked - begun) * 1000:.3f} {(ended - asked) * 1000:.3f}"
        return response

    def _inputs(self, tread: Tread) -> dict[str, str]:
        return inputs(request.path, request.form) if tread.varies else {}

    def _render(self, recording: Recording) -> Response:
        if recording.template is None:
            return Response(recording.body, recording.ask.expects, recording.headers)
        g.acting = recording.identity
        held = {**recording.context, "request": request, "session": session, "g": g}
        body = recording.template.render(held).encode()
        response = Response(status=recording.ask.expects, headers=recording.headers)
        if len(body) >= SMALLEST_BYTES and "gzip" in request.headers.get("Accept-Encoding", ""):
            body = gzipped(body, secrets.randbelow(MOST_PADDING))
            response.headers["Content-Encoding"] = "gzip"
        response.set_data(body)
        return response


def record_floor(
    app: Flask, visitor: Visitor, asks: Mapping[str, tuple[Ask, bool]], sign: Sign
) -> dict[str, Tread]:
    """Record each request by its mark, with whether it varies; the requests are carried out.

    What can be asked twice is asked once before: caches are warm, and the session's time was noted.
    """
    treads = {}
    for mark, (ask, varies) in asks.items():
        record(app, visitor, Ask("GET", "/account") if varies else ask)
        recording = record(app, visitor, ask)
        treads[mark] = Tread(recording, Replay(recording, sign, varies=varies), varies)
    with app.app_context():
        db.engine.dispose()
    return treads


def check_likeness(app: Flask, treads: Mapping[str, Tread], visitor: Visitor, database_url: str) -> None:
    """See that the floor answers with the very page, tokens of forms aside; raises Unexpected if not."""
    with Connections(database_url) as connections:
        client = Client(Floor(app, treads, connections))
        for mark, tread in treads.items():
            if not tread.varies:
                _compare(client, visitor, mark, tread.recording)


def _compare(client: Client, visitor: Visitor, mark: str, recording: Recording) -> None:
    ask = recording.ask
    body, headers = visitor.packed(ask)
    del headers["Accept-Encoding"]
    answer = client.open(ask.path, method=ask.method, headers={**headers, "X-Floor": mark}, data=body)
    if answer.status_code != ask.expects or _bare(answer.data) != _bare(recording.body):
        raise Unexpected(f"the floor of {ask.path} does not answer with the page")


def _bare(body: bytes) -> bytes:
    return _TOKENS.sub(rb"\1", body)
