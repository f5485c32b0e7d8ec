"""The floor of a page, served by the product's web server with as many workers and threads.

A signed-in view: the product's own frame and guard, at the page's address. Inside it, the statements of the page
by bare psycopg on a kept connection, the context signed and set and the page's commits made; then the same
template, rendered from values that are held in memory. There are no objects of the ORM, no operations, no schemas
and no opened envelopes: what a page takes beyond this is what the room behind the guard adds.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from flask import Flask, Response, g, request, session
from werkzeug.test import Client

from network.accounts.guards import Guard, requires
from network.bench.recording import Recording, record
from network.bench.replay import Connections, Replay, Sign, inputs
from network.bench.visitor import Ask, Unexpected, Visitor
from network.core.db import db
from network.web.security import GUARD

MARK = "HTTP_X_FLOOR"
# Where a request carries the floor that answers it, past the product's own frame.
ANSWERS = "network.bench.answers"
KEPT_HEADERS = ("Content-Type", "Location")
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
        for tread in treads.values():
            _let_floor_answer(app, tread.recording.ask)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        tread = self._treads.get(environ.get(MARK, ""))
        if tread is None:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [b"floor"]
        environ[ANSWERS] = lambda: self._answer(tread)
        return self._app.wsgi_app(environ, start_response)

    def _answer(self, tread: Tread) -> Response:
        begun = time.perf_counter()
        connection = self._connections.take()
        try:
            tread.replay.run(connection, inputs(request.path, request.form) if tread.varies else {})
        finally:
            self._connections.give_back(connection)
        asked = time.perf_counter()
        response = _render(tread.recording)
        ended = time.perf_counter()
        response.headers["X-Floor-Parts"] = f"{(asked - begun) * 1000:.3f} {(ended - asked) * 1000:.3f}"
        return response


def _let_floor_answer(app: Flask, ask: Ask) -> None:
    """Put a view of the floor beside the product's, behind the same guard; it answers what the floor was asked."""
    endpoint, _values = app.url_map.bind("").match(ask.path.partition("?")[0], method=ask.method)
    view = app.view_functions[endpoint]
    if hasattr(view, ANSWERS):
        return
    guard: Guard = getattr(view, GUARD)

    @requires(*guard.permissions, any_of=guard.any_of, even_locked=guard.even_locked)
    def floor(**_values: Any) -> Response:
        answer: Response = request.environ[ANSWERS]()
        return answer

    @wraps(view)
    def either(**values: Any) -> Any:
        return (floor if ANSWERS in request.environ else view)(**values)

    setattr(either, ANSWERS, True)
    app.view_functions[endpoint] = either


def _render(recording: Recording) -> Response:
    kept = {name: value for name, value in recording.headers.items() if name in KEPT_HEADERS}
    if recording.template is None:
        return Response(recording.body, recording.ask.expects, kept)
    held = {**recording.context, "request": request, "session": session, "g": g}
    return Response(recording.template.render(held), recording.ask.expects, kept)


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
        own = replace(recording, transactions=recording.behind_the_guard)
        treads[mark] = Tread(recording, Replay(own, sign, varies=varies), varies)
    with app.app_context():
        db.engine.dispose()
    return treads


def check_likeness(app: Flask, treads: Mapping[str, Tread], visitor: Visitor, database_url: str) -> None:
    """See that the floor answers with the very page, tokens of forms aside; raises Unexpected if not.

    No connection is left open for the workers that are forked next to share.
    """
    with Connections(database_url) as connections:
        client = Client(Floor(app, treads, connections), use_cookies=False)
        for mark, tread in treads.items():
            if not tread.varies:
                _compare(client, visitor, mark, tread.recording)
    with app.app_context():
        db.engine.dispose()


def _compare(client: Client, visitor: Visitor, mark: str, recording: Recording) -> None:
    ask = recording.ask
    body, headers = visitor.packed(ask)
    del headers["Accept-Encoding"]
    answer = client.open(ask.path, method=ask.method, headers={**headers, "X-Floor": mark}, data=body)
    if answer.status_code != ask.expects or _bare(answer.data) != _bare(recording.body):
        raise Unexpected(f"the floor of {ask.path} does not answer with the page")


def _bare(body: bytes) -> bytes:
    return _TOKENS.sub(rb"\1", body)
