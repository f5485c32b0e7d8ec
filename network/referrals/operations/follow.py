"""What one side does when the other has moved, and when a clock has run out. Runs in the own scope, as a job."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from network.audit.trail import record
from network.background.outbox import enqueue
from network.consent.packets import packet_of
from network.core import clock
from network.core.db import db
from network.core.errors import NotFound
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.exchange.operations import Reason, lock
from network.exchange.queries import get_side
from network.referrals import clockwork
from network.referrals.operations.finish import seal, withdraw_referral
from network.referrals.operations.flags import carry_out
from network.referrals.operations.moves import reason_of, settle, tell_case
from network.referrals.operations.own_notes import keep_last_words
from network.referrals.queries.records import get_referral, is_outside, list_rivals, own_need_codes
from network.referrals.states import UNDECIDED


def follow(exchange_id: UUID, version: int | None) -> None:
    """Take note of the move that led to this version: mailbox, clocks, case, and what its reason demands."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    event = _event(exchange_id, version)
    if event is None or _is_own(event, side):
        return
    if exchange.version == event.version:
        settle(exchange, event)
    else:
        tell_case(side, event.move, reason_of(event))
    if side.role == "sender":
        _as_sender(exchange, side, event)
    elif event.move == "send":
        enqueue("referral.response", get_referral(exchange_id).service_id)


def follow_heard(exchange_id: UUID, version: int | None) -> None:
    """What follows from an answer that was recorded by hand: the same as from one that was given in the platform."""
    exchange, side, event = lock(exchange_id), get_side(exchange_id), _event(exchange_id, version)
    if event is not None and side.role == "sender" and is_outside(exchange):
        _as_sender(exchange, side, event)


def remind(exchange_id: UUID, version: int | None) -> None:
    """Half of the time is gone: the own side's row is marked unread again."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    if exchange.version == version:
        side.unread = True
        record("reminded", "referral", exchange_id)


def note_overdue(exchange_id: UUID, version: int | None) -> None:
    """The receiver is late: the sender is told, and her page offers the next best service."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    if exchange.version == version:
        side.unread = True
        tell_case(side, "overdue")
        record("overdue", "referral", exchange_id)


def _event(exchange_id: UUID, version: int | None) -> ExchangeEvent | None:
    return db.session.scalars(
        select(ExchangeEvent).where(
            ExchangeEvent.exchange_id == exchange_id, ExchangeEvent.version == version
        )
    ).first()


def _is_own(event: ExchangeEvent, side: ExchangeSide) -> bool:
    """Whether this side made the move: the system's moves are made in the sender's scope."""
    return event.side == side.role or (event.side == "system" and side.role == "sender")


def _as_sender(exchange: Exchange, side: ExchangeSide, event: ExchangeEvent) -> None:
    """What an answer means for who sent it; the reason of her own "not served" was carried out with the move."""
    own = event.move == "not_served" and event.side == "sender"
    if event.reason_list is not None and event.reason_code is not None and not own:
        carry_out(Reason(event.reason_list, event.reason_code), exchange)
    if event.move == "decline":
        keep_last_words(exchange.id)
        seal(exchange.id, "declined")
    if event.move == "accept":
        _leave_rivals(exchange, side)
    if event.move in ("complete", "not_served") and packet_of(exchange.id).readable_until <= clock.now():
        seal(exchange.id, "ended")


def _leave_rivals(exchange: Exchange, side: ExchangeSide) -> None:
    """Others who were asked for nothing else, and have not decided, need not decide any more."""
    if side.case_id is None:
        return
    accepted = set(own_need_codes(exchange.id))
    for rival in list_rivals(side.case_id, tuple(accepted), UNDECIDED, exchange.id):
        if set(own_need_codes(rival)) <= accepted:
            withdraw_referral(rival, Reason("withdrawal", "other_partner_accepted"))


def mark_seen(exchange_id: UUID) -> None:
    """A person has looked at an alarm: the mailbox tells again what is owed next. ``NotFound`` without an alarm."""
    exchange, side = lock(exchange_id), get_side(exchange_id)
    event = _event(exchange_id, exchange.version)
    if side.due_kind != "alarm" or event is None:
        raise NotFound
    side.unread = False
    clockwork.owe(exchange, get_referral(exchange_id), side, event.at)
    record("seen", "referral", exchange_id)
