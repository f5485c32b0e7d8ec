"""The loop with an organization that has no sign-in: told by other ways, its answers recorded, and closed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.cases.queries import list_needs
from network.cases.states import NeedState
from network.consent.operations import add_refusal
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import (
    Conflict,
    Forbidden,
    IllegalTransition,
    Invalid,
    NotCovered,
    NotFound,
    StaleVersion,
)
from network.referrals import operations
from network.referrals.letter import print_letter
from network.referrals.operations import Heard
from network.tenants.context import scope
from tests.factories import make_listing
from tests.referrals.conftest import NEED, World, worker_of
from tests.referrals.outside.conftest import Outside


def test_the_loop_goes_round_by_hand(out: Outside) -> None:
    world = out.world
    one = out.told()
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.outside, page.exchange.to_tenant_id) == ("sent", True, None)
    assert (page.side.due_kind, page.side.due_at) == ("hear", page.referral.decide_by)
    assert out.tasks(one) == [("ask_them", "Casa Sin Puerta")]
    assert page.preview
    assert page.identity
    assert page.identity["identity"]
    assert [(told.kind, told.channel) for told in page.told] == [("told", "phone")]
    out.heard(one, "accept", "email")
    assert out.tasks(one) == [("ask_outcome", "Casa Sin Puerta")]
    on = clock.now() + timedelta(days=2)
    out.heard(one, "schedule", on=on, place="Street 4", text="Ask for Ana")
    page = world.page(world.sender, one)
    assert page.appointment
    assert page.appointment.data["place"] == "Street 4"
    assert page.side.due_at == on
    out.heard(one, "change_appointment", on=on + timedelta(hours=1), place="Street 5")
    out.heard(one, "start")
    out.heard(one, "complete", outcomes={0: "served_full"}, text="A room for a month")
    assert world.timeline() == [
        "referral.told", "referral.accept", "referral.schedule", "referral.change_appointment",
        "referral.start", "referral.heard",
    ]  # fmt: skip
    assert out.tasks(one) == [("close_referral", "Casa Sin Puerta")]
    world.act(world.sender, operations.close_referral, one, helped="yes", words="I sleep there")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.side.open, page.moves) == ("closed", False, ())
    assert [step.told.channel if step.told else None for step in page.steps] == [
        "phone", "email", "phone", "phone", "phone", "phone", None,
    ]  # fmt: skip
    with world.app.app_context(), scope(world.sender):
        assert [need.state for need in list_needs(world.case_id)] in ([], [NeedState.MET])


def test_what_leaves_is_what_the_consent_covers_and_the_disclosure_says_to_whom(out: Outside) -> None:
    world = out.world
    one = out.told(left_out=frozenset({"contact"}))
    page = world.page(world.sender, one)
    assert page.identity is not None
    assert "contact" not in page.identity
    [(organization, tenant, categories)] = world.rows(
        world.sender,
        "SELECT recipient_organization_id, recipient_tenant_id, categories FROM disclosure "
        "WHERE exchange_id = :one",
        one=one,
    )
    assert (organization, tenant, categories) == (out.listed.organization_id, None, ["identity"])
    [(fields,)] = world.rows(
        world.sender,
        "SELECT fields FROM audit_event WHERE action = 'disclosed' AND object_id = :packet",
        packet=page.packet.id,
    )
    assert set(fields)
    assert not any("contact" in name for name in fields)


def test_without_a_grant_or_against_a_refusal_nothing_is_told(out: Outside) -> None:
    world = out.world
    one = world.prepare(listed=out.listed)
    with pytest.raises(Invalid):
        world.send(one)
    with pytest.raises(Invalid):
        world.send(one, channel="pigeon")
    refusal = {
        **{"organization_id": out.listed.organization_id, "capacity": "self"},
        **{"method": "signature_paper", "language": "bn"},
    }
    world.act(world.sender, add_refusal, world.client_id, refusal)
    with pytest.raises(NotCovered):
        world.send(one, channel="phone")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.packet, page.told) == ("draft", None, ())


def test_nobody_else_sees_or_moves_what_has_no_receiver(out: Outside) -> None:
    """By the database itself: a tenant that is nobody's is not everybody's."""
    world = out.world
    one = out.told()
    out.heard(one, "accept")
    tables = (
        "exchange_side", "exchange_event", "exchange_message", "packet", "packet_part", "packet_key", "referral",
        "referral_need", "referral_own_need", "referral_told",
    )  # fmt: skip
    for who in (world.receiver, world.stranger):
        assert world.rows(who, "SELECT id FROM exchange WHERE id = :one", one=one) == []
        for table in tables:
            assert world.rows(who, f"SELECT 1 FROM {table} WHERE exchange_id = :one", one=one) == [], table
        with pytest.raises(NotFound):
            world.page(who, one)
        for operation, given in (
            (operations.accept_referral, ()),
            (operations.record_heard, (Heard("accept", "phone"),)),
            (operations.tell_ended, ("phone",)),
            (print_letter, ("en",)),
        ):
            with pytest.raises(NotFound):
                world.act(who, operation, one, *given)
        with world.app.app_context(), scope(who):
            changed = db.session.execute(
                text("UPDATE exchange SET state = 'closed', version = version + 1 WHERE id = :one"),
                {"one": one},
            )
            assert changed.rowcount == 0
            db.session.rollback()
            with pytest.raises(DBAPIError), unit_of_work():
                db.session.execute(
                    text(
                        "INSERT INTO exchange_event (id, exchange_id, from_tenant_id, at, side, move, from_state, "
                        "to_state, version) VALUES (uuidv7(), :one, :centre, now(), 'receiver', 'accept', 'sent', "
                        "'accepted', 9)"
                    ),
                    {"one": one, "centre": world.sender.tenant},
                )
    sides = world.rows(world.sender, "SELECT role FROM exchange_side WHERE exchange_id = :one", one=one)
    assert [role for (role,) in sides] == ["sender"]
    with pytest.raises(DBAPIError):
        world.rows(
            world.sender, "UPDATE referral_told SET channel = 'email' WHERE exchange_id = :one", one=one
        )
    with pytest.raises(DBAPIError):
        world.rows(
            world.sender,
            "UPDATE exchange SET to_tenant_id = :other WHERE id = :one", one=one, other=world.receiver.tenant,
        )  # fmt: skip


def test_a_receiver_in_the_platform_answers_for_itself(world: World) -> None:
    world.consent()
    with pytest.raises(Invalid):
        world.send(world.prepare(), channel="phone")
    one = world.sent()
    for who in (world.sender, world.receiver):
        with pytest.raises(NotFound):
            world.act(who, operations.record_heard, one, Heard("accept", "phone"))
        with pytest.raises((NotFound, Conflict)):
            world.act(who, operations.tell_ended, one, "phone")
        with pytest.raises(NotFound):
            world.act(who, print_letter, one, "en")
    assert world.state(one) == "sent"


def test_answers_are_held_to_the_table_and_to_what_she_allowed(out: Outside) -> None:
    world = out.world
    one = out.told()
    with pytest.raises(IllegalTransition):
        out.heard(one, "complete", outcomes={0: "served_full"})
    with pytest.raises(Invalid):
        out.heard(one, "accept", "pigeon")
    with pytest.raises(NotFound):
        out.heard(one, "acknowledge")
    with pytest.raises(Invalid):
        out.heard(one, "decline")
    with pytest.raises(StaleVersion):
        world.act(world.sender, operations.record_heard, one, Heard("accept", "phone"), 1)
    out.heard(one, "accept")
    with pytest.raises(IllegalTransition):
        out.heard(one, "accept")
    with pytest.raises(Invalid):
        out.heard(one, "schedule", on=clock.now() - timedelta(days=1), place="There")
    with pytest.raises(Invalid):
        out.heard(one, "complete", outcomes={0: "served_full", 1: "served_full"})
    intake = worker_of(world.sender.tenant, "centre", "intake_worker")
    with pytest.raises((NotFound, Forbidden, Invalid)):
        world.act(intake, operations.record_heard, one, Heard("schedule", "phone"))


def test_a_no_seals_what_was_told_and_asks_for_another_service(out: Outside) -> None:
    world = out.world
    one = out.told()
    out.heard(one, "decline", reason="no_capacity", text="Full until May")
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.packet.seal_reason, page.last_reason) == (
        "declined", "declined", ("decline", "no_capacity"),
    )  # fmt: skip
    assert out.tasks(one) == [("reroute_referral", "Casa Sin Puerta")]
    with pytest.raises(Conflict):
        world.act(world.sender, print_letter, one, "en")


def test_without_leave_to_tell_more_only_served_or_not_is_written_down(world: World) -> None:
    listed = make_listing(world.app, world.sender.tenant, needs=[NEED])
    world.consent(listed.organization_id, feedback=False)
    out = Outside(world, listed)
    one = out.told()
    out.heard(one, "accept")
    with pytest.raises(Invalid):
        out.heard(one, "complete", outcomes={0: "served_full"}, text="She told us of her brother")
    with pytest.raises(Invalid):
        out.heard(one, "not_served", reason="client_did_not_come")
    out.heard(one, "complete", outcomes={0: "served_full"})


def test_a_protected_need_is_told_to_one_person_by_name_and_to_one_service_at_a_time(out: Outside) -> None:
    world = out.world
    one = world.prepare("violence.police", listed=out.listed)
    with pytest.raises(Invalid):
        world.send(one, channel="phone")
    world.send(one, channel="in_person", told_to="Ms Rima, intake")
    page = world.page(world.sender, one)
    assert page.told[0].to == "Ms Rima, intake"
    [(sealed,)] = world.rows(
        world.sender, "SELECT sealed FROM referral_told WHERE exchange_id = :one", one=one
    )
    assert b"Rima" not in bytes(sealed)
    other = make_listing(world.app, world.sender.tenant, needs=["violence.police"])
    world.consent(other.organization_id, "violence.police")
    second = world.prepare("violence.police", listed=other)
    with pytest.raises(Conflict):
        world.send(second, channel="phone", told_to="Mr Omar")
