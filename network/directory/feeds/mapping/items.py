"""One record of a foreign file, and the rows that a mapping makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from network.directory import geo
from network.directory.feeds.mapping.patterns import Matching
from network.directory.feeds.records import Record, Unreadable
from network.directory.feeds.values.codes import country
from network.directory.feeds.values.texts import is_empty, said

# What a mapping may make of one file: a unit a character, and what a value or a row weighs besides.
MOST_MADE: Final = 400_000_000
_VALUE: Final = 10
_ROW: Final = 400
_MISSING: Final = object()


class Rules:
    """A checked mapping, with what is worked out of it once and used for every record. What it makes of a file has an
    end: a few lines can ask for the same long cell a hundred thousand times."""

    def __init__(self, mapping: Mapping[str, Any], own_country: str):
        self.rows: Sequence[Mapping[str, Any]] = mapping["rows"]
        self.country = country(mapping["country"]) if "country" in mapping else own_country
        self.ignored = {str(one) for one in mapping.get("ignore", ())}
        self.matching = Matching()
        self.left = MOST_MADE
        self._maps: dict[int, dict[str, Any]] = {}

    def spend(self, weight: int) -> None:
        """Count what was made. Raises Unreadable where it is too much."""
        self.left -= weight
        if self.left < 0:
            raise Unreadable("makes_too_much")

    def map_of(self, rule: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the values of a ``map`` stand for, by the values as they are compared."""
        known = self._maps.get(id(rule["map"]))
        if known is None:
            known = self._maps[id(rule["map"])] = {_folded(key): one for key, one in rule["map"].items()}
        return known


class Item:
    """One record of a foreign file."""

    def __init__(self, item: Mapping[str, Any], line: str, rules: Rules):
        self.item = item
        self.line = line
        self.rules = rules
        self.used: set[str] = set()
        self.each: Any = None
        self.doubts: list[tuple[str, str, str]] = []
        self.aside: list[tuple[str, str, str]] = []

    def made(self) -> list[Record]:
        """The rows that come of it; what no rule asks for is set aside with the first of them."""
        made: list[Record] = []
        for rule in self.rules.rows:
            made += self._rows(rule)
        unused = [
            (path, said(value), "no_place_for_it")
            for path, value in _leaves(self.item)
            if not any(
                path == used or path.startswith(f"{used}/") or used.startswith(f"{path}/")
                for used in self.used | self.rules.ignored
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
            self.rules.spend(_ROW)
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
        made = self._said(rule, name)
        self.rules.spend(_weight(made))
        return made

    def _said(self, rule: Any, name: str) -> Any:
        if isinstance(rule, str):
            return self._at(rule)
        if "const" in rule:
            return rule["const"]
        if "join" in rule:
            parts = [self.value(one, name) for one in rule["join"]]
            return rule.get("with", " ").join(_joined(part) for part in parts if not is_empty(part))
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
            value = _parted(value, rule["split"])
        if "match" in rule and not is_empty(value):
            value = _each(value, lambda one: self.rules.matching.first(rule["match"], str(one)))
        if "map" in rule and not is_empty(value):
            value = self._mapped(value, rule, name)
        if "item" in rule and isinstance(value, list):
            number = rule["item"]
            value = value[number] if -len(value) <= number < len(value) else None
        return value

    def _mapped(self, value: Any, rule: Mapping[str, Any], name: str) -> Any:
        known = self.rules.map_of(rule)
        found: list[Any] = []
        for one in value if isinstance(value, list) else [value]:
            stands_for = known.get(_folded(one), _MISSING)
            if stands_for is _MISSING:
                if "else" not in rule:
                    self.doubts.append((name, said(one), "unknown_code"))
                    continue
                stands_for = one if rule["else"] == "keep" else rule["else"]
            self.rules.spend(_weight(stands_for))
            found += stands_for if isinstance(stands_for, list) and isinstance(value, list) else [stands_for]
        found = list({repr(one): one for one in found if one is not None}.values())
        return found if isinstance(value, list) else (found[0] if found else None)

    def _place(self, value: Any) -> str | None:
        if is_empty(value):
            return None
        found = geo.places_named(str(value), self.rules.country or None)
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
                and step.isdecimal()
                and len(step) < 10
                and int(step) < len(found)
            ):
                found = found[int(step)]
            else:
                return None
        return found


def _weight(value: Any) -> int:
    """What keeping a value takes, however it is nested."""
    if isinstance(value, str):
        return _VALUE + len(value)
    if isinstance(value, Mapping):
        return _VALUE + sum(len(name) + _weight(one) for name, one in value.items())
    return _VALUE + sum(map(_weight, value)) if isinstance(value, list) else _VALUE


def _each(value: Any, change: Any) -> Any:
    if isinstance(value, list):
        return [made for one in value if not is_empty(made := change(one))]
    return change(value)


def _parted(value: str, signs: str | Sequence[str]) -> list[str]:
    """The parts between one sign, or between any of several."""
    first, *others = [signs] if isinstance(signs, str) else signs
    for sign in others:
        value = value.replace(sign, first)
    return [part.strip() for part in value.split(first) if part.strip()]


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
