"""Every code that a feature writes into the trail has a name in plain words."""

from __future__ import annotations

import ast
from pathlib import Path

from flask_babel import force_locale

import network
from network.cases.states import CASE_MOVES
from network.consent.states import ConsentState
from network.crossborder import states as crossing
from network.crossborder.operations.contact import CONTACT_CHANGED
from network.crossborder.operations.screening import DECISIONS
from network.crossborder.operations.told import PERMISSION_ENDED
from network.oversight.queries import OF_THE_HOUSE
from network.oversight.wording import (
    ACTIONS,
    OBJECTS,
    REASONS,
    TRIED,
    action_choices,
    action_label,
    reason_label,
    role_labels,
)
from network.referrals.states import REFERRAL
from network.web.i18n import LANGUAGES

CODE = Path(network.__file__).parent


def written(*functions: str) -> tuple[set[str], set[str]]:
    """The acts and the kinds of record that these functions are called with in the code, by partial() too."""
    acts: set[str] = set()
    kinds: set[str] = set()
    for path in CODE.rglob("*.py"):
        if "bench" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or len(node.args) < 3:
                continue
            called, *given = (node.func, *node.args)
            if isinstance(called, ast.Name) and called.id == "partial":
                called, *given = given
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            if name in functions:
                for argument, found in zip(given, (acts, kinds), strict=False):
                    if isinstance(argument, ast.Constant):
                        found.add(str(argument.value))
    return acts, kinds


def test_every_act_in_the_code_has_a_name() -> None:
    acts, kinds = written("record", "record_refusal")
    assert len(acts) > 60
    assert acts - ACTIONS.keys() == set()
    assert kinds - OBJECTS.keys() == set()
    assert set(OBJECTS) >= OF_THE_HOUSE


def test_what_was_refused_is_said_as_a_try() -> None:
    assert written("record_refusal")[0] == TRIED.keys()
    assert action_label("disclosed") != action_label("disclosed", "refused")


def test_roles_are_listed_as_the_script_does(app) -> None:
    with app.test_request_context(), force_locale("ar"):
        assert "، " in role_labels(["intake", "caseworker"])


def test_no_two_acts_to_choose_from_read_alike(app) -> None:
    for language in LANGUAGES:
        with app.test_request_context(), force_locale(language):
            labels = [label for _code, label in action_choices()]
        assert sorted(set(labels)) == sorted(labels), language


def test_every_reason_why_nothing_may_leave_has_words() -> None:
    codes: set[str] = set()
    for path in (CODE / "consent" / "disclosure").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotCoveredLine":
                codes |= {
                    one.value
                    for one in node.args[1:2]
                    if isinstance(one, ast.Constant) and isinstance(one.value, str)
                }
    assert codes
    assert codes - REASONS.keys() == set()


def test_every_move_has_a_name() -> None:
    tables = (REFERRAL, crossing.DECISION, crossing.JOURNEY)
    moves = {move.name for table in tables for move in table.moves}
    moves |= {move.name.replace("_", "-") for move in crossing.FOLLOW_UP.moves}
    moves |= {f"milestone.{code}" for code in crossing.MILESTONES}
    moves |= {f"reviewed-{one}".replace("_", "-") for one in DECISIONS}
    moves |= {*CASE_MOVES, *map(str, ConsentState), PERMISSION_ENDED, CONTACT_CHANGED, "referral"} - {
        "referral"
    }
    assert moves - ACTIONS.keys() == set()


def test_what_nobody_named_is_shown_as_it_is(app: object) -> None:
    assert action_label("unheard-of") == "unheard-of"


def test_reasons_are_said_by_the_vocabulary(app) -> None:
    with app.test_request_context():
        assert reason_label("case.view") == "Not allowed for these roles"
        assert reason_label("goals_met") != "goals_met"
        assert reason_label(None) == ""
