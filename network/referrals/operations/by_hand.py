"""What an organization without a sign-in answers, recorded by the sender's people; and that it was told of an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core.errors import Conflict, Invalid, NotFound, StaleVersion
from network.exchange.operations import Moved, Reason, lock
from network.exchange.queries import get_side, list_events
from network.referrals import clockwork
from network.referrals.operations.answer import accept_referral, decline_referral
from network.referrals.operations.moves import tell_case
from network.referrals.operations.serve import (
    change_appointment,
    complete_service,
    record_not_served,
    schedule_service,
    start_service,
)
from network.referrals.operations.told import check_channel, write_told
from network.referrals.queries.records import get_referral, is_outside, must_be_told

# What follows from an answer is the platform's work, as where they sign in: nobody waits for other referrals' locks.
HEARD_TOPIC = "referral.heard"


@dataclass(frozen=True)
class Heard:
    """What they said (one of ``HEARD``), by which way, and what came with it."""

    move: str
    channel: str
    reason: str | None = None
    text: str = ""
    on: datetime | None = None
    place: str = ""
    outcomes: Mapping[int, str] = field(default_factory=dict)


def record_heard(exchange_id: UUID, heard: Heard, expected_version: int | None = None) -> Moved:
    """Record an answer that somebody heard: the same move as if they had made it, with all that follows from it.

    Raises ``NotFound`` also where they sign in and answer for themselves; else what the move itself raises.
    """
    channel = check_channel(heard.channel)
    made = _move(exchange_id, heard, channel, expected_version)
    enqueue(HEARD_TOPIC, exchange_id, expected_version=made.exchange.version)
    return made


def _move(exchange_id: UUID, heard: Heard, channel: str, version: int | None) -> Moved:
    if heard.move == "accept":
        return accept_referral(exchange_id, version, channel=channel)
    if heard.move == "start":
        return start_service(exchange_id, version, channel=channel)
    if heard.move == "complete":
        return complete_service(exchange_id, heard.outcomes, heard.text, version, channel=channel)
    if heard.move in ("schedule", "change_appointment"):
        if heard.on is None:
            raise Invalid(fields={"on": [_("Enter day and time.")]})
        appoint = schedule_service if heard.move == "schedule" else change_appointment
        return appoint(exchange_id, heard.on, heard.place, heard.text, version, channel=channel)
    if heard.move not in ("decline", "not_served"):
        raise NotFound
    if heard.reason is None:
        raise Invalid(fields={"reason": [_("Choose a reason.")]})
    if heard.move == "decline":
        why = Reason("decline", heard.reason)
        return decline_referral(exchange_id, why, heard.text, heard.on, version, channel=channel)
    why = Reason("not_served", heard.reason)
    return record_not_served(exchange_id, why, heard.text, version, channel=channel)


def tell_ended(exchange_id: UUID, channel: str, expected_version: int | None = None) -> UUID:
    """They were told that she shares no more, or that they are not asked any more: nobody else would tell them.

    Raises ``Conflict`` where there is nothing to tell, also the second time.
    """
    exchange, side = lock(exchange_id), get_side(exchange_id)
    if side.role != "sender" or not is_outside(exchange):
        raise NotFound
    if expected_version is not None and expected_version != exchange.version:
        raise StaleVersion(theirs=exchange.state)
    if not must_be_told(exchange):
        raise Conflict(_("There is nothing to tell them."))
    write_told(exchange, "ended", check_channel(channel))
    record("told-ended", "referral", exchange_id)
    tell_case(side, "told_ended")
    side.unread = False
    if side.due_kind != "alarm":
        clockwork.owe(exchange, get_referral(exchange_id), side, list_events(exchange_id)[-1].at)
    return exchange_id
