"""Invented referrals: for which needs, how far they have come, and drafts that wait to be sent."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from network.bench.seeding.cases import Opened, record_need
from network.bench.seeding.clients import Receiver
from network.bench.seeding.consents import Allowed
from network.bench.seeding.moves import AHEAD, BEGUN, CLOSED, DONE, NO, SEEN, SEND, YES, Move, Writing
from network.bench.seeding.rows import Rows
from network.core import clock
from network.referrals import policies

SHARE = 0.4  # two referrals for five cases
CAME_UP = (
    "labour.mediation",
    "labour.conditions",
    "legal.advice",
    "health.primary",
)  # cases have at most three needs

# How far referrals have come: of cases that are open, and of those that are closed.
UNDER_WAY = ((SEND,), (SEND, SEEN), (SEND, YES), (SEND, YES, BEGUN), (SEND, YES, BEGUN, DONE), (SEND, NO))
ENDED = ((SEND, YES, BEGUN, DONE, CLOSED), (SEND, YES, DONE, CLOSED), (SEND, NO, CLOSED))


def refer(rows: Rows, case: Opened, allowed: Allowed, dice: random.Random) -> None:
    """Write down a referral for one of her needs, with every move that it has made."""
    code = need_to_refer(case)
    if code is None or not case.centre.receivers:
        return
    path: tuple[Move, ...] = dice.choice(UNDER_WAY if case.state == "open" else ENDED)
    lately = clock.now() - AHEAD * len(path) - timedelta(days=5 * dice.random())
    at = max(allowed.at, lately) if case.state == "open" else allowed.at
    receiver, other = dice.choice(case.centre.receivers), case.centre.dice
    if case.centre.outside and other.random() < case.centre.by_hand:
        path = tuple(replace(move, side="sender") for move in path if move is not SEEN)
        receiver = other.choice(case.centre.outside)
    Writing(rows, case, receiver, code, at).make(path, allowed)


def prepare(rows: Rows, case: Opened, receiver: Receiver, at: datetime) -> UUID:
    """Write down a draft that waits to be sent; its id."""
    code = need_to_refer(case)
    assert code is not None
    draft = Writing(rows, case, receiver, code, at)
    draft.make((), None)
    return draft.exchange_id


def prepare_unasked(rows: Rows, case: Opened, receiver: Receiver, at: datetime, *, new: bool) -> UUID:
    """Write down a draft for a need that came up just now, for which she was not asked yet; its id. ``new``: the need
    itself has to be written down."""
    code = next(one for one in CAME_UP if one not in case.trouble.needs)
    if new:
        record_need(rows, case, code, at)
    draft = Writing(rows, case, receiver, code, at)
    draft.make((), None)
    return draft.exchange_id


def need_to_refer(case: Opened) -> str | None:
    """The first of her needs that any colleague at the receiver may read; None for a restricted client."""
    free = (code for code in case.trouble.needs if not policies.wants_named((code,), case.client.restricted))
    return next(free, None)
