"""A row of a feed as the directory could keep it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from network.directory.feeds.values.texts import said


@dataclass(slots=True)
class Row:
    """A row of the feed as the directory could keep it. References are still foreign ids.

    ``refused``: why it cannot be a row. ``again``: it stands there already, in the row before of the same id.
    ``siblings``: the rows that are the same one under its other owners, itself included.
    """

    entity: str
    foreign_id: str
    line: str
    values: dict[str, Any]
    doubts: list[tuple[str, str, str]] = field(default_factory=list)
    refused: str = ""
    again: bool = False
    copy: bool = False
    confidential: bool = False
    siblings: list[Row] = field(default_factory=list)

    def doubt(self, name: str, value: Any, reason: str) -> None:
        """Set a value aside."""
        self.doubts.append((said(name)[:200], said(value), reason))
