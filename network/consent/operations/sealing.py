"""Sealing what already lies with a recipient: at once, in the same transaction as the decision behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from network.audit.trail import record
from network.background.outbox import enqueue
from network.cases.operations.events import add_event
from network.consent import packets
from network.consent.operations.telling import LEFT, SEALED
from network.consent.queries import DisclosureRecord, disclosures_of, disclosures_under, grants_by_id


def seal_under(grant_ids: Collection[UUID], reason: str, *, leaves_service: bool = False) -> int:
    """Seal every packet that was disclosed under one of these grants; returns how many."""
    return seal(disclosures_under(grant_ids), reason, leaves_service=leaves_service)


def seal_all_of(client_id: UUID, reason: str, *, leaves_service: bool = False) -> int:
    """Seal every packet of the client's that lies with anybody; returns how many."""
    lying = [one for one in disclosures_of(client_id) if one.sealed_at is None]
    return seal(lying, reason, leaves_service=leaves_service)


def seal(disclosed: Iterable[DisclosureRecord], reason: str, *, leaves_service: bool = False) -> int:
    """Seal these packets. Recalling what is still open follows as work of the floor above: also a service
    that has begun, where she leaves it."""
    count = 0
    for one in disclosed:
        if not packets.seal(one.packet_id, reason):
            continue
        count += 1
        enqueue(LEFT if leaves_service else SEALED, one.exchange_id)
        add_event(one.case_id, "packet.sealed", "exchange", one.exchange_id, {"reason": reason})
        record("sealed", "packet", one.packet_id, reason=reason)
    return count


def renew_ends(disclosed: Iterable[DisclosureRecord]) -> None:
    """Let packets be read as long as the grants under which they left now last."""
    for one in disclosed:
        grants = grants_by_id(one.grant_ids)
        if one.sealed_at is None and grants:
            packets.set_end(one.packet_id, min(grant.ends_at for grant in grants.values()))
