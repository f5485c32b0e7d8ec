"""Packets: made frozen and encrypted, opened by whoever may by now, sealed by deleting their key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Table, bindparam, delete, func, insert, select, update

from network.consent.models import PARTS, Packet, PacketKey, PacketPart
from network.core import clock, crypto
from network.core.crypto import DataKey
from network.core.db import answers, db, write_later
from network.core.errors import NotFound
from network.core.ids import new_id
from network.tenants.keys import settings

Content = dict[str, Any]

_PACKET = Packet.__table__.c
# What is written once and never by the ORM read back.
_NEW_PACKET = insert(cast(Table, Packet.__table__))
_NEW_KEY = insert(cast(Table, PacketKey.__table__))
_NEW_PARTS = insert(cast(Table, PacketPart.__table__))
_ALIVE = select(
    select(_PACKET.id)
    .where(
        _PACKET.exchange_id == bindparam("exchange"),
        _PACKET.sealed_at.is_(None),
        _PACKET.readable_until > func.now(),
    )
    .exists()
)


@dataclass(frozen=True)
class Header:
    """What a packet says of itself to both sides."""

    purpose: str
    legal_basis: str
    categories: tuple[str, ...]
    onward: bool
    feedback: bool
    readable_until: datetime
    named_account_id: UUID | None = None


def freeze(
    exchange_id: UUID,
    from_tenant_id: UUID,
    to_tenant_id: UUID | None,
    header: Header,
    parts: dict[str, Content],
) -> Packet:
    """Encrypt the parts under a key of the packet's own. Only the disclosure door calls this."""
    values = {
        "id": new_id(),
        "exchange_id": exchange_id,
        "from_tenant_id": from_tenant_id,
        "to_tenant_id": to_tenant_id,
        "purpose": header.purpose,
        "legal_basis": header.legal_basis,
        "categories": list(header.categories),
        "onward": header.onward,
        "feedback": header.feedback,
        "named_account_id": header.named_account_id,
        "readable_until": header.readable_until,
        "created_at": clock.now(),
    }
    packet = Packet(**values)
    write_later(_NEW_PACKET, values)
    key = DataKey(packet.id, crypto.new_secret())
    sides = {"exchange_id": exchange_id, "from_tenant_id": from_tenant_id, "to_tenant_id": to_tenant_id}
    wrapped = crypto.wrap(settings().master_key, key, from_tenant_id)
    write_later(_NEW_KEY, {"packet_id": packet.id, "wrapped": wrapped, **sides})
    sealed = []
    for part in PARTS:
        ciphertext = crypto.seal_bytes(
            key, f"packet_part.{part}", from_tenant_id, packet.id, orjson.dumps(parts[part])
        )
        digest = hashlib.sha256(ciphertext).digest()
        sealed.append(
            {"packet_id": packet.id, "part": part, "ciphertext": ciphertext, "sha256": digest, **sides}
        )
    write_later(_NEW_PARTS, *sealed)
    return packet


def packet_of(exchange_id: UUID) -> Packet:
    """The exchange's newest packet, its header only; raises ``NotFound``."""
    packet = db.session.scalars(
        select(Packet)
        .where(Packet.exchange_id == exchange_id)
        .order_by(Packet.created_at.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).first()
    if packet is None:
        raise NotFound
    return packet


def find_part(packet: Packet, part: str) -> Content | None:
    """A part's content, or None where the database does not release it to the acting side (now)."""
    row = db.session.scalars(
        select(PacketPart).where(PacketPart.packet_id == packet.id, PacketPart.part == part)
    ).first()
    key = find_key(packet)
    if row is None or key is None:
        return None
    content: Content = orjson.loads(
        crypto.unseal_bytes(key, f"packet_part.{part}", packet.from_tenant_id, packet.id, row.ciphertext)
    )
    return content


def find_parts(packets: Sequence[Packet], part: str) -> dict[UUID, Content]:
    """The same part of several packets, by packet, with two queries; those not released now are left out."""
    ids = [packet.id for packet in packets]
    if not ids:
        return {}
    rows = db.session.scalars(
        select(PacketPart).where(PacketPart.packet_id.in_(ids), PacketPart.part == part)
    ).all()
    wrapped = db.session.scalars(select(PacketKey).where(PacketKey.packet_id.in_(ids))).all()
    keys = {
        one.packet_id: crypto.unwrap(settings().master_key, one.packet_id, one.from_tenant_id, one.wrapped)
        for one in wrapped
    }
    return {
        row.packet_id: orjson.loads(
            crypto.unseal_bytes(
                keys[row.packet_id], f"packet_part.{part}", row.from_tenant_id, row.packet_id, row.ciphertext
            )
        )
        for row in rows
        if row.packet_id in keys
    }


def find_key(packet: Packet) -> DataKey | None:
    """The packet's key, or None once it is sealed, past its end, or not the acting side's to read."""
    wrapped = db.session.scalars(select(PacketKey.wrapped).where(PacketKey.packet_id == packet.id)).first()
    if wrapped is None:
        return None
    return crypto.unwrap(settings().master_key, packet.id, packet.from_tenant_id, wrapped)


def is_alive(exchange_id: UUID) -> bool:
    """Whether the exchange's packet can still be read: by the database's clock, as its policies judge."""
    [[(alive,)]] = answers((_ALIVE, [{"exchange": exchange_id}]))
    return bool(alive)


def seal(packet_id: UUID, reason: str) -> bool:
    """Seal at once: the key is deleted with the seal. False if it was sealed before. The sender's own act."""
    sealed = db.session.scalars(
        update(Packet)
        .where(Packet.id == packet_id, Packet.sealed_at.is_(None))
        .values(sealed_at=clock.now(), seal_reason=reason)
        .returning(Packet.id)
    ).all()
    db.session.execute(delete(PacketKey).where(PacketKey.packet_id == packet_id))
    return bool(sealed)


def set_end(packet_id: UUID, readable_until: datetime) -> None:
    """Let a live packet be read until then: no longer than the grants under which it left. The sender's act."""
    db.session.execute(
        update(Packet)
        .where(Packet.id == packet_id, Packet.sealed_at.is_(None))
        .values(readable_until=readable_until)
        .execution_options(synchronize_session="fetch")
    )
