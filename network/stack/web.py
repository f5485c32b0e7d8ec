"""The web server: granian, one worker process a core, two threads at work in each (docs/adr/0006-web-server.md)."""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import shutil
import signal
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels, logger
from granian.server import Server

from network.stack.bodies import AT_ONCE
from network.stack.logs import configure_logs
from network.stack.patience import Patience
from network.stack.starting import starting
from network.stack.tether import PR_SET_PDEATHSIG
from network.stack.turns import Turns

APPLICATION = "network.app"
FACTORY = "network.stack.web:application"
THREADS = 2  # at work at once
RECEIVING = AT_ONCE  # more, that only wait for what somebody sends
SENDING = 6  # more, that only send: long answers to whoever reads slowly, members and strangers
REQUESTS_AT_ONCE = 128  # more wait in the kernel's queue, where they cost nothing
KILL_TIMEOUT_S = 10


def serve(host: str, port: int, workers: int | None = None, factory: str = FACTORY) -> None:
    """Serve the application until told to stop. A benchmark's floor is served alike, by another factory."""
    _share_counts()
    with starting():
        importlib.import_module(APPLICATION)  # once, before the workers are forked, and not once in each
    logger.addFilter(_is_news)
    Server(
        factory,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or os.cpu_count() or 1,
        blocking_threads=THREADS + SENDING + RECEIVING,
        http=HTTPModes.http1,  # over one connection of HTTP/2 anybody holds as many threads as she likes
        backpressure=REQUESTS_AT_ONCE,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_TIMEOUT_S,
        factory=True,
        log_level=LogLevels.warning,
    ).serve()


def _is_news(line: logging.LogRecord) -> bool:
    """The server doubts that so many threads are meant; they are: those that only send hardly need a core."""
    return "Python threads" not in line.getMessage()


def _share_counts() -> None:
    """Give the worker processes a folder where each counts, so that /metrics can answer for all of them."""
    folder = Path(os.environ.get("NETWORK_DATA_DIR") or "instance").absolute() / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # read when prometheus_client is imported


def application() -> Any:
    """Build the application in a worker."""
    become_worker()
    with starting():
        turns = in_turns(importlib.import_module(APPLICATION).create_app())
    Patience(turns.kept_waiting, turns.bodies.coming).watch()
    return turns


def in_turns(application: Any) -> Turns:
    """The application as a worker serves it: no more threads at work than ``THREADS``."""
    return Turns(application, THREADS)


def become_worker() -> None:
    """What every worker process begins with: it ends with its server, even if that is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    configure_logs(os.environ.get("NETWORK_ENVIRONMENT", "production"), "web")
