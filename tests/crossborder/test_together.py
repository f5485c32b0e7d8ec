"""Two coordinators at the same handoff, and what the board says of one that nobody has decided."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

from network.core import clock
from network.core.errors import Conflict
from network.crossborder.operations import take_over
from tests.crossborder.conftest import NOON, Centres, Story, tomorrow
from tests.factories import signed_in


def test_two_who_take_over_at_once_make_one_client(story: Story) -> None:
    (one,) = story.offered(travel=tomorrow())
    story.accept(one)
    story.depart(one)
    story.arrive(one)
    counted = "SELECT count(*) FROM client"
    before = story.rows(story.dhaka.coordinator, counted)[0][0]
    ready = Barrier(2)

    def hurry() -> str:
        ready.wait(timeout=60)
        try:
            with clock.set_to(NOON), story.acting(story.dhaka.coordinator):
                take_over(one)
        except Conflict:
            return "late"
        return "taken"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(run.result(timeout=120) for run in [pool.submit(hurry) for _ in range(2)])
    assert ends == ["late", "taken"]
    assert story.rows(story.dhaka.coordinator, counted)[0][0] == before + 1


def test_the_board_marks_who_is_not_decided_yet(app: Flask, story: Story, centres: Centres) -> None:
    (one,) = story.offered(travel=tomorrow())
    with clock.set_to(NOON):
        coordinator = signed_in(app, centres.dhaka.id, "coordinator")
    row = coordinator.get("/arrivals").text.split(f"/handoffs/{one}")[1].split("</tr>")[0]
    assert "A decision is due" in row
    story.accept(one)
    row = coordinator.get("/arrivals").text.split(f"/handoffs/{one}")[1].split("</tr>")[0]
    assert "A decision is due" not in row


def test_a_case_that_came_home_is_not_screened_for_a_return(
    app: Flask, story: Story, centres: Centres
) -> None:
    (taken,) = story.home()
    with clock.set_to(NOON):
        coordinator = signed_in(app, centres.dhaka.id, "coordinator")
        caseworker = signed_in(app, centres.jordan.id, "caseworker")
    theirs = caseworker.get(f"/cases/{story.mother_case}/handoffs").text
    assert "return-screening" in theirs
    # She is there: nothing asks for a second handover.
    assert "She has come home and was received by" in theirs
    assert "Hand over to another centre" not in theirs
    screened = caseworker.get(f"/cases/{story.mother_case}/return-screening").text
    assert "She has come home" in screened
    assert "Choose the centre at home" not in screened
    page = coordinator.get(f"/cases/{taken.case.id}/handoffs").text
    assert "Hand over to another centre" in page
    assert "return-screening" not in page
