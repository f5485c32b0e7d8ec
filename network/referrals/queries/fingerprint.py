"""Telling whether what leaves is what was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from network.consent.disclosure import Proposal
from network.core import crypto
from network.tenants.keys import settings


def fingerprint(proposal: Proposal) -> str:
    """A keyed hash of every field that would leave: it tells nothing of any of them.

    Who alone may read it is no part of it: that is chosen by the very form that sends.
    """
    contents = [proposal.content("preview"), proposal.content("identity")]
    return _hash(contents)


def _hash(contents: Sequence[dict[str, Any] | None]) -> str:
    secret = crypto.derive(settings().index_key, "proposals")
    return crypto.keyed_hash(secret, orjson.dumps(contents).decode()).hex()
