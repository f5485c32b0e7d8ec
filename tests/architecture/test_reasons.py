"""Where a tool is told to look away, the reason stands beside it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = [
    path for folder in ("network", "tests", "tools", "migrations") for path in (ROOT / folder).rglob("*.py")
]
TOLD_TO_LOOK_AWAY = re.compile(r"# (?:type: ignore|(?:ruff: )?noqa|pragma:)(?P<what>.*)$")
WITH_A_REASON = re.compile(r"(?:\[[\w, -]+\]|: [A-Z]+\d+(?:, [A-Z]+\d+)*| no cover)  # \w")


def without_a_reason(source: str) -> list[str]:
    """The lines at which a tool is silenced, and nobody says of what, or why."""
    found = ((line, TOLD_TO_LOOK_AWAY.search(line)) for line in source.splitlines())
    return [line.strip() for line, told in found if told and not WITH_A_REASON.match(told["what"])]


def test_whatever_is_silenced_has_its_reason() -> None:
    wrong = {
        str(path): lines
        for path in CODE
        if path != Path(__file__) and (lines := without_a_reason(path.read_text("utf-8")))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    "line",
    [
        "x = y  # type: ignore",
        "x = y  # type: ignore[arg-type]",
        "x = y  # type: ignore[a]  #",
        "x = y  # noqa",
        "x = y  # noqa: S311",
        "x = y  # noqa: S311  the same every time",
        "x = y  # pragma: no cover",
    ],
)
def test_the_search_finds_a_line_without_one(line: str) -> None:
    assert without_a_reason(line) == [line]


@pytest.mark.parametrize(
    "told", ["type: ignore[arg-type]", "noqa: S311, E501", "ruff: noqa: S608", "pragma: no cover"]
)
def test_the_search_lets_a_reason_pass(told: str) -> None:
    assert without_a_reason(f"x = y  # {told}  # the library says otherwise") == []
