"""The background door: comparing a file with the directory, and carrying it out a piece at a time."""

from __future__ import annotations

from network.background.outbox import ClaimedJob, gives_up, handles
from network.directory.feeds import carrying, comparing, operations


@handles(operations.PLAN)
def compare(job: ClaimedJob) -> None:
    """Compare the file with the directory."""
    comparing.plan_import(job.subject_id)


@handles(operations.APPLY)
def carry_on(job: ClaimedJob) -> None:
    """Carry out the next piece. The row says where the import stood, so that no piece is done twice."""
    carrying.carry_on(job.subject_id, job.expected_version or 0)


@gives_up(operations.PLAN)
@gives_up(operations.APPLY)
def stop(job: ClaimedJob) -> None:
    """Say that it failed for good, so that nobody waits for it."""
    operations.stop_import(job.subject_id, job.expected_version)
