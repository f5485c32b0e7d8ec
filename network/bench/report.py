"""What a benchmark says: a table for people, JSON for programs. Every benchmark has this form."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from network.bench.measuring import Row

HEADINGS = ("", "p50 ms", "p95 ms", "floor p50", "floor p95", "ratio p50", "ratio p95")


def as_json(rows: Iterable[Row]) -> str:
    """``{"rows": [{"name", "p50_ms", "p95_ms", "floor_p50_ms", "floor_p95_ms", "ratio_p50", "ratio_p95"}]}``"""
    return json.dumps({"rows": [_rounded(row) for row in rows]}, indent=2)


def as_table(rows: Iterable[Row]) -> list[str]:
    """The lines of a table with the same figures."""
    body = [
        (
            row.name,
            *(f"{ms:.2f}" for ms in (row.p50_ms, row.p95_ms, row.floor_p50_ms, row.floor_p95_ms)),
            f"{row.ratio_p50:.2f}",
            f"{row.ratio_p95:.2f}",
        )
        for row in rows
    ]
    return aligned([HEADINGS, *body])


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of the same width: the first reads from the left, figures from the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _rounded(row: Row) -> dict[str, str | float]:
    return {
        "name": row.name,
        "p50_ms": round(row.p50_ms, 3),
        "p95_ms": round(row.p95_ms, 3),
        "floor_p50_ms": round(row.floor_p50_ms, 3),
        "floor_p95_ms": round(row.floor_p95_ms, 3),
        "ratio_p50": round(row.ratio_p50, 3),
        "ratio_p95": round(row.ratio_p95, 3),
    }
