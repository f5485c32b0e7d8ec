"""Opening what was uploaded: what it is is told by its content, and nothing in it is believed.

A zip is read in memory, within bounds on files, bytes and how far they grow; no path in it is followed.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import openpyxl
import orjson
from openpyxl.utils import column_index_from_string

from network.directory.feeds.entities import TABLES
from network.directory.feeds.nested import take_apart
from network.directory.feeds.records import Record, Unreadable

LARGEST_FILE: Final = 25 * 1024 * 1024
LARGEST_UNPACKED: Final = 200 * 1024 * 1024
MOST_FILES: Final = 200
MOST_ROWS: Final = 400_000
MOST_COLUMNS: Final = 500
MOST_TITLES: Final = 3
_SHEETS_MAIN: Final = "xl/workbook.xml"
_MERGED: Final = re.compile(
    rb"""<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref=["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']"""
)

Table = tuple[str, list[tuple[str, dict[str, Any]]]]  # its name, and (line, row) of each row

# What the standard library raises for an archive that is broken, locked, or packed in a way it does not know.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, OSError, RuntimeError, EOFError, ValueError,
)  # fmt: skip


def read_records(data: bytes, file_name: str = "") -> list[Record]:
    """The records of a file in HSDS, whatever its form."""
    kind = kind_of(data)
    if kind in ("json", "ndjson"):
        return take_apart(read_json(data))
    return [record for table in read_tables(data, file_name) for record in _of_table(*table)]


def kind_of(data: bytes) -> str:
    """``json``, ``ndjson``, ``csv``, ``xlsx`` or ``zip``, by the content. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > LARGEST_FILE:
        raise Unreadable("too_large")
    if data[:4] == b"PK\x03\x04":
        with _opened(data) as archive:
            return "xlsx" if _SHEETS_MAIN in archive.namelist() else "zip"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("old_excel")
    if data[:5] == b"%PDF-":
        raise Unreadable("not_a_table")
    start = decoded(data[:2000]).lstrip()
    if start[:1] in "[{":
        first = start.split("\n", 1)[0].rstrip()
        whole = first.endswith("}") and len(data.strip()) > len(first.encode()) + 2
        return "ndjson" if start[0] == "{" and whole else "json"
    return "csv"


def decoded(data: bytes) -> str:
    """Text of any usual encoding; a byte order mark is believed, then UTF-8, then Arabic and Western Windows."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if (
            error.end >= len(data) - 3 and len(data) >= 1990
        ):  # cut within a letter, when only the start is looked at
            return data.decode("utf-8", "ignore")
    high = [byte for byte in data if byte >= 0x80]
    arabic = sum(0xC0 <= byte <= 0xFF for byte in high)
    runs = sum(a >= 0xC1 and b >= 0xC1 for a, b in pairwise(data))
    return data.decode("cp1256" if arabic and runs > len(high) / 3 else "cp1252", "replace")


def read_json(data: bytes) -> Any:
    """The document; of lines, the list of their objects."""
    text = decoded(data)
    if kind_of(data) == "ndjson":
        lines = [_line(line) for line in text.splitlines() if line.strip()]
        if any(isinstance(line, dict) for line in lines):
            return lines  # else it is one object over several lines
    try:
        return _loaded(text)
    except ValueError as error:
        raise Unreadable("bad_json", line=getattr(error, "lineno", 1)) from None


def _loaded(text: str) -> Any:
    """JSON as programs write it: NaN says nothing, and half a letter is no reason to lose the file."""
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError:
        try:
            return json.loads(text, parse_constant=str)
        except RecursionError:
            raise Unreadable("too_deep") from None


def _line(line: str) -> Any:
    """The object of a line; one that cannot be read is kept as it is written, and counted."""
    try:
        return _loaded(line)
    except ValueError:
        return line


def read_tables(data: bytes, file_name: str = "") -> list[Table]:
    """The tables of a CSV, a zip of them or a workbook."""
    kind = kind_of(data)
    if kind == "csv":
        return [(_stem(file_name), list(_rows(decoded(data), file_name or "csv")))]
    if kind == "xlsx":
        return _sheets(data)
    return _zipped(data)


def _stem(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].strip().lower().replace(" ", "_")


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError):
        raise Unreadable("bad_zip") from None
    infos = archive.infolist()
    if len(infos) > MOST_FILES * 5 or sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise Unreadable("too_large")
    return archive


def _zipped(data: bytes) -> list[Table]:
    tables: list[Table] = []
    budget = LARGEST_UNPACKED
    with _opened(data) as archive:
        for info in archive.infolist()[: MOST_FILES * 5]:
            base = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            if info.is_dir() or base.startswith(".") or "__MACOSX" in info.filename:
                continue
            if not base.lower().endswith((".csv", ".tsv", ".txt")):
                continue
            inner = _unpacked(archive, info, budget)
            budget -= len(inner)
            if inner.strip():
                tables.append((_stem(base), list(_rows(decoded(inner), base))))
        if not tables:
            members = [
                one for one in archive.infolist() if one.filename.lower().endswith((".json", ".ndjson"))
            ]
            return [
                (
                    "",
                    [
                        (one.line, one.values | {"id": one.foreign_id, "_entity": one.entity})
                        for one in _objects(archive, members)
                    ],
                )
            ]
    return tables


def _objects(archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> Iterator[Record]:
    if not [one for one in members if not one.filename.endswith("datapackage.json")]:
        raise Unreadable("no_tables")
    for info in members[:MOST_FILES]:
        if not info.filename.endswith("datapackage.json"):
            yield from take_apart(read_json(_unpacked(archive, info, LARGEST_UNPACKED)))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: int) -> bytes:
    """The content, however large the archive says that it is."""
    if info.flag_bits & 1:
        raise Unreadable("locked_zip")
    try:
        with archive.open(info) as stream:
            inner = stream.read(budget + 1)
    except _BROKEN as error:
        raise Unreadable("bad_zip") from error
    if len(inner) > budget:
        raise Unreadable("too_large")
    return inner


def _rows(text: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a CSV by their columns. What stands beyond the last column is kept under ``_beyond``."""
    csv.field_size_limit(LARGEST_FILE)
    text = text.replace("\0", "")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8000].split("\n", 1)[0] + "\n", delimiters=",;\t|")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    try:
        yield from _by_column(((reader.line_num, row) for row in reader), name)
    except csv.Error:
        raise Unreadable("bad_csv", line=reader.line_num) from None


def _by_column(
    rows: Iterator[tuple[int, Sequence[Any]]], name: str, merged: _Merged | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    names: list[str] | None = None
    for count, (line, row) in enumerate(_below_title(rows)):
        if count > MOST_ROWS:
            raise Unreadable("too_many_rows")
        if all(cell is None or cell == "" for cell in row):
            continue
        if names is None:
            names = _columns(row)
            continue
        if merged is not None:
            row = merged.filled(line, row)
        values = dict(zip(names, row, strict=False))
        values.pop("", None)
        beyond = [cell for cell in row[len(names) :] if cell not in (None, "")]
        if beyond:
            values["_beyond"] = beyond
        yield f"{name}:{line}", values


def _below_title(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows without a title above the names of the columns: one cell alone, and several in the row after it."""
    above: list[tuple[int, Sequence[Any]]] = []
    for line, row in rows:
        said = sum(cell not in (None, "") for cell in row)
        if said > 1 and len(above) <= MOST_TITLES:
            above = []  # titles, if anything
        elif said == 1 and len(above) < MOST_TITLES:
            above.append((line, row))
            continue
        elif said == 0:
            continue
        yield from above
        yield line, row
        yield from rows
        return
    yield from above


def _columns(row: Sequence[Any]) -> list[str]:
    if len(row) > MOST_COLUMNS:
        row = row[:MOST_COLUMNS]
    names: list[str] = []
    for cell in row:
        name = str(cell if cell is not None else "").strip().lstrip("\ufeff")
        names.append(f"{name}#{names.count(name) + 1}" if name and name in names else name)
    return names


def _sheets(data: bytes) -> list[Table]:
    """The sheets of a workbook. Of a formula its last result counts; one without a result stays as it is written."""
    with _opened(data):
        pass
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            shown = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            written = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
            try:
                return [
                    (
                        _stem(sheet.title),
                        list(_by_column(_cells(sheet, written[sheet.title]), sheet.title, _Merged.of(sheet))),
                    )
                    for sheet in shown.worksheets
                    if sheet.sheet_state == "visible"
                ]
            finally:
                shown.close()
                written.close()
    except Unreadable:
        raise
    except Exception as error:  # a workbook can be broken in as many ways as there are parts of it
        raise Unreadable("bad_excel") from error


class _Merged:
    """Cells of a sheet that are one over several rows: what stands in the first of them counts for all.

    A row in which nothing else stands is none. Cells that are merged with the names of the columns are left alone.
    """

    def __init__(self, starting: Mapping[int, Sequence[tuple[int, int]]]):
        self._starting = starting  # by their first row: (column, last row)
        self._open: dict[int, tuple[int, Any]] = {}

    @classmethod
    def of(cls, sheet: Any) -> _Merged:
        """Of a sheet that is read row by row, which itself tells nothing of them."""
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


def _cells(shown: Any, written: Any) -> Iterator[tuple[int, list[Any]]]:
    pairs = zip(shown.iter_rows(values_only=True), written.iter_rows(values_only=True), strict=False)
    for number, (values, formulas) in enumerate(pairs, 1):
        row = [
            formula if value is None and isinstance(formula, str) and formula.startswith("=") else value
            for value, formula in zip(values[:MOST_COLUMNS], formulas[:MOST_COLUMNS], strict=False)
        ]
        while row and row[-1] is None:
            row.pop()
        yield number, row


def _of_table(name: str, rows: list[tuple[str, dict[str, Any]]]) -> Iterator[Record]:
    kind = TABLES.get(name, "")
    holiday, address = name.startswith("holiday"), name.split("_", 1)[0]
    unnamed: dict[str, int] = {}
    for line, row in rows:
        entity = row.pop("_entity", None) or ("schedule_exception" if holiday else kind)
        values = {key: value for key, value in row.items() if key.lower() != "id"}
        if address in ("physical", "postal") and entity == "address":
            values.setdefault("address_type", address)
        foreign_id = _id(row)
        if not foreign_id:
            foreign_id = _made_up(entity, values, unnamed)
        yield Record(entity, foreign_id, line, values)


def _id(row: Mapping[str, Any]) -> str:
    given = next((row[name] for name in row if name.lower() == "id"), None)
    if isinstance(given, float) and given == int(given):
        given = int(given)
    return str(given).strip() if given is not None else ""


def _made_up(entity: str, values: Mapping[str, Any], seen: dict[str, int]) -> str:
    """An id for a row that has none, from what it hangs on and its place among its kind there."""
    owners = [f"{name}={values[name]}" for name in sorted(values) if name.endswith("_id") and values[name]]
    by = f"{entity}|{'|'.join(owners)}|{values.get('name') or ''}"
    seen[by] = seen.get(by, 0) + 1
    return f"~{by}|{seen[by]}"[:500]
