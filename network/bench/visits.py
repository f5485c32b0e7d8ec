"""Measuring the pages of the product over HTTP beside their floor, by one client and by four."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from network.bench.floor_server import TASK, Facts, Task, keep, read_facts
from network.bench.installation import serving
from network.bench.measuring import Act, Row, in_turn, together
from network.bench.visitor import Ask, Visitor
from network.stack.environment import Plan

CLIENTS = 4


@dataclass(frozen=True)
class Page:
    """What is measured under a name: requests asked in turn. ``once``: each can be made only once; the floor, too,
    gets one of its own each time."""

    name: str
    asks: tuple[Ask, ...]
    once: bool = False

    def first(self, most: int) -> Page:
        """The page with at most so many requests; all of them, where each can be made only once."""
        return self if self.once else replace(self, asks=self.asks[:most])

    def marks(self) -> dict[str, Ask]:
        """The requests that the floor records: all, or, where each is made only once, the first."""
        asks = self.asks[:1] if self.once else self.asks
        return {f"{self.name} {number}": ask for number, ask in enumerate(asks)}


@dataclass(frozen=True)
class Effort:
    """How often everything is measured: bounded, whatever the machine."""

    rounds: int = 200
    rounds_together: int = 100
    warm_up: int = 40

    def once(self) -> Effort:
        """What is spent on a page whose requests can be made only once: each has to be prepared."""
        return Effort(max(2, self.rounds // 2), max(2, self.rounds_together // 4), max(1, self.warm_up // 4))

    def different(self) -> int:
        """How many requests that can be made again and again are made at all; more need not be prepared."""
        return self.warm_up + max(self.rounds, self.rounds_together)

    def sessions(self, most: int) -> int:
        """How many sign-ins share the work, half of them at the product: one may ask only so often a minute."""
        return min(most, max(2 * CLIENTS, self.rounds))

    def requests(self) -> int:
        """How many requests a page needs whose requests can be made only once: for the floor and its recording, too."""
        return 2 + 2 * (self.warm_up + self.rounds + CLIENTS * (self.warm_up + self.rounds_together))


@dataclass(frozen=True)
class Bench:
    """A product and its floor, both served; ``facts`` are of each page by its name."""

    address: str
    floor_address: str
    visitors: tuple[Visitor, ...]
    facts: dict[str, Facts]


@contextmanager
def signed_in(address: str, number: int, email: str, password: str) -> Iterator[list[Visitor]]:
    """So many browsers in which the same person has signed in; their connections are closed at the end."""
    visitors = [Visitor(address) for _session in range(number)]
    try:
        for visitor in visitors:
            visitor.sign_in(email, password)
        yield visitors
    finally:
        for visitor in visitors:
            visitor.reconnect()


@contextmanager
def served(plan: Plan, address: str, pages: Sequence[Page], visitors: Sequence[Visitor]) -> Iterator[Bench]:
    """The floor of these pages beside the product, which is served already and where the visitors signed in."""
    folder = plan.instance.folder
    marks = {mark: ask for page in pages for mark, ask in page.marks().items()}
    task = Task(
        cookies=visitors[0].cookies,
        csrf_token=visitors[0].csrf_token,
        asks=marks,
        varying=frozenset(mark for page in pages if page.once for mark in page.marks()),
        facts=str(folder / "floor-facts.json"),
    )
    keep(task, folder / "floor-task.json")
    words = ("-m", "network.bench.floor_server", "{port}")
    own = {TASK: str(folder / "floor-task.json"), "NETWORK_DATA_DIR": str(folder / "floor")}
    with serving(plan, words, folder / "floor.log", own) as floor_address:
        seen = read_facts(Path(task.facts))
        facts = {page.name: seen[next(iter(page.marks()))] for page in pages}
        yield Bench(address, floor_address, tuple(visitors), facts)


def measure(bench: Bench, page: Page, effort: Effort, turn: int) -> tuple[Row, Row]:
    """The page's two lines. ``turn`` spreads the pages over the visitors, half of whom ask the product and half the
    floor: each may ask only so often a minute."""
    effort = effort.once() if page.once else effort
    half = len(bench.visitors) // 2
    clients = [bench.visitors[(turn + number) % half] for number in range(CLIENTS)]
    others = [bench.visitors[half + (turn + number) % half] for number in range(CLIENTS)]
    asks = _Asks(page)
    alone, floor = clients[0].at(bench.address), others[0].at(bench.floor_address)
    anew = _reconnecting([alone, floor])
    one = in_turn(
        page.name,
        asks.act(alone),
        asks.act(floor),
        rounds=effort.rounds,
        warm_up=effort.warm_up,
        between=anew,
    )
    anew()
    crowd = [client.at(bench.address) for client in clients]
    below = [client.at(bench.floor_address) for client in others]
    all_anew = _reconnecting([*crowd, *below])
    four = together(
        f"{page.name}, {CLIENTS} clients",
        [asks.act(client) for client in crowd],
        [asks.act(client) for client in below],
        rounds=effort.rounds_together,
        warm_up=effort.warm_up,
        between=all_anew,
    )
    all_anew()
    return one, four


class _Asks:
    """Hands out a page's requests: in turn and again, or each to one client only."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._marked = [replace(ask, mark=mark) for mark, ask in page.marks().items()]
        self._unused = iter(page.asks[1:])

    def act(self, visitor: Visitor) -> Act:
        """What the visitor does again and again."""
        if not self._page.once:
            asks = cycle(self._marked)
            return lambda: visitor.send(next(asks))
        mark = self._marked[0].mark
        return lambda: visitor.send(replace(next(self._unused), mark=mark))


def _reconnecting(visitors: Sequence[Visitor]) -> Act:
    """A kept connection stays with one worker of the server: now and then, each visitor gets another."""

    def reconnect() -> None:
        for visitor in visitors:
            visitor.reconnect()

    return reconnect
