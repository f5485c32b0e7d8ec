"""The background door: preparing a new tenant, and tidying what has ended."""

from __future__ import annotations

from network.accounts.operations import opening, tidying
from network.background.outbox import ClaimedJob, handles


@handles(opening.CREATED)
def prepare_new_tenant(job: ClaimedJob) -> None:
    """Make the keys and the first invitation of a tenant that the headquarters have just opened."""
    opening.prepare_tenant()


@handles(tidying.TOPIC)
def tidy_up(job: ClaimedJob) -> None:
    """Forget what has ended in this tenant."""
    tidying.tidy_up()
