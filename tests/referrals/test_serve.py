"""After accepting: appointment, begin, outcome, or that nobody was served; and how much of it may be told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.core import clock
from network.core.errors import IllegalTransition, Invalid, NotFound, UnknownCode
from network.exchange.operations import mark_read
from network.referrals import operations
from tests.referrals.conftest import NEED, World, reason


@pytest.fixture
def accepted(world: World):
    world.consent()
    return world.accepted()


@pytest.fixture
def silent(world: World):
    """Accepted, but the client has not allowed that more is told than whether she was served."""
    world.consent(feedback=False)
    return world.accepted()


def test_an_appointment_tells_both_sides_when_and_hides_where_in_the_packet(world: World, accepted) -> None:
    on = clock.now() + timedelta(days=1)
    world.act(
        world.receiver, operations.schedule_service, accepted, on, "Red door, ask for Amal", "Bring nothing"
    )
    page = world.page(world.sender, accepted)
    assert page.exchange.state == "scheduled"
    assert page.referral.appointment_at == on
    assert page.appointment.data["place"] == "Red door, ask for Amal"
    held = world.rows(world.sender, "SELECT ciphertext FROM exchange_message")
    assert not any(b"Red door" in bytes(one.ciphertext) for one in held)


def test_an_appointment_is_moved_and_the_one_before_stays_in_the_history(world: World, accepted) -> None:
    first, second = clock.now() + timedelta(days=1), clock.now() + timedelta(days=3)
    world.act(world.receiver, operations.schedule_service, accepted, first, "Red door")
    world.jobs()
    world.act(world.sender, mark_read, accepted)
    world.act(world.receiver, operations.change_appointment, accepted, second, "Blue door")
    world.jobs()
    page = world.page(world.sender, accepted)
    assert page.exchange.state == "scheduled"
    assert page.referral.appointment_at == second
    assert page.appointment.data["place"] == "Blue door"
    assert [one.data["place"] for one in page.messages if one.kind == "appointment"] == [
        "Red door",
        "Blue door",
    ]
    assert [step.move for step in page.steps][-2:] == ["schedule", "change_appointment"]
    side = world.side(world.sender, accepted)
    assert (side.unread, side.due_at) == (True, second)  # told, and reminded by the new time
    assert world.timeline()[-1] == "referral.change_appointment"


def test_only_the_receiver_moves_an_appointment_and_only_one_that_was_made(world: World, accepted) -> None:
    on = clock.now() + timedelta(days=1)
    with pytest.raises(IllegalTransition):
        world.act(world.receiver, operations.change_appointment, accepted, on, "Here")
    world.act(world.receiver, operations.schedule_service, accepted, on, "Here")
    for who in (world.sender, world.stranger):
        with pytest.raises(NotFound):
            world.act(who, operations.change_appointment, accepted, on, "There")
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.change_appointment, accepted, clock.now(), "There")
    world.act(world.receiver, operations.start_service, accepted)
    with pytest.raises(IllegalTransition):
        world.act(world.receiver, operations.change_appointment, accepted, on, "There")


@pytest.mark.parametrize(("minutes", "place"), [(-5, "Here"), (60, "  "), (60, "x" * 400)])
def test_an_appointment_needs_a_time_to_come_and_a_place(
    world: World, accepted, minutes: int, place: str
) -> None:
    on = clock.now() + timedelta(minutes=minutes)
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.schedule_service, accepted, on, place)
    assert world.state(accepted) == "accepted"


def test_accepted_is_not_served_until_each_need_has_its_outcome(world: World) -> None:
    world.consent(None, NEED, "legal.advice")
    exchange_id = world.accepted(NEED, "legal.advice")
    for outcomes in ({}, {0: "served_full"}, {0: "served_full", 1: "served_full", 2: "served_full"}):
        with pytest.raises(Invalid):
            world.act(world.receiver, operations.complete_service, exchange_id, outcomes)
    with pytest.raises(UnknownCode):
        world.act(world.receiver, operations.complete_service, exchange_id, {0: "fine", 1: "served_full"})
    with pytest.raises(Invalid):
        world.act(
            world.receiver, operations.complete_service, exchange_id, {0: "not_served", 1: "not_served"}
        )
    world.act(world.receiver, operations.complete_service, exchange_id, {0: "served_part", 1: "not_served"})
    page = world.page(world.sender, exchange_id)
    assert [(one.code, one.outcome_code) for one in page.needs] == [
        (NEED, "served_part"),
        ("legal.advice", "not_served"),
    ]


def test_a_service_can_be_recorded_at_once_or_step_by_step(world: World, accepted) -> None:
    world.act(world.receiver, operations.start_service, accepted)
    with pytest.raises(IllegalTransition):
        world.act(world.receiver, operations.start_service, accepted)
    world.act(
        world.receiver, operations.complete_service, accepted, {0: "served_full"}, "She stayed two nights"
    )
    world.jobs()
    page = world.page(world.sender, accepted)
    assert page.messages[-1].text == "She stayed two nights"
    assert page.side.due_kind == "close"
    assert world.timeline() == ["referral.send", "referral.accept", "referral.start", "referral.complete"]
    assert not world.side(world.receiver, accepted).open


def test_without_leave_to_tell_more_only_served_or_not_goes_back(world: World, silent) -> None:
    for outcomes, note in (
        ({0: "served_part"}, ""),
        ({0: "ongoing"}, ""),
        ({0: "served_full"}, "She was ill"),
    ):
        with pytest.raises(Invalid):
            world.act(world.receiver, operations.complete_service, silent, outcomes, note)
    world.act(world.receiver, operations.complete_service, silent, {0: "served_full"})
    assert world.page(world.sender, silent).needs[0].outcome_code == "served_full"


def test_without_leave_a_reason_that_speaks_of_her_stays_with_the_partner(world: World, silent) -> None:
    with pytest.raises(Invalid):
        world.act(
            world.receiver,
            operations.record_not_served,
            silent,
            reason("not_served", "did_not_come"),
            "Twice",
        )
    with pytest.raises(Invalid):
        world.act(
            world.receiver,
            operations.record_not_served,
            silent,
            reason("not_served", "partly_served"),
            "Half",
        )
    world.act(world.receiver, operations.record_not_served, silent, reason("not_served", "detained"))
    world.jobs()
    assert world.page(world.sender, silent).last_reason is None
    assert world.page(world.receiver, silent).last_reason == ("not_served", "detained")
    assert "detained" not in str(world.rows(world.sender, "SELECT codes FROM case_event"))


def test_without_leave_a_reason_of_the_partners_own_is_told(world: World, silent) -> None:
    world.act(
        world.receiver, operations.record_not_served, silent, reason("not_served", "closed_or_no_staff")
    )
    assert world.page(world.sender, silent).last_reason == ("not_served", "closed_or_no_staff")


def test_either_side_can_say_that_nobody_was_served(world: World, accepted) -> None:
    world.act(
        world.sender, operations.record_not_served, accepted, reason("not_served", "turned_away"), "The guard"
    )
    page = world.page(world.receiver, accepted)
    assert (page.exchange.state, page.last_reason) == ("not_served", ("not_served", "turned_away"))
    assert page.steps[-1].side == "sender"
    assert page.messages == ()  # the sender's note stays in her own case


def test_nothing_is_served_before_it_was_accepted(world: World) -> None:
    world.consent()
    sent = world.sent()
    on = clock.now() + timedelta(days=1)
    for operation, given in (
        (operations.schedule_service, (on, "Here")),
        (operations.start_service, ()),
        (operations.complete_service, ({0: "served_full"},)),
        (operations.record_not_served, (reason("not_served", "did_not_come"),)),
    ):
        with pytest.raises(IllegalTransition):
            world.act(world.receiver, operation, sent, *given)


def test_a_refused_outcome_leaves_no_trace(world: World, accepted) -> None:
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.complete_service, accepted, {0: "not_served"}, "nothing")
    page = world.page(world.sender, accepted)
    assert (page.needs[0].outcome_code, page.messages) == (None, ())
