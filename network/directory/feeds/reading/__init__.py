"""Opening what was uploaded: what it is is told by its content, and nothing in it is believed.

A zip is read in memory, within bounds on files, bytes and how far they grow; no path in it is followed.

``archives`` opens a zip and ``packages`` reads its description, ``workbooks`` and ``columns`` read tables, ``nested``
and ``shapes`` objects; ``memory`` bounds what that takes; ``names`` knows what tables, lists and fields are called in
older versions and other systems.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

import orjson

from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.reading import packages
from network.directory.feeds.reading.archives import (
    LARGEST_FILE,
    SHEETS,
    base_of,
    is_workbook,
    members,
    opened,
)
from network.directory.feeds.reading.columns import Table, by_column
from network.directory.feeds.reading.names import TABLES, table_of
from network.directory.feeds.reading.nested import take_apart
from network.directory.feeds.reading.packages import is_description
from network.directory.feeds.reading.shapes import guess, snake
from network.directory.feeds.reading.workbooks import hidden_sheets, sheets, stem
from network.directory.feeds.records import Record, Unreadable, within_bounds
from network.directory.feeds.values.texts import foreign_id as foreign

_LINE: Final = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LARGEST_CELL: Final = 6_000_000
_LISTS: Final = (".json", ".ndjson", ".jsonl", ".geojson")
_TELLING: Final = 1_000_000  # bytes by which the encoding of a file is told


def read_records(data: bytes, file_name: str = "") -> list[Record]:
    """The records of a file in HSDS, whatever its form; what was not read of it is told as one."""
    kind = kind_of(data)
    if kind in ("json", "ndjson"):
        return take_apart(read_json(data))
    if kind == "zip":
        return list(within_bounds(_of_zip(data)))
    return list(_of_tables(read_tables(data, file_name), file_name)) + _hidden(data)


def kind_of(data: bytes) -> str:
    """``json``, ``ndjson``, ``csv``, ``xlsx`` or ``zip``, by the content. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("empty")
    if len(data) > LARGEST_FILE:
        raise Unreadable("too_large")
    if data[:4] == b"PK\x03\x04":
        with opened(data) as archive:
            return "xlsx" if SHEETS in archive.namelist() else "zip"
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
    """The tables of a zip; of one without tables a table of its objects."""
    tables: list[Table] = []
    objects: list[Record] = []
    with opened(data) as archive:
        files = packages.described(archive)
        for path, inner in members(archive):
            if not inner.strip() or is_description(path):
                continue
            if _is_table(path, inner):
                tables.append((files.table(path) or stem(path), list(_rows(decoded(inner), base_of(path)))))
            elif is_workbook(inner):
                tables += sheets(inner)
            elif path.lower().endswith(_LISTS):
                objects += _objects(path, inner)
    if not tables and not objects:
        raise Unreadable("no_tables")
    return tables or [
        ("", [(one.line, one.values | {"id": one.foreign_id, "_entity": one.entity}) for one in objects])
    ]


def _of_zip(data: bytes) -> Iterator[Record]:
    """The records of what is in a zip; a file that is none of them, or is named and not there, is told as one."""
    read = False
    with opened(data) as archive:
        files = packages.described(archive)
        for path, inner in members(archive):
            if is_description(path):
                continue
            if _is_table(path, inner):
                rows = list(_rows(decoded(inner), base_of(path))) if inner.strip() else []
                yield from _of_table(files.table(path) or stem(path), rows)
            elif is_workbook(inner):
                yield from _of_tables(sheets(inner), path)
                yield from _hidden(inner)
            elif path.lower().endswith(_LISTS):
                yield from _objects(path, inner)
            else:
                yield Record("", path, base_of(path), {"file": path}, refused="not_read")
                continue
            read = True
    for name, rows in files.inline.items():
        yield from take_apart({name: rows})
    if not read and not files.inline:
        raise Unreadable("no_tables")
    for name, path in files.missing.items():
        yield Record("", f"{name}: {path}", packages.DESCRIPTION, {"file": path}, refused="not_there")


def _is_table(path: str, inner: bytes) -> bool:
    """By its name; a text without columns is none."""
    named = path.lower()
    return named.endswith((".csv", ".tsv")) or (
        named.endswith(".txt") and re.match(rb"[^\r\n]*[,;|\t\0]", inner) is not None
    )


def _objects(path: str, inner: bytes) -> list[Record]:
    document, name = read_json(inner), stem(path)
    return take_apart({name: document} if table_of(name) and isinstance(document, list) else document)


def _hidden(data: bytes) -> list[Record]:
    if not is_workbook(data):
        return []
    return [Record("", name, name, {"sheet": name}, refused="hidden_sheet") for name in hidden_sheets(data)]


def _of_tables(tables: Sequence[Table], file_name: str = "") -> Iterator[Record]:
    """The records of the tables of a file; one that stands alone is told by its columns where its name says nothing."""
    alone = len([rows for _name, rows in tables if rows]) == 1
    for name, rows in tables:
        if alone and rows and not table_of(name):
            name = table_of(stem(file_name)) or _kind_by([snake(column) for column in rows[0][1]]) or name
        yield from _of_table(name, rows)


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


def _kind_by(columns: Sequence[str]) -> str:
    """What the rows of a table are by the names of its columns; empty where they do not say."""
    named = [kind for kind in ("service", "location", "organization") if f"{kind}_name" in columns]
    return (
        named[0] if named else guess(dict.fromkeys(column for column in columns if column != "description"))
    )


def _of_table(name: str, rows: list[tuple[str, dict[str, Any]]]) -> Iterator[Record]:
    name = table_of(name)
    kind = TABLES.get(name, "")
    holiday, address = name.startswith("holiday"), name.split("_", 1)[0]
    unnamed: dict[str, int] = {}
    for line, row in rows:
        entity = row.pop("_entity", None) or ("schedule_exception" if holiday else kind)
        own = _own_id(row, kind)
        values = {key: value for key, value in row.items() if key != own}
        if address in ("physical", "postal", "mail") and entity == "address":
            values.setdefault("address_type", "physical" if address == "physical" else "postal")
        foreign_id = foreign(row[own]) if own and row[own] is not None else ""
        if not foreign_id:
            foreign_id = _made_up(entity, values, unnamed)
        yield Record(entity, foreign_id, line, values, table=name)


def _own_id(row: Mapping[str, Any], kind: str) -> str | None:
    """The column that holds the id of the row itself: ``id``, or that of its kind, if it names no other row."""
    names = {snake(name): name for name in reversed([*row])}
    if "id" in names or kind not in ENTITIES or f"{kind}_id" in ENTITIES[kind].refs:
        return names.get("id")
    return names.get(f"{kind}_id")


def _made_up(entity: str, values: Mapping[str, Any], seen: dict[str, int]) -> str:
    """An id for a row that has none, from what it hangs on and its place among its kind there."""
    said = {name: value for name, value in values.items() if name.endswith("_id") and value not in (None, "")}
    owners = [f"{name}={said[name]}" for name in sorted(said)]
    by = f"{entity}|{'|'.join(owners)}|{values.get('name') or ''}"
    seen[by] = seen.get(by, 0) + 1
    return f"~{by}|{seen[by]}"[:500]
