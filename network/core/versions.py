"""Versions of records: a write that was made on an older one is refused, never merged or lost."""

from __future__ import annotations

from typing import Any, Protocol

from network.core.errors import StaleVersion


class Versioned(Protocol):
    """A record that counts its changes."""

    @property
    def version(self) -> int:
        """How often it was changed."""


def expect_version(record: Versioned, given: int, theirs: Any = None) -> None:
    """Raise ``StaleVersion`` unless ``given`` is the record's version; ``theirs`` is what stands now."""
    if record.version != given:
        raise StaleVersion(theirs=theirs, version=record.version)
