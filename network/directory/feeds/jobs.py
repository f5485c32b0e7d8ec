"""The background door: comparing a file with the directory, carrying it out a piece at a time, forgetting it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from sqlalchemy import select

from network.background.errands import for_each_tenant
from network.background.outbox import ClaimedJob, gives_up, handles
from network.core.application import this_application
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.feeds import carrying, comparing, operations
from network.directory.feeds.expiry import forget_old
from network.tenants import keys
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant


@handles(operations.PLAN)
def compare(job: ClaimedJob) -> None:
    """Compare the file with the directory, some rows a transaction."""
    comparing.plan_import(job.subject_id, partial(_apart, job.tenant_id))


@contextmanager
def _apart(tenant_id: UUID) -> Iterator[None]:
    """A unit of work beside the one in which the job is held: what it writes stays, whatever becomes of the job."""
    app = this_application()
    with app.app_context(), scope(job_identity(tenant_id)), unit_of_work():
        yield


@handles(operations.APPLY)
def carry_on(job: ClaimedJob) -> None:
    """Carry out the next piece. The row says where the import stood, so that no piece is done twice."""
    carrying.carry_on(job.subject_id, job.expected_version or 0)


@gives_up(operations.PLAN)
@gives_up(operations.APPLY)
def stop(job: ClaimedJob) -> None:
    """Say that it failed for good, so that nobody waits for it."""
    operations.stop_import(job.subject_id, job.expected_version)


def forget_old_imports() -> int:
    """Once a day, each in its own scope: what was read of files is forgotten; returns how many. May be done twice."""
    with scope(job_identity(new_id())):
        tenants = db.session.scalars(select(Tenant.id)).all()
    forget = partial(forget_old, keys.settings().import_rows_days)
    return for_each_tenant(tenants, forget, until_nothing=True)
