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

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from re import _parser  # type: ignore[attr-defined]  # the shape of a pattern is told nowhere else
from typing import Any, Final

import yaml

from network.directory import geo
from network.directory.feeds import reading
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import Record, Settings, Unreadable
from network.directory.feeds.texts import is_empty, said
from network.directory.feeds.wording import told

__all__ = ["named", "parse", "read", "stored", "template_of", "told"]

LARGEST_MAPPING: Final = 512 * 1024
TEMPLATE: Final = "template"
_WAYS: Final = ("const", "from", "join", "first", "list", "object", "place", "item")
# What stands in some of them, and beside them.
_KINDS: Final[Mapping[str, type]] = {
    "join": list,
    "first": list,
    "list": list,
    "object": dict,
    "map": dict,
    "match": str,
}
_MISSING: Final = object()


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


class _Plain(yaml.SafeLoader):
    """YAML without aliases: a few lines of them stand for more than anybody can go through."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A node as it is written, and no other's."""
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError
        return super().compose_node(parent, index)


def parse(data: bytes) -> dict[str, Any]:
    """A mapping from its file. Raises Unreadable where it is none."""
    if len(data) > LARGEST_MAPPING:
        raise Unreadable("too_large")
    try:
        text = data.decode("utf-8-sig")
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Plain)  # noqa: S506  # a SafeLoader
    except (ValueError, RecursionError, yaml.YAMLError):
        raise Unreadable("bad_mapping") from None
    _check(found)
    checked: dict[str, Any] = found
    return checked


def _check(found: Any) -> None:
    rows = found.get("rows") if isinstance(found, dict) else None
    if not isinstance(rows, list) or not rows:
        raise Unreadable("bad_mapping", at="rows")
    for number, rule in enumerate(rows):
        if not isinstance(rule, dict) or str(rule.get("entity")) not in ENTITIES or "id" not in rule:
            raise Unreadable("bad_mapping", at=f"rows[{number}]")
        if not isinstance(rule.get("fields", {}), dict):
            raise Unreadable("bad_mapping", at=f"rows[{number}].fields")
        for name, value in (*rule.get("fields", {}).items(), ("id", rule["id"])):
            _check_value(value, f"rows[{number}].{name}")
        for name in ("each", "when"):
            if name in rule:
                _check_value(rule[name], f"rows[{number}].{name}")


def _check_value(value: Any, at: str, depth: int = 0) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, dict) or depth > 10 or not any(way in value for way in _WAYS):
        raise Unreadable("bad_mapping", at=at)
    if "match" in value:
        try:
            if _endless(_parser.parse(str(value["match"]))):
                raise Unreadable("bad_mapping", at=at)
        except (re.error, OverflowError, RecursionError):
            raise Unreadable("bad_mapping", at=at) from None
    for way, kind in _KINDS.items():
        if not isinstance(value.get(way, kind()), kind):
            raise Unreadable("bad_mapping", at=at)
    if not value.get("split", " "):
        raise Unreadable("bad_mapping", at=at)
    inner = [value[way] for way in ("from", "place") if way in value]
    inner += [one for way in ("join", "first", "list") if way in value for one in value[way]]
    inner += list(value.get("object", {}).values())
    for one in inner:
        _check_value(one, at, depth + 1)


def _endless(parsed: Any, *, repeated: bool = False) -> bool:
    """Whether a pattern repeats what itself repeats or branches: a short text can keep such a one busy for ever."""
    for _operation, given in parsed:
        parts = given if isinstance(given, tuple) else (given,)
        repeats = len(parts) == 3 and isinstance(parts[0], int) and isinstance(parts[2], _parser.SubPattern)
        branches = [one for part in parts if isinstance(part, list) for one in part]
        branches = [one for one in branches if isinstance(one, _parser.SubPattern)]
        many = repeats and parts[1] > 1
        if repeated and (many or branches):
            return True
        inner = [one for one in (*parts, *branches) if isinstance(one, _parser.SubPattern)]
        if any(_endless(one, repeated=repeated or many) for one in inner):
            return True
    return False


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
    country = str(mapping.get("country") or settings.country)
    made: list[Record] = []
    for line, item in _items(data, file_name, mapping):
        made += _Item(item, line, country).made(mapping)
    return made


def _items(
    data: bytes, file_name: str, mapping: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if reading.kind_of(data) in ("json", "ndjson"):
        found = reading.read_json(data)
        for step in str(mapping.get("records") or "").strip("/").split("/"):
            if step:
                found = found.get(step) if isinstance(found, Mapping) else None
        if not isinstance(found, list):
            raise Unreadable("no_objects")
        for number, item in enumerate(found):
            yield f"/{number}", item if isinstance(item, Mapping) else {"value": item}
        return
    needed = set(mapping.get("recognised_by", ()))
    for name, rows in reading.read_tables(data, file_name):
        if needed and (not rows or not needed <= set(rows[0][1])):
            continue
        if not mapping.get("sheet") or name == str(mapping["sheet"]).lower().replace(" ", "_"):
            yield from rows


class _Item:
    """One record of a foreign file."""

    def __init__(self, item: Mapping[str, Any], line: str, country: str):
        self.item = item
        self.line = line
        self.country = country
        self.used: set[str] = set()
        self.each: Any = None
        self.doubts: list[tuple[str, str, str]] = []
        self.aside: list[tuple[str, str, str]] = []

    def made(self, mapping: Mapping[str, Any]) -> list[Record]:
        """The rows that come of it; what no rule asks for is set aside with the first of them."""
        made: list[Record] = []
        for rule in mapping["rows"]:
            made += self._rows(rule)
        ignored = {str(one) for one in mapping.get("ignore", ())}
        unused = [
            (path, said(value), "no_place_for_it")
            for path, value in _leaves(self.item)
            if not any(
                path == used or path.startswith(f"{used}/") or used.startswith(f"{path}/")
                for used in self.used | ignored
            )
        ]
        if not made:
            made = [Record("", "", self.line, dict(self.item))]
        main = next((one for one in made if one.entity == "service"), made[0])
        main.doubts += self.aside + unused
        return made

    def _rows(self, rule: Mapping[str, Any]) -> Iterator[Record]:
        if "each" not in rule:
            items: list[Any] = [None]
        else:
            self.doubts = []
            found = self.value(rule["each"], rule.get("named", "each"))
            self.aside += self.doubts
            items = found if isinstance(found, list) else [] if is_empty(found) else [found]
        for item in items:
            self.each = item
            if "when" in rule and is_empty(self.value(rule["when"], "when")):
                continue
            self.doubts = []
            values = {name: self.value(value, name) for name, value in rule.get("fields", {}).items()}
            foreign_id = self.value(rule["id"], "id")
            doubts = [doubt for doubt in self.doubts if doubt[0] != "when"]
            kept = {name: value for name, value in values.items() if not is_empty(value)}
            yield Record(
                rule["entity"],
                "" if is_empty(foreign_id) else str(foreign_id).strip(),
                self.line,
                kept,
                doubts,
            )

    def value(self, rule: Any, name: str) -> Any:
        """What a rule says for this record."""
        if isinstance(rule, str):
            return self._at(rule)
        if "const" in rule:
            return rule["const"]
        if "join" in rule:
            parts = [self.value(one, name) for one in rule["join"]]
            return str(rule.get("with", " ")).join(_joined(part) for part in parts if not is_empty(part))
        if "first" in rule:
            found = (self.value(one, name) for one in rule["first"])
            return next((one for one in found if not is_empty(one)), None)
        if "list" in rule:
            return [one for each in rule["list"] if not is_empty(one := self.value(each, name))]
        if "object" in rule:
            return {
                key: one
                for key, each in rule["object"].items()
                if not is_empty(one := self.value(each, name))
            }
        if "place" in rule:
            return self._place(self.value(rule["place"], name))
        if "from" in rule:
            return self._changed(self.value(rule["from"], name), rule, name)
        return self._changed(self.each, {key: value for key, value in rule.items() if key != "item"}, name)

    def _changed(self, value: Any, rule: Mapping[str, Any], name: str) -> Any:
        if rule.get("keys") and isinstance(value, Mapping):
            value = [key for key, said_yes in value.items() if said_yes]
        if "split" in rule and isinstance(value, str):
            value = [part.strip() for part in value.split(str(rule["split"])) if part.strip()]
        if "match" in rule and not is_empty(value):
            value = _each(value, lambda one: _matched(str(rule["match"]), str(one)))
        if "map" in rule and not is_empty(value):
            value = self._mapped(value, rule, name)
        if (
            isinstance(rule.get("item"), int)
            and not isinstance(rule["item"], bool)
            and isinstance(value, list)
        ):
            number = rule["item"]
            value = value[number] if -len(value) <= number < len(value) else None
        return value

    def _mapped(self, value: Any, rule: Mapping[str, Any], name: str) -> Any:
        known = {_folded(key): one for key, one in rule["map"].items()}
        found: list[Any] = []
        for one in value if isinstance(value, list) else [value]:
            stands_for = known.get(_folded(one), _MISSING)
            if stands_for is _MISSING:
                if "else" not in rule:
                    self.doubts.append((name, said(one), "unknown_code"))
                    continue
                stands_for = one if rule["else"] == "keep" else rule["else"]
            found += stands_for if isinstance(stands_for, list) and isinstance(value, list) else [stands_for]
        found = [one for number, one in enumerate(found) if one is not None and one not in found[:number]]
        return found if isinstance(value, list) else (found[0] if found else None)

    def _place(self, value: Any) -> str | None:
        if is_empty(value):
            return None
        found = geo.places_named(str(value), self.country or None)
        return found[0].code if found else None

    def _at(self, path: str) -> Any:
        self.used.add(path if path.startswith("/") else f"/{path}")
        if not path.startswith("/"):
            return self.item.get(path)
        found: Any = self.item
        for step in path[1:].split("/"):
            if isinstance(found, Mapping):
                found = found.get(step.replace("~1", "/"))
            elif (
                isinstance(found, Sequence)
                and not isinstance(found, str)
                and step.isdigit()
                and int(step) < len(found)
            ):
                found = found[int(step)]
            else:
                return None
        return found


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, list):
        return [made for one in value if not is_empty(made := change(one))]
    return change(value)


def _matched(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text[:5000])
    return None if found is None else found[1] if found.re.groups else found[0]


def _folded(value: Any) -> str:
    return " ".join(str(value).split()).casefold()


def _joined(value: Any) -> str:
    return "; ".join(str(one) for one in value) if isinstance(value, list) else str(value)


def _leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and depth < 8:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}/{str(name).replace('/', '~1')}", depth + 1)
    elif not is_empty(value):
        yield path, value
