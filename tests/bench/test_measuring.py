"""How times are taken and summed up."""

from __future__ import annotations

import json
from threading import Lock

from network.bench.measuring import Row, in_turn, percentile, row_of, together
from network.bench.report import as_json, as_table


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = [float(number) for number in range(1, 101)]
    assert percentile(times, 50) == 50
    assert percentile(times, 95) == 95
    assert percentile([7.0], 95) == 7.0
    assert percentile([3.0, 1.0, 2.0], 50) == 2.0


def test_page_and_floor_are_measured_in_turn_and_take_turns_at_being_first() -> None:
    done: list[str] = []
    row = in_turn("x", lambda: done.append("page"), lambda: done.append("floor"), rounds=4, warm_up=1)
    assert done[2:] == ["floor", "page", "page", "floor", "floor", "page", "page", "floor"]
    assert row.name == "x"
    assert row.p50_ms <= row.p95_ms


def test_clients_at_once_each_act_as_often_as_was_asked() -> None:
    counted: dict[str, int] = {}
    lock = Lock()

    def count(name: str) -> None:
        with lock:
            counted[name] = counted.get(name, 0) + 1

    acts = [lambda: count("page")] * 4
    floors = [lambda: count("floor")] * 4
    between: list[int] = []
    together("x", acts, floors, rounds=25, warm_up=3, between=lambda: between.append(1))
    assert counted == {"page": 4 * 28, "floor": 4 * 28}
    assert len(between) == 3


def test_ratios_are_against_the_floor() -> None:
    row = row_of("x", [3.0] * 20, [2.0] * 20)
    assert (row.ratio_p50, row.ratio_p95) == (1.5, 1.5)


def test_figures_are_printed_in_the_agreed_form() -> None:
    rows = [Row("case list", 10.0, 20.0, 8.0, 16.0)]
    assert json.loads(as_json(rows)) == {
        "rows": [
            {
                "name": "case list",
                "p50_ms": 10.0,
                "p95_ms": 20.0,
                "floor_p50_ms": 8.0,
                "floor_p95_ms": 16.0,
                "ratio_p50": 1.25,
                "ratio_p95": 1.25,
            }
        ]
    }
    heading, line = as_table(rows)
    assert heading.split() == [
        "p50",
        "ms",
        "p95",
        "ms",
        "floor",
        "p50",
        "floor",
        "p95",
        "ratio",
        "p50",
        "ratio",
        "p95",
    ]
    assert line.split() == ["case", "list", "10.00", "20.00", "8.00", "16.00", "1.25", "1.25"]
