"""What becomes of a row: compared with the directory as it is, and with what its source said last.

Pure: it reads no database. A value changes where the source changed it and nobody here did; where both did, what
stands here stays and the row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from network.directory.feeds.entities import ENTITIES

Values = Mapping[str, Any]
# Of a confidential place these are told to its steward alone.
PRIVATE: Final = "private"
# The value without which a row would be another one.
_FIRM: Final = {
    "attribute": ("link_id", "link_entity", "taxonomy_term_id"),
    "metadata": ("resource_id", "resource_type"),
    "location": ("confidential",),
}
# What its steward alone decides of a listing: nobody proposes it, neither by a form nor by a feed.
_NOT_SUGGESTED: Final = frozenset({"visibility", "invented"})


@dataclass(slots=True)
class Verdict:
    """``changes``: field, what stands here, what is to stand. ``reasons``: codes, the most telling first."""

    outcome: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)


def plain(value: Any) -> Any:
    """A value as JSON has it, so that both sides can be compared; nothing is None, however it is written."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date | UUID):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Decimal):
        return float(value)
    if value == "" or value == []:
        return None
    return value


def decide(
    entity: str, values: Values, current: Values | None, before: Values | None, *, mine: bool
) -> Verdict:
    """``current``: the row here; ``before``: what the source said last, None where it is new; ``mine``: whether the
    acting tenant is the steward."""
    if current is None:
        return Verdict("created") if before is None else Verdict("unchanged", reasons=["removed_here"])
    if current.get("removed_at") is not None or current.get("merged_into_id") is not None:
        return Verdict("unchanged", reasons=["removed_here"])
    if entity == "schedule_exception" and current.get("country"):  # its places tell of a country's days
        return Verdict("unchanged", reasons=["not_yours"])
    if entity == "location" and bool(current["confidential"]) != bool(values.get("confidential")):
        return Verdict(
            "unchanged", reasons=["confidential_here" if current["confidential"] else "changed_here"]
        )
    changes: dict[str, tuple[Any, Any]] = {}
    clashes = False
    for name in _compared(entity, values, before):
        ours, new = plain(current.get(name)), plain(values.get(name))
        old = plain(before.get(name)) if before is not None else None
        if ours == new or (before is not None and old == new):
            continue
        # An address that is kept to ourselves is never replaced by what somebody else says the first time.
        first = before is None and (name != PRIVATE or ours is None)
        if ours is None or (before is not None and ours == old) or first:
            changes[name] = (ours, new)
        else:
            clashes = True
    reasons = ["changed_here"] if clashes else []
    if not mine:
        changes = {name: pair for name, pair in changes.items() if name not in _NOT_SUGGESTED}
    if not changes:
        return Verdict("unchanged", reasons=reasons)
    if not mine:
        return Verdict("suggested", changes, ["not_yours"])
    return Verdict("changed", changes, reasons)


def _compared(entity: str, values: Values, before: Values | None) -> list[str]:
    kind = ENTITIES[entity]
    known = {*kind.fields, *kind.refs, PRIVATE} - set(_FIRM.get(entity, ()))
    # What a source no longer says is taken away where it can be; nothing said from the first is no statement.
    named = {*values, *(before or {})}
    return [name for name in sorted(named & known) if values.get(name) is not None or _may_go(entity, name)]


def _may_go(entity: str, name: str) -> bool:
    if name == PRIVATE:
        return False
    column = ENTITIES[entity].model.__table__.c[name]
    return bool(column.nullable) and name not in ("latitude", "longitude", *ENTITIES[entity].owners)


def filled(verdict: Verdict) -> Verdict:
    """For a row that was recognised by what it says, and not by its id: what stands here already stays."""
    if verdict.outcome not in ("changed", "unchanged"):
        return verdict
    fresh = {name: pair for name, pair in verdict.changes.items() if pair[0] is None}
    clash = len(fresh) < len(verdict.changes) or "changed_here" in verdict.reasons
    return Verdict("merged", fresh, ["same_listing", *(["changed_here"] if clash else [])])
