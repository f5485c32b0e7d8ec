"""What can be done with consent: record it, confirm it, extend it, refuse, lift a refusal once, take it back."""

from network.consent.operations.give import record_consent
from network.consent.operations.in_short import AskingChanged, say_yes
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
    "AskingChanged",
    "add_refusal",
    "carry_refusals",
    "confirm_consent",
    "end_expired_grant",
    "end_provisional_consent",
    "extend_grant",
    "lift_refusal_once",
    "record_consent",
    "say_yes",
    "warn_of_expiry",
    "withdraw_all",
    "withdraw_consent",
    "withdraw_from",
    "withdraw_grant",
    "withdraw_refusal",
]
