"""The background door of referrals: the other side moved, the packet was sealed, a clock ran out."""

from __future__ import annotations

from network.background.outbox import ClaimedJob, handles
from network.referrals import operations


@handles("referral.moved")
def referral_moved(job: ClaimedJob) -> None:
    """The other side has moved it to this version."""
    operations.follow(job.subject_id, job.expected_version)


@handles("referral.heard")
def referral_heard(job: ClaimedJob) -> None:
    """Somebody recorded what an organization without a sign-in answered."""
    operations.follow_heard(job.subject_id, job.expected_version)


@handles("referral.recall")
def referral_recall(job: ClaimedJob) -> None:
    """Its packet was sealed by the client's will or its end."""
    operations.recall_referral(job.subject_id)


@handles("referral.left")
def referral_left(job: ClaimedJob) -> None:
    """The client leaves the service, whether it has begun or not."""
    operations.recall_referral(job.subject_id, leaves_service=True)


@handles("referral.reminder")
def referral_reminder(job: ClaimedJob) -> None:
    """Half of the time is gone."""
    operations.remind(job.subject_id, job.expected_version)


@handles("referral.overdue")
def referral_overdue(job: ClaimedJob) -> None:
    """The receiver's time has run out."""
    operations.note_overdue(job.subject_id, job.expected_version)


@handles("referral.response")
def referral_response(job: ClaimedJob) -> None:
    """A referral came for this service: how it has answered others is counted anew."""
    operations.count_response(job.subject_id)


@handles("referral.expire")
def referral_expire(job: ClaimedJob) -> None:
    """Nobody answered until the service was due."""
    if job.expected_version is not None:
        operations.expire_referral(job.subject_id, job.expected_version)
