"""A mapping is looked through before anything is read by it: every key known, every value of its kind.

What is wrong is told with where it stands: ``rows[2].fields.name.match``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

import yaml

from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.mapping.patterns import BadPattern, check_pattern
from network.directory.feeds.records import Unreadable
from network.directory.feeds.values.codes import country
from network.directory.feeds.values.texts import UNUSABLE, Doubtful

LARGEST_MAPPING: Final = 512 * 1024
MOST_RULES: Final = 500
_DEEPEST: Final = 20
_DEEPEST_VALUE: Final = 10
_WAYS: Final = ("const", "from", "join", "first", "list", "object", "place", "item")
_STEPS: Final = frozenset({"keys", "split", "match", "map", "else", "item"})
# What may stand beside each way of saying a value.
_BESIDE: Final[Mapping[str, frozenset[str]]] = {"from": _STEPS, "item": _STEPS, "join": frozenset({"with"})}


class _Plain(yaml.SafeLoader):
    """YAML without aliases, a few lines of which stand for more than anybody can go through; days stay text."""

    yaml_implicit_resolvers: Any = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

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
    except (ValueError, LookupError, TypeError, ArithmeticError, RecursionError, yaml.YAMLError):
        raise Unreadable(
            "bad_mapping"
        ) from None  # a tag of YAML that does not fit its value raises what it likes
    check(found)
    checked: dict[str, Any] = found
    return checked


def check(found: Any) -> None:
    """Raises Unreadable, which says where and why, unless this is a mapping."""
    if not isinstance(found, dict):
        raise Unreadable("bad_mapping")
    _plain(found, "", 0)
    _known(found, "", _TOP)
    if not found.get("rows"):
        _wrong("rows", "missing")
    if len(found["rows"]) > MOST_RULES:
        _wrong("rows", "too_many")
    for number, rule in enumerate(found["rows"]):
        _check_rule(rule, f"rows[{number}]")


def _check_rule(rule: Any, at: str) -> None:
    _object(rule, at)
    _known(rule, at, _RULE)
    for name in ("entity", "id"):
        if name not in rule:
            _wrong(f"{at}.{name}", "missing")
    for name in ("id", "each", "when"):
        if name in rule:
            _value(rule[name], f"{at}.{name}")
    for name, value in rule.get("fields", {}).items():
        _value(value, f"{at}.fields.{name}")


def _known(found: Mapping[str, Any], at: str, keys: Mapping[str, Callable[[Any, str], None]]) -> None:
    for name, value in found.items():
        here = f"{at}.{name}" if at else name
        if name not in keys:
            _wrong(here, "unknown_key")
        keys[name](value, here)


def _wrong(at: str, why: str, said: str = "") -> NoReturn:
    raise Unreadable("bad_mapping", at=at[:200], why=why, said=said[:200])


def _plain(value: Any, at: str, depth: int) -> None:
    """Nothing that could not be kept as it is: what the tags of YAML make, numbers without end, half a letter."""
    if depth > _DEEPEST:
        _wrong(at, "deep")
    if isinstance(value, str):
        if UNUSABLE.search(value):
            _wrong(at, "text")
    elif isinstance(value, dict):
        for name, inner in value.items():
            here = f"{at}.{name}" if at else str(name)
            if not isinstance(name, str) or UNUSABLE.search(name):
                _wrong(UNUSABLE.sub("\ufffd", here), "text")
            _plain(inner, here, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _plain(inner, f"{at}[{number}]", depth + 1)
    elif value is not None and not isinstance(value, bool | int | float):
        _wrong(at, "text")
    elif isinstance(value, int | float) and not abs(value) < 2**53:
        _wrong(at, "number")


def _value(value: Any, at: str, depth: int = 0) -> None:
    if isinstance(value, str):
        return
    if not isinstance(value, dict):
        _wrong(at, "value")
    if depth > _DEEPEST_VALUE:
        _wrong(at, "deep")
    way = next((one for one in _WAYS if one in value), None)
    if way is None:
        _wrong(at, "value")
    for name in value:
        if name != way and name not in _BESIDE.get(way, ()):
            _wrong(f"{at}.{name}", "unknown_key" if name not in (*_WAYS, *_STEPS, "with") else "not_beside")
        if name in _PARTS and (name != "item" or way == "item"):
            _PARTS[name](value[name], f"{at}.{name}")
        elif name == "item":
            _whole(value[name], f"{at}.{name}")
    inner = [(value[one], f"{at}.{one}") for one in ("from", "place") if one in value]
    for one in ("join", "first", "list"):
        inner += [(each, f"{at}.{one}[{number}]") for number, each in enumerate(value.get(one, ()))]
    inner += [(each, f"{at}.object.{name}") for name, each in value.get("object", {}).items()]
    for each, here in inner:
        _value(each, here, depth + 1)


def _of_kind(kind: type, why: str) -> Callable[[Any, str], None]:
    def checked(value: Any, at: str) -> None:
        if not isinstance(value, kind):
            _wrong(at, why)

    return checked


_text, _list, _object = _of_kind(str, "text"), _of_kind(list, "list"), _of_kind(dict, "object")
_yes = _of_kind(bool, "yes")


def _anything(_value: Any, _at: str) -> None:
    """Whatever it is, it is used as it stands."""


def _texts(value: Any, at: str) -> None:
    _list(value, at)
    for number, one in enumerate(value):
        _text(one, f"{at}[{number}]")


def _whole(value: Any, at: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        _wrong(at, "whole")


def _true(value: Any, at: str) -> None:
    if value is not True:
        _wrong(at, "true")


def _country(value: Any, at: str) -> None:
    _text(value, at)
    try:
        country(value)
    except Doubtful:
        _wrong(at, "country")


def _entity(value: Any, at: str) -> None:
    _text(value, at)
    if value not in ENTITIES:
        _wrong(at, "entity")


def _split(value: Any, at: str) -> None:
    """What parts a text: one sign, or several of which any does."""
    signs = value if isinstance(value, list) else [value]
    for sign in signs:
        _text(sign, at)
    if not signs or not all(signs):
        _wrong(at, "empty")


def _pattern(value: Any, at: str) -> None:
    _text(value, at)
    try:
        check_pattern(value)
    except BadPattern as wrong:
        _wrong(at, "pattern" if str(wrong) else "long_pattern", str(wrong))


_TOP: Final[Mapping[str, Callable[[Any, str], None]]] = {
    "title": _text,
    "country": _country,
    "records": _text,
    "sheet": _text,
    "rows": _list,
    "ignore": _texts,
    "recognised_by": _texts,
}
_RULE: Final[Mapping[str, Callable[[Any, str], None]]] = {
    "entity": _entity,
    "id": _anything,
    "fields": _object,
    "each": _anything,
    "named": _text,
    "when": _anything,
}
_PARTS: Final[Mapping[str, Callable[[Any, str], None]]] = {
    "join": _list,
    "first": _list,
    "list": _list,
    "object": _object,
    "item": _true,
    "with": _text,
    "keys": _yes,
    "split": _split,
    "match": _pattern,
    "map": _object,
}
