"""Measuring something beside its floor: in turn, in one run, so that a noisy machine disturbs both alike."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Barrier

Act = Callable[[], object]
BATCH = 20


@dataclass(frozen=True)
class Row:
    """One line of a benchmark: medians and 95th percentiles in ms, and how many times the floor they are."""

    name: str
    p50_ms: float
    p95_ms: float
    floor_p50_ms: float
    floor_p95_ms: float

    @property
    def ratio_p50(self) -> float:
        """Median against the floor's median."""
        return self.p50_ms / self.floor_p50_ms

    @property
    def ratio_p95(self) -> float:
        """95th percentile against the floor's."""
        return self.p95_ms / self.floor_p95_ms


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many percent do not exceed (nearest rank)."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(len(ranked) * percent / 100) - 1)]


def row_of(name: str, taken_ms: Sequence[float], floor_ms: Sequence[float]) -> Row:
    """The line of two series of times."""
    return Row(
        name,
        percentile(taken_ms, 50),
        percentile(taken_ms, 95),
        percentile(floor_ms, 50),
        percentile(floor_ms, 95),
    )


def in_turn(
    name: str, act: Act, floor: Act, *, rounds: int, warm_up: int, between: Act = lambda: None
) -> Row:
    """Measure ``act`` and ``floor`` in turn, each ``rounds`` times; which is first changes with each round.

    ``between`` runs after every BATCH rounds and is not measured.
    """
    for number in range(warm_up):
        act()
        floor()
        if number % BATCH == 0:
            between()
    taken: list[float] = []
    floors: list[float] = []
    with _undisturbed():
        for number in range(rounds):
            if number % BATCH == 0:
                between()
            pair = [(act, taken), (floor, floors)]
            for one, times in pair if number % 2 else reversed(pair):
                times.append(_ms(one))
    return row_of(name, taken, floors)


def together(
    name: str,
    acts: Sequence[Act],
    floors: Sequence[Act],
    *,
    rounds: int,
    warm_up: int,
    between: Act = lambda: None,
) -> Row:
    """Measure clients at work at once: all of ``acts`` for a batch, then all of ``floors``, in turn.

    Each client acts ``rounds`` times. A time is that of one act, as its client waited for it. ``between``
    runs after every batch and is not measured.
    """
    batch = min(rounds, BATCH // 2)
    taken: list[float] = []
    floored: list[float] = []
    with ThreadPoolExecutor(len(acts)) as clients:
        for crowd in (acts, floors):
            _at_once(clients, crowd, warm_up)
        with _undisturbed():
            for number in range(math.ceil(rounds / batch)):
                between()
                pair = [(acts, taken), (floors, floored)]
                for crowd, times in pair if number % 2 else reversed(pair):
                    times += _at_once(clients, crowd, min(batch, rounds - number * batch))
    return row_of(name, taken, floored)


def _at_once(clients: ThreadPoolExecutor, acts: Sequence[Act], times: int) -> list[float]:
    barrier = Barrier(len(acts))

    def work(act: Act) -> list[float]:
        barrier.wait()
        return [_ms(act) for _time in range(times)]

    return [ms for one in list(clients.map(work, acts)) for ms in one]


def _ms(act: Act) -> float:
    begun = time.perf_counter_ns()
    act()
    return (time.perf_counter_ns() - begun) / 1e6


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Without collections of garbage in the measuring process."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
