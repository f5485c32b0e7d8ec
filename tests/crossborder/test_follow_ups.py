"""Contacts after the return: planned from the arrival, only where she allowed it, recorded, moved and lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from network.cases.operations import register_client, stop_contact
from network.cases.operations.casework import open_case
from network.cases.queries.clients import get_client, list_contacts
from network.consent.operations import record_consent
from network.core import clock
from network.core.errors import Conflict, IllegalTransition, Invalid, NotFound, StaleVersion
from network.crossborder.models import FollowUp
from network.crossborder.operations.follow_up_plan import plan_follow_ups, resume_follow_ups
from network.crossborder.operations.follow_ups import (
    Contacted,
    Lost,
    lose_follow_up,
    miss_follow_up,
    record_follow_up,
    reschedule_follow_up,
)
from network.crossborder.operations.prepare import Travel
from network.crossborder.planning import MISSED_AFTER, begins, plan_after
from network.crossborder.queries import follow_up_page, follow_ups_due, list_milestones
from network.crossborder.states import OPEN_FOLLOW_UPS
from network.exchange.queries import get_side
from tests.crossborder.conftest import NOON, Story, asked

WELL = Contacted("call", "well", "She sews at home.")


def planned(story: Story) -> list[FollowUp]:
    """The plan of the mother in Dhaka."""
    (taken,) = story.home()
    return story.follow_ups(taken.case.id)


def test_a_plan_has_seven_days_and_one_three_six_and_twelve_months() -> None:
    assert [(one.code, one.due_on) for one in plan_after(date(2040, 11, 23))] == [
        ("7d", date(2040, 11, 30)),
        ("1m", date(2040, 12, 23)),
        ("3m", date(2041, 2, 23)),
        ("6m", date(2041, 5, 23)),
        ("12m", date(2041, 11, 23)),
    ]


@pytest.mark.parametrize(
    ("arrived", "due"),
    [
        (date(2041, 1, 31), date(2041, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),
        (date(2041, 5, 31), date(2041, 6, 30)),
    ],
)
def test_a_month_after_the_31st_is_the_last_day_of_a_shorter_one(arrived: date, due: date) -> None:
    assert plan_after(arrived)[1].due_on == due


def test_the_plan_begins_on_the_day_of_arrival_in_the_centres_own_zone(story: Story) -> None:
    # Half past seven in the evening in London is half past one of the next day in Dhaka.
    with clock.set_to(datetime(2040, 11, 23, 19, 30, tzinfo=UTC)):
        (exchange_id,) = story.offered(travel=Travel(date(2040, 11, 24)))
        story.accept(exchange_id)
        story.depart(exchange_id)
        story.arrive(exchange_id)
        taken = story.take_over(exchange_id)
    assert [one.due_on for one in story.follow_ups(taken.case.id)] == [
        one.due_on for one in plan_after(date(2040, 11, 24))
    ]


def test_a_follow_up_falls_due_at_midnight_of_its_own_place(story: Story) -> None:
    first = planned(story)[0]
    midnight = begins(first.due_on, "Asia/Dhaka")
    assert midnight == datetime(2040, 11, 29, 18, tzinfo=UTC)
    for at, state in ((midnight - timedelta(minutes=1), "planned"), (midnight, "due")):
        with clock.set_to(at):
            story.work()
        assert story.follow_ups(first.case_id)[0].state == state


def test_what_nobody_recorded_for_two_weeks_was_missed(story: Story) -> None:
    first = planned(story)[0]
    for at in (begins(first.due_on, "Asia/Dhaka"), begins(first.due_on + MISSED_AFTER, "Asia/Dhaka")):
        with clock.set_to(at):
            story.work()
    found = story.follow_ups(first.case_id)[0]
    assert (found.state, found.attempts) == ("missed", 0)


def test_the_first_follow_up_is_a_milestone_that_the_sender_sees(story: Story) -> None:
    first = planned(story)[0]
    assert first.exchange_id is not None
    with story.acting(story.dhaka.coordinator):
        done = record_follow_up(first.id, WELL)
    assert (done.state, done.situation, done.attempts) == ("done", "well", 1)
    with story.looking(story.jordan.caseworker):
        assert [one.code for one in list_milestones(first.exchange_id)][-1] == "first_follow_up"
    theirs = "SELECT count(*) FROM follow_up WHERE id = :id"
    assert story.rows(story.jordan.caseworker, theirs, id=first.id) == [(0,)]
    ((stored,),) = story.rows(
        story.dhaka.coordinator, "SELECT sealed FROM follow_up WHERE id = :id", id=first.id
    )
    assert b"sews" not in bytes(stored)


def test_without_her_leave_the_plan_stands_stopped_with_its_reason(story: Story) -> None:
    with clock.set_to(NOON):
        story.screen()
        story.allow(contact=False)
        (exchange_id,) = story.prepare(travel=Travel(date(2040, 11, 23)))
        story.offer(exchange_id)
        story.accept(exchange_id)
        story.arrive(exchange_id)
        taken = story.take_over(exchange_id)
    plan = story.follow_ups(taken.case.id)
    assert {(one.state, one.stopped_reason) for one in plan} == {("stopped", "no_grant")}
    with pytest.raises(IllegalTransition), story.acting(story.dhaka.coordinator):
        record_follow_up(plan[0].id, WELL)
    with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
        resume_follow_ups(taken.case.id)


def test_the_plan_is_taken_up_once_she_allows_the_new_centre_to_contact_her(story: Story) -> None:
    with clock.set_to(NOON):
        story.screen()
        story.allow(contact=False)
        (exchange_id,) = story.prepare(travel=Travel(date(2040, 11, 23)))
        story.offer(exchange_id)
        story.accept(exchange_id)
        story.arrive(exchange_id)
        taken = story.take_over(exchange_id)
        with story.acting(story.dhaka.coordinator):
            record_consent(taken.client.id, asked([story.grant("follow_up_contact", ("contact",))]))
            assert len(resume_follow_ups(taken.case.id)) == 5
    assert {one.state for one in story.follow_ups(taken.case.id)} == {"planned"}


def test_she_is_reached_only_in_ways_that_were_agreed(story: Story) -> None:
    first = planned(story)[0]
    for channel in ("whatsapp", "visit_home", "none"):
        with pytest.raises(Invalid) as refused, story.acting(story.dhaka.coordinator):
            record_follow_up(first.id, Contacted(channel, "well"))
        assert list(refused.value.fields) == ["channel"], channel
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, Contacted("at_centre", "well"))


def test_a_number_by_which_she_was_reached_is_confirmed(story: Story) -> None:
    first = planned(story)[0]
    with story.looking(story.dhaka.coordinator):
        (contact,) = [one for one in list_contacts(first.client_id) if one.usable]
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, Contacted("call", "coping", contact_id=contact.id))
    with story.looking(story.dhaka.coordinator):
        states = {one.id: one.state for one in list_contacts(first.client_id)}
        assert states[contact.id] == "confirmed_after_return"


def test_who_is_in_danger_comes_to_the_top_of_the_list(story: Story) -> None:
    first = planned(story)[0]
    assert first.exchange_id is not None
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, Contacted("call", "in_danger"))
    with story.looking(story.dhaka.coordinator):
        assert get_side(first.exchange_id).due_kind == "alarm"


def test_no_answer_is_lost_only_after_attempts(story: Story) -> None:
    first = planned(story)[0]
    with pytest.raises(Invalid), story.acting(story.dhaka.coordinator):
        lose_follow_up(first.id, Lost("no_answer"))
    with story.acting(story.dhaka.coordinator):
        miss_follow_up(first.id, "call")
        miss_follow_up(first.id, "call")
        lost = lose_follow_up(first.id, Lost("no_answer"))
    assert (lost.state, lost.attempts, lost.lost_reason) == ("lost", 2, "no_answer")


def test_a_strangers_number_is_not_used_again(story: Story) -> None:
    first = planned(story)[0]
    with story.acting(story.dhaka.coordinator):
        lose_follow_up(first.id, Lost("number_of_stranger", something_said=True))
    with story.looking(story.dhaka.coordinator):
        assert [one.state for one in list_contacts(first.client_id) if one.number == "+8801700000001"] == [
            "belongs_to_stranger"
        ]
    incidents = story.rows(
        story.dhaka.coordinator, "SELECT kind FROM incident WHERE case_id = :id", id=first.case_id
    )
    assert incidents == [("lost_to_follow_up.number_of_stranger",)]


def test_death_stops_every_follow_up_in_the_same_transaction(story: Story) -> None:
    first = planned(story)[0]
    with story.acting(story.dhaka.coordinator):
        lose_follow_up(first.id, Lost("died"))
    assert [one.state for one in story.follow_ups(first.case_id)] == ["lost"] + ["stopped"] * 4
    with story.looking(story.dhaka.coordinator):
        assert get_client(first.client_id).deceased_on is not None


def test_who_wants_no_contact_is_left_alone(story: Story) -> None:
    first = planned(story)[0]
    with story.acting(story.dhaka.coordinator):
        lose_follow_up(first.id, Lost("asked_no_contact"))
    assert {one.state for one in story.follow_ups(first.case_id)} == {"lost", "stopped"}


def test_stopping_all_contact_stops_the_plan_and_its_clocks(story: Story) -> None:
    first = planned(story)[0]
    with story.acting(story.dhaka.coordinator):
        stop_contact(first.client_id, "asked_no_contact")
    with clock.set_to(begins(first.due_on, "Asia/Dhaka")):
        story.work()
    assert {(one.state, one.stopped_reason) for one in story.follow_ups(first.case_id)} == {
        ("stopped", "contact_stopped")
    }


def test_a_flood_passes_and_the_contact_is_planned_again(story: Story) -> None:
    first = planned(story)[0]
    with clock.set_to(NOON), story.acting(story.dhaka.coordinator):
        lose_follow_up(first.id, Lost("area_not_reachable"))
        again = reschedule_follow_up(first.id, date(2040, 12, 20))
    assert (again.state, again.due_on, again.lost_reason) == ("planned", date(2040, 12, 20), None)


def test_what_was_lost_for_good_is_not_planned_again(story: Story) -> None:
    first = planned(story)[0]
    with clock.set_to(NOON):
        with story.acting(story.dhaka.coordinator):
            lose_follow_up(first.id, Lost("never_reached"))
        with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
            reschedule_follow_up(first.id, date(2040, 12, 20))


def test_the_clock_of_a_day_that_was_moved_does_nothing(story: Story) -> None:
    first = planned(story)[0]
    with clock.set_to(NOON), story.acting(story.dhaka.coordinator):
        reschedule_follow_up(first.id, date(2040, 12, 20))
    with clock.set_to(begins(first.due_on, "Asia/Dhaka")):
        story.work()
    assert next(one for one in story.follow_ups(first.case_id) if one.id == first.id).state == "planned"


def test_a_stale_record_is_a_conflict(story: Story) -> None:
    first = planned(story)[0]
    with pytest.raises(StaleVersion), story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, WELL, expected_version=9)


def test_a_follow_up_is_recorded_once(story: Story) -> None:
    first = planned(story)[0]
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, WELL)
    with pytest.raises(IllegalTransition), story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, WELL)


def test_the_list_of_what_is_due_names_nobody_and_is_the_own_centres(story: Story) -> None:
    first = planned(story)[0]
    with clock.set_to(NOON + timedelta(days=7)):
        with story.looking(story.dhaka.coordinator):
            row = next(one for one in follow_ups_due(size=200).items if one.id == first.id)
            assert (row.age_band, row.sex) == ("25-34", "female")
            assert "Rina" not in str(row)
        for other in (story.jordan.caseworker, story.stranger):
            with story.looking(other):
                assert follow_ups_due().items == []
                with pytest.raises(NotFound):
                    follow_up_page(first.id)


def test_the_page_of_a_follow_up_shows_how_she_may_be_reached(story: Story) -> None:
    first = planned(story)[0]
    with story.looking(story.dhaka.coordinator):
        page = follow_up_page(first.id)
        assert page.card.name == "Rina Akter"
        assert [one.number for one in page.contacts] == ["+8801700000001"]
        assert page.channels == ("at_centre", "call", "client_calls_us")
        assert set(page.moves) == {"do", "miss", "lose", "reschedule", "stop"}


def test_somebody_who_came_back_by_herself_is_followed_up_too(story: Story) -> None:
    with clock.set_to(NOON):
        with story.acting(story.dhaka.coordinator):
            client = register_client(
                {"name": "Invented Returnee", "sex": "male", "age": 33, "nationality": "BD"}
            )
            case = open_case(client.id, needs=["return.reintegration"])
            record_consent(client.id, asked([story.grant("follow_up_contact", ("contact",))]))
            plan_follow_ups(case.id, date(2040, 11, 20))
        with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
            plan_follow_ups(case.id, date(2040, 11, 20))
    assert {one.state for one in story.follow_ups(case.id)} <= set(OPEN_FOLLOW_UPS)
