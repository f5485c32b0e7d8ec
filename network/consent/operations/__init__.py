"""What can be done with consent: record it, confirm it, extend it, refuse, lift a refusal once, take it back."""

from network.consent.operations.give import record_consent
from network.consent.operations.in_short import (
    Answered,
    AskingChanged,
    heard_in_short,
    record_answers,
    shown_in_short,
)
from network.consent.operations.never import RefusalsNotAsked, check_refusals_asked, record_never
from network.consent.operations.refuse import add_refusal, carry_refusals, lift_refusal_once, withdraw_refusal
from network.consent.operations.renew import confirm_consent, extend_grant
from network.consent.operations.withdraw import (
    end_expired_grant,
    end_provisional_consent,
    warn_of_expiry,
    withdraw_all,
    withdraw_consent,
    withdraw_from,
    withdraw_grant,
)

__all__ = [
    "Answered",
    "AskingChanged",
    "RefusalsNotAsked",
    "add_refusal",
    "carry_refusals",
    "check_refusals_asked",
    "confirm_consent",
    "end_expired_grant",
    "end_provisional_consent",
    "extend_grant",
    "heard_in_short",
    "lift_refusal_once",
    "record_answers",
    "record_consent",
    "record_never",
    "shown_in_short",
    "warn_of_expiry",
    "withdraw_all",
    "withdraw_consent",
    "withdraw_from",
    "withdraw_grant",
    "withdraw_refusal",
]
