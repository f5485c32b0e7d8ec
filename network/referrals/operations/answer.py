"""What the receiver answers: seen, a question, yes or no; and what the sender answers back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from network.consent.packets import is_alive
from network.exchange.messages import write_message
from network.exchange.models import Exchange
from network.exchange.operations import Given, Moved, Reason
from network.exchange.states import Move
from network.referrals import clockwork, policies
from network.referrals.operations.moves import check_named, make, make_as_receiver
from network.referrals.queries.records import get_referral


def acknowledge_referral(exchange_id: UUID, expected_version: int | None = None) -> Moved:
    """Somebody has seen it. Any answer says so too."""
    return make_as_receiver(exchange_id, "acknowledge", expected_version=expected_version)


def ask_sender(exchange_id: UUID, text: str, expected_version: int | None = None) -> Moved:
    """Ask the sender: the receiver's clocks stand still until she answers."""
    check_named(exchange_id)
    referral = get_referral(exchange_id)

    def stand_still(exchange: Exchange, _move: Move) -> None:
        write_message(exchange, "question", text)
        clockwork.pause(referral)

    return make_as_receiver(
        exchange_id, "ask", given=Given(text=text), expected_version=expected_version, more=stand_still
    )


def answer_receiver(exchange_id: UUID, text: str, expected_version: int | None = None) -> Moved:
    """Answer: the referral is where it was before the question, and its clocks go on."""
    referral = get_referral(exchange_id)

    def go_on(exchange: Exchange, _move: Move) -> None:
        write_message(exchange, "answer", text)
        clockwork.resume(referral)

    return make(
        exchange_id,
        "answer",
        side="sender",
        given=Given(text=text),
        expected_version=expected_version,
        more=go_on,
    )


def accept_referral(
    exchange_id: UUID, expected_version: int | None = None, *, channel: str | None = None
) -> Moved:
    """Say yes: from now on the receiver reads who she is. Accepted is not yet served."""
    return make_as_receiver(
        exchange_id,
        "accept",
        expected_version=expected_version,
        more=lambda *_about: _resume(exchange_id),
        channel=channel,
    )


def decline_referral(
    exchange_id: UUID,
    reason: Reason,
    note: str = "",
    on: datetime | None = None,
    expected_version: int | None = None,
    *,
    channel: str | None = None,
) -> Moved:
    """Say no, with a coded reason; ``on`` is the date of a place on the waiting list."""

    def say_why(exchange: Exchange, _move: Move) -> None:
        policies.check_person_may_give(reason)
        if channel is None:  # by hand, she told them herself who it is
            policies.check_says_nothing_unreleased(reason, exchange)
        _resume(exchange_id)
        if (note.strip() or on is not None) and is_alive(exchange_id):
            offered = {"on": on.isoformat()} if on is not None else {}
            write_message(exchange, "note", note, **offered)

    return make_as_receiver(
        exchange_id,
        "decline",
        given=Given(reason=reason, text=note, on=on),
        expected_version=expected_version,
        more=say_why,
        channel=channel,
    )


def _resume(exchange_id: UUID) -> None:
    """A decision ends the pause of a question that nobody answered."""
    clockwork.resume(get_referral(exchange_id))
