"""The journey moves on its own: planned, departed, arrived, or not; with a clock that raises the alarm."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from network.cases.queries.clients import get_client, list_contacts
from network.core import clock
from network.core.errors import Conflict, IllegalTransition, Invalid
from network.crossborder.operations.decide import close, decline
from network.crossborder.operations.journey import arrive, depart, not_arrive, not_depart, plan
from network.crossborder.operations.prepare import Travel
from network.crossborder.planning import alarm_at
from network.crossborder.queries import arrivals_board, handoff_page, list_milestones
from network.exchange.queries import get_side
from tests.crossborder.conftest import NOON, Story, tomorrow

DAY = date(2040, 11, 24)


def test_the_plan_can_be_changed_until_she_departs(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    later = Travel(clock.today("Asia/Amman") + timedelta(days=9), ("night_shelter",))
    with story.acting(story.jordan.caseworker):
        plan(exchange_id, later)
    story.accept(exchange_id)
    with story.looking(story.dhaka.coordinator):
        page = handoff_page(exchange_id)
        assert page.handoff.arrival_on == later.arrival_on
        assert [need.code for need in page.needs] == ["night_shelter"]
    story.depart(exchange_id)
    with pytest.raises(IllegalTransition), story.acting(story.jordan.caseworker):
        plan(exchange_id, later)


def test_a_journey_that_she_did_not_allow_to_be_told_is_not_planned_after_the_offer(story: Story) -> None:
    story.screen()
    story.allow(categories=("identity", "contact", "migration"))
    (exchange_id,) = story.prepare()
    story.offer(exchange_id)
    with pytest.raises(Invalid) as refused, story.acting(story.jordan.caseworker):
        plan(exchange_id, tomorrow())
    assert list(refused.value.fields) == ["arrival_on"]


def test_a_journey_planned_after_the_offer_needs_a_screening_too(story: Story) -> None:
    story.allow()
    (exchange_id,) = story.prepare()
    story.offer(exchange_id)
    with pytest.raises(Invalid) as refused, story.acting(story.jordan.caseworker):
        plan(exchange_id, tomorrow())
    assert list(refused.value.fields) == ["screening"]


def test_nobody_departs_before_the_offer(story: Story) -> None:
    story.screen()
    (exchange_id,) = story.prepare(travel=tomorrow())
    for leave in (lambda: depart(exchange_id), lambda: not_depart(exchange_id, "no_ticket")):
        with pytest.raises(IllegalTransition), story.acting(story.jordan.caseworker):
            leave()


def test_only_the_receiver_says_that_she_arrived(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with pytest.raises(Exception, match="not-found"), story.acting(story.jordan.caseworker):
        arrive(exchange_id)


def test_not_departed_is_final_unless_the_reason_passes(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.jordan.caseworker):
        not_depart(exchange_id, "flight_cancelled")
        plan(exchange_id, tomorrow())
        not_depart(exchange_id, "changed_mind")
    with pytest.raises(Conflict), story.acting(story.jordan.caseworker):
        plan(exchange_id, tomorrow())


def test_the_sender_closes_where_nobody_travelled(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    with pytest.raises(Conflict), story.acting(story.jordan.caseworker):
        close(exchange_id)
    with story.acting(story.jordan.caseworker):
        not_depart(exchange_id, "changed_mind")
        close(exchange_id)
    assert story.state(exchange_id) == ("closed", "not_departed")


def test_a_fear_that_is_told_at_the_airport_is_an_alarm(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.jordan.caseworker):
        not_depart(exchange_id, "fears_return")
    with story.looking(story.jordan.caseworker):
        assert get_side(exchange_id).due_kind == "alarm"
    story.work()
    with story.looking(story.dhaka.coordinator):
        assert get_side(exchange_id).due_kind == "alarm"


def test_death_ends_all_contact_on_the_own_side_at_once(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.jordan.caseworker):
        not_depart(exchange_id, "died")
    with story.looking(story.jordan.caseworker):
        client = get_client(story.mother_id)
        assert client.contact_stopped_reason == "died"
        assert client.deceased_on is not None


def test_at_departure_numbers_of_the_destination_are_not_used_any_more(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.depart(exchange_id)
    with story.looking(story.jordan.caseworker):
        assert {one.number: one.usable for one in list_contacts(story.mother_id)} == {
            "+962790000001": False,
            "+8801700000001": True,
        }


def test_48_hours_after_the_planned_arrival_both_sides_are_alarmed(story: Story) -> None:
    with clock.set_to(NOON):
        (exchange_id,) = story.offered(travel=Travel(DAY))
        story.accept(exchange_id)
        story.depart(exchange_id)
    alarm = alarm_at(DAY, "Asia/Dhaka")
    assert alarm == datetime(2040, 11, 26, 18, tzinfo=UTC)
    with clock.set_to(alarm - timedelta(minutes=1)):
        story.work()
        assert story.state(exchange_id) == ("accepted", "departed")
    with clock.set_to(alarm):
        story.work()
        assert story.state(exchange_id) == ("accepted", "not_arrived")
        story.work()
        for who in (story.jordan.caseworker, story.dhaka.coordinator):
            with story.looking(who):
                assert get_side(exchange_id).due_kind == "alarm"
                step = handoff_page(exchange_id).latest("not_arrive")
                assert step is not None
                assert step.reason == ("not_arrived", "no_news")


def test_a_question_in_between_does_not_stop_the_clock(story: Story) -> None:
    with clock.set_to(NOON):
        (exchange_id,) = story.offered(travel=Travel(DAY))
        story.depart(exchange_id)
        story.accept(exchange_id)
    with clock.set_to(alarm_at(DAY, "Asia/Dhaka")):
        story.work()
        assert story.state(exchange_id)[1] == "not_arrived"


def test_who_has_arrived_raises_no_alarm(story: Story) -> None:
    with clock.set_to(NOON):
        (exchange_id,) = story.offered(travel=Travel(DAY))
        story.accept(exchange_id)
        story.depart(exchange_id)
        story.arrive(exchange_id)
    with clock.set_to(alarm_at(DAY, "Asia/Dhaka")):
        story.work()
    assert story.state(exchange_id) == ("accepted", "arrived")


def test_a_late_arrival_ends_the_alarm(story: Story) -> None:
    with clock.set_to(NOON):
        (exchange_id,) = story.offered(travel=Travel(DAY))
        story.accept(exchange_id)
        story.depart(exchange_id)
    with clock.set_to(alarm_at(DAY, "Asia/Dhaka")):
        story.work()
        story.work()
        story.arrive(exchange_id)
    assert story.state(exchange_id) == ("accepted", "arrived")
    with story.looking(story.dhaka.coordinator):
        assert get_side(exchange_id).due_kind == "take_over"


def test_met_by_her_family_counts_as_arrived(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.depart(exchange_id)
    with story.acting(story.dhaka.coordinator):
        not_arrive(exchange_id, "met_by_family")
    assert story.state(exchange_id)[1] == "arrived"
    with story.looking(story.jordan.caseworker):
        assert [one.code for one in list_milestones(exchange_id)] == ["arrived_not_in_contact"]


def test_who_never_boarded_did_not_depart(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.depart(exchange_id)
    with story.acting(story.dhaka.coordinator):
        not_arrive(exchange_id, "never_boarded")
    assert story.state(exchange_id)[1] == "not_departed"


def test_a_decline_ends_the_journey(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "no_capacity")
    with pytest.raises(IllegalTransition), story.acting(story.jordan.caseworker):
        depart(exchange_id)


def test_the_board_of_arrivals_names_nobody_and_says_no_more_than_a_board_may(story: Story) -> None:
    needs = ("met_by_woman", "cannot_go_home", "pregnant", "protection_from_person")
    journey = Travel(clock.today("Asia/Amman") + timedelta(days=1), needs)
    mother, child = story.offered(story.mother_case, story.child_case, travel=journey)
    with story.looking(story.dhaka.coordinator):
        board = [one for one in arrivals_board() if one.id in (mother, child)]
        assert len(board) == 2
        for one in board:
            assert one.needs == ("met_by_woman",)
            assert one.more_arranged
            assert one.from_country == "JO"
        assert {one.age_band for one in board} == {"25-34", "0-4"}
        assert "Rina" not in str(board)
        # Before accepting, the page says no more than the board.
        assert [need.code for need in handoff_page(mother).needs] == ["met_by_woman"]
    story.accept(mother)
    with story.looking(story.dhaka.coordinator):
        assert [need.code for need in handoff_page(mother).needs] == list(needs)
    with story.looking(story.stranger):
        assert arrivals_board() == []
