"""How a referral ends: closed with the client's own word, withdrawn, recalled by her will, expired."""

from __future__ import annotations

import pytest

from network.cases.operations import add_need
from network.cases.queries import get_client, list_incidents, list_needs, list_notes
from network.consent.operations import withdraw_all, withdraw_grant
from network.consent.queries import live_grants
from network.core.errors import IllegalTransition, Invalid, NotFound
from network.directory.queries import is_held
from network.referrals import operations
from network.referrals.operations.finish import words_of
from network.referrals.queries.records import find_closure
from tests.factories import make_listing, make_tenant
from tests.referrals.conftest import NEED, World, reason

OPEN_STEPS = {
    "sent": (),
    "received": (operations.acknowledge_referral,),
    "accepted": (operations.accept_referral,),
    "in_progress": (operations.accept_referral, operations.start_service),
}


def at(world: World, state: str):
    """A referral that stands in this state, and both sides know."""
    world.consent()
    exchange_id = world.sent()
    for step in OPEN_STEPS[state]:
        world.act(world.receiver, step, exchange_id)
    world.jobs()
    return exchange_id


def completed(world: World):
    exchange_id = at(world, "accepted")
    world.act(world.receiver, operations.complete_service, exchange_id, {0: "served_full"})
    world.jobs()
    return exchange_id


def test_the_loop_is_closed_with_her_own_word_which_only_her_centre_reads(world: World) -> None:
    world.act(world.sender, add_need, world.case_id, NEED)
    exchange_id = completed(world)
    world.act(
        world.sender, operations.close_referral, exchange_id, helped="yes", words="They let me call home"
    )
    assert world.state(exchange_id) == "closed"
    closure = world.act(world.sender, find_closure, exchange_id)
    assert world.act(world.sender, words_of, closure) == {"helped": "yes", "words": "They let me call home"}
    assert b"call home" not in closure.sealed
    assert world.page(world.receiver, exchange_id).closure is None
    assert world.rows(world.receiver, "SELECT * FROM referral_closure") == []
    assert [one.state for one in world.act(world.sender, list_needs, world.case_id)] == ["met"]
    assert not world.side(world.sender, exchange_id).open


def test_closing_needs_her_word_or_the_reason_why_not(world: World) -> None:
    exchange_id = completed(world)
    for given in (
        {},
        {"helped": "very"},
        {"helped": "yes", "not_had_code": "unreachable"},
        {"not_had_code": "no_such_code"},
        {"not_had_code": "unreachable", "words": "She said"},
        {"helped": "no", "words": "x" * 3000},
    ):
        with pytest.raises(Invalid):
            world.act(world.sender, operations.close_referral, exchange_id, **given)
    world.act(world.sender, operations.close_referral, exchange_id, not_had_code="no_safe_way")
    closure = world.act(world.sender, find_closure, exchange_id)
    assert (closure.sealed, closure.not_had_code) == (None, "no_safe_way")


def test_an_open_referral_cannot_be_closed_and_the_partner_closes_nothing(world: World) -> None:
    exchange_id = at(world, "accepted")
    with pytest.raises(IllegalTransition):
        world.act(world.sender, operations.close_referral, exchange_id, helped="yes")
    world.act(world.receiver, operations.complete_service, exchange_id, {0: "served_full"})
    with pytest.raises(NotFound):
        world.act(world.receiver, operations.close_referral, exchange_id, helped="yes")
    assert world.state(exchange_id) == "completed"


@pytest.mark.parametrize("state", sorted(OPEN_STEPS))
def test_withdrawing_seals_at_once_from_every_open_state(world: World, state: str) -> None:
    exchange_id = at(world, state)
    world.act(
        world.sender, operations.withdraw_referral, exchange_id, reason("withdrawal", "need_met_elsewhere")
    )
    page = world.page(world.receiver, exchange_id)
    assert (page.exchange.state, page.preview, page.identity) == ("withdrawn", None, None)
    assert page.last_reason == ("withdrawal", "need_met_elsewhere")
    world.jobs()
    assert not world.side(world.receiver, exchange_id).open
    with pytest.raises(IllegalTransition):
        world.act(world.receiver, operations.accept_referral, exchange_id)


def test_a_reason_of_the_system_is_given_by_no_person(world: World) -> None:
    exchange_id = at(world, "sent")
    with pytest.raises(Invalid):
        world.act(
            world.sender,
            operations.withdraw_referral,
            exchange_id,
            reason("withdrawal", "other_partner_accepted"),
        )


def test_doubt_about_the_partner_is_not_told_to_it_and_holds_the_service(world: World) -> None:
    exchange_id = at(world, "sent")
    world.act(world.sender, operations.withdraw_referral, exchange_id, reason("withdrawal", "partner_unsafe"))
    assert world.page(world.receiver, exchange_id).last_reason is None
    assert world.page(world.sender, exchange_id).last_reason == ("withdrawal", "partner_unsafe")
    assert world.act(world.sender, is_held, world.listed.service_id)
    assert not world.act(world.stranger, is_held, world.listed.service_id)
    side = world.side(world.sender, exchange_id)
    assert (side.open, side.due_kind) == (True, "alarm")
    world.act(world.sender, operations.mark_seen, exchange_id)
    assert not world.side(world.sender, exchange_id).open


def test_the_wrong_file_opens_the_incident_register(world: World) -> None:
    exchange_id = at(world, "accepted")
    world.act(
        world.sender, operations.withdraw_referral, exchange_id, reason("withdrawal", "sent_wrong_recipient")
    )
    assert world.page(world.receiver, exchange_id).packet.seal_reason == "error"
    incidents = world.act(world.sender, list_incidents)
    assert [(one.kind, one.exchange_id) for one in incidents] == [
        ("withdrawal.sent_wrong_recipient", exchange_id)
    ]


def test_a_withdrawals_note_stays_in_the_own_case(world: World) -> None:
    exchange_id = at(world, "sent")
    other = reason("withdrawal", "other")
    with pytest.raises(Invalid):
        world.act(world.sender, operations.withdraw_referral, exchange_id, other)
    world.act(world.sender, operations.withdraw_referral, exchange_id, other, "She is with her aunt")
    assert "aunt" in world.act(world.sender, list_notes, world.case_id)[0].text
    assert world.page(world.receiver, exchange_id).messages == ()


def test_death_stops_all_contact_in_the_same_step(world: World) -> None:
    exchange_id = at(world, "accepted")
    world.act(world.sender, operations.withdraw_referral, exchange_id, reason("withdrawal", "client_died"))
    client = world.act(world.sender, get_client, world.client_id)
    assert client.contact_stopped_at is not None
    assert client.deceased_on is not None


@pytest.mark.parametrize("state", ["sent", "received", "accepted"])
def test_when_she_stops_sharing_the_packet_is_sealed_at_once_and_the_referral_recalled(
    world: World, state: str
) -> None:
    exchange_id = at(world, state)
    for grant in world.act(world.sender, live_grants, world.client_id):
        world.act(world.sender, withdraw_grant, grant.id)
    page = world.page(world.receiver, exchange_id)
    assert (page.preview, page.identity, page.alive) == (None, None, False)
    assert page.packet.seal_reason == "withdrawn"
    world.jobs()
    page = world.page(world.receiver, exchange_id)
    assert (page.exchange.state, page.last_reason) == ("recalled", ("recall", "consent_withdrawn"))
    assert page.steps[-1].side == "system"
    world.jobs()
    assert not world.side(world.receiver, exchange_id).open
    assert not world.side(world.sender, exchange_id).open
    assert world.timeline().count("referral.recall") == 1


def need_states(world: World) -> list[str]:
    return [one.state for one in world.act(world.sender, list_needs, world.case_id)]


def test_a_need_whose_referral_was_recalled_waits_again(world: World) -> None:
    world.act(world.sender, add_need, world.case_id, NEED)
    at(world, "sent")
    assert need_states(world) == ["in_progress"]
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert need_states(world) == ["open"]


def test_a_need_that_another_was_asked_for_stays_in_progress_when_one_is_withdrawn(world: World) -> None:
    other = make_listing(world.app, world.sender.tenant, needs=[NEED])
    make_tenant(world.app, "partner", organization_id=other.organization_id)
    world.act(world.sender, add_need, world.case_id, NEED)
    world.consent()
    world.consent(other.organization_id)
    first, second = world.sent(), world.sent(listed=other)
    why = reason("withdrawal", "situation_changed")
    world.act(world.sender, operations.withdraw_referral, first, why)
    assert need_states(world) == ["in_progress"]
    world.act(world.sender, operations.withdraw_referral, second, why)
    assert need_states(world) == ["open"]


def test_a_service_that_has_begun_goes_on_without_the_file(world: World) -> None:
    exchange_id = at(world, "in_progress")
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    page = world.page(world.receiver, exchange_id)
    assert (page.exchange.state, page.identity, page.packet.seal_reason) == ("in_progress", None, "withdrawn")
    assert page.moves == ("complete", "not_served")
    world.act(
        world.receiver,
        operations.complete_service,
        exchange_id,
        {0: "served_full"},
        "Words that reach nobody",
    )
    assert world.page(world.sender, exchange_id).messages == ()
    assert world.state(exchange_id) == "completed"
    assert "referral.goes_on_without_file" in world.timeline()


def test_another_partner_who_accepts_ends_the_asking_of_the_rest(world: World) -> None:
    other = make_listing(world.app, world.sender.tenant, needs=[NEED])
    make_tenant(world.app, "partner", organization_id=other.organization_id)
    world.consent()
    world.consent(other.organization_id)
    first, second = world.sent(), world.sent(listed=other)
    world.act(world.receiver, operations.accept_referral, first)
    world.jobs()
    assert world.state(second) == "withdrawn"
    assert world.page(world.sender, second).last_reason == ("withdrawal", "other_partner_accepted")


def test_a_partner_that_was_asked_for_more_goes_on(world: World) -> None:
    other = make_listing(world.app, world.sender.tenant, needs=[NEED, "legal.advice"])
    make_tenant(world.app, "partner", organization_id=other.organization_id)
    world.consent()
    world.consent(other.organization_id, NEED, "legal.advice")
    first, second = world.sent(), world.sent(NEED, "legal.advice", listed=other)
    world.act(world.receiver, operations.accept_referral, first)
    world.jobs()
    assert world.state(second) == "sent"
