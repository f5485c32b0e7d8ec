"""A row of a feed with the row of the directory that it is, and what would become of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from network.directory.feeds.comparing.deciding import Verdict
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import WITH_ROW
from network.directory.feeds.tidying.rows import Row
from network.directory.feeds.values.texts import said


@dataclass(slots=True)
class Planned:
    """A row with the row of the directory that it is. ``maybe``: it may be a listing that is here already.

    ``above``: what the rows are called on which it hangs, for one that has no name of its own.
    """

    row: Row
    target: UUID | None = None
    values: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=lambda: Verdict("refused"))
    recognised: str = ""
    maybe: bool = False
    above: str = ""

    def payload(self) -> dict[str, Any]:
        """What is kept of it until it is carried out."""
        row = self.row
        hidden = row.confidential
        return {
            "line": row.line,
            "foreign_id": row.foreign_id,
            "target": str(self.target) if self.target else None,
            "values": {} if row.again else self._kept(),
            "recognised": self.recognised,
            "again": row.again,
            "copy": row.copy,
            "confidential": hidden,
            "refused": row.refused,
            "doubts": [(name, "" if hidden else value, reason) for name, value, reason in self._aside()],
            "changes": {} if hidden else self.verdict.changes,
            "label": "" if hidden else label(row) or self.above,
        }

    def _aside(self) -> list[tuple[str, str, str]]:
        """What is set aside of it; where it cannot be used as a whole, what was understood of it, too."""
        row = self.row
        if not row.refused or row.confidential:
            return row.doubts
        told = {(name, value) for name, value, _reason in row.doubts}
        values = [(said(name)[:200], said(value)) for name, value in row.values.items()]
        rest = [(name, value, WITH_ROW) for name, value in values if (name, value) not in told]
        return [*row.doubts, *rest]

    def _kept(self) -> dict[str, Any]:
        """Of a row that leads to a confidential place, and is refused, what it hangs on and no more."""
        if not (self.row.confidential and self.row.refused and self.row.entity in ENTITIES):
            return self.values
        return {name: self.values[name] for name in ENTITIES[self.row.entity].refs if name in self.values}


def label(row: Row) -> str:
    """What a row is called by what it says of itself; empty where it says nothing to be called by."""
    said = (
        row.values.get(name)
        for name in ("name", "number", "city", "byday", "code", "criterion", "label", "document")
    )
    return next((str(one)[:120] for one in said if one), "")
