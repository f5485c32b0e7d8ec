"""Preparing and sending: what a draft is, what leaves, and what keeps it from leaving."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.cases.queries import list_needs
from network.consent.operations import add_refusal, withdraw_grant
from network.consent.queries import live_grants
from network.core import clock
from network.core.errors import (
    Conflict,
    IllegalTransition,
    Invalid,
    NotCovered,
    NotFound,
    StaleVersion,
    UnknownCode,
)
from network.core.ids import new_id
from network.directory.operations import hold_service
from network.referrals import operations
from network.referrals.operations import Choices
from tests.factories import make_case, make_listing, make_tenant
from tests.referrals.conftest import NEED, World, worker_of


def test_a_draft_is_seen_by_nobody_else(world: World) -> None:
    draft = world.prepare()
    world.jobs()
    for who in (world.receiver, world.stranger):
        with pytest.raises(NotFound):
            world.page(who, draft)
    page = world.page(world.sender, draft)
    assert (page.exchange.state, page.packet, page.moves) == ("draft", None, ("send", "discard"))
    assert page.exchange.reference.split("-")[0]


def test_preparing_the_same_twice_makes_one_draft(world: World) -> None:
    assert world.prepare() == world.prepare()
    assert world.prepare("legal.advice") != world.prepare()


def test_the_priority_is_by_default_the_most_urgent_of_the_needs(world: World) -> None:
    page = world.page(world.sender, world.prepare(NEED, "legal.advice"))
    assert page.referral.priority == "emergency"
    assert page.referral.needed_by is None


def test_a_time_critical_need_brings_its_own_end(world: World) -> None:
    page = world.page(world.sender, world.prepare("violence.clinical"))
    left = page.referral.needed_by - clock.now()
    assert timedelta(hours=71) < left <= timedelta(hours=72)


@pytest.mark.parametrize("needs", [["no.such_need"], ["protection"], ["' OR 1=1 --"]])
def test_an_unknown_need_is_an_error(world: World, needs: list[str]) -> None:
    with pytest.raises(UnknownCode):
        world.prepare(*needs)


def test_nothing_is_asked_of_nobody(world: World) -> None:
    place = world.listed.service_at_location_id
    with pytest.raises(Invalid):
        world.act(world.sender, operations.prepare_referral, world.case_id, place, [])
    with pytest.raises(NotFound):
        world.act(world.sender, operations.prepare_referral, world.case_id, new_id(), [NEED])
    with pytest.raises(NotFound):
        world.act(world.sender, operations.prepare_referral, new_id(), place, [NEED])


def test_another_centre_cannot_refer_a_client_that_is_not_its_own(world: World) -> None:
    place = world.listed.service_at_location_id
    with pytest.raises(NotFound):
        world.act(world.stranger, operations.prepare_referral, world.case_id, place, [NEED])


def test_a_service_that_takes_none_or_is_on_hold_cannot_be_asked(world: World) -> None:
    closed = make_listing(
        world.app,
        world.sender.tenant,
        referral={"accepted": False, "methods": [], "usual_response_hours": None},
    )
    make_tenant(world.app, "partner", organization_id=closed.organization_id)
    with pytest.raises(Conflict, match="no referrals"):
        world.prepare(listed=closed)
    world.act(world.sender, hold_service, world.listed.service_id, "not_served", "unsafe_incident")
    with pytest.raises(Conflict, match="hold"):
        world.prepare()


def test_a_time_that_has_passed_is_no_needed_by(world: World) -> None:
    with pytest.raises(Invalid):
        world.prepare(needed_by=clock.now() - timedelta(minutes=1))


def test_without_consent_nothing_leaves_and_every_line_says_why(world: World) -> None:
    draft = world.prepare()
    with pytest.raises(NotCovered) as refused:
        world.send(draft)
    assert refused.value.lines[0].code == "no_grant"
    assert world.state(draft) == "draft"
    assert world.page(world.sender, draft).packet is None
    world.jobs()
    with pytest.raises(NotFound):
        world.page(world.receiver, draft)


def test_a_consent_for_another_need_or_organization_does_not_open_the_door(world: World) -> None:
    other = make_listing(world.app, world.sender.tenant)
    world.consent(other.organization_id)
    world.consent(None, "legal.advice")
    with pytest.raises(NotCovered):
        world.send(world.prepare())


def test_a_referral_is_refused_at_the_door_where_the_recruiter_sits_on_the_board(world: World) -> None:
    boarded = make_listing(world.app, world.sender.tenant, needs=[NEED], board=["recruiter"])
    make_tenant(world.app, "partner", organization_id=boarded.organization_id)
    world.consent(boarded.organization_id)
    world.act(world.sender, add_refusal, world.client_id, {"recipient_class": "recruiter"})
    with pytest.raises(NotCovered) as refused:
        world.send(world.prepare(listed=boarded))
    line = refused.value.lines[0]
    assert (line.code, line.detail["via"]) == ("refused", "board")


def test_a_consent_that_was_taken_back_before_sending_covers_nothing(world: World) -> None:
    world.consent()
    draft = world.prepare()
    grants = world.act(world.sender, live_grants, world.client_id)
    for grant in grants:
        world.act(world.sender, withdraw_grant, grant.id)
    with pytest.raises(NotCovered):
        world.send(draft)


def test_what_was_sent_arrives_as_a_preview_that_names_nobody(world: World) -> None:
    world.consent()
    exchange_id = world.sent()
    page = world.page(world.receiver, exchange_id)
    assert page.preview["needs"] == [NEED]
    assert page.identity is None
    assert "Invented" not in str(page.preview)
    assert [step.move for step in page.steps] == ["send"]


def test_sending_marks_the_need_as_asked_for_and_tells_the_case(world: World) -> None:
    from network.cases.operations import add_need

    world.act(world.sender, add_need, world.case_id, NEED)
    world.consent()
    world.sent()
    needs = world.act(world.sender, list_needs, world.case_id)
    assert [(one.need_code, one.state) for one in needs] == [(NEED, "in_progress")]
    assert world.timeline() == ["referral.send"]


def test_sending_twice_or_on_an_old_version_is_refused(world: World) -> None:
    world.consent()
    draft = world.prepare()
    with pytest.raises(StaleVersion):
        world.act(world.sender, operations.send_referral, draft, Choices(), 7)
    world.send(draft)
    with pytest.raises(IllegalTransition):
        world.send(draft)


def test_the_receiver_cannot_send_and_a_stranger_finds_nothing(world: World) -> None:
    world.consent()
    exchange_id = world.sent()
    for who in (world.receiver, world.stranger):
        with pytest.raises((NotFound, IllegalTransition)):
            world.act(who, operations.send_referral, exchange_id, Choices())


def test_the_priority_chosen_on_the_page_counts_and_cannot_be_changed_once_sent(world: World) -> None:
    world.consent()
    draft = world.prepare()
    world.send(draft, priority="routine")
    page = world.page(world.sender, draft)
    assert page.referral.priority == "routine"
    assert page.preview["priority"] == "routine"
    with pytest.raises(Exception, match="before the referral leaves"):
        world.act(world.sender, _rush, world, draft)


def _rush(world: World, exchange_id) -> None:
    from sqlalchemy import text

    from network.core.db import db

    db.session.execute(
        text("UPDATE referral SET priority = 'immediate' WHERE exchange_id = :id"), {"id": exchange_id}
    )


def test_a_field_that_the_sender_leaves_out_does_not_leave(world: World) -> None:
    world.consent()
    draft = world.prepare()
    world.send(draft, left_out=frozenset({"identity.nationality", "preview.age_band"}))
    world.act(world.receiver, operations.accept_referral, draft)
    page = world.page(world.receiver, draft)
    assert "nationality" not in page.identity.get("identity", {})
    assert "age_band" not in page.preview


def test_rerouting_points_back_and_leaves_who_has_not_decided(world: World) -> None:
    other = make_listing(world.app, world.sender.tenant, needs=[NEED])
    make_tenant(world.app, "partner", organization_id=other.organization_id)
    world.consent()
    world.consent(other.organization_id)
    first = world.sent()
    second = world.prepare(listed=other, parent_id=first)
    world.send(second)
    assert world.state(first) == "withdrawn"
    page = world.page(world.sender, second)
    assert page.parent.id == first
    assert [one.id for one in world.page(world.sender, first).led_to] == [second]
    world.jobs()
    with pytest.raises(NotFound):
        world.page(world.receiver, second)


def test_a_referral_goes_on_only_from_one_of_the_same_case(world: World) -> None:
    world.consent()
    first = world.sent()
    _client, other_case = make_case(world.app, world.sender)
    place = world.listed.service_at_location_id
    with pytest.raises(Invalid):
        world.act(world.sender, operations.prepare_referral, other_case, place, [NEED], None, None, first)
    stranger_case = make_case(world.app, world.stranger)[1]
    with pytest.raises(NotFound):
        world.act(
            world.stranger, operations.prepare_referral, stranger_case, place, [NEED], None, None, first
        )


def test_an_intake_worker_of_the_same_centre_sees_it_but_a_restricted_clients_only_her_team(
    world: World,
) -> None:
    from network.cases.operations import restrict_client

    draft = world.prepare()
    colleague = worker_of(world.sender.tenant, "centre", "caseworker")
    assert world.page(colleague, draft).exchange.id == draft
    world.act(world.sender, restrict_client, world.client_id)
    with pytest.raises(NotFound):
        world.page(colleague, draft)
    assert world.page(world.sender, draft).exchange.id == draft


def test_a_draft_that_was_thrown_away_is_seen_by_nobody_and_asks_for_nothing(world: World) -> None:
    draft = world.prepare()
    world.act(world.sender, operations.discard_draft, draft)
    world.jobs()
    assert world.state(draft) == "withdrawn"
    assert not world.side(world.sender, draft).open
    with pytest.raises(NotFound):
        world.page(world.receiver, draft)
    with pytest.raises(IllegalTransition):
        world.act(world.sender, operations.discard_draft, draft)
    world.consent()
    with pytest.raises(IllegalTransition):
        world.act(world.sender, operations.discard_draft, world.sent())


def test_once_somebody_else_was_asked_only_the_closing_is_left(world: World) -> None:
    from tests.referrals.conftest import reason

    other = make_listing(world.app, world.sender.tenant, needs=[NEED])
    make_tenant(world.app, "partner", organization_id=other.organization_id)
    world.consent()
    world.consent(other.organization_id)
    first = world.sent()
    world.act(world.receiver, operations.decline_referral, first, reason("decline", "no_capacity"))
    world.jobs()
    assert world.side(world.sender, first).due_kind == "reroute"
    world.send(world.prepare(listed=other, parent_id=first))
    assert world.side(world.sender, first).due_kind == "close"
