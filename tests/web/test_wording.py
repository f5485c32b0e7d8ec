"""Every state that a record can be in has a word and a tone for its tag."""

from __future__ import annotations

import importlib.util
import pkgutil
from collections.abc import Iterator
from enum import EnumType
from types import ModuleType

import pytest

import network
from network.exchange.states import Machine
from network.web import wording

TONES = {"", "waiting", "open", "good", "bad", "plum"}


def _state_modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(network.__path__, "network."):
        if found.ispkg and importlib.util.find_spec(f"{found.name}.states"):
            yield importlib.import_module(f"{found.name}.states")


def _states() -> Iterator[tuple[str, str]]:
    """(feature, state) of every table of moves and every enum of states."""
    for module in _state_modules():
        for name, value in vars(module).items():
            if isinstance(value, Machine):
                yield from ((module.__name__, state) for state in value.states)
            elif isinstance(value, EnumType) and name.endswith(("State", "Custody")):
                yield from ((module.__name__, str(state)) for state in value)


def test_states_were_found() -> None:
    assert ("network.referrals.states", "needs_information") in set(_states())
    assert ("network.cases.states", "paused") in set(_states())


@pytest.mark.parametrize(("feature", "state"), sorted(set(_states())))
def test_a_state_has_its_word(feature: str, state: str) -> None:
    assert state in wording.STATES


@pytest.mark.parametrize("state", wording.STATES)
def test_a_word_has_a_tone_that_the_stylesheet_knows(state: str) -> None:
    assert wording.state_tone(state) in TONES
