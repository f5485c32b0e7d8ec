"""A service is closed, or listed no more, while somebody waits for it."""

from __future__ import annotations

import pytest

from network.core.errors import Conflict, Invalid
from network.directory import operations as directory
from network.referrals import jobs, operations
from network.referrals.operations import Choices
from network.referrals.queries.lists import sent
from tests.factories import staff
from tests.referrals.conftest import World, reason
from tests.support.background import work_off


@pytest.mark.parametrize(("closed", "seen"), [("for_good", "gone"), ("for_now", "closed")])
def test_whoever_waits_for_a_service_that_was_closed_is_told_and_can_act(
    world: World, closed: str, seen: str
) -> None:
    world.consent()
    waiting, draft = world.sent(), world.prepare()
    listing = world.page(world.sender, waiting).listing
    name, steward = listing.service_name, staff(listing.steward_tenant_id)
    service_id = world.listed.service_id
    report = world.act(world.sender, directory.report_problem, "service", service_id, "closed")
    world.act(world.sender, operations.mark_read, waiting)
    with pytest.raises(Invalid):
        world.act(steward, directory.answer_report, report, True, {})
    world.act(steward, directory.answer_report, report, True, {}, closed)
    work_off(world.worker_app, listing.steward_tenant_id)
    with world.app.app_context():
        assert jobs.tell_of_gone() >= 2
        jobs.tell_of_gone()
    assert world.timeline().count("referral.service_gone") == 2
    assert world.side(world.sender, waiting).unread
    for who in (world.sender, world.receiver):
        page = world.page(who, waiting)
        assert (page.service_gone, page.listing.service_name) == (seen, name)
    with pytest.raises(Conflict, match="takes no referrals"):
        world.act(world.sender, operations.send_referral, draft, Choices())
    with world.app.app_context():
        listed = world.act(world.sender, lambda: [one.service_name for one in sent().items])
    assert listed == [name, name]
    # What its end asks of the directory is done, though the directory holds it no more.
    world.act(world.receiver, operations.decline_referral, waiting, reason("decline", "no_capacity"))
    world.jobs()
    assert world.state(waiting) == "declined"
    assert world.page(world.sender, waiting).service_gone is None
