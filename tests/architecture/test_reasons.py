"""Where a tool is told to look away, the reason stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import network

CODE = Path(network.__file__).parent
TOLD_TO_LOOK_AWAY = re.compile(r"# type: ignore\[[\w, -]+\](?P<reason>.*)$")
BARE = re.compile(r"# type: ignore(?!\[)")


def without_a_reason(source: str) -> list[str]:
    """The lines at which the type checker is silenced and nobody says why."""
    found = []
    for line in source.splitlines():
        told = TOLD_TO_LOOK_AWAY.search(line)
        if BARE.search(line) or (told and not re.match(r"  # \w", told["reason"])):
            found.append(line.strip())
    return found


def test_every_silenced_type_error_has_its_reason() -> None:
    wrong = {
        str(path): lines
        for path in CODE.rglob("*.py")
        if (lines := without_a_reason(path.read_text("utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "line", ["x = y  # type: ignore", "x = y  # type: ignore[arg-type]", "x = y  # type: ignore[a]  #"]
)
def test_the_search_finds_a_line_without_one(line: str) -> None:
    assert without_a_reason(line) == [line]


def test_the_search_lets_a_reason_pass() -> None:
    assert without_a_reason("x = y  # type: ignore[arg-type]  # the library says otherwise") == []
