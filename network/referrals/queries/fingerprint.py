"""Telling whether what would leave is still what was shown."""

from __future__ import annotations

import orjson

from network.consent.disclosure import Proposal
from network.core import crypto
from network.tenants.keys import settings


def fingerprint(proposal: Proposal) -> str:
    """A keyed hash of every field that would leave and of who may read it: it tells nothing of any of them."""
    secret = crypto.derive(settings().index_key, "proposals")
    lines = [[one.part, one.category, one.field, one.value] for one in proposal.leaving]
    named = str(proposal.wanted.named_account_id or "")
    return crypto.keyed_hash(secret, named, orjson.dumps(lines).decode()).hex()
