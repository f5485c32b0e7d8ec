"""What is known of each request afterwards: its id, a line in the log, and counts. Never who, never about whom.

A line names the route's pattern and not its path, so no id of a person and no token gets into a log.
"""

from __future__ import annotations

import os
import re
import time
from ipaddress import ip_address

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from werkzeug.exceptions import NotFound

from network.core.ids import new_id
from network.tenants.context import find_acting
from network.web.security import public

_GIVEN_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
_QUIET = frozenset({"health.healthz", "health.readyz", "observe.metrics"})

log = structlog.get_logger(__name__)
blueprint = Blueprint("observe", __name__)

registry = CollectorRegistry()
answered = Counter(
    "network_requests_total", "Requests answered", ("method", "route", "status"), registry=registry
)
taken = Histogram(
    "network_request_seconds",
    "Time to answer",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=registry,
)


def observe(app: Flask) -> None:
    """Number, log and count every request of this application."""
    app.before_request(begin)
    app.after_request(finish)
    app.register_blueprint(blueprint)


def begin() -> None:
    """Give the request its id: the one that our own proxy gave it, or a new one."""
    g.begun = time.perf_counter()
    trusted = current_app.config["TRUSTED_PROXIES"]
    given = request.headers.get("X-Request-ID", "") if trusted else ""
    g.request_id = given if _GIVEN_ID.match(given) else str(new_id())


def finish(response: Response) -> Response:
    """Write the line and count."""
    seconds = time.perf_counter() - g.get("begun", time.perf_counter())
    route = str(request.url_rule) if request.url_rule else "unknown"
    response.headers.setdefault("X-Request-ID", g.get("request_id", ""))
    answered.labels(request.method if request.url_rule else "", route, response.status_code).inc()
    taken.labels(route).observe(seconds)
    if request.endpoint not in _QUIET:
        identity = find_acting()
        log.info(
            "request",
            method=request.method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            tenant_id=str(identity.tenant_id) if identity and identity.tenant_id else None,
            request_id=g.get("request_id"),
        )
    return response


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """Counts for a Prometheus on this machine or its private network; nobody else is told."""
    if "X-Forwarded-For" in request.headers or not ip_address(request.remote_addr or "0.0.0.0").is_private:  # noqa: S104  # nobody stands there
        raise NotFound
    return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    """This process's own counts, or those of all, where PROMETHEUS_MULTIPROC_DIR names their folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    whole = CollectorRegistry()
    MultiProcessCollector(whole)  # type: ignore[no-untyped-call]  # the library has no types here
    return whole
