"""What ends with an organization that has no sign-in is told to it by hand, or by the clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network.consent.operations import withdraw_all, withdraw_grant
from network.consent.queries import live_grants
from network.core import clock
from network.core.errors import (
    Conflict,
)
from network.referrals import operations
from network.referrals.letter import print_letter
from tests.referrals.conftest import NEED, reason
from tests.referrals.outside.conftest import Outside


def test_a_withdrawal_is_to_be_told_by_telephone_and_once(out: Outside) -> None:
    world = out.world
    one = out.told()
    out.heard(one, "accept")
    with pytest.raises(Conflict):
        world.act(world.sender, operations.tell_ended, one, "phone")
    grant = next(g for g in world.act(world.sender, live_grants, world.client_id) if g.need_code == NEED)
    world.act(world.sender, withdraw_grant, grant.id)
    world.jobs()
    page = world.page(world.sender, one)
    assert (page.exchange.state, page.identity, page.side.due_kind, page.side.open) == (
        "recalled", None, "tell", True,
    )  # fmt: skip
    assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]
    with pytest.raises(Conflict):
        world.act(world.sender, print_letter, one, "en")
    world.act(world.sender, operations.tell_ended, one, "phone")
    assert out.tasks(one) == []
    assert not world.side(world.sender, one).open
    with pytest.raises(Conflict):
        world.act(world.sender, operations.tell_ended, one, "phone")
    assert world.timeline()[-1] == "referral.told_ended"


def test_a_service_that_goes_on_without_the_file_is_told_too_and_so_is_who_has_ended(out: Outside) -> None:
    world = out.world
    running, ended = out.told(), out.told("legal.advice")
    for one, move in ((running, "accept"), (running, "start"), (ended, "accept")):
        out.heard(one, move)
    out.heard(ended, "complete", outcomes={0: "served_full"})
    world.act(world.sender, operations.close_referral, ended, helped="yes")
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    for one, state in ((running, "in_progress"), (ended, "closed")):
        assert world.state(one) == state
        assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]
        world.act(world.sender, operations.tell_ended, one, "email")
    assert out.tasks(running) == [("ask_outcome", "Casa Sin Puerta")]
    assert out.tasks(ended) == []


def test_one_that_is_taken_back_is_told_and_one_that_is_thrown_away_is_not(out: Outside) -> None:
    world = out.world
    draft = world.prepare(listed=out.listed)
    world.act(world.sender, operations.discard_draft, draft)
    assert not world.side(world.sender, draft).open
    one = out.told()
    world.act(world.sender, operations.withdraw_referral, one, reason("withdrawal", "situation_changed"))
    assert out.tasks(one) == [("tell_them", "Casa Sin Puerta")]


def test_the_clock_reminds_and_ends_what_nobody_answers(out: Outside) -> None:
    world = out.world
    one = out.told()
    page = world.page(world.sender, one)
    late = page.referral.serve_by + timedelta(hours=1)
    world.act(world.sender, operations.remind, one, page.exchange.version)
    assert world.side(world.sender, one).unread
    world.act(world.sender, operations.note_overdue, one, page.exchange.version)
    assert world.timeline()[-1] == "referral.overdue"
    rows = world.rows(
        world.sender, "SELECT topic FROM outbox WHERE subject_id = :one ORDER BY available_at", one=one
    )
    assert [topic for (topic,) in rows] == ["referral.reminder", "referral.overdue", "referral.expire"]
    assert late > clock.now()
    world.act(world.sender, operations.expire_referral, one, page.exchange.version)
    assert world.state(one) == "expired"
    assert out.tasks(one) == [("reroute_referral", "Casa Sin Puerta")]
