"""The background door of referrals: the other side moved, the packet was sealed, a clock ran out."""

from __future__ import annotations

from sqlalchemy import select

from network.background.errands import for_each_tenant
from network.background.outbox import ClaimedJob, ask_worker, handles
from network.core.db import after_commit, db
from network.core.ids import new_id
from network.referrals import operations
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant


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


@handles("listing.gone")
def listing_gone(job: ClaimedJob) -> None:
    """A listing was removed or withheld, or closed: by its steward, who does not see who waits for it."""
    after_commit("listing.gone", lambda: ask_worker(f"{__name__}.{tell_of_gone.__name__}"))


def tell_of_gone() -> int:
    """Every member looks whether she waits for what nobody finds any more; returns how many referrals do. Asked for as
    soon as something goes, and once a day; may be done twice."""
    with scope(job_identity(new_id())):
        members = db.session.scalars(
            select(Tenant.id).where(Tenant.status == "live").order_by(Tenant.id)
        ).all()
    return for_each_tenant(members, operations.tell_of_gone)
