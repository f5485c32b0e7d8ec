"""Tables as files: a zipped datapackage of CSV, a workbook. Each row is written as it comes.

A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import IO, Any, Final

import orjson
import xlsxwriter
from flask_babel import gettext as _

from network.core.errors import Conflict
from network.directory.feeds.values.texts import FORMULAS
from network.directory.feeds.writing.tables import PATHS, Table
from network.directory.hsds import standard

MOST_ROWS: Final = 1_048_575  # of a sheet, besides its titles

Row = Mapping[str, Any]


def safe(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula; lists and objects as text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        value = ",".join(value) if value else ""
    elif isinstance(value, list | dict):
        value = orjson.dumps(value).decode()
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULAS) else text


def zipped(tables: Iterable[Table], out: IO[bytes]) -> None:
    """A datapackage: a CSV a table, and what is in them."""
    resources = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in tables:
            entity, names = table.entity, table.names
            with archive.open(f"{PATHS[entity]}.csv", "w", force_zip64=True) as inner:
                text = io.TextIOWrapper(inner, "utf-8", newline="", write_through=True)
                writer = csv.writer(text)
                writer.writerow(names)
                for row in table.rows():
                    writer.writerow([_celled(entity, name, row.get(name)) for name in names])
                text.flush()
                text.detach()
            resources.append(_resource(entity, names))
        package = {"name": "human_services_data", "profile": "tabular-data-package", "resources": resources}
        archive.writestr("datapackage.json", orjson.dumps(package, option=orjson.OPT_INDENT_2))


def _celled(entity: str, name: str, value: Any) -> Any:
    """A condition is told as JSON, so that a list of one stays a list."""
    if entity == "service_eligibility" and name == "value" and not isinstance(value, str):
        return safe(orjson.dumps(value).decode())
    return safe(value)


def _resource(entity: str, names: Sequence[str]) -> dict[str, Any]:
    types = {one.name: one.type for one in standard.values(entity)} if entity in standard.ENTITIES else {}
    fields = [
        {"name": name, "type": {"number": "number", "integer": "integer"}.get(types.get(name, ""), "string")}
        for name in names
    ]
    return {
        "name": PATHS[entity],
        "path": f"{PATHS[entity]}.csv",
        "encoding": "utf-8",
        "schema": {"primaryKey": "id", "fields": fields},
    }


def workbook(tables: Sequence[Table], out: IO[bytes]) -> None:
    """A sheet a table. Raises Conflict where a table has more rows than a sheet can hold."""
    if any(table.count > MOST_ROWS for table in tables):
        raise Conflict(_("These are too many rows for a workbook. Take the tables (CSV)."))
    write_book(((PATHS[one.entity], one.entity, one.names, one.rows()) for one in tables), out)


def write_book(sheets: Iterable[tuple[str, str, Sequence[str], Iterator[Row]]], out: IO[bytes]) -> None:
    """Sheets with their name, what their rows are, their columns and rows; every text is written as text."""
    plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain) as book:
        bold = book.add_format({"bold": True})
        for title, entity, names, rows in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(names):
                sheet.write_string(0, column, name, bold)
            for number, row in enumerate(rows, 1):
                for column, name in enumerate(names):
                    cell = _celled(entity, name, row.get(name))
                    if isinstance(cell, int | float):
                        sheet.write_number(number, column, cell)
                    elif cell:
                        sheet.write_string(number, column, cell[:32_000])
