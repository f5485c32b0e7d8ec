"""The rows of an invented referral: what both sides, the case, the trail and the clocks hold of it, move by move.

A test holds them to be like those that the operations write.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from network.background.models import OutboxRow
from network.bench.seeding.cases import Acting, Opened, note, tell
from network.bench.seeding.clients import Receiver, sealed
from network.bench.seeding.consents import Allowed
from network.bench.seeding.disclosures import disclose
from network.bench.seeding.rows import Rows
from network.core import clock, vocabulary
from network.core.ids import new_id
from network.exchange.clocks import Dues, dues, usual_hours
from network.exchange.models import Exchange, ExchangeEvent, ExchangeSide
from network.referrals import policies
from network.referrals.clockwork import Owed, owed_next
from network.referrals.models import Referral, ReferralClosure, ReferralNeed, ReferralOwnNeed, ReferralTold
from network.referrals.states import FINAL, is_open_for

DECLINED = "no_capacity"
AHEAD = timedelta(hours=5)


@dataclass(frozen=True)
class Move:
    """A line of the table of moves, as far as the rows need it."""

    name: str
    to: str
    side: str


SEND = Move("send", "sent", "sender")
SEEN = Move("acknowledge", "received", "receiver")
YES = Move("accept", "accepted", "receiver")
NO = Move("decline", "declined", "receiver")
BEGUN = Move("start", "in_progress", "receiver")
DONE = Move("complete", "completed", "receiver")
CLOSED = Move("close", "closed", "sender")

# What a case calls a step that was told, or heard, by hand.
_TOLD_AS = {"send": "told", "complete": "heard"}


class Writing:
    """One referral while its rows are written down."""

    def __init__(self, rows: Rows, case: Opened, receiver: Receiver, need_code: str, at: datetime) -> None:
        self.exchange_id = new_id()
        self._rows, self._case, self._receiver, self._code, self._at = rows, case, receiver, need_code, at
        self._mine, self._theirs = case.centre.tenant_id, receiver.tenant_id
        self._priority = vocabulary.need(need_code).default_priority
        self._state, self._version = "draft", 1
        self._moved_at: dict[str, datetime] = {}

    @property
    def _sides(self) -> dict[str, UUID | None]:
        return {"from_tenant_id": self._mine, "to_tenant_id": self._theirs}

    def make(self, path: tuple[Move, ...], allowed: Allowed | None) -> None:
        """The draft, and these moves from it."""
        exchange = self._prepare()
        due = self._dues() if path else None
        referral = self._detail(due)
        for move in path:
            self._at += AHEAD if self._moved_at else timedelta()
            if move.name == "send" and allowed is not None:
                self._send(allowed, path)
            self._move(move, referral)
        exchange.update(
            state=self._state,
            version=self._version,
            moved_by=path[-1].side if path else "sender",
            sent_at=self._moved_at.get("send"),
            accepted_at=self._moved_at.get("accept"),
            ended_at=self._at if self._state in FINAL else None,
        )
        self._mailboxes(path, referral)

    def _prepare(self) -> dict[str, Any]:
        exchange = self._rows.add(
            Exchange,
            id=self.exchange_id,
            kind="referral",
            reference=self._case.centre.reference(),
            **self._sides,
            to_organization_id=self._receiver.organization_id,
            created_at=self._at,
        )
        below = self._case.client.below(self._case.centre)
        self._rows.add(
            ReferralOwnNeed, exchange_id=self.exchange_id, position=0, need_code=self._code, **below
        )
        note(self._rows, self._sender, self._at, "prepared", "referral", self.exchange_id)
        return exchange

    def _dues(self) -> Dues:
        hours = usual_hours(self._receiver.country, self._receiver.time_zone)
        return dues(vocabulary.priority(self._priority), self._at, hours, self._needed_by())

    def _needed_by(self) -> datetime | None:
        critical = vocabulary.need(self._code).time_critical
        return self._at + timedelta(hours=critical.hours) if critical is not None else None

    def _detail(self, due: Dues | None) -> Referral:
        """The referral's own row; the object is for those who reckon with it."""
        referral = Referral(
            exchange_id=self.exchange_id,
            **self._sides,
            service_id=self._receiver.service_id,
            service_at_location_id=self._receiver.service_at_location_id,
            priority=self._priority,
            needed_by=self._needed_by(),
            acknowledge_by=due.acknowledge_by if due else None,
            decide_by=due.decide_by if due else None,
            serve_by=due.serve_by if due else None,
        )
        names = [column.name for column in Referral.__table__.columns]
        self._rows.add(Referral, **{name: getattr(referral, name) for name in names})
        self._need = self._rows.add(
            ReferralNeed,
            exchange_id=self.exchange_id,
            position=0,
            **self._sides,
            shown_code=policies.shown_code(self._code),
        )
        return referral

    @property
    def _sender(self) -> Acting:
        return Acting(self._mine, self._case.client.worker, "caseworker")

    def _send(self, allowed: Allowed, path: tuple[Move, ...]) -> None:
        declined = any(move.name == "decline" for move in path)
        seal = (self._at + AHEAD, "declined") if declined else None
        disclose(
            self._rows,
            self._case,
            self.exchange_id,
            self._receiver,
            self._code,
            allowed,
            self._at,
            seal,
        )
        need = self._case.needs[self._code]
        if need["state"] == "open":
            need.update(state="in_progress", version=2)
            codes = {"needs": self._code, "need_state": "in_progress"}
            tell(self._rows, self._case, self._at, "need.changed", "need", need["id"], codes)
            note(self._rows, self._sender, self._at, "changed", "need", need["id"], fields=["state"])

    def _move(self, move: Move, referral: Referral) -> None:
        before, self._state, self._version = self._state, move.to, self._version + 1
        self._moved_at[move.name] = self._at
        reason = DECLINED if move.name == "decline" else None
        own = move.side == "sender"
        role = "caseworker" if own else "partner_manager"
        who = self._sender
        if not own and self._theirs is not None and self._receiver.account_id is not None:
            who = Acting(self._theirs, self._receiver.account_id, role)
        self._rows.add(
            ExchangeEvent,
            id=new_id(),
            exchange_id=self.exchange_id,
            **self._sides,
            at=self._at,
            side=move.side,
            role=role,
            move=move.name,
            from_state=before,
            to_state=move.to,
            reason_list="decline" if reason else None,
            reason_code=reason,
            version=self._version,
        )
        note(self._rows, who, self._at, move.name, "referral", self.exchange_id, reason=reason)
        codes, subject = {"reasons.decline": reason} if reason else {}, self.exchange_id
        called = _TOLD_AS.get(move.name, move.name) if self._theirs is None else move.name
        tell(self._rows, self._case, self._at, f"referral.{called}", "referral", subject, codes, by_us=own)
        self._set_going(move)
        self._remind(owed_next(move.to, referral, self._at))
        if move.name == "complete":
            self._need.update(outcome_code="served_full", outcome_at=self._at)
        if move.name == "close":
            self._close()

    def _set_going(self, move: Move) -> None:
        """The jobs that a move makes on the other side; by hand, what was told or heard, and by whom."""
        other = self._theirs if move.side == "sender" else self._mine
        if other is not None:
            self._job(other, "exchange.moved", self._at, done=True)
            self._job(other, "referral.moved", self._at, done=True)
            if move is SEND:
                self._job(other, "referral.response", self._at, done=True, subject=self._receiver.service_id)
        elif move.name != "close":
            if move.name != "send":
                self._job(self._mine, "referral.heard", self._at, done=True)
            self._rows.add(
                ReferralTold,
                id=new_id(),
                exchange_id=self.exchange_id,
                **self._case.client.below(self._case.centre),
                version=self._version,
                kind="told" if move.name == "send" else "heard",
                channel="phone",
                account_id=self._case.client.worker,
                at=self._at,
            )

    def _remind(self, owed: Owed | None) -> None:
        """The clocks that the move starts."""
        if owed is None or owed.kind in ("close", "reroute"):
            return
        self._job(self._theirs or self._mine, "referral.reminder", self._at + (owed.by - self._at) / 2)
        self._job(self._mine, "referral.overdue", owed.by)
        if self._state in ("sent", "received"):
            self._job(self._mine, "referral.expire", owed.by + timedelta(days=1))

    def _job(
        self, tenant_id: UUID, topic: str, at: datetime, *, done: bool = False, subject: UUID | None = None
    ) -> None:
        self._rows.add(
            OutboxRow,
            tenant_id=tenant_id,
            id=new_id(),
            topic=topic,
            subject_id=subject or self.exchange_id,
            expected_version=None if subject else self._version,
            available_at=at,
            created_at=self._at,
            attempts=0,
            done_at=at if done or at < clock.now() else None,
        )

    def _close(self) -> None:
        helped = self._need.get("outcome_code") is not None
        said = {"helped": "yes" if helped else "no", "words": "They had a bed for me the same day."}
        self._rows.add(
            ReferralClosure,
            exchange_id=self.exchange_id,
            **self._case.client.below(self._case.centre),
            helped=said["helped"],
            sealed=sealed(ReferralClosure, self._case.client.key, self._mine, self.exchange_id, said),
            account_id=self._case.client.worker,
            at=self._at,
        )

    def _mailboxes(self, path: tuple[Move, ...], referral: Referral) -> None:
        """Each side's row as the last move has left it; the other side's only once it was sent."""
        owed = owed_next(self._state, referral, self._at)
        last = path[-1].side if path else "sender"
        below = self._case.client.below(self._case.centre)
        mine = {"case_id": self._case.id, "assignee_account_id": self._case.client.worker, **below}
        theirs = {"tenant_id": self._theirs, "restricted": False}
        for role, about in (("sender", mine), ("receiver", theirs)):
            if role == "receiver" and (not path or self._theirs is None):
                continue
            is_open = is_open_for(role, self._state)
            self._rows.add(
                ExchangeSide,
                exchange_id=self.exchange_id,
                kind="referral",
                role=role,
                **about,
                due_at=owed.by if owed and is_open else None,
                due_kind=owed.kind if owed and is_open else None,
                unread=role != last,
                open=is_open,
                updated_at=self._at,
            )
