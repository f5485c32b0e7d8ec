"""Who has no sign-in, who has one later, and whose membership rests."""

from __future__ import annotations

import pytest

from network.cases.operations import add_need
from network.core.db import unit_of_work
from network.core.errors import (
    Conflict,
    NotFound,
)
from network.referrals.api import proposal_for
from network.referrals.operations import Choices
from network.referrals.operations.send import lacking_for
from network.referrals.queries.lists import sent
from network.referrals.queries.matching import choice_for
from network.tenants.context import scope
from tests.factories import make_listing, make_tenant
from tests.referrals.conftest import NEED, Desks, worker_of
from tests.referrals.outside.conftest import Outside


def test_once_they_sign_in_the_old_stay_the_senders_and_new_ones_are_sent(out: Outside) -> None:
    world = out.world
    old, draft = out.told(), world.prepare("legal.advice", listed=out.listed)
    partner = make_tenant(world.app, "partner", organization_id=out.listed.organization_id)
    theirs = worker_of(partner, "partner", "partner_worker")
    with pytest.raises(Conflict):
        world.send(draft, channel="phone")
    with pytest.raises(NotFound):
        world.page(theirs, old)
    out.heard(old, "accept")
    new = world.prepare("legal.advice", listed=out.listed)
    assert new != draft
    world.send(new)
    assert world.page(theirs, new).exchange.to_tenant_id == partner
    assert world.rows(theirs, "SELECT id FROM exchange") == [(new,)]
    assert world.page(world.sender, old).exchange.to_tenant_id is None
    with world.app.app_context(), scope(world.sender):
        listed = {row.exchange_id: (row.outside, row.other_name) for row in sent().items}
    assert listed[old] == (True, "Casa Sin Puerta")
    assert listed[new][0] is False


def test_whoever_has_no_sign_in_can_be_chosen_like_any_other(out: Outside, place: str) -> None:
    world = out.world
    world.act(world.sender, add_need, world.case_id, NEED, place_code=place)
    open_to_all = make_listing(world.app, world.sender.tenant, needs=[NEED], place=place)
    centre = make_tenant(world.app)
    partner = make_listing(world.app, centre, needs=[NEED], place=place)
    make_tenant(world.app, "partner", organization_id=partner.organization_id)
    with world.app.app_context(), scope(world.sender), unit_of_work():
        found = {one.found.service_at_location_id: one for one in choice_for(world.case_id).candidates}
    chosen = found[open_to_all.service_at_location_id]
    assert (chosen.outside, chosen.can_be_asked) == (True, True)
    assert found[partner.service_at_location_id].outside is False


def test_who_does_not_sign_in_yet_is_told_by_hand_and_whose_membership_rests_is_told_nothing(
    out: Outside, desks: Desks, place: str
) -> None:
    world = out.world
    world.act(world.sender, add_need, world.case_id, "legal.advice", place_code=place)
    planned, resting = (
        make_listing(world.app, world.sender.tenant, needs=[NEED, "legal.advice"], place=place)
        for _ in range(2)
    )
    make_tenant(world.app, "partner", organization_id=planned.organization_id, status="planned")
    rests = make_tenant(world.app, "partner", organization_id=resting.organization_id, status="suspended")
    for listed in (planned, resting):
        world.consent(listed.organization_id)
    with world.app.app_context(), scope(world.sender), unit_of_work():
        found = {one.found.service_at_location_id: one for one in choice_for(world.case_id).candidates}
    first, second = (found[one.service_at_location_id] for one in (planned, resting))
    assert (first.outside, first.can_be_asked, first.suspended) == (True, True, False)
    assert (second.outside, second.can_be_asked, second.suspended) == (False, False, True)
    assert (
        "membership of this organization rests"
        in desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    )
    told = world.prepare(listed=planned)
    world.send(told, channel="phone")
    assert world.page(world.sender, told).exchange.to_tenant_id is None
    # What she allowed already is not asked again, because nobody signs in there yet.
    more = world.prepare(NEED, "legal.advice", listed=planned)
    with world.app.app_context(), scope(world.sender):
        lacking = lacking_for(proposal_for(more, Choices()))
    assert lacking is not None
    assert [(one.purpose, one.need) for one in lacking.grants] == [("service_provision", "legal.advice")]
    with pytest.raises(Conflict):
        world.prepare(listed=resting)
    assert world.rows(worker_of(rests, "partner", "partner_worker"), "SELECT id FROM exchange") == []
