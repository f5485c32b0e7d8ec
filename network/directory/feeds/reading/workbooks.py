"""The sheets of a workbook: what a reader sees of them, merged cells and formulas among it."""

from __future__ import annotations

import html
import io
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from rq.timeouts import BaseTimeoutException

from network.directory.feeds.reading.archives import SHEETS, opened, unpacked
from network.directory.feeds.reading.columns import MOST_COLUMNS, MOST_ROWS, Table, by_column
from network.directory.feeds.records import Unreadable

_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref=["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']"""
)
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s[^<>]{0,2000}>")
_STATE: Final = re.compile(rb"""\sstate=["'](?:hidden|veryHidden)["']""")
_NAME: Final = re.compile(rb"""\sname=["']([^"']{1,500})["']""")
_LARGEST_CONTENTS: Final = 4 * 1024 * 1024


def stem(name: str) -> str:
    """What a file or a sheet is called, without its folder and its ending."""
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].strip().lower().replace(" ", "_")


def hidden_sheets(data: bytes) -> list[str]:
    """The names of the sheets that a reader does not see, and that are not read."""
    with opened(data) as archive:
        told = unpacked(archive, archive.getinfo(SHEETS), _LARGEST_CONTENTS)
    found = (_SHEET.findall(told) if b"idden" in told else [])[:MOST_COLUMNS]
    return [
        html.unescape(name[1].decode("utf-8", "replace"))
        for one in found
        if _STATE.search(one) and (name := _NAME.search(one))
    ]


def sheets(data: bytes) -> list[Table]:
    """The sheets of a workbook. Of a formula its last result counts; one without a result stays as it is written."""
    import openpyxl  # slow to import, and most processes never read a workbook

    with opened(data):
        pass
    lines = count(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            written = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            try:
                return [
                    (
                        stem(sheet.title),
                        list(
                            by_column(
                                _cells(sheet, written[sheet.title], lines),
                                sheet.title,
                                Merged.of(sheet).filled,
                            )
                        ),
                    )
                    for sheet in shown.worksheets
                    if sheet.sheet_state == "visible"
                ]
            finally:
                shown.close()
                written.close()
    except (
        Unreadable,
        MemoryError,
        BaseTimeoutException,
    ):  # that time or room is over tells nothing of how it is made
        raise
    except Exception as error:  # a workbook can be broken in as many ways as there are parts of it
        raise Unreadable("bad_excel") from error


class Merged:
    """Cells of a sheet that are one over several rows: what stands in the first of them counts for all.

    A row in which nothing else stands is none. Cells that are merged with the names of the columns are left alone.
    """

    def __init__(self, starting: Mapping[int, Sequence[tuple[int, int]]]):
        self._starting = starting  # by their first row: (column, last row)
        self._open: dict[int, tuple[int, Any]] = {}

    @classmethod
    def of(cls, sheet: Any) -> Merged:
        """Of a sheet that is read row by row, which itself tells nothing of them."""
        from openpyxl.utils import column_index_from_string

        starting: dict[int, list[tuple[int, int]]] = {}
        with sheet._get_source() as source:
            rest = b""
            while piece := source.read(1024 * 1024):
                rest += piece
                end = 0
                for found in _MERGED.finditer(rest):
                    end = found.end()
                    column, first, last = found.groups()
                    across = column_index_from_string(column.decode()) - 1
                    if int(last) > int(first) and across < MOST_COLUMNS:
                        starting.setdefault(int(first), []).append((across, int(last)))
                        if len(starting) > MOST_ROWS or len(starting[int(first)]) > MOST_COLUMNS:
                            raise Unreadable("too_many_rows")
                rest = rest[max(end, len(rest) - 300) :]
        return cls(starting)

    def filled(self, line: int, row: Sequence[Any]) -> list[Any]:
        """The row with what stands above in the cells that it shares."""
        cells = list(row)
        for across, (last, value) in list(self._open.items()):
            if line > last:
                del self._open[across]
                continue
            cells += [None] * (across + 1 - len(cells))
            if cells[across] is None:
                cells[across] = value
        for across, last in self._starting.get(line, ()):
            if across < len(cells):
                self._open[across] = (last, cells[across])
        return cells


def _cells(shown: Any, written: Any, lines: Iterator[int]) -> Iterator[tuple[int, list[Any]]]:
    """The rows of a sheet; ``lines`` counts those of the whole workbook, since a sheet of one cell in its last row
    has a million empty ones, and a small file has many such sheets."""
    pairs = zip(shown.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=False)
    for number, (values, formulas) in enumerate(pairs, 1):
        if next(lines) > MOST_ROWS:
            raise Unreadable("too_many_rows")
        seen, typed = values[:MOST_COLUMNS], formulas[:MOST_COLUMNS]
        if seen.count(None) == len(seen) and typed.count(None) == len(typed):
            yield number, []
            continue
        row = [
            formula if value is None and isinstance(formula, str) and formula.startswith("=") else value
            for value, formula in zip(seen, typed, strict=False)
        ]
        while row and row[-1] is None:
            row.pop()
        yield number, row
