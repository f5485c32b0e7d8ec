"""Scenes of the demonstration are played in the order of the calendar, whatever order they are written in."""

from __future__ import annotations

from datetime import UTC, datetime

from network.core import clock
from network.demonstration.scenes import Scene, play

PRESENT = datetime(2026, 3, 10, 0, 20, tzinfo=UTC)


def scene(done: list[tuple[float, datetime]], *days: float) -> Scene:
    for one in days:
        yield one
        done.append((one, clock.now()))


def test_the_earliest_act_of_all_scenes_comes_next() -> None:
    done: list[tuple[float, datetime]] = []
    with clock.set_to(PRESENT):
        play([scene(done, 5, 1.01, 0.99), scene(done, 30, 4, 0), scene(done)], lambda: None)
    assert [days for days, _at in done] == [30, 5, 4, 1.01, 0.99, 0]
    times = [at for _days, at in done]
    assert times == sorted(times)
    assert times[-1] == PRESENT


def test_what_is_past_was_done_by_day_and_nothing_in_the_future() -> None:
    done: list[tuple[float, datetime]] = []
    with clock.set_to(PRESENT):
        play([scene(done, 9.9, 9.5, 9.1, 2.3, -4)], lambda: None)
    assert all(5 <= at.hour <= 10 for _days, at in done[:4])
    assert done[-1][1] == PRESENT


def test_the_worker_runs_after_each_act_at_its_time() -> None:
    done: list[tuple[float, datetime]] = []
    worked: list[datetime] = []
    with clock.set_to(PRESENT):
        play([scene(done, 3, 2, 0.5)], lambda: worked.append(clock.now()))
    assert worked == [at for _days, at in done]
