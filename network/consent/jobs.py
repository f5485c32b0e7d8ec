"""The end of consent by the clock."""

from __future__ import annotations

from network.background.outbox import ClaimedJob, handles
from network.consent.operations import end_expired_grant, end_provisional_consent, warn_of_expiry
from network.consent.operations.telling import EXPIRY, PROVISIONAL
from network.consent.queries import get_grant
from network.core import clock


@handles(EXPIRY)
def consent_expiry(job: ClaimedJob) -> None:
    """Before the date a warning, on the date the end. An extended grant has a clock of its own."""
    if get_grant(job.subject_id).expires_at > clock.now():
        warn_of_expiry(job.subject_id)
    else:
        end_expired_grant(job.subject_id)


@handles(PROVISIONAL)
def consent_provisional(job: ClaimedJob) -> None:
    """Seventy-two hours, or a week, have gone by."""
    end_provisional_consent(job.subject_id)
