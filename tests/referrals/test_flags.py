"""What the reasons set off: on the sender's side, whoever gave them."""

from __future__ import annotations

import pytest

from network.cases.queries import get_client, list_incidents
from network.core import vocabulary
from network.directory.queries import is_held
from network.referrals import operations
from tests.referrals.conftest import NEED, World, reason


@pytest.fixture
def sent(world: World):
    world.consent()
    return world.sent()


def gaps(world: World) -> list[tuple[str, str]]:
    rows = world.rows(world.sender, "SELECT need_code, barrier_code FROM service_gap")
    return [(row.need_code, row.barrier_code) for row in rows]


def reports(world: World) -> list[str]:
    return [row.reason_code for row in world.rows(world.sender, "SELECT reason_code FROM listing_report")]


def test_not_eligible_there_is_a_gap_of_the_sender(world: World, sent) -> None:
    world.act(world.receiver, operations.decline_referral, sent, reason("decline", "status_not_served"))
    assert gaps(world) == []
    world.jobs()
    assert gaps(world) == [(NEED, "status_not_served")]


def test_a_service_that_is_not_offered_flags_its_listing(world: World, sent) -> None:
    world.act(world.receiver, operations.decline_referral, sent, reason("decline", "not_offered"))
    world.jobs()
    assert reports(world) == ["not_offered"]


def test_the_wrong_recipient_is_an_incident_of_the_sender(world: World, sent) -> None:
    world.act(world.receiver, operations.decline_referral, sent, reason("decline", "wrong_recipient"))
    world.jobs()
    assert [one.kind for one in world.act(world.sender, list_incidents)] == ["decline.wrong_recipient"]
    assert world.rows(world.receiver, "SELECT * FROM incident") == []


def test_harm_by_the_service_raises_the_alarm_holds_it_and_is_reported(world: World, sent) -> None:
    world.act(world.receiver, operations.accept_referral, sent)
    world.act(world.receiver, operations.record_not_served, sent, reason("not_served", "unsafe_incident"))
    world.jobs()
    side = world.side(world.sender, sent)
    assert (side.due_kind, side.open, side.unread) == ("alarm", True, True)
    assert world.act(world.sender, is_held, world.listed.service_id)
    assert {"referral.alarm", "referral.safeguarding"} <= set(world.timeline())
    world.act(world.sender, operations.mark_seen, sent)
    assert world.side(world.sender, sent).due_kind == "close"


def test_a_reason_that_says_something_of_her_stays_out_of_the_timeline(world: World, sent) -> None:
    world.act(world.receiver, operations.decline_referral, sent, reason("decline", "health_condition"))
    world.jobs()
    assert "health_condition" not in str(world.rows(world.sender, "SELECT codes FROM case_event"))
    assert world.page(world.sender, sent).last_reason == ("decline", "health_condition")


def test_turned_away_at_the_door_is_a_gap_and_flags_the_listing_at_once(world: World, sent) -> None:
    world.act(world.receiver, operations.accept_referral, sent)
    world.jobs()
    world.act(world.sender, operations.record_not_served, sent, reason("not_served", "turned_away"))
    assert gaps(world) == [(NEED, "turned_away")]
    assert reports(world) == ["turned_away"]


def test_a_partners_word_of_her_death_stops_all_contact(world: World, sent) -> None:
    world.act(world.receiver, operations.accept_referral, sent)
    world.act(world.receiver, operations.record_not_served, sent, reason("not_served", "died"))
    world.jobs()
    assert world.act(world.sender, get_client, world.client_id).contact_stopped_reason == "died"


def test_closing_with_her_death_stops_all_contact(world: World, sent) -> None:
    world.act(world.receiver, operations.decline_referral, sent, reason("decline", "no_capacity"))
    world.jobs()
    world.act(world.sender, operations.close_referral, sent, not_had_code="died")
    assert world.act(world.sender, get_client, world.client_id).contact_stopped_at is not None


def test_a_gap_of_a_restricted_client_does_not_point_to_her_case(world: World) -> None:
    from network.cases.operations import restrict_client
    from tests.referrals.test_named import name_colleague

    world.act(world.sender, restrict_client, world.client_id)
    name_colleague(world, world.receiver)
    world.consent()
    draft = world.prepare()
    world.send(draft, named_account_id=world.receiver.account_id)
    world.jobs()
    world.act(world.receiver, operations.decline_referral, draft, reason("decline", "sex_not_served"))
    world.jobs()
    rows = world.rows(world.sender, "SELECT case_id, barrier_code FROM service_gap")
    assert [tuple(row) for row in rows] == [(None, "sex_not_served")]


def test_every_flag_of_these_lists_is_one_that_is_carried_out() -> None:
    """A new flag on a reason of a referral must find somebody who carries it out."""
    carried_out = {
        *("kind", "side", "next", "offers", "automatic", "needs_note", "needs_date", "no_note", "note"),
        *("sensitive", "note_to", "no_reason_shown_to", "alarm", "stops_all_contact", "seals"),
        *("opens_incident", "record_gap", "flags_listing", "suspends", "report_to"),
    }
    known = {"code", "en", "ar", "ar_review", "list_name"}
    for list_name in ("decline", "withdrawal", "recall", "not_served", "client_word_not_had"):
        for one in vocabulary.reasons(list_name):
            flags = {name for name in one.__struct_fields__ if getattr(one, name) not in (None, False)}
            assert flags - known <= carried_out, one.code
