"""The pages of journeys and follow-ups, as two centres use them: plain forms, no script."""

from __future__ import annotations

import re

from network.cases.operations import add_need
from network.core import clock
from network.crossborder.operations import miss_follow_up
from network.crossborder.planning import begins
from tests.crossborder.conftest import Story, tomorrow
from tests.crossborder.pages.conftest import Desk, act, fill


def test_every_form_of_the_journey_can_be_opened_and_sent(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    form = f"/handoffs/{exchange_id}/journey"
    later = {"arrival_on": "2040-12-24", "arrival_needs": ["met_by_woman", "medicine_runs_out"]}
    assert fill(desk.caseworker, form, form, **later).status_code == 422
    assert fill(desk.caseworker, form, form, **later, medicine_runs_out_on="2040-12-30").status_code == 303
    story.accept(exchange_id)
    page = desk.coordinator.get(f"/handoffs/{exchange_id}").text
    assert "To be met by a woman" in page
    form = f"/handoffs/{exchange_id}/non-departure"
    assert fill(desk.caseworker, form, form, reason="date_moved").status_code == 303
    assert "Plan the journey again" in desk.caseworker.get(f"/handoffs/{exchange_id}").text


def test_somebody_who_did_not_come(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    story.depart(exchange_id)
    form = f"/handoffs/{exchange_id}/non-arrival"
    assert fill(desk.coordinator, form, form, reason="hospital_on_arrival").status_code == 303
    story.work()
    page = desk.caseworker.get(f"/handoffs/{exchange_id}").text
    assert "Alarm" in page
    assert act(desk.caseworker, exchange_id, "seen").status_code == 303
    assert "I have seen to it" not in desk.caseworker.get(f"/handoffs/{exchange_id}").text


def test_the_board_of_arrivals_names_nobody(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    page = desk.coordinator.get("/arrivals").text
    assert str(exchange_id) in page
    assert "Rina" not in page
    assert str(exchange_id) not in desk.caseworker.get("/arrivals").text


def test_follow_ups_are_tried_again_lost_and_moved(story: Story, desk: Desk) -> None:
    (taken,) = story.home()
    first, second, *_rest = story.follow_ups(taken.case.id)
    page = f"/follow-ups/{first.id}"
    assert fill(desk.coordinator, page, f"{page}/attempts").status_code == 303
    assert "Attempts so far: 1" in desk.coordinator.get(page).text
    wrong = fill(desk.coordinator, page, f"{page}/loss", reason="other")
    assert wrong.status_code == 422
    assert 'id="lost_note-error"' in wrong.text
    assert fill(desk.coordinator, page, f"{page}/loss", reason="no_answer").status_code == 303
    page = f"/follow-ups/{second.id}"
    assert fill(desk.coordinator, page, f"{page}/day", on="2040-12-28").status_code == 303
    assert fill(desk.coordinator, page, f"{page}/day", on="2020-12-28").status_code == 422
    with clock.set_to(begins(first.due_on, "Asia/Dhaka")), story.acting(story.dhaka.coordinator):
        miss_follow_up(second.id)


def test_a_follow_up_says_what_follows_from_how_she_is(story: Story, desk: Desk) -> None:
    (taken,) = story.home()
    first, second, third, *_rest = story.follow_ups(taken.case.id)
    said = {
        first: ("needs_help", "Add to the case what is needed"),
        second: ("in_danger", "Tell your coordinator now"),
        third: ("well", "Doing well"),
    }
    for one, (situation, advice) in said.items():
        page = f"/follow-ups/{one.id}"
        fill(desk.coordinator, page, f"{page}/contact", channel="call", situation=situation)
        shown = desk.coordinator.get(page).text
        assert advice in shown
        assert "Go to the case" in shown
    assert "Look at this now: this person may be in danger" in desk.coordinator.get("/").text


def test_an_arrival_before_the_departure_is_asked_for_apart(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    planned = desk.coordinator.get(f"/handoffs/{exchange_id}").text
    assert 'class="thumb-bar' not in planned
    assert "Take the case over before the arrival" in planned
    assert planned.index("Record it only once you have seen") < planned.index(
        f"/handoffs/{exchange_id}/arrival"
    )


def test_after_the_arrival_one_tap_says_that_the_journey_is_met_and_the_wages_go_on(
    story: Story, desk: Desk
) -> None:
    with story.acting(story.jordan.caseworker):
        add_need(story.mother_case, "return.travel")
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    story.depart(exchange_id)
    asked = "Is this met: Ticket, exit permit and travel?"
    assert asked not in desk.caseworker.get(f"/handoffs/{exchange_id}").text
    story.arrive(exchange_id)
    taken = story.take_over(exchange_id)
    for who, case_id in ((desk.caseworker, story.mother_case), (desk.coordinator, taken.case.id)):
        page = who.get(f"/handoffs/{exchange_id}").text
        assert f"She has arrived. {asked}" in page
        assert asked in who.get(f"/cases/{case_id}/handoffs").text
        [address] = re.findall(r'action="(/needs/[0-9a-f-]+/state)"', page)
        assert who.send_form(address, {"state": "met"}).status_code == 303
        assert asked not in who.get(f"/handoffs/{exchange_id}").text
    states = "SELECT need_code, state FROM case_need WHERE case_id = :case"
    theirs = dict(story.rows(story.jordan.caseworker, states, case=story.mother_case))
    assert theirs == {"return.travel": "met", "return.reintegration": "open", "labour.wages": "open"}


def test_without_her_leave_the_page_says_that_nobody_calls(story: Story, desk: Desk) -> None:
    story.screen()
    story.allow(contact=False)
    (exchange_id,) = story.prepare(travel=tomorrow())
    story.offer(exchange_id)
    story.accept(exchange_id)
    story.arrive(exchange_id)
    taken = story.take_over(exchange_id)
    page = desk.coordinator.get(f"/cases/{taken.case.id}/follow-ups").text
    assert "has not allowed contact after return" in page
    answer = desk.coordinator.send_form(f"/cases/{taken.case.id}/follow-ups/resume")
    assert answer.status_code == 303
    assert "Record her consent first" in desk.coordinator.get(answer.headers["Location"]).text
