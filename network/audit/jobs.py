"""The background door: every few minutes the heads of all chains are anchored outside the database."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog

from network.audit import queries
from network.audit.anchors import Head, signed_line, write_anchor
from network.core import clock
from network.core.application import this_application
from network.core.ids import new_id
from network.tenants.context import job_identity, scope
from network.tenants.keys import settings

ANCHORED = "network_anchored"  # the heads that this process has written down, by tenant

log = structlog.get_logger(__name__)


def anchor_heads() -> int:
    """Write down the head of every chain that has grown since this process did so; returns how many.

    The line goes into the file and into the log, which a collector keeps out of reach. A round that fails
    loses nothing: the next one writes the newer heads.
    """
    app = this_application()
    known: dict[UUID, Head] = app.extensions.setdefault(ANCHORED, {})
    moved = {}
    with app.app_context():
        with scope(job_identity(new_id())):
            tenants = queries.list_tenant_ids()
        for tenant_id in tenants:
            with scope(job_identity(tenant_id)):
                head = queries.find_head()
            if head is not None and known.get(tenant_id) != head:
                moved[tenant_id] = head
        if moved and _keep(moved):
            known.update(moved)
    return len(moved)


def _keep(heads: Mapping[UUID, Head]) -> bool:
    """Sign the heads into the file and the log; where the file cannot be written, into the log alone."""
    key, at = settings().audit_key, clock.now()
    try:
        line = write_anchor(settings().anchors_file, key, heads, at)
    except OSError as error:
        log.error("anchors_not_written", error=error.strerror)
        log.info("audit_heads_anchored", anchor=signed_line(key, heads, at))
        return False
    log.info("audit_heads_anchored", anchor=line)
    return True
