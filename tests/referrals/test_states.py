"""The table of a referral's moves: who may make which from where, and that the database knows the same states."""

from __future__ import annotations

import re

import psycopg
import pytest

from network.core import vocabulary
from network.core.errors import IllegalTransition
from network.exchange.states import BACK, HANDOFF_STATES, REFERRAL_STATES
from network.referrals.clockwork import BY_STATE
from network.referrals.queries.moves import PERMISSIONS
from network.referrals.states import BY_HAND, FHIR_TASK, FINAL, HEARD, OPEN, REFERRAL, is_open_for
from network.web.wording import STATES

# move, side: from which states it may be made, and where it leads. Written down a second time on purpose.
ALLOWED: dict[tuple[str, str], tuple[set[str], str]] = {
    ("send", "sender"): ({"draft"}, "sent"),
    ("discard", "sender"): ({"draft"}, "withdrawn"),
    ("acknowledge", "receiver"): ({"sent"}, "received"),
    ("ask", "receiver"): ({"sent", "received", "accepted"}, "needs_information"),
    ("answer", "sender"): ({"needs_information"}, BACK),
    ("accept", "receiver"): ({"sent", "received", "needs_information"}, "accepted"),
    ("decline", "receiver"): ({"sent", "received", "needs_information"}, "declined"),
    ("schedule", "receiver"): ({"accepted"}, "scheduled"),
    ("change_appointment", "receiver"): ({"scheduled"}, "scheduled"),
    ("start", "receiver"): ({"accepted", "scheduled"}, "in_progress"),
    ("complete", "receiver"): ({"accepted", "scheduled", "in_progress"}, "completed"),
    ("not_served", "receiver"): ({"accepted", "scheduled", "in_progress"}, "not_served"),
    ("not_served", "sender"): ({"accepted", "scheduled", "in_progress"}, "not_served"),
    ("close", "sender"): ({"completed", "not_served", "declined", "expired"}, "closed"),
    ("withdraw", "sender"): (set(OPEN), "withdrawn"),
    ("recall", "system"): (set(OPEN), "recalled"),
    ("expire", "system"): ({"sent", "received"}, "expired"),
}
MOVES = sorted({name for name, _side in ALLOWED})


@pytest.mark.parametrize("side", ["sender", "receiver", "system"])
@pytest.mark.parametrize("name", MOVES)
def test_a_move_is_made_by_its_side_from_its_states_and_by_nobody_else(name: str, side: str) -> None:
    states, target = ALLOWED.get((name, side), (set(), ""))
    for state in REFERRAL_STATES:
        assert (name in REFERRAL.open_to(state, side)) == (state in states), state
        if state in states:
            assert REFERRAL.find(name, state, side).to == target
        else:
            with pytest.raises(IllegalTransition):
                REFERRAL.find(name, state, side)


def test_the_table_holds_no_other_move() -> None:
    assert {(one.name, side) for one in REFERRAL.moves for side in one.sides} == set(ALLOWED)


def test_every_reason_that_a_move_demands_is_a_list_of_the_vocabulary() -> None:
    for one in REFERRAL.moves:
        for requirement in one.requires:
            name, _, list_name = requirement.partition(":")
            assert name in {"packet", "text", "reason", "date", "outcome", "word"}
            if name == "reason":
                assert vocabulary.reasons(list_name)


def test_the_constraint_of_the_database_names_the_same_states(database) -> None:
    with psycopg.connect(database.owner_url) as connection:
        definition = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_exchange_state'"
        ).fetchone()[0]
    quoted = set(re.findall(r"'([a-z_]+)'", definition)) - {"referral", "handoff"}
    assert quoted == set(REFERRAL_STATES) | set(HANDOFF_STATES)


def test_every_state_has_its_word_and_its_place_in_the_standard() -> None:
    assert set(FHIR_TASK) == set(REFERRAL_STATES)
    assert set(REFERRAL_STATES) <= set(STATES)


def test_every_open_state_says_what_is_owed_and_every_final_one_owes_nothing() -> None:
    assert set(BY_STATE) == set(REFERRAL_STATES) - set(FINAL) - {"draft"}


def test_the_senders_mailbox_closes_with_the_loop_and_the_receivers_with_the_service() -> None:
    for state in REFERRAL_STATES:
        assert is_open_for("sender", state) == (state not in FINAL)
        assert is_open_for("receiver", state) == (state in OPEN)


def test_every_move_of_a_person_needs_a_permission() -> None:
    by_hand = {("sender", name) for name in HEARD}
    assert set(PERMISSIONS) == by_hand | {(side, name) for name, side in ALLOWED if side != "system"}


def test_by_hand_the_sender_makes_the_same_moves_and_nobody_else_makes_any() -> None:
    theirs = {one.name: one for one in REFERRAL.moves}
    for one in BY_HAND.moves:
        assert "receiver" not in one.sides
        known = theirs[one.name]
        assert (one.from_states, one.to, one.requires) == (known.from_states, known.to, known.requires)
        assert one.sides == (known.sides - {"receiver"} | {"sender"} if one.name in HEARD else known.sides)
    assert {one.name for one in REFERRAL.moves} - {one.name for one in BY_HAND.moves} == {
        "acknowledge", "ask", "answer",
    }  # fmt: skip
    with pytest.raises(IllegalTransition):
        REFERRAL.find("accept", "sent", "sender")
