"""The rows of data leaving a centre: the packet with its key and its two parts, and the disclosure on record."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from network.bench.seeding.cases import Acting, Opened, note, tell
from network.bench.seeding.clients import Receiver
from network.bench.seeding.consents import Allowed
from network.bench.seeding.rows import Rows
from network.cases import ages
from network.consent.disclosure.preview import COMMON_LANGUAGES
from network.consent.models import Disclosure, DisclosureGrant, Packet, PacketKey, PacketPart
from network.consent.policies import shown_need
from network.core import crypto
from network.core.crypto import DataKey
from network.core.ids import new_id

PURPOSE = "service_provision"


def disclose(
    rows: Rows,
    case: Opened,
    exchange_id: UUID,
    receiver: Receiver,
    need_code: str,
    allowed: Allowed,
    at: datetime,
    sealed: tuple[datetime, str] | None,
) -> None:
    """Write down what left for this need; ``sealed``: when it was sealed again, and why."""
    who, preview, identity = _who(case), _preview(case, need_code, at), _identity(case)
    packet_id, tenant_id = new_id(), case.centre.tenant_id
    sides = {"exchange_id": exchange_id, "from_tenant_id": tenant_id, "to_tenant_id": receiver.tenant_id}
    rows.add(
        Packet,
        id=packet_id,
        **sides,
        purpose=PURPOSE,
        legal_basis="consent",
        categories=list(identity),
        onward=False,
        feedback=False,
        readable_until=allowed.expires_at,
        sealed_at=sealed[0] if sealed else None,
        seal_reason=sealed[1] if sealed else None,
        created_at=at,
    )
    key = DataKey(packet_id, crypto.new_secret())
    if sealed is None:
        rows.add(
            PacketKey,
            packet_id=packet_id,
            wrapped=crypto.wrap(case.centre.master_key, key, tenant_id),
            **sides,
        )
    for part, content in (("preview", preview), ("identity", identity)):
        ciphertext = crypto.seal_bytes(
            key, f"packet_part.{part}", tenant_id, packet_id, orjson.dumps(content)
        )
        digest = hashlib.sha256(ciphertext).digest()
        rows.add(PacketPart, packet_id=packet_id, part=part, ciphertext=ciphertext, sha256=digest, **sides)
    fields = [f"preview.{name}" for name in preview]
    fields += [f"{category}.{name}" for category, held in identity.items() for name in held]
    _put_on_record(rows, case, packet_id, receiver, sides, list(identity), fields, at)
    rows.add(
        DisclosureGrant,
        disclosure_id=packet_id,
        grant_id=allowed.grants[need_code],
        **case.client.below(case.centre),
    )
    tell(rows, case, at, "disclosure.made", "exchange", exchange_id, {"consent_purposes": PURPOSE})
    note(rows, who, at, "disclosed", "packet", packet_id, fields=fields)
    if sealed is not None:
        note(rows, Acting(tenant_id), sealed[0], "sealed", "packet", packet_id, reason=sealed[1])


def _put_on_record(
    rows: Rows,
    case: Opened,
    packet_id: UUID,
    receiver: Receiver,
    sides: dict[str, Any],
    categories: list[str],
    fields: list[str],
    at: datetime,
) -> None:
    """The disclosure; it takes the packet's id, which nothing forbids and a reader of the rows finds handy."""
    rows.add(
        Disclosure,
        id=packet_id,
        **case.below(),
        exchange_id=sides["exchange_id"],
        packet_id=packet_id,
        recipient_organization_id=receiver.organization_id,
        recipient_tenant_id=receiver.tenant_id,
        purpose=PURPOSE,
        categories=categories,
        fields=fields,
        legal_basis="consent",
        account_id=case.client.worker,
        at=at,
    )


def _who(case: Opened) -> Acting:
    return Acting(case.centre.tenant_id, case.client.worker, "caseworker")


def _preview(case: Opened, need_code: str, at: datetime) -> dict[str, Any]:
    person = case.client.person
    spoken = [one for one in person.card["languages"] if one.split("-")[0] in COMMON_LANGUAGES]
    content = {
        "needs": [shown_need(need_code)],
        "age_band": ages.band(at.year - person.birth_year, is_child=False),
        "sex": person.sex,
        "languages": spoken,
        "priority": case.trouble.priority,
    }
    return {name: value for name, value in content.items() if value}


def _identity(case: Opened) -> dict[str, dict[str, Any]]:
    person = case.client.person
    told = {"name": person.card["name"], "nationality": person.nationality, "birth_year": person.birth_year}
    found: dict[str, dict[str, Any]] = {"identity": told}
    if person.phone is not None:
        found["contact"] = {"contact.1": {"number": person.phone, "channels": ["call", "whatsapp"]}}
    return found
