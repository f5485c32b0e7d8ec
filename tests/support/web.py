"""Serves an application on a free port of this machine, for a browser to visit."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
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
    server = make_server("127.0.0.1", 0, _with_axe(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _with_axe(app: WSGIApplication) -> WSGIApplication:
    """The application, and beside it the script that looks at its pages, which a browser keeps."""
    axe = Response(
        AXE_SCRIPT, mimetype="text/javascript", headers={"Cache-Control": "max-age=86400, immutable"}
    )

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> object:
        inner = axe if Request(environ).path == AXE_PATH else app
        return inner(environ, start_response)

    return answer  # type: ignore[return-value]
