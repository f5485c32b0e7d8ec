"""Proving the trail: every chain is walked from its first entry, and compared with what was anchored.

It promises everything up to the last anchor. What was added after it is checked for being in order, which
somebody who rules the database could have arranged.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from network.audit import queries
from network.audit.anchors import Anchors, Head, heads_of, read_anchors
from network.core.ids import new_id
from network.tenants.context import job_identity, scope

BEGINNING = hashlib.sha256(b"").digest()


@dataclass(frozen=True)
class Fault:
    """What is wrong with a chain, and where: ``seq`` is the first place at which it is."""

    code: str
    words: str
    seq: int | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Verdict:
    """One tenant's chain. ``anchored`` entries are promised; the others are too new."""

    tenant_id: UUID
    code: str
    entries: int
    anchored: int
    fault: Fault | None


@dataclass
class Report:
    """The whole trail: whether it holds, each chain, and what is wrong with the anchors themselves."""

    verdicts: list[Verdict] = field(default_factory=list)
    anchor_lines: int = 0
    last_anchor_at: datetime | None = None
    faults: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.faults and all(verdict.fault is None for verdict in self.verdicts)

    def as_data(self) -> dict[str, Any]:
        """The report as plain data, for JSON."""
        return {
            "ok": self.ok,
            "anchors": {
                "lines": self.anchor_lines,
                "last_at": self.last_anchor_at.isoformat() if self.last_anchor_at else None,
                "faults": self.faults,
            },
            "tenants": [
                {
                    "tenant_id": str(verdict.tenant_id),
                    "code": verdict.code,
                    "entries": verdict.entries,
                    "anchored": verdict.anchored,
                    "ok": verdict.fault is None,
                    "fault": None if verdict.fault is None else _fault_data(verdict.fault),
                }
                for verdict in self.verdicts
            ],
        }

    def in_words(self) -> list[str]:
        """The report for an operator, a line a chain and the outcome last."""
        lines = []
        for one in self.verdicts:
            name = one.code or str(one.tenant_id)
            found = (
                one.fault.words if one.fault else f"{one.entries} entries, {one.anchored} of them anchored"
            )
            lines.append(f"{'wrong' if one.fault else 'ok':<8} {name}: {found}")
        lines += [f"{'wrong':<8} anchors: {words}" for words in self.faults]
        last = f"the last of {self.last_anchor_at:%Y-%m-%d %H:%M} UTC" if self.last_anchor_at else "none"
        lines.append(f"{self.anchor_lines} anchors, {last}.")
        lines.append(self._outcome())
        return lines

    def _outcome(self) -> str:
        if self.ok:
            return "Nothing was changed up to the last anchor."
        if self.anchor_lines == 0 and all(verdict.fault is None for verdict in self.verdicts):
            return "Not proved: nothing vouches for it. A new installation is anchored after five minutes."
        return "Somebody changed the trail, or what vouches for it."


def _fault_data(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "words": fault.words,
        "seq": fault.seq,
        "entry_id": str(fault.entry_id) if fault.entry_id else None,
    }


def verify(paths: Sequence[Path], public_keys: Sequence[str]) -> Report:
    """Walk the chain of every tenant, those that only the anchors still know included."""
    anchors, unreadable = _anchors(paths, public_keys)
    report = Report(
        anchor_lines=anchors.lines, last_anchor_at=anchors.last_at, faults=[*unreadable, *anchors.faults]
    )
    with scope(job_identity(new_id())):
        codes = queries.codes_of_tenants()
    for tenant_id in sorted({*codes, *anchors.heads}):
        anchored = anchors.heads.get(tenant_id)
        with scope(job_identity(tenant_id)):
            count, fault = _examine(tenant_id, anchored, paths)
        promised = min(count, anchored.seq) if anchored and fault is None else 0
        report.verdicts.append(Verdict(tenant_id, codes.get(tenant_id, ""), count, promised, fault))
    if not anchors.lines and not unreadable and any(verdict.entries for verdict in report.verdicts):
        report.faults.append("there is no anchor: nothing says how long the chains were")
    return report


def _anchors(paths: Sequence[Path], public_keys: Sequence[str]) -> tuple[Anchors, list[str]]:
    unreadable = []
    readable = []
    for path in paths:
        try:
            path.open("rb").close()
        except FileNotFoundError:
            unreadable.append(f"there are no anchors at {path}")
        except OSError as error:
            unreadable.append(f"the anchors at {path} cannot be read: {error.strerror}")
        else:
            readable.append(path)
    return read_anchors(readable, public_keys), unreadable


def _examine(tenant_id: UUID, anchored: Head | None, paths: Sequence[Path]) -> tuple[int, Fault | None]:
    """How many entries the acting tenant's chain has, and the first thing that is wrong with it."""
    # In this order: what is written meanwhile moves entry and head together.
    newest = queries.last_place()
    head = queries.find_head()
    end = max(newest, head.seq if head else 0, anchored.seq if anchored else 0)
    last, before, fault = _walk(end)
    if fault is None:
        fault = _compare(last, before, head, anchored)
    if fault is None and queries.count_entries(end) != last:
        fault = Fault("extra", "there are entries without a place of their own in the chain")
    if fault is not None and fault.code == "rewritten":
        fault = _narrowed(fault, tenant_id, paths)
    return last, fault


def _walk(end: int) -> tuple[int, bytes, Fault | None]:
    """The place and hash of the last entry, or of the last good one and what is wrong after it."""
    place, before = 0, BEGINNING
    for entry in queries.entries(end):
        if entry.seq != place + 1:
            words = (
                f"entry {place + 1} is missing" if entry.seq > place else f"entry {entry.seq} is there twice"
            )
            return place, before, Fault("missing" if entry.seq > place else "extra", words, place + 1)
        if entry.prev_hash != before:
            words = f"entry {entry.seq} does not follow from the one before"
            return place, before, Fault("unlinked", words, entry.seq, entry.id)
        if entry.hash != queries.hash_of(entry):
            return place, before, Fault("altered", f"entry {entry.seq} was altered", entry.seq, entry.id)
        place, before = entry.seq, entry.hash
    return place, before, None


def _compare(last: int, digest: bytes, head: Head | None, anchored: Head | None) -> Fault | None:
    if anchored is not None and last < anchored.seq:
        if last == 0:
            return Fault("removed", f"the whole chain of {anchored.seq} entries was removed", 1)
        gone = f"{last + 1} to {anchored.seq}" if anchored.seq > last + 1 else str(anchored.seq)
        return Fault("truncated", f"the end was cut off: entries {gone} are missing", last + 1)
    if anchored is not None and queries.find_hash(anchored.seq) != anchored.hash:
        return Fault("rewritten", f"entries up to {anchored.seq} were rewritten", anchored.seq)
    if last and (head is None or head.seq != last or head.hash != digest):
        return Fault("head", "the head of the chain is not its last entry", last)
    return None


def _narrowed(fault: Fault, tenant_id: UUID, paths: Sequence[Path]) -> Fault:
    """Between which anchors the chain was rewritten: from the first that no longer fits, all later ones do not."""
    held = sorted({(head.seq, head.hash) for head in heads_of(paths, tenant_id)})
    first = bisect_left(held, True, key=lambda head: queries.find_hash(head[0]) != head[1])
    good = held[first - 1][0] if first else 0
    bad = held[first][0] if first < len(held) else fault.seq
    return Fault("rewritten", f"entries were rewritten, the first between {good + 1} and {bad}", good + 1)
