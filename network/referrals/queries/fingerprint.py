"""Telling whether what leaves is what was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from network.consent.disclosure import Proposal
from network.consent.models import PARTS, Packet
from network.consent.packets import find_part
from network.core import crypto
from network.tenants.keys import settings


def fingerprint(proposal: Proposal) -> str:
    """A keyed hash of every field that would leave and of who may read it: it tells nothing of any of them."""
    contents = [proposal.content("preview"), proposal.content("identity")]
    return _hash(str(proposal.wanted.named_account_id or ""), contents)


def fingerprint_of(packet: Packet) -> str:
    """The same of a packet as it was frozen; only its sender can compute it before it is released."""
    contents = [find_part(packet, part) for part in PARTS]
    return _hash(str(packet.named_account_id or ""), contents)


def _hash(named: str, contents: Sequence[dict[str, Any] | None]) -> str:
    secret = crypto.derive(settings().index_key, "proposals")
    return crypto.keyed_hash(secret, named, orjson.dumps(contents).decode()).hex()
