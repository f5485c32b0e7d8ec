"""Opening what was uploaded: what it is is told by its content, and nothing in it is believed.

A zip is read in memory, within bounds on files, bytes and how far they grow; no path in it is followed.

``archives`` opens a zip, ``workbooks`` and ``columns`` tables, ``nested`` objects; ``names`` knows what tables, lists
and fields are called in older versions and other systems.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import orjson

from network.directory.feeds.reading.archives import (
    LARGEST_FILE,
    LARGEST_UNPACKED,
    MOST_FILES,
    opened,
    unpacked,
)
from network.directory.feeds.reading.columns import Table, by_column
from network.directory.feeds.reading.names import TABLES
from network.directory.feeds.reading.nested import take_apart
from network.directory.feeds.reading.workbooks import sheets, stem
from network.directory.feeds.records import Record, Unreadable

_SHEETS_MAIN: Final = "xl/workbook.xml"
_LINE: Final = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LARGEST_CELL: Final = 1_000_000
_TELLING: Final = 1_000_000  # bytes by which the encoding of a file is told


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
        with opened(data) as archive:
            return "xlsx" if _SHEETS_MAIN in archive.namelist() else "zip"
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Unreadable("old_excel")
    if data[:5] == b"%PDF-":
        raise Unreadable("not_a_table")
    start = decoded(data[:2000]).lstrip()
    if not start and not decoded(data).strip():
        raise Unreadable("empty")
    if start[:1] in ("[", "{"):
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
        telling = data[error.start : error.start + _TELLING]
    high = [byte for byte in telling if byte >= 0x80]
    arabic = sum(0xC0 <= byte <= 0xFF for byte in high)
    runs = sum(a >= 0xC1 and b >= 0xC1 for a, b in pairwise(telling))
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
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) > 1 and isinstance(_line(lines[0]), dict):  # lines, the first of which is a long one
            return [_line(line) for line in lines]
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
        return [(stem(file_name), list(_rows(decoded(data), file_name or "csv")))]
    if kind == "xlsx":
        return sheets(data)
    return _zipped(data)


def _zipped(data: bytes) -> list[Table]:
    tables: list[Table] = []
    budget = LARGEST_UNPACKED
    with opened(data) as archive:
        for info in archive.infolist()[: MOST_FILES * 5]:
            base = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            if info.is_dir() or base.startswith(".") or "__MACOSX" in info.filename:
                continue
            if not base.lower().endswith((".csv", ".tsv", ".txt")):
                continue
            inner = unpacked(archive, info, budget)
            budget -= len(inner)
            if inner.strip():
                tables.append((stem(base), list(_rows(decoded(inner), base))))
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
            yield from take_apart(read_json(unpacked(archive, info, LARGEST_UNPACKED)))


def _rows(text: str, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a CSV by their columns. What stands beyond the last column is kept under ``_beyond``."""
    csv.field_size_limit(_LARGEST_CELL)
    text = text.replace("\0", "")
    try:
        dialect: Any = csv.Sniffer().sniff(text[:8000].split("\n", 1)[0] + "\n", delimiters=",;\t|")
        delimiter = dialect.delimiter
    except csv.Error:
        delimiter = ","
    lines = (
        line[0] for line in _LINE.finditer(text)
    )  # one at a time: a buffer of text takes four times the file
    reader = csv.reader(lines, delimiter=delimiter, strict=False)
    try:
        yield from by_column(((reader.line_num, row) for row in reader), name)
    except csv.Error:
        raise Unreadable("bad_csv", line=reader.line_num) from None


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
