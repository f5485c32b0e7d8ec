"""`network bench`, each whole command at its smallest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from network.bench.command import MEASURED
from network.cli import network

PAGES = (
    *("home", "case list", "case page", "name search", "directory search"),
    *("referral send", "ask and send"),
)
FIGURES = ("p50_ms", "p95_ms", "floor_p50_ms", "floor_p95_ms", "ratio_p50", "ratio_p95")


def bench(*words: str) -> Result:
    """Run the command in this process: what it starts are processes of their own in any case."""
    return CliRunner().invoke(network, ["bench", *words])


def test_the_whole_command_measures_every_page_alone_and_with_four_clients() -> None:
    ran = bench("pages", "--json", "--centres", "1", "--cases", "40", "--listings", "10", "--rounds", "2")
    assert ran.exit_code == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    assert list(said) == ["rows"]
    assert [row["name"] for row in said["rows"]] == [
        name for page in PAGES for name in (page, f"{page}, 4 clients")
    ]
    for row in said["rows"]:
        assert list(row) == ["name", *FIGURES]
        assert all(row[figure] > 0 for figure in FIGURES)
        assert row["ratio_p50"] == pytest.approx(row["p50_ms"] / row["floor_p50_ms"], rel=0.01)


@pytest.mark.parametrize(
    "words", [("--centres", "0"), ("--cases", "many"), ("--rounds", "1"), ("--no-such-option",)]
)
def test_what_cannot_be_measured_is_refused_with_a_word_and_without_a_traceback(
    words: tuple[str, ...],
) -> None:
    ran = bench("pages", *words)
    assert ran.exit_code == 2
    assert isinstance(ran.exception, SystemExit)
    assert "Error" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_page_that_is_not_there_is_refused_before_anything_is_filled() -> None:
    ran = bench("pages", "--only", "no such page")
    assert ran.exit_code == 2
    assert "home" in ran.stderr


def test_the_directory_is_built_and_each_search_of_it_measured_beside_its_sql() -> None:
    ran = bench("directory", "--json", "--services", "400", "--rounds", "2")
    assert ran.exit_code == 0, ran.stderr
    said: dict[str, Any] = json.loads(ran.stdout)
    assert [row["name"] for row in said["rows"]] == [*MEASURED, "directory page", "directory page, 4 clients"]
    for row in said["rows"]:
        assert all(row[figure] > 0 for figure in FIGURES)
