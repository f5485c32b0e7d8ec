"""What the floors below and the database itself report of an exchange, passed on to the feature it belongs to."""

from __future__ import annotations

from sqlalchemy import select

from network.background.outbox import ClaimedJob, enqueue, handles
from network.core.db import db
from network.exchange.models import ExchangeSide


@handles("exchange.moved")
def exchange_moved(job: ClaimedJob) -> None:
    """The other side has moved: ``referral.moved`` or ``handoff.moved``, with the version it moved to."""
    _pass_on(job, "moved")


@handles("exchange.sealed")
def exchange_sealed(job: ClaimedJob) -> None:
    """The packet was sealed: ``referral.recall`` or ``handoff.recall``."""
    _pass_on(job, "recall")


@handles("exchange.left")
def exchange_left(job: ClaimedJob) -> None:
    """The packet was sealed, and the client leaves the service: ``referral.left``, or ``handoff.recall``."""
    _pass_on(job, "left" if _kind(job) == "referral" else "recall")


def _pass_on(job: ClaimedJob, what: str) -> None:
    kind = _kind(job)
    if kind is not None:
        enqueue(f"{kind}.{what}", job.subject_id, expected_version=job.expected_version)


def _kind(job: ClaimedJob) -> str | None:
    return db.session.scalars(
        select(ExchangeSide.kind).where(
            ExchangeSide.tenant_id == job.tenant_id, ExchangeSide.exchange_id == job.subject_id
        )
    ).first()
