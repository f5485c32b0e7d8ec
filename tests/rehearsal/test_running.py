"""How steps are taken: a failed one is told, and hides none that follows."""

from __future__ import annotations

from network.rehearsal.asking import StepFailed, expect
from network.rehearsal.running import Known, Result, Script, take_steps


def run(script: Script[Known]) -> list[Result]:
    return take_steps(script.steps, Known(), lambda _result: None)


def test_a_failed_step_does_not_hide_those_that_follow() -> None:
    script = Script[Known]()

    @script.step("first", "somebody")
    def first(known: Known) -> str:
        expect(False, "it is wrong")
        return "never said"

    @script.step("second", "somebody")
    def second(known: Known) -> str:
        return "it is right"

    assert [(one.name, one.ok, one.words) for one in run(script)] == [
        ("first", False, "it is wrong"),
        ("second", True, "it is right"),
    ]


def test_a_step_that_needs_a_failed_one_says_so() -> None:
    script = Script[Known]()

    @script.step("needs what nobody made", "somebody")
    def needing(known: Known) -> str:
        return known["client"]

    assert [(one.ok, one.words) for one in run(script)] == [
        (False, "an earlier step failed: there is no client")
    ]


def test_an_answer_without_what_it_must_hold_fails_the_step() -> None:
    script = Script[Known]()
    body: dict[str, str] = {}

    @script.step("reads it", "somebody")
    def reading(known: Known) -> str:
        return body["state"]

    assert [one.ok for one in run(script)] == [False]


def test_a_failure_is_an_exception_of_its_own() -> None:
    assert not issubclass(StepFailed, LookupError | TypeError | ValueError | AttributeError)
