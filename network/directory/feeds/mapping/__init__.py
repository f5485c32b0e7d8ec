"""Mappings: how the columns of a foreign file become our fields, written down in a file (JSON or YAML), not in code.

A mapping names what is in the file (``records``: the path of the list; ``sheet``) and holds ``rows``: for each record
of the file the rows that come of it, with an ``entity``, an ``id``, ``fields``, and maybe ``each`` (once for every
item of a list) and ``when``. Values are written as

- ``"/properties/name"`` or ``"Column"``: what stands there;
- ``{"const": …}``; ``{"item": true}``: the item of ``each``;
- ``{"from": …, "keys": true, "split": ";", "match": "(\\d+)", "map": {…}, "else": …, "item": 0}``, in this order: the
  keys that are true, the parts, what a pattern finds, what each stands for, one of them;
- ``{"join": […], "with": " "}``, ``{"first": […]}``, ``{"list": […]}``, ``{"object": {…}}``;
- ``{"place": …}``: the code of the place of that name.

A value that a ``map`` does not hold is set aside, unless ``else`` says what it stands for (``"keep"``: itself).
``ignore`` lists columns that are left out on purpose; what is neither used nor ignored is set aside, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, Final

from network.directory.feeds import reading
from network.directory.feeds.mapping.checking import LARGEST_MAPPING, check, parse
from network.directory.feeds.mapping.items import Item, Rules
from network.directory.feeds.records import Record, Settings, Unreadable
from network.directory.feeds.wording import told

__all__ = ["LARGEST_MAPPING", "named", "parse", "read", "stored", "template_of", "told"]

TEMPLATE: Final = "template"


def stored() -> dict[str, str]:
    """The mappings that come with the product: their name, and what they are for."""
    return {name: str(named(name).get("title") or name) for name in _names() if name != TEMPLATE}


@cache
def _names() -> tuple[str, ...]:
    folder = resources.files("network.directory") / "data" / "mappings"
    return tuple(
        sorted(one.name.removesuffix(".json") for one in folder.iterdir() if one.name.endswith(".json"))
    )


@cache
def named(name: str) -> dict[str, Any]:
    """A mapping that comes with the product. Raises Unreadable."""
    if name not in _names():
        raise Unreadable("no_such_mapping")
    return parse((resources.files("network.directory") / "data" / "mappings" / f"{name}.json").read_bytes())


def template_of(data: bytes) -> dict[str, Any] | None:
    """Our own mapping, where a workbook or table is our template filled in."""
    if reading.kind_of(data) not in ("xlsx", "csv"):
        return None
    needed = set(named(TEMPLATE)["recognised_by"])
    for _name, rows in reading.read_tables(data):
        if rows and needed <= set(rows[0][1]):
            return named(TEMPLATE)
    return None


def read(data: bytes, file_name: str, mapping: Mapping[str, Any], settings: Settings) -> list[Record]:
    """The records that a mapping makes of a file. Raises Unreadable."""
    check(mapping)  # it may have been kept since before the rules of mappings were what they are
    rules = Rules(mapping, settings.country)
    return [
        made for line, item in _items(data, file_name, mapping) for made in Item(item, line, rules).made()
    ]


def _items(
    data: bytes, file_name: str, mapping: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if reading.kind_of(data) in ("json", "ndjson"):
        found = reading.read_json(data)
        for step in mapping.get("records", "").strip("/").split("/"):
            if step:
                found = found.get(step) if isinstance(found, Mapping) else None
        if not isinstance(found, list):
            raise Unreadable("no_objects")
        for number, item in enumerate(found):
            yield f"/{number}", item if isinstance(item, Mapping) else {"value": item}
        return
    needed, sheet = set(mapping.get("recognised_by", ())), mapping.get("sheet")
    for name, rows in reading.read_tables(data, file_name):
        if needed and (not rows or not needed <= set(rows[0][1])):
            continue
        if not sheet or name == sheet.lower().replace(" ", "_"):
            yield from rows
