"""An errand that goes to every tenant: each in its own scope, and one that fails keeps nobody else waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog

from network.core.db import unit_of_work
from network.core.errors import DomainError
from network.tenants.context import job_identity, scope

log = structlog.get_logger(__name__)


class ErrandFailed(RuntimeError):
    """Work that was not done for some tenants; for all others it was."""


def for_each_tenant(tenants: Iterable[UUID], work: Callable[[], int], *, until_nothing: bool = False) -> int:
    """Do ``work`` for each tenant, in its scope and in a transaction of its own; returns the sum of what it returns.

    ``until_nothing``: again and again, each time in a new transaction, until it returns 0. Raises ``ErrandFailed``
    at the end, where some failed: the name of each error stands in the log.
    """
    done = failed = 0
    for tenant_id in tenants:
        try:
            while True:
                with scope(job_identity(tenant_id)), unit_of_work():
                    some = work()
                done += some
                if not (until_nothing and some):
                    break
        except Exception as error:  # noqa: BLE001  # whatever it is, the other tenants' turn comes
            failed += 1
            name = error.code if isinstance(error, DomainError) else type(error).__name__
            log.error("errand_failed", tenant_id=str(tenant_id), error=name)
    if failed:
        raise ErrandFailed(f"failed for {failed} tenants")
    return done
