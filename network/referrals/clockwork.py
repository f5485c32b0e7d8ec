"""What is owed next in a referral, by when, and the outbox rows that remind of it.

A clock is an outbox row with the exchange's expected version: once anybody has moved, it does nothing. The
receiver's scope holds the reminder at half of the time; the sender's learns when it has run out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from network.background.outbox import enqueue
from network.core import clock, vocabulary
from network.exchange.clocks import Hours, dues, half_way, resumed
from network.exchange.models import Exchange, ExchangeSide
from network.referrals.models import Referral
from network.referrals.queries.receivers import hours_of
from network.referrals.queries.records import must_be_told
from network.referrals.states import is_open_for

Kind = Literal[
    "acknowledge", "decide", "answer", "serve", "close", "reroute", "alarm", "hear", "hear_outcome", "tell"
]

# How long the sender has to ask the client for her own word.
CLOSE_WITHIN = timedelta(days=7)

BY_STATE: dict[str, Kind] = {
    "sent": "acknowledge",
    "received": "decide",
    "needs_information": "answer",
    "accepted": "serve",
    "scheduled": "serve",
    "in_progress": "serve",
    "completed": "close",
    "not_served": "close",
    "declined": "reroute",
    "expired": "reroute",
}
# Where nobody signs in on the other side, its answer is the sender's to ask for.
BY_HAND: dict[str, Kind] = {
    **BY_STATE,
    **dict.fromkeys(("sent", "received"), "hear"),
    **dict.fromkeys(("accepted", "scheduled", "in_progress"), "hear_outcome"),
}
OF_THE_RECEIVER: frozenset[Kind] = frozenset({"acknowledge", "decide", "serve"})
ASKED_FOR: frozenset[Kind] = frozenset({"hear", "hear_outcome"})


@dataclass(frozen=True)
class Owed:
    """What somebody owes next and until when."""

    kind: Kind
    by: datetime

    @property
    def side(self) -> str:
        """Who owes it."""
        return "receiver" if self.kind in OF_THE_RECEIVER else "sender"


def owed_next(state: str, referral: Referral, moved_at: datetime) -> Owed | None:
    """What is owed in this state, into which the referral came at ``moved_at``; None once nothing is."""
    kind = (BY_HAND if referral.to_tenant_id is None else BY_STATE).get(state)
    if kind is None:
        return None
    asked_at = referral.paused_at or moved_at
    by: dict[Kind, datetime | None] = {
        "acknowledge": referral.acknowledge_by,
        "decide": referral.decide_by,
        "serve": referral.appointment_at or referral.serve_by,
        "answer": asked_at + timedelta(minutes=vocabulary.priority(referral.priority).acknowledge_minutes),
        "close": moved_at + CLOSE_WITHIN,
        "reroute": moved_at,
        "hear": referral.decide_by,
        "hear_outcome": referral.appointment_at or referral.serve_by,
    }
    return Owed(kind, by[kind] or moved_at)


def start_all(referral: Referral, hours: Hours) -> None:
    """Set the three due times of a referral that is being sent now, to somebody who works in these hours."""
    priority, now = vocabulary.priority(referral.priority), clock.now()
    found = dues(priority, now, hours, referral.needed_by)
    referral.acknowledge_by, referral.decide_by = found.acknowledge_by, found.decide_by
    referral.serve_by = found.serve_by


def pause(referral: Referral) -> None:
    """A question was asked: the receiver's clocks stand still."""
    referral.paused_at = clock.now()


def resume(referral: Referral) -> None:
    """The question was answered: what is still due moves by as long as it took."""
    if referral.paused_at is None:
        return
    now, hours = clock.now(), working_hours(referral)
    for name in ("acknowledge_by", "decide_by", "serve_by"):
        due = getattr(referral, name)
        if due is not None:
            later = resumed(due, referral.paused_at, now, hours, referral.needed_by)
            setattr(referral, name, later)
    referral.paused_at = None


def owe(exchange: Exchange, referral: Referral, side: ExchangeSide, moved_at: datetime) -> Owed | None:
    """Write into the own mailbox whether it is open, what is owed next, by either side, and until when."""
    side.open = is_open_for(side.role, exchange.state)
    owed = owed_next(exchange.state, referral, moved_at) if side.open else None
    if side.role == "sender" and must_be_told(exchange):
        owed, side.open = Owed("tell", clock.now()), True
    side.due_at, side.due_kind = (owed.by, owed.kind) if owed else (None, None)
    return owed


def set_clocks(exchange: Exchange, referral: Referral, side: ExchangeSide, moved_at: datetime) -> None:
    """Write the own mailbox, and the rows that will remind of what is owed."""
    owed = owe(exchange, referral, side, moved_at)
    if owed is None or owed.kind in ("close", "reroute", "tell"):
        return
    if side.role == owed.side:
        hours = working_hours(referral) if owed.side == "receiver" or owed.kind in ASKED_FOR else None
        _row("referral.reminder", exchange, half_way(moved_at, owed.by, hours))
    if side.role == "sender" and (owed.side == "receiver" or owed.kind in ASKED_FOR):
        _row("referral.overdue", exchange, owed.by)
        if exchange.state in ("sent", "received") and referral.serve_by is not None:
            _row("referral.expire", exchange, max(referral.serve_by, owed.by))


def rerouted(side: ExchangeSide) -> None:
    """Somebody else was asked: what is left is to close this one, once whoever must be told was told."""
    if side.due_kind == "tell":
        return
    side.due_at, side.due_kind = clock.now() + CLOSE_WITHIN, "close"


def working_hours(referral: Referral) -> Hours | None:
    """The receiver's hours where the referral's clock keeps to them; None where it runs around the clock."""
    if vocabulary.priority(referral.priority).clock == "always":
        return None
    return hours_of(referral.service_at_location_id)


def _row(topic: str, exchange: Exchange, at: datetime) -> None:
    enqueue(topic, exchange.id, available_at=max(at, clock.now()), expected_version=exchange.version)
