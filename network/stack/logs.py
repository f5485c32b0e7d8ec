"""What our processes say on stderr: JSON lines in production, readable lines on a laptop.

No personal data belongs in a log; entries hold ids, codes and times.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog
from structlog.typing import Processor


def configure_logs(environment: str, process: str) -> None:
    """Set up structlog and the standard library's logging alike; every line names its `process`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.contextvars.bind_contextvars(process=process)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _name_process(process),
                *_rendering(environment),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for noisy in ("alembic", "rq"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _rendering(environment: str) -> list[Processor]:
    if environment == "production":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


def _name_process(process: str) -> Processor:
    """A context variable is unknown in threads that were not started from ours, so name it here too."""

    def name(_logger: Any, _method: str, entry: Any) -> Any:
        entry.setdefault("process", process)
        return entry

    return name
