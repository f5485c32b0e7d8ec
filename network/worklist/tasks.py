"""What a task is, and which task the state of an exchange makes of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

# (kind of exchange, role, state) -> what there is to do now, whatever the clock says.
OURS = {
    ("referral", "receiver", "sent"): "answer_referral",
    ("referral", "receiver", "received"): "decide_referral",
    ("referral", "receiver", "accepted"): "serve_referral",
    ("referral", "receiver", "scheduled"): "keep_appointment",
    ("referral", "receiver", "in_progress"): "record_outcome",
    ("referral", "sender", "draft"): "send_referral",
    ("referral", "sender", "needs_information"): "answer_question",
    ("referral", "sender", "completed"): "close_referral",
    ("referral", "sender", "not_served"): "close_referral",
    ("referral", "sender", "declined"): "reroute_referral",
    ("referral", "sender", "expired"): "reroute_referral",
    ("handoff", "receiver", "offered"): "answer_handoff",
    ("handoff", "receiver", "in_review"): "decide_handoff",
    ("handoff", "sender", "prepared"): "offer_handoff",
    ("handoff", "sender", "clarification"): "answer_question",
    ("handoff", "sender", "declined"): "redirect_handoff",
}
# (role, state, journey) -> what a journey asks of a side.
ON_THE_WAY = {
    ("receiver", "accepted", "departed"): "mark_arrival",
    ("receiver", "accepted", "planned"): "expect_arrival",
    ("receiver", "accepted", "arrived"): "take_over",
    ("receiver", "accepted", "none"): "take_over",
    ("receiver", "accepted", "not_arrived"): "find_out",
    ("sender", "accepted", "planned"): "record_departure",
    ("sender", "accepted", "not_arrived"): "find_out",
}
# What a mailbox says by itself, whatever the state: an alarm, or that only the closing is left. A case that was
# taken over asks its new centre for nothing more, and yet it may be alarmed by a follow-up.
BY_DUE = {
    ("referral", "sender", "alarm"): "alarm",
    ("handoff", "sender", "alarm"): "alarm",
    ("handoff", "receiver", "alarm"): "alarm",
    ("referral", "sender", "close"): "close_referral",
    ("referral", "sender", "hear"): "ask_them",
    ("referral", "sender", "hear_outcome"): "ask_outcome",
    ("referral", "sender", "tell"): "tell_them",
    ("handoff", "sender", "close"): "close_referral",
}
URGENT = frozenset({"immediate", "emergency"})
# Somebody else is silent: since when, the row says.
SILENT = frozenset({"ask_them", "ask_outcome", "no_answer"})
ALARMS = frozenset({"alarm", "find_out", "review_return"})


@dataclass(frozen=True)
class Task:
    """One thing to do. ``subject_id`` is what its page is about; ``other`` the organization on the other side."""

    what: str
    subject_id: UUID
    reference: str
    other: str
    since: datetime
    due_at: datetime | None
    urgent: bool = False
    detail: str = ""
    kind: str = ""


def exchange_task(row: Mapping[Any, Any]) -> Task | None:
    """The task that an open exchange makes for this side: its own next step, or news; None if it only waits."""
    kind, role, state = row["kind"], row["role"], row["state"]
    what = BY_DUE.get((kind, role, row["due_kind"] or "")) or OURS.get((kind, role, state))
    if kind == "handoff":
        what = ON_THE_WAY.get((role, state, row["journey"]), what)
    if what is None and row["unread"]:
        what = f"{kind}_news"
    overdue = what is None and role == "sender" and row["due_kind"] in ("acknowledge", "decide", "serve")
    if overdue and row["due_at"] is not None:
        what = "no_answer"
    if what is None:
        return None
    return Task(
        what,
        row["exchange_id"],
        row["reference"],
        row["name"] or "",
        row["updated_at"],
        row["due_at"],
        urgent=row["priority"] in URGENT or what in ALARMS,
        detail=f"{state}.{row['journey']}" if (kind, state) == ("handoff", "accepted") else state,
        kind=kind,
    )
