"""An arrival that was recorded wrongly is taken back until the take-over; a wrong day is mended, also after it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from network.cases.operations import stop_contact
from network.cases.queries.clients import get_client
from network.core import clock
from network.core.errors import Conflict, IllegalTransition, Invalid, NotFound, StaleVersion
from network.crossborder.operations import (
    Contacted,
    correct_arrival,
    not_arrive,
    record_follow_up,
    take_over,
)
from network.crossborder.operations.prepare import Travel
from network.crossborder.planning import alarm_at
from network.crossborder.queries import handoff_page, list_milestones
from network.crossborder.queries.records import get_handoff
from network.exchange.queries import get_side
from tests.crossborder.conftest import NOON, TODAY, Centres, Story, tomorrow
from tests.factories import signed_in
from tests.support.statements import locked, statements


def correct(story: Story, exchange_id: UUID, reason: str, on: date | None = None, **more: Any) -> None:
    """Dhaka says what was wrong."""
    with story.acting(story.dhaka.coordinator):
        correct_arrival(exchange_id, reason, on, **more)


def told(story: Story, exchange_id: UUID) -> list[str]:
    """The milestones that the sender sees."""
    with story.looking(story.jordan.caseworker):
        return [one.code for one in list_milestones(exchange_id)]


def test_an_arrival_goes_back_to_where_the_journey_stood_and_both_sides_see_it(story: Story) -> None:
    (one,) = story.offered(travel=tomorrow())
    story.accept(one)
    for before in ("planned", "departed"):
        if before == "departed":
            story.depart(one)
        story.arrive(one)
        assert told(story, one) == ["arrived_safely"]
        correct(story, one, "wrong_person", note="It was another traveller.")
        assert story.state(one) == ("accepted", before)
        assert told(story, one) == []
    story.work()
    for who in (story.jordan.caseworker, story.dhaka.coordinator):
        with story.looking(who):
            page = handoff_page(one)
            assert page.handoff.arrived_at is None
            step = page.latest("take_back_arrival")
            assert step is not None
            assert step.reason == ("arrival_corrected", "wrong_person")
    kinds = story.rows(
        story.jordan.caseworker, "SELECT kind FROM case_event WHERE case_id = :id", id=story.mother_case
    )
    assert kinds.count(("handoff.take_back_arrival",)) == 2
    # She does arrive in the end, and it is told again.
    story.arrive(one)
    assert told(story, one) == ["arrived_safely"]
    ((kept,),) = story.rows(
        story.dhaka.coordinator, "SELECT count(*) FROM handoff_milestone WHERE exchange_id = :id", id=one
    )
    assert kept == 3


def test_who_is_still_on_the_way_is_waited_for_anew_and_then_alarmed_about(story: Story) -> None:
    (one,) = story.offered(travel=Travel(TODAY))
    story.accept(one)
    story.depart(one)
    story.arrive(one)
    late = NOON + timedelta(days=9)
    with clock.set_to(late):
        correct(story, one, "did_not_arrive")
        story.work()
        assert story.state(one)[1] == "departed"
    with clock.set_to(max(alarm_at(TODAY, "Asia/Dhaka"), late + timedelta(hours=48))):
        story.work()
        story.work()
        assert story.state(one)[1] == "not_arrived"
        # Found, and then it was not she: everybody looks for her again.
        with story.acting(story.dhaka.coordinator):
            not_arrive(one, "met_by_family")
        assert told(story, one) == ["arrived_not_in_contact"]
        story.work()
        correct(story, one, "wrong_person")
        story.work()
        assert story.state(one)[1] == "not_arrived"
        for who in (story.jordan.caseworker, story.dhaka.coordinator):
            with story.looking(who):
                assert get_side(one).due_kind == "alarm"


def test_nothing_is_taken_back_twice_by_the_sender_by_a_stranger_or_after_the_take_over(story: Story) -> None:
    (one,) = story.offered(travel=tomorrow())
    story.accept(one)
    with pytest.raises(IllegalTransition):
        correct(story, one, "wrong_person")
    story.arrive(one)
    for who in (story.jordan.caseworker, story.stranger):
        with pytest.raises(NotFound), story.acting(who):
            correct_arrival(one, "wrong_person")
    with pytest.raises(StaleVersion):
        correct(story, one, "wrong_person", expected_version=1)
    correct(story, one, "wrong_person")
    with pytest.raises(IllegalTransition):
        correct(story, one, "wrong_person")
    story.arrive(one)
    taken = story.take_over(one)
    with pytest.raises(IllegalTransition):
        correct(story, one, "did_not_arrive")
    assert story.state(one) == ("taken_over", "arrived")
    assert len(story.follow_ups(taken.case.id)) == 5


def test_an_arrival_taken_back_while_a_colleague_takes_over_leaves_one_of_both(story: Story) -> None:
    (one,) = story.offered(travel=tomorrow())
    story.accept(one)
    story.depart(one)
    story.arrive(one)
    ready = Barrier(2)

    def hurry(act: Any) -> str:
        ready.wait(timeout=60)
        try:
            with clock.set_to(NOON), story.acting(story.dhaka.coordinator):
                act()
        except Conflict:
            return "late"
        return "done"

    with story.looking(story.dhaka.coordinator):
        version = handoff_page(one).exchange.version
    acts = (lambda: take_over(one, version), lambda: correct_arrival(one, "wrong_person", None, "", version))
    with ThreadPoolExecutor(2) as pool:
        ends = [run.result(timeout=120) for run in [pool.submit(hurry, act) for act in acts]]
    assert sorted(ends) == ["done", "late"]
    assert story.state(one) == (("taken_over", "arrived") if ends[0] == "done" else ("accepted", "departed"))


def test_a_wrong_day_moves_what_was_told_and_planned_and_nothing_that_was_done(story: Story) -> None:
    (taken,) = story.home()
    one = taken.moved.exchange.id
    for wrong in (None, TODAY + timedelta(days=1), TODAY - timedelta(days=30)):
        with pytest.raises(Invalid) as refused:
            correct(story, one, "wrong_date", wrong)
        assert list(refused.value.fields) == ["arrived_on"]
    with clock.set_to(NOON + timedelta(days=3)):
        correct(story, one, "wrong_date", TODAY + timedelta(days=2))
        with story.looking(story.jordan.caseworker):
            at = get_handoff(one).arrived_at
            assert at is not None
            assert at.date() == TODAY + timedelta(days=2)
            assert [told.at for told in list_milestones(one) if told.code == "arrived_safely"] == [at]
    assert {row.code: row.due_on for row in story.follow_ups(taken.case.id)}["7d"] == TODAY + timedelta(
        days=9
    )
    assert story.state(one) == ("taken_over", "arrived")


def test_a_day_is_mended_and_a_follow_up_recorded_in_one_order_of_locks(story: Story) -> None:
    (taken,) = story.home()
    one, week = taken.moved.exchange.id, story.follow_ups(taken.case.id)[0].id
    tables = ("exchange", "follow_up")
    with clock.set_to(NOON + timedelta(days=1)):
        with statements(story.app) as sent:
            correct(story, one, "wrong_date", TODAY + timedelta(days=1))
        first, *others = locked(sent, *tables)
        assert (first, set(others)) == ("exchange", {"follow_up"}), "what was done meanwhile is seen"
        with statements(story.app) as sent, story.acting(story.dhaka.coordinator):
            record_follow_up(week, Contacted("client_calls_us", "well"))
        assert locked(sent, *tables)[:2] == ["exchange", "follow_up"]


def test_the_page_and_the_api_correct_an_arrival(app: Flask, story: Story, centres: Centres) -> None:
    mother, child = story.offered(story.mother_case, story.child_case, travel=Travel(TODAY))
    story.accept(mother)
    story.accept(child)
    story.arrive(mother)
    story.arrive(child)
    with clock.set_to(NOON):
        coordinator = signed_in(app, centres.dhaka.id, "coordinator")
        sender = signed_in(app, centres.jordan.id, "caseworker")
    url = f"/handoffs/{mother}"
    # Of each is spoken as of herself or himself.
    assert "She has arrived." in sender.get(url).text
    assert "He has arrived." in sender.get(f"/handoffs/{child}").text
    assert f"{url}/arrival-correction" in coordinator.get(url).text
    assert "Recorded for the wrong person" in coordinator.get(f"{url}/arrival-correction").text
    with story.looking(story.dhaka.coordinator):
        version = handoff_page(mother).exchange.version
    wrong = coordinator.send_form(f"{url}/arrival-correction", version=version, reason="wrong_date")
    assert wrong.status_code == 422
    assert "Enter a date." in wrong.text
    done = coordinator.send_form(
        f"{url}/arrival-correction", version=version, reason="did_not_arrive", together="true"
    )
    assert done.status_code == 303
    assert story.state(mother)[1] == story.state(child)[1] == "planned"
    assert "Arrival taken back" in sender.get(url).text
    answer = sender.api("POST", f"/api/v1{url}/arrival-correction", {"reason": "wrong_person"}, version=9)
    assert answer.status_code == 404
    story.arrive(mother)
    with story.looking(story.dhaka.coordinator):
        version = handoff_page(mother).exchange.version
    body = {"reason": "wrong_date", "arrived_on": (TODAY - timedelta(days=1)).isoformat()}
    answer = coordinator.api("POST", f"/api/v1{url}/arrival-correction", body, version=version)
    assert answer.status_code == 200
    assert answer.json["arrived_at"].startswith(body["arrived_on"])
    assert answer.json["milestones"][0]["at"].startswith(body["arrived_on"])


def test_a_wish_for_no_contact_that_came_with_an_arrival_goes_with_it_and_no_other(story: Story) -> None:
    def stopped() -> str | None:
        with story.looking(story.jordan.caseworker):
            return get_client(story.mother_id).contact_stopped_reason

    (one,) = story.offered(travel=Travel(TODAY))
    story.accept(one)
    story.depart(one)
    for before in (None, "client_wish"):
        if before:
            with story.acting(story.jordan.caseworker):
                stop_contact(story.mother_id, before)
        with story.acting(story.dhaka.coordinator):
            not_arrive(one, "arrived_no_contact_wanted")
        story.work()
        assert stopped() == (before or "arrived_no_contact_wanted")
        correct(story, one, "wrong_person")
        story.work()
        assert stopped() == before
