"""The background door of handoffs and follow-ups: what the other side did, what was sealed, and the clocks."""

from __future__ import annotations

from network.background.outbox import ClaimedJob, handles
from network.consent.operations.telling import VISITS
from network.crossborder.operations.contact import carry_contact_over, stop_where_ended
from network.crossborder.operations.follow_up_moves import DUE, MISSED, fall_due, let_pass
from network.crossborder.operations.journey import NOT_ARRIVED, report_no_news
from network.crossborder.operations.told import after_move, after_payment, after_sealing, after_service


@handles("handoff.moved")
def handoff_moved(job: ClaimedJob) -> None:
    """The other side has moved."""
    after_move(job.subject_id, job.expected_version)


@handles(VISITS)
def consent_visits(job: ClaimedJob) -> None:
    """What a client allows of being contacted after her return has changed."""
    carry_contact_over(job.subject_id)
    stop_where_ended(job.subject_id)


@handles("handoff.recall")
def handoff_recall(job: ClaimedJob) -> None:
    """The packet was sealed by the client's own decision, or by its end."""
    after_sealing(job.subject_id)


@handles(NOT_ARRIVED)
def handoff_not_arrived(job: ClaimedJob) -> None:
    """48 hours after the planned arrival."""
    report_no_news(job.subject_id, job.expected_version)


@handles("handoff.served")
def handoff_served(job: ClaimedJob) -> None:
    """A service was recorded in a case that was taken over."""
    after_service(job.subject_id)


@handles("handoff.claim_paid")
def handoff_claim_paid(job: ClaimedJob) -> None:
    """A claim was paid in a case that was taken over."""
    after_payment(job.subject_id)


@handles(DUE)
def follow_up_due(job: ClaimedJob) -> None:
    """The day of a follow-up has begun, in the centre's own time zone."""
    fall_due(job.subject_id, job.expected_version)


@handles(MISSED)
def follow_up_missed(job: ClaimedJob) -> None:
    """Two weeks after it was due nobody has recorded anything."""
    let_pass(job.subject_id, job.expected_version)
