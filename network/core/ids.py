"""Identifiers: UUID version 7 (RFC 9562), made here because encryption needs them before the insert."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new time-ordered identifier."""
    return uuid7()
