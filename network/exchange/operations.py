"""Moving an exchange: the row is locked, the table asked, the event written, the other side's mailbox filled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, insert, select

from network.audit.trail import record
from network.consent.packets import is_alive
from network.core import clock, terms, vocabulary
from network.core.db import db, unit_store, write_later
from network.core.errors import Conflict, Invalid, NotFound, StaleVersion
from network.core.ids import new_id
from network.core.references import new_reference
from network.exchange.models import Exchange, ExchangeEvent, ExchangeReason, ExchangeSide
from network.exchange.queries import asked_from, get_exchange, get_side
from network.exchange.states import BACK, Machine, Move
from network.tenants.context import acting

# The one first move by which nothing leaves: a draft is thrown away.
DISCARD = "discard"
_LOCK = (
    select(Exchange)
    .where(Exchange.id == bindparam("asked"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
# What is written once and never by the ORM read back.
_NEW_EVENT = insert(cast(Table, ExchangeEvent.__table__))
_NEW_REASON = insert(cast(Table, ExchangeReason.__table__))


@dataclass(frozen=True)
class Reason:
    """A coded reason: its list in the vocabulary and its code there."""

    list: str
    code: str

    def known(self) -> terms.Reason:
        """The vocabulary's entry; raises ``UnknownCode``."""
        return vocabulary.reason(self.list, self.code)


@dataclass(frozen=True)
class Given:
    """What a move was given of the things that its line in the table may require.

    ``own_reason``: the reason stays with the side that gives it, whatever the vocabulary says of it.
    """

    reason: Reason | None = None
    own_reason: bool = False
    text: str = ""
    on: datetime | None = None
    outcome: bool = False
    word: bool = False


@dataclass(frozen=True)
class Moved:
    """A move that was made: the exchange as it now is, and the event that says so."""

    exchange: Exchange
    event: ExchangeEvent


def prepare(
    kind: str,
    first_state: str,
    *,
    prefix: str,
    to_organization_id: UUID,
    to_tenant_id: UUID | None,
    case_id: UUID,
    client_id: UUID,
    restricted: bool,
    group_id: UUID | None = None,
    parent_id: UUID | None = None,
) -> Exchange:
    """A draft and the sender's mailbox row, linked to its case. Nobody else sees either."""
    identity = acting()
    exchange = Exchange(
        id=new_id(),
        kind=kind,
        reference=_unused_reference(prefix),
        from_tenant_id=identity.tenant,
        to_tenant_id=to_tenant_id,
        to_organization_id=to_organization_id,
        group_id=group_id,
        parent_id=parent_id,
        state=first_state,
        version=1,
        moved_by="sender",
        created_at=clock.now(),
    )
    db.session.add(exchange)
    db.session.flush()
    db.session.add(
        ExchangeSide(
            tenant_id=identity.tenant,
            exchange_id=exchange.id,
            kind=kind,
            role="sender",
            client_id=client_id,
            restricted=restricted,
            case_id=case_id,
            assignee_account_id=identity.account_id,
            unread=False,
            open=True,
            updated_at=clock.now(),
        )
    )
    db.session.flush()
    record("prepared", kind, exchange.id)
    return exchange


def make_move(
    exchange_id: UUID,
    name: str,
    machine: Machine,
    *,
    side: str,
    given: Given | None = None,
    expected_version: int | None = None,
    ends: frozenset[str] = frozenset(),
    more: Callable[[Exchange, Move], None] | None = None,
) -> Moved:
    """Make one move of ``machine`` under a row lock; ``more`` runs between the checks and the change.

    Raises ``NotFound``, ``IllegalTransition``, ``StaleVersion``, ``Invalid`` (what the table requires is
    missing) and ``Conflict`` (the packet is sealed or past its end).
    """
    given = given or Given()
    exchange = lock(exchange_id)
    my_side = get_side(exchange_id)
    if side != "system" and my_side.role != side:
        raise NotFound
    if expected_version is not None and expected_version != exchange.version:
        raise StaleVersion(theirs=exchange.state)
    move = machine.find(name, exchange.state, side)
    require(move, given, exchange_id)
    if more is not None:
        more(exchange, move)
    before = exchange.state
    now = clock.now()
    exchange.state = asked_from(exchange_id) if move.to == BACK else move.to
    exchange.version += 1
    exchange.moved_by = side
    if exchange.sent_at is None and name != DISCARD:
        exchange.sent_at = now
    if exchange.state == "accepted" and exchange.accepted_at is None:
        exchange.accepted_at = now
    if exchange.state in ends and exchange.ended_at is None:
        exchange.ended_at = now
    event = write_event(exchange, name, side, before, given.reason, own_reason=given.own_reason)
    my_side.unread = False
    my_side.open = exchange.state not in ends
    my_side.updated_at = now
    record(name, exchange.kind, exchange.id, reason=given.reason.code if given.reason else None)
    return Moved(exchange, event)


def lock(exchange_id: UUID) -> Exchange:
    """The exchange, locked until the unit ends; raises ``NotFound``. While it is locked nobody else moves it: the
    unit that holds it is not asked to read it again."""
    held = unit_store("exchanges_locked")
    known: Exchange | None = next((one for one in held if one.id == exchange_id), None)
    if known is not None:
        return known
    exchange = db.session.scalars(_LOCK, {"asked": exchange_id}).first()
    if exchange is None:
        raise NotFound
    held.append(exchange)
    return exchange


def require(move: Move, given: Given, exchange_id: UUID) -> None:
    """Hold the move to what its line in the table requires."""
    wrong: dict[str, list[str]] = {}
    for requirement in move.requires:
        name, _colon, detail = requirement.partition(":")
        if name == "packet" and not is_alive(exchange_id):
            raise Conflict(_("What was sent is sealed. It can be neither read nor answered any more."))
        if name == "reason":
            _require_reason(given, detail, wrong)
        if name == "text" and not given.text.strip():
            wrong["text"] = [_("Write a few words.")]
        if name == "date" and given.on is None:
            wrong["on"] = [_("Enter a date.")]
        if name == "outcome" and not given.outcome:
            wrong["outcomes"] = [_("Say what came of each need.")]
        if name == "word" and not given.word:
            wrong["helped"] = [_("Record the client's own word, or why it cannot be had.")]
    if wrong:
        raise Invalid(fields=wrong)


def _require_reason(given: Given, list_name: str, wrong: dict[str, list[str]]) -> None:
    if given.reason is None or given.reason.list != list_name:
        wrong["reason"] = [_("Choose a reason.")]
        return
    known = given.reason.known()
    if known.needs_note and not given.text.strip():
        wrong["text"] = [_("Write a few words.")]
    if known.no_note and given.text.strip():
        wrong["text"] = [_("No note is kept with this reason. Leave it empty.")]
    if known.needs_date and given.on is None:
        wrong["on"] = [_("Enter a date.")]


def write_event(
    exchange: Exchange,
    move: str,
    side: str,
    before: str,
    reason: Reason | None,
    *,
    own_reason: bool = False,
    after: str | None = None,
) -> ExchangeEvent:
    """Append what happened. A reason that the other side must not see goes to the own side's table.

    ``after`` is the state of another column than the exchange's own: a handoff's journey.
    """
    identity = acting()
    hidden = reason is not None and (own_reason or bool(reason.known().no_reason_shown_to))
    shown = reason if not hidden else None
    event = {
        "id": new_id(),
        "exchange_id": exchange.id,
        "from_tenant_id": exchange.from_tenant_id,
        "to_tenant_id": exchange.to_tenant_id,
        "at": clock.now(),
        "side": side,
        "role": min(identity.roles, default=None),
        "move": move,
        "from_state": before,
        "to_state": after or exchange.state,
        "reason_list": shown.list if shown else None,
        "reason_code": shown.code if shown else None,
        "version": exchange.version,
    }
    write_later(_NEW_EVENT, event)
    if reason and hidden:
        own = {
            "tenant_id": identity.tenant,
            "event_id": event["id"],
            "exchange_id": exchange.id,
            "reason_list": reason.list,
            "reason_code": reason.code,
        }
        write_later(_NEW_REASON, own)
    return ExchangeEvent(**event)


def mark_read(exchange_id: UUID) -> None:
    """The own side has looked."""
    side = get_side(exchange_id)
    if side.unread:
        side.unread = False
        db.session.flush()


def set_due(exchange_id: UUID, due_at: datetime | None, due_kind: str | None) -> None:
    """What the own side owes next, and until when."""
    side = get_side(exchange_id)
    side.due_at, side.due_kind = due_at, due_kind
    db.session.flush()


def _unused_reference(prefix: str) -> str:
    tenant_id = acting().tenant
    while True:
        reference = new_reference(prefix)
        taken = select(Exchange.id).where(
            Exchange.from_tenant_id == tenant_id, Exchange.reference == reference
        )
        if db.session.scalars(taken).first() is None:
            return reference


__all__ = ["Exchange", "Given", "Moved", "Reason", "get_exchange", "make_move", "prepare"]
