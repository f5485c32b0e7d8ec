"""Rows in which several stand: numbers or languages in one cell are a row each, and a remark goes to the remarks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from network.directory.feeds.values.codes import language
from network.directory.feeds.values.texts import DIGITS, Doubtful, is_empty

Add = Callable[[str, str, dict[str, Any]], None]  # kind of row, the end of its id, its values

_BETWEEN: Final = re.compile(r"\s*(?:[;,/|\n]|\bor\b|\band\b|\bأو\b)\s*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[+(]?[0-9][0-9 ().-]{5,25}")
_REMARKED: Final = re.compile(r"([+(]?[0-9][0-9 ().-]{5,25})\s*[(:–-]\s*([^\d()]{2,60})\)?", re.DOTALL)
_MOST: Final = 20


def part_numbers(given: dict[str, Any], add: Add) -> None:
    """Several numbers in one are a row each, the first of which keeps the id; what is said of one describes it."""
    told = given.get("number")
    if not isinstance(told, str):
        return
    plain = _closed_up(told.translate(DIGITS)).strip()
    if found := _REMARKED.fullmatch(plain):
        remarks = [one for one in (given.get("description"), found[2].strip()) if not is_empty(one)]
        given |= {"number": found[1].strip(), "description": " · ".join(str(one) for one in remarks)}
        return
    numbers = [one for one in _BETWEEN.split(plain) if one]
    if 1 < len(numbers) <= _MOST and all(_NUMBER.fullmatch(one) and _is_long(one) for one in numbers):
        given["number"] = numbers[0]
        for number in dict.fromkeys(numbers[1:]):
            add("phone", f"number:{number}", {**given, "number": number, "extension": None})


def part_languages(given: dict[str, Any], add: Add) -> None:
    """Several languages in one text are a row each, if all of them are known."""
    told = given.get("name")
    if not isinstance(told, str) or not is_empty(given.get("code")) or _is_language(told):
        return
    names = [one for one in _BETWEEN.split(_closed_up(told)) if one]
    if 1 < len(names) <= _MOST and all(_is_language(one) for one in names):
        given["name"] = names[0]
        for name in dict.fromkeys(names[1:]):
            add("language", f"language:{name}", {**given, "name": name})


def is_like_ours(foreign_id: str) -> bool:
    """Whether an id is one as we make them: what stands in such a row was somebody's own decision here."""
    try:
        return len(foreign_id) == 36 and UUID(foreign_id).version in (5, 7)
    except ValueError:
        return False


def _closed_up(told: str) -> str:
    """A text without long runs of spaces: a pattern that looks for what stands among them gets lost there."""
    return re.sub(r"[^\S\n]+", " ", told)


def _is_long(number: str) -> bool:
    return sum(sign.isdigit() for sign in number) >= 6


def _is_language(name: str) -> bool:
    try:
        return bool(language(name))
    except Doubtful:
        return False
