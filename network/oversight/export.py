"""The trail as a file that a spreadsheet opens: cells that it would take for formulas are marked as text."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from network.oversight.queries import Entry

COLUMNS = (
    "place",
    "at_utc",
    "actor_kind",
    "account_id",
    "name",
    "roles",
    "action",
    "object_kind",
    "object_id",
    "reference",
    "fields",
    "outcome",
    "reason",
    "request_id",
    "hash",
)
FORMULAS = tuple("=+-@\t\r\n＝＋－＠|%")
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"  # or a spreadsheet reads Arabic names as something else


def as_csv(entries: Iterable[Entry]) -> str:
    """RFC 4180, a heading first, newest entry first."""
    text = StringIO()
    text.write(BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([harmless(cell) for cell in _cells(entry)])
    return text.getvalue()


def harmless(cell: object) -> str:
    """The cell as a text that no spreadsheet calculates."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def _cells(entry: Entry) -> list[object]:
    return [
        entry.seq,
        entry.at.isoformat(),
        entry.actor_kind,
        entry.account_id,
        entry.name,
        " ".join(entry.roles),
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.reference,
        " ".join(entry.fields),
        entry.outcome,
        entry.reason,
        entry.request_id,
        entry.hash.hex(),
    ]
