"""Serves an application on a free port of this machine, for a browser to visit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.support.look import AXE_PATH

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The address where the application answers while the block runs."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    answering = _Answering(_with_axe(app))
    server = make_server("127.0.0.1", 0, answering, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        answering.end()
        server.server_close()


class _Answering:
    """An application of which it is known whether it is at work: what a page still asks while it is closed must have
    been answered before the next test begins, whose database, clock and output it would meet."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._at_work = 0
        self._ended = False
        self._changed = threading.Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with self._changed:
            if self._ended:
                start_response("503 Service Unavailable", [])
                return []
            self._at_work += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def end(self) -> None:
        """Wait for what is at work, and take nothing more."""
        with self._changed:
            self._ended = True
            assert self._changed.wait_for(lambda: self._at_work == 0, timeout=60), "a page is still answered"


def _with_axe(app: WSGIApplication) -> WSGIApplication:
    """The application, and beside it the script that looks at its pages, which a browser keeps."""
    axe = Response(
        AXE_SCRIPT, mimetype="text/javascript", headers={"Cache-Control": "max-age=86400, immutable"}
    )

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        inner: WSGIApplication = axe if Request(environ).path == AXE_PATH else app
        return inner(environ, start_response)

    return answer
