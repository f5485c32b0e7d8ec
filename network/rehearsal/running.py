"""Steps, one after another: each is timed and its result kept; a failed one stops only what needs it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from network.rehearsal.asking import Person, StepFailed

S = TypeVar("S")


@dataclass(frozen=True)
class Step(Generic[S]):
    """One step: its name, who takes it, and how; it returns a few words on what came out."""

    name: str
    actor: str
    take: Callable[[S], str]


class Script(Generic[S]):
    """The steps of one part of the story, in the order in which they were written."""

    def __init__(self) -> None:
        self.steps: list[Step[S]] = []

    def step(self, name: str, actor: str) -> Callable[[Callable[[S], str]], Callable[[S], str]]:
        """Add a function as a step."""

        def add(take: Callable[[S], str]) -> Callable[[S], str]:
            self.steps.append(Step(name, actor, take))
            return take

        return add


@dataclass(frozen=True)
class Result:
    """How a step came out."""

    name: str
    actor: str
    ok: bool
    ms: float
    words: str

    def as_data(self) -> dict[str, Any]:
        """The result as `--json` prints it."""
        return {"name": self.name, "actor": self.actor, "ok": self.ok, "ms": self.ms}


def take_steps(steps: Iterable[Step[S]], story: S, tell: Callable[[Result], None]) -> list[Result]:
    """Take every step; what one of them could not do is told, and the next one is taken all the same."""
    results = []
    for step in steps:
        begun = time.perf_counter()
        try:
            words, ok = step.take(story), True
        except StepFailed as failure:
            words, ok = str(failure), False
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # An answer without what it must hold is the step's failure, and not the end of the rehearsal.
            words, ok = f"the answer is not as it should be: {type(error).__name__}: {error}", False
        ms = round((time.perf_counter() - begun) * 1000, 1)
        results.append(Result(step.name, step.actor, ok, ms, words))
        tell(results[-1])
    return results


class Known:
    """What earlier steps have made, by name; asking for what is missing fails the step that asks."""

    def __init__(self) -> None:
        self._found: dict[str, str] = {}

    def __setitem__(self, name: str, value: str) -> None:
        self._found[name] = value

    def __getitem__(self, name: str) -> str:
        if name not in self._found:
            raise StepFailed(f"an earlier step failed: there is no {name}")
        return self._found[name]


class People:
    """Who takes part, by title; asking for somebody who never signed in fails the step that asks."""

    def __init__(self) -> None:
        self._people: dict[str, Person] = {}

    def __setitem__(self, title: str, person: Person) -> None:
        self._people[title] = person

    def __getitem__(self, title: str) -> Person:
        if title not in self._people:
            raise StepFailed(f"an earlier step failed: the {title} is not signed in")
        return self._people[title]

    def close(self) -> None:
        """Let go of every connection."""
        for person in self._people.values():
            person.close()
