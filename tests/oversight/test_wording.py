"""Every code that a feature writes into the trail has a name in plain words."""

from __future__ import annotations

import ast
from pathlib import Path

import network
from network.cases.states import CASE_MOVES
from network.consent.states import ConsentState
from network.crossborder import states as crossing
from network.crossborder.operations.screening import DECISIONS
from network.crossborder.operations.told import PERMISSION_ENDED
from network.oversight.queries import OF_THE_HOUSE
from network.oversight.wording import ACTIONS, OBJECTS, action_label, reason_label
from network.referrals.states import REFERRAL

CODE = Path(network.__file__).parent


def written() -> tuple[set[str], set[str]]:
    """The acts and the kinds of record that stand in the code as they are written."""
    acts: set[str] = set()
    kinds: set[str] = set()
    for path in CODE.rglob("*.py"):
        if "bench" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 3:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in ("record", "record_refusal"):
                for argument, found in zip(node.args, (acts, kinds), strict=False):
                    if isinstance(argument, ast.Constant):
                        found.add(str(argument.value))
    return acts, kinds


def test_every_act_in_the_code_has_a_name() -> None:
    acts, kinds = written()
    assert len(acts) > 60
    assert acts - ACTIONS.keys() == set()
    assert kinds - OBJECTS.keys() == set()
    assert set(OBJECTS) >= OF_THE_HOUSE


def test_every_move_has_a_name() -> None:
    tables = (REFERRAL, crossing.DECISION, crossing.JOURNEY)
    moves = {move.name for table in tables for move in table.moves}
    moves |= {move.name.replace("_", "-") for move in crossing.FOLLOW_UP.moves}
    moves |= {f"milestone.{code}" for code in crossing.MILESTONES}
    moves |= {f"reviewed-{one}".replace("_", "-") for one in DECISIONS}
    moves |= {*CASE_MOVES, *map(str, ConsentState), PERMISSION_ENDED, "referral"} - {"referral"}
    assert moves - ACTIONS.keys() == set()


def test_what_nobody_named_is_shown_as_it_is(app: object) -> None:
    assert action_label("unheard-of") == "unheard-of"


def test_reasons_are_said_by_the_vocabulary(app) -> None:  # type: ignore[no-untyped-def]
    with app.test_request_context():
        assert reason_label("case.view") == "Not allowed for these roles"
        assert reason_label("goals_met") != "goals_met"
        assert reason_label(None) == ""
