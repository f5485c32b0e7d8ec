"""The background door: passing on what somebody who left had in her hands alone."""

from __future__ import annotations

from network.accounts.operations import leaving
from network.background.outbox import ClaimedJob, handles
from network.cases.operations.succession import pass_on_clients


@handles(leaving.LEFT)
def pass_on(job: ClaimedJob) -> None:
    """Give the restricted clients of somebody who left to the colleague who was named to take over."""
    pass_on_clients(job.subject_id)
