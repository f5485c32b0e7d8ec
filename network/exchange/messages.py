"""Words between the two sides, under the packet's key: written and read only while the packet lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.consent.packets import find_key, packet_of
from network.core import clock, crypto
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.exchange.models import Exchange, ExchangeMessage
from network.exchange.queries import get_side

LONGEST_TEXT = 4000
SEALED_AS = "exchange_message"
Made = TypeVar("Made", bound="Step")


@dataclass(frozen=True)
class Message:
    """A message in the clear. ``data`` holds what came with the words: a place, a date, codes."""

    id: UUID
    at: datetime
    side: str
    kind: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)


def write_message(exchange: Exchange, kind: str, text: str, **data: Any) -> UUID:
    """Write to the other side; returns the message's id. Raises ``Conflict`` once the packet is sealed.

    ``kind`` is one of ``MESSAGE_KINDS``; the side is the acting tenant's.
    """
    text = text.strip()
    if len(text) > LONGEST_TEXT:
        raise Invalid(fields={"text": [_("Use at most %(count)s characters.", count=LONGEST_TEXT)]})
    packet = packet_of(exchange.id)
    key = find_key(packet)
    if key is None:
        raise Conflict(_("What was sent is sealed. It can be neither read nor answered any more."))
    message_id = new_id()
    content = {"text": text, **data}
    db.session.add(
        ExchangeMessage(
            id=message_id,
            exchange_id=exchange.id,
            packet_id=packet.id,
            from_tenant_id=exchange.from_tenant_id,
            to_tenant_id=exchange.to_tenant_id,
            at=clock.now(),
            side=get_side(exchange.id).role,
            kind=kind,
            ciphertext=crypto.seal(key, SEALED_AS, exchange.from_tenant_id, message_id, content),
        )
    )
    db.session.flush()
    return message_id


class Step(Protocol):
    """A move that was made, as the page of either kind of exchange tells it."""

    @property
    def move(self) -> str:
        """The move's name."""

    @property
    def side(self) -> str:
        """Who made it."""


def with_words(
    steps: Iterable[Made], messages: Iterable[Message], written_with: Mapping[str, str]
) -> Iterator[tuple[Made, Message | None]]:
    """Each step with what was written with it; ``written_with``: the kind of message of each move. Oldest first."""
    written: dict[str, list[Message]] = {}
    for one in messages:
        written.setdefault(one.kind, []).append(one)
    for step in steps:
        told = written.get(written_with.get(step.move, ""), [])
        yield step, told.pop(0) if told and told[0].side == step.side else None


def list_messages(exchange_id: UUID) -> list[Message]:
    """What was written, oldest first; empty where the packet is sealed or not the acting side's to read."""
    packet = packet_of(exchange_id)
    key = find_key(packet)
    if key is None:
        return []
    rows = db.session.scalars(
        select(ExchangeMessage)
        .where(ExchangeMessage.exchange_id == exchange_id, ExchangeMessage.packet_id == packet.id)
        .order_by(ExchangeMessage.at, ExchangeMessage.id)
    )
    messages = []
    for row in rows:
        content = crypto.unseal(key, SEALED_AS, row.from_tenant_id, row.id, row.ciphertext)
        text = content.pop("text")
        messages.append(Message(row.id, row.at, row.side, row.kind, text, content))
    return messages
