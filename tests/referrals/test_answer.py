"""What the receiver answers, what it reads when, and that nobody else answers for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.core import clock
from network.core.errors import Forbidden, IllegalTransition, Invalid, NotFound, StaleVersion
from network.referrals import operations
from tests.referrals.conftest import World, reason


@pytest.fixture
def sent(world: World):
    world.consent()
    return world.sent()


def test_the_identity_is_read_only_after_accepting(world: World, sent) -> None:
    assert world.page(world.receiver, sent).identity is None
    world.act(world.receiver, operations.accept_referral, sent)
    page = world.page(world.colleague, sent)
    assert page.identity["identity"]["name"] == "Invented"
    assert page.exchange.accepted_at is not None


def test_any_answer_says_that_it_was_seen(world: World, sent) -> None:
    world.act(world.receiver, operations.accept_referral, sent)
    with pytest.raises(IllegalTransition):
        world.act(world.receiver, operations.acknowledge_referral, sent)


def test_an_acknowledgement_reaches_the_sender_with_its_time(world: World, sent) -> None:
    world.act(world.receiver, operations.acknowledge_referral, sent)
    assert not world.side(world.receiver, sent).unread
    assert world.side(world.sender, sent).unread
    world.jobs()
    page = world.page(world.sender, sent)
    assert [step.move for step in page.steps] == ["send", "acknowledge"]
    assert page.side.due_kind == "decide"
    assert world.timeline() == ["referral.send", "referral.acknowledge"]


def test_the_second_of_two_workers_is_told_that_somebody_was_quicker(world: World, sent) -> None:
    version = world.page(world.colleague, sent).exchange.version
    world.act(world.receiver, operations.accept_referral, sent, version)
    with pytest.raises(StaleVersion):
        world.act(
            world.colleague,
            operations.decline_referral,
            sent,
            reason("decline", "no_capacity"),
            "",
            None,
            version,
        )
    with pytest.raises(IllegalTransition):
        world.act(world.colleague, operations.accept_referral, sent)


def test_a_question_goes_there_and_back(world: World, sent) -> None:
    world.act(world.receiver, operations.ask_sender, sent, "How many nights?")
    world.jobs()
    page = world.page(world.sender, sent)
    assert page.question.text == "How many nights?"
    assert (page.side.due_kind, page.moves) == ("answer", ("answer", "withdraw"))
    world.act(world.sender, operations.answer_receiver, sent, "Two")
    page = world.page(world.receiver, sent)
    assert page.exchange.state == "received"
    assert [(one.kind, one.text) for one in page.messages] == [
        ("question", "How many nights?"),
        ("answer", "Two"),
    ]


def test_a_question_needs_words(world: World, sent) -> None:
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.ask_sender, sent, "   ")


def test_a_question_after_accepting_leads_back_to_accepted(world: World, sent) -> None:
    world.act(world.receiver, operations.accept_referral, sent)
    world.act(world.receiver, operations.ask_sender, sent, "Which bus?")
    world.act(world.sender, operations.answer_receiver, sent, "The red one")
    assert world.state(sent) == "accepted"
    assert world.page(world.receiver, sent).identity is not None


def test_a_decline_needs_a_reason_of_its_list(world: World, sent) -> None:
    for wrong in (reason("withdrawal", "duplicate"), reason("decline", "no_such_reason")):
        with pytest.raises(Invalid):
            world.act(world.receiver, operations.decline_referral, sent, wrong)
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.decline_referral, sent, reason("decline", "document_missing"))
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.decline_referral, sent, reason("decline", "waiting_list"))
    with pytest.raises(Invalid):
        world.act(
            world.receiver,
            operations.decline_referral,
            sent,
            reason("decline", "conflict_of_interest"),
            "He is my cousin",
        )
    assert world.state(sent) == "sent"


def test_already_served_says_that_she_is_known_so_it_waits_for_her_identity(world: World, sent) -> None:
    known = reason("decline", "already_served")
    with pytest.raises(Invalid):
        world.act(world.receiver, operations.decline_referral, sent, known)
    world.act(world.receiver, operations.accept_referral, sent)
    world.act(world.receiver, operations.ask_sender, sent, "Is this the same person?")
    world.act(world.receiver, operations.decline_referral, sent, known)
    assert world.state(sent) == "declined"


def test_a_decline_seals_what_was_sent_and_the_sender_keeps_the_partners_words(world: World, sent) -> None:
    from network.cases.queries import list_notes

    missing = reason("decline", "document_missing")
    world.act(world.receiver, operations.decline_referral, sent, missing, "A birth certificate")
    assert world.page(world.receiver, sent).preview is not None
    world.jobs()
    page = world.page(world.receiver, sent)
    assert (page.preview, page.identity, page.messages) == (None, None, ())
    assert page.packet.seal_reason == "declined"
    assert page.moves == ()
    notes = world.act(world.sender, list_notes, world.case_id)
    assert "A birth certificate" in notes[0].text
    sender = world.page(world.sender, sent)
    assert (sender.side.due_kind, sender.moves) == ("reroute", ("close",))
    assert sender.last_reason == ("decline", "document_missing")


def test_the_date_of_a_waiting_list_reaches_the_sender(world: World, sent) -> None:
    on = clock.now() + timedelta(days=3)
    waiting = reason("decline", "waiting_list")
    world.act(world.receiver, operations.decline_referral, sent, waiting, "", on)
    told = world.page(world.sender, sent).messages[-1]
    assert told.data == {"on": on.isoformat()}


def test_an_answer_of_the_wrong_side_is_refused(world: World, sent) -> None:
    for who, operation, given in (
        (world.sender, operations.accept_referral, ()),
        (world.sender, operations.acknowledge_referral, ()),
        (world.sender, operations.ask_sender, ("Why?",)),
        (world.receiver, operations.answer_receiver, ("Because",)),
        (world.stranger, operations.accept_referral, ()),
        (world.stranger, operations.decline_referral, (reason("decline", "no_capacity"),)),
        (world.stranger, operations.answer_receiver, ("Because",)),
    ):
        with pytest.raises((NotFound, IllegalTransition)):
            world.act(who, operation, sent, *given)
    assert world.state(sent) == "sent"


def test_nothing_can_be_accepted_once_it_was_sealed(world: World, sent) -> None:
    from network.consent.operations import withdraw_all

    world.act(world.sender, withdraw_all, world.client_id)
    with pytest.raises(Exception, match="sealed"):
        world.act(world.receiver, operations.accept_referral, sent)
    assert world.page(world.receiver, sent).preview is None


def test_forbidden_is_what_a_colleague_gets_where_another_was_named(world: World) -> None:
    world.consent(None, "violence.police")
    draft = world.prepare("violence.police")
    world.act(world.receiver, _name, world, world.receiver)
    world.send(draft, named_account_id=world.receiver.account_id)
    for operation in (operations.accept_referral, operations.acknowledge_referral):
        with pytest.raises(Forbidden):
            world.act(world.colleague, operation, draft)
    world.act(world.receiver, operations.accept_referral, draft)
    assert world.page(world.receiver, draft).identity is not None
    assert world.page(world.colleague, draft).identity is None


def _name(world: World, who) -> None:
    from network.core.db import db
    from network.core.ids import new_id
    from network.referrals.models import FocalPoint

    db.session.add(
        FocalPoint(
            id=new_id(),
            tenant_id=who.tenant,
            account_id=who.account,
            label="Night desk",
            named_at=clock.now(),
        )
    )
