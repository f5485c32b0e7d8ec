"""Before an offer that goes with a return: asked alone, her own choice, no fear, the claim explained."""

from __future__ import annotations

from typing import Any

import pytest

from network.core.errors import Conflict, Forbidden, Invalid, UnknownCode
from network.crossborder.operations.decide import decline
from network.crossborder.operations.screening import review_return
from network.crossborder.policies import needs_review
from network.crossborder.queries import get_screening, latest_screening, screening_words
from network.crossborder.queries.reviews import returns_to_review
from tests.crossborder.conftest import FREE, Story, tomorrow

FREELY: dict[str, Any] = {"asked_alone": True, "own_choice": True, "pressure": False, "fear": False}


def test_a_free_return_goes_on_without_a_review(story: Story) -> None:
    screening_id = story.screen()
    with story.looking(story.jordan.caseworker):
        assert not get_screening(screening_id).needs_review
    story.prepare(travel=tomorrow())


@pytest.mark.parametrize(
    "answers",
    [{"pressure": True}, {"fear": True}, {"own_choice": False}, {"asked_alone": False}],
    ids=["pressure", "fear", "not her choice", "somebody was there"],
)
def test_pressure_and_fear_stop_the_offer_until_a_coordinator_has_reviewed_it(
    story: Story, answers: dict[str, bool]
) -> None:
    reviewer = story.a_coordinator()
    screening_id = story.screen(**answers, reviewer_account_id=reviewer.account_id)
    with pytest.raises(Invalid) as refused:
        story.prepare(travel=tomorrow())
    assert list(refused.value.fields) == ["screening"]
    with pytest.raises(Forbidden), story.acting(story.jordan.caseworker):
        review_return(screening_id, "go_on")
    with story.acting(reviewer):
        assert screening_id in [one.screening_id for one in returns_to_review()]
        review_return(screening_id, "go_on")
    story.prepare(travel=tomorrow())


def test_a_fear_of_return_is_a_need_that_restricts_her_and_closes_authorities(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        story.screen(fear=True)
    assert list(refused.value.fields) == ["reviewer_account_id"]
    story.screen(fear=True, reviewer_account_id=story.a_coordinator().account_id)
    found = story.rows(
        story.jordan.caseworker, "SELECT need_code FROM case_need WHERE case_id = :id", id=story.mother_case
    )
    assert ("legal.asylum",) in found
    restricted = "SELECT restricted FROM client WHERE id = :id"
    assert story.rows(story.jordan.caseworker, restricted, id=story.mother_id) == [(True,)]
    assert story.rows(story.jordan.coordinator, restricted, id=story.mother_id) == []


@pytest.mark.parametrize(
    "kind", ["no_alternative", "employer_pressure", "deportation", "medical", "embassy_arranged"]
)
def test_some_kinds_of_return_are_reviewed_whatever_was_answered(kind: str) -> None:
    assert needs_review(kind, **FREELY)


@pytest.mark.parametrize(
    "kind", ["own_plan", "assisted_voluntary", "amnesty", "evacuation", "self_presented"]
)
def test_other_kinds_are_not(kind: str) -> None:
    assert not needs_review(kind, **FREELY)


def test_nobody_asks_the_dead() -> None:
    assert not needs_review("remains", asked_alone=False, own_choice=False, pressure=False, fear=False)


def test_a_return_that_was_stopped_is_not_offered(story: Story) -> None:
    screening_id = story.screen()
    with story.acting(story.jordan.coordinator):
        review_return(screening_id, "stop")
    with pytest.raises(Invalid):
        story.prepare(travel=tomorrow())


def test_a_return_needs_a_screening(story: Story) -> None:
    for given in ({"travel": tomorrow()}, {"mode": "transfer"}):
        with pytest.raises(Invalid) as refused:
            story.prepare(**given)
        assert list(refused.value.fields) == ["screening"]


def test_what_goes_with_no_return_needs_none(story: Story) -> None:
    story.prepare(mode="follow_up")


def test_the_consequences_for_the_claim_are_explained_first(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        story.screen(claim_explained=False)
    assert list(refused.value.fields) == ["claim_explained"]


def test_an_unknown_kind_of_return_is_an_error(story: Story) -> None:
    with pytest.raises(UnknownCode):
        story.screen(return_kind="holiday")


def test_her_words_are_sealed(story: Story) -> None:
    screening_id = story.screen()
    with story.looking(story.jordan.caseworker):
        assert screening_words(get_screening(screening_id))["words"] == FREE["words"]
    ((stored,),) = story.rows(
        story.jordan.caseworker, "SELECT sealed FROM return_screening WHERE id = :id", id=screening_id
    )
    assert b"mother" not in bytes(stored)


def test_the_last_screening_alone_counts(story: Story) -> None:
    first = story.screen(pressure=True)
    story.screen()
    with pytest.raises(Conflict), story.acting(story.jordan.coordinator):
        review_return(first, "go_on")
    story.prepare(travel=tomorrow())


def test_a_child_goes_with_its_mother_under_her_screening(story: Story) -> None:
    story.screen()
    story.prepare(story.mother_case, story.child_case, travel=tomorrow())


def test_a_child_alone_is_screened_by_itself(story: Story) -> None:
    story.screen()
    with pytest.raises(Invalid):
        story.prepare(story.child_case, travel=tomorrow())


def test_doubt_at_the_other_centre_stops_the_return_until_a_coordinator_has_looked(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "not_voluntary")
    story.work()
    with story.looking(story.jordan.caseworker):
        screening = latest_screening(story.mother_case)
        assert screening is not None
        assert screening.review_decision == "stop"
        assert screening.reviewed_by is None
    with pytest.raises(Invalid):
        story.prepare(travel=tomorrow())
