"""The tables of moves: complete, closed, and the same as the database's own checks."""

from __future__ import annotations

from itertools import product

import pytest

from network.core import vocabulary
from network.core.errors import IllegalTransition
from network.crossborder import states
from network.crossborder.labels import EVENTS, MILESTONES, MODES, SITUATIONS, STOPPED
from network.crossborder.queries.moves import HIDDEN, NEEDED
from network.crossborder.states import (
    DECISION,
    FOLLOW_UP,
    FOLLOW_UP_STATES,
    JOURNEY,
    JOURNEY_STATES,
)
from network.exchange.states import BACK, HANDOFF_STATES, SIDES, Machine
from tests.crossborder.conftest import Story

CHECKS = {
    "ck_exchange_state": HANDOFF_STATES,
    "ck_handoff_journey": JOURNEY_STATES,
    "ck_handoff_mode": states.MODES,
    "ck_handoff_milestone_code": states.MILESTONES,
    "ck_follow_up_state": FOLLOW_UP_STATES,
    "ck_follow_up_situation": states.SITUATIONS,
    "ck_follow_up_stopped_reason": states.STOPPED_REASONS,
    "ck_deletion_request_answer": states.DELETION_ANSWERS,
}


@pytest.mark.parametrize("machine", [DECISION, JOURNEY, FOLLOW_UP], ids=["decision", "journey", "follow-up"])
def test_every_move_leads_from_states_of_its_table_to_one_of_them(machine: Machine) -> None:
    for move in machine.moves:
        assert move.from_states <= set(machine.states), move
        assert move.to in (*machine.states, BACK), move
        assert move.sides <= set(SIDES), move


@pytest.mark.parametrize("constraint", list(CHECKS))
def test_the_database_checks_the_same_codes(story: Story, constraint: str) -> None:
    ((definition,),) = story.rows(
        story.stranger,
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name",
        name=constraint,
    )
    for code in CHECKS[constraint]:
        assert f"'{code}'" in definition, code


def test_a_move_that_the_table_does_not_have_is_refused() -> None:
    allowed = {
        (move.name, state, side)
        for move in DECISION.moves
        for state in move.from_states
        for side in move.sides
    }
    names = {move.name for move in DECISION.moves}
    refused = 0
    for name, state, side in product(names, HANDOFF_STATES, SIDES):
        if (name, state, side) not in allowed:
            refused += 1
            with pytest.raises(IllegalTransition):
                DECISION.find(name, state, side)
    assert refused > 200


def test_only_the_receiver_decides_and_only_the_sender_travels() -> None:
    for name in ("accept", "decline", "take_over", "review", "ask"):
        assert all(move.sides == {"receiver"} for move in DECISION.moves if move.name == name), name
    for name in ("plan", "depart", "not_depart"):
        assert all(move.sides == {"sender"} for move in JOURNEY.moves if move.name == name), name


def test_reasons_of_the_tables_are_lists_of_the_vocabulary() -> None:
    for machine in (DECISION, JOURNEY, FOLLOW_UP):
        for move in machine.moves:
            for requirement in move.requires:
                name, _, detail = requirement.partition(":")
                if name == "reason":
                    assert f"reasons.{detail}" in vocabulary.list_names()


def test_every_code_has_a_word_and_every_move_a_permission() -> None:
    assert set(MODES) == set(states.MODES)
    assert set(MILESTONES) == set(states.MILESTONES)
    assert set(SITUATIONS) == set(states.SITUATIONS)
    assert set(STOPPED) == set(states.STOPPED_REASONS)
    made_by_people = {
        move.name for machine in (DECISION, JOURNEY) for move in machine.moves if move.sides - {"system"}
    }
    assert made_by_people - HIDDEN == set(NEEDED) - {"let_rest"}
    for name in made_by_people:
        assert f"handoff.{name}" in EVENTS
