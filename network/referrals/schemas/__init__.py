"""What is sent to the doors of referrals, and what they answer: the same for forms and for JSON."""

from network.referrals.schemas.answers import (
    InboxListOut,
    ReferralListOut,
    ReferralOut,
    ReferralProposalOut,
)
from network.referrals.schemas.asked import (
    AppointmentSchema,
    FocalPointSchema,
    HeardSchema,
    InboxQuerySchema,
    LetterSchema,
    NotServedSchema,
    ReferralChoicesSchema,
    ReferralClosureSchema,
    ReferralDeclineSchema,
    ReferralOfCaseSchema,
    ReferralQuerySchema,
    ReferralSchema,
    ReferralWithdrawalSchema,
    ServiceOutcomeSchema,
    TellingSchema,
)

__all__ = [
    "AppointmentSchema",
    "FocalPointSchema",
    "HeardSchema",
    "InboxListOut",
    "InboxQuerySchema",
    "LetterSchema",
    "NotServedSchema",
    "ReferralChoicesSchema",
    "ReferralClosureSchema",
    "ReferralDeclineSchema",
    "ReferralListOut",
    "ReferralOfCaseSchema",
    "ReferralOut",
    "ReferralProposalOut",
    "ReferralQuerySchema",
    "ReferralSchema",
    "ReferralWithdrawalSchema",
    "ServiceOutcomeSchema",
    "TellingSchema",
]
