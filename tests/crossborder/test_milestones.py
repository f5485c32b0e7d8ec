"""What the sender is told after the take-over, and that withdrawal ends it."""

from __future__ import annotations

import pytest

from network.consent.operations import withdraw_all
from network.core.errors import Conflict, Invalid, NotFound
from network.crossborder.operations.decide import close
from network.crossborder.operations.deletion import keep_record
from network.crossborder.operations.follow_ups import Contacted, record_follow_up
from network.crossborder.operations.milestones import tell_milestone
from network.crossborder.operations.told import after_payment, after_service
from network.crossborder.queries import list_milestones
from network.crossborder.queries.records import find_deletion_request
from network.exchange.queries import get_side
from tests.crossborder.conftest import Story


def told(story: Story, exchange_id: object) -> list[str]:
    """What the sender knows."""
    with story.looking(story.jordan.caseworker):
        return [one.code for one in list_milestones(exchange_id)]


def test_each_milestone_is_told_once(story: Story) -> None:
    (taken,) = story.home()
    exchange_id = taken.moved.exchange.id
    with story.acting(story.dhaka.coordinator):
        after_service(exchange_id)
        after_service(exchange_id)
        after_payment(exchange_id)
        close(exchange_id)
    assert told(story, exchange_id) == [
        "arrived_safely",
        "registered",
        "first_service",
        "claim_paid",
        "closed",
    ]


def test_a_milestone_stands_in_the_senders_timeline(story: Story) -> None:
    (taken,) = story.home()
    story.work()
    kinds = story.rows(
        story.jordan.caseworker, "SELECT kind FROM case_event WHERE case_id = :id", id=story.mother_case
    )
    assert ("handoff.milestone.registered",) in kinds
    assert taken is not None


def test_the_sender_cannot_tell_itself_a_milestone(story: Story) -> None:
    (taken,) = story.home()
    with pytest.raises(NotFound), story.acting(story.jordan.caseworker):
        tell_milestone(taken.moved.exchange.id, "claim_paid")


def test_after_withdrawal_nothing_more_is_told(story: Story) -> None:
    (taken,) = story.home()
    exchange_id = taken.moved.exchange.id
    before = told(story, exchange_id)
    with story.acting(story.jordan.caseworker):
        withdraw_all(story.mother_id)
    with story.acting(story.dhaka.coordinator):
        assert tell_milestone(exchange_id, "first_service") is None
        close(exchange_id)
    assert told(story, exchange_id) == before


def test_withdrawal_after_the_take_over_opens_a_deletion_request(story: Story) -> None:
    (taken,) = story.home()
    exchange_id = taken.moved.exchange.id
    with story.acting(story.jordan.caseworker):
        withdraw_all(story.mother_id)
    story.work()
    story.work()
    assert story.state(exchange_id)[0] == "taken_over"
    with story.looking(story.dhaka.coordinator):
        request = find_deletion_request(exchange_id)
        assert request is not None
        assert (request.client_id, request.answer) == (taken.client.id, None)
        assert get_side(exchange_id).due_kind == "alarm"
    assert {one.stopped_reason for one in story.follow_ups(taken.case.id)} == {"withdrawn"}
    with pytest.raises(Invalid), story.acting(story.dhaka.coordinator):
        keep_record(exchange_id, "consent")
    with story.acting(story.dhaka.coordinator):
        keep_record(exchange_id, "legal_claim_defence")
    with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
        keep_record(exchange_id, "legal_claim_defence")
    assert story.rows(story.jordan.caseworker, "SELECT count(*) FROM deletion_request") == [(0,)]


def test_follow_ups_that_were_done_stay_done_after_a_withdrawal(story: Story) -> None:
    (taken,) = story.home()
    first = story.follow_ups(taken.case.id)[0]
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first.id, Contacted("call", "well"))
    with story.acting(story.jordan.caseworker):
        withdraw_all(story.mother_id)
    story.work()
    story.work()
    assert [one.state for one in story.follow_ups(taken.case.id)] == ["done"] + ["stopped"] * 4
