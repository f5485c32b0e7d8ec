"""What one named colleague alone may read: protected needs and restricted clients, one service at a time."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from network.cases.operations import restrict_client
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.referrals import operations
from network.referrals.models import FocalPoint
from network.referrals.queries.lists import inbox
from network.referrals.queries.receivers import list_focal_points
from network.tenants.context import Identity, scope
from tests.factories import make_account, make_listing, make_tenant
from tests.referrals.conftest import World, reason

PROTECTED = "violence.police"


def name_colleague(world: World, who: Identity) -> None:
    """Put a colleague on the receiver's list of focal points."""
    world.act(who, _add, who)


def _add(who: Identity) -> None:
    db.session.add(
        FocalPoint(
            id=new_id(),
            tenant_id=who.tenant,
            account_id=who.account,
            label="Night desk",
            named_at=clock.now(),
        )
    )


@pytest.fixture
def named(world: World):
    """A protected referral for one of the partner's two workers."""
    name_colleague(world, world.receiver)
    world.consent(None, PROTECTED)
    draft = world.prepare(PROTECTED)
    world.send(draft, named_account_id=world.receiver.account_id)
    world.jobs()
    return draft


def test_a_protected_need_is_not_sent_without_a_named_colleague(world: World) -> None:
    world.consent(None, PROTECTED)
    draft = world.prepare(PROTECTED)
    with pytest.raises(Invalid) as refused:
        world.send(draft)
    assert "named_account_id" in refused.value.fields
    for nobody in (new_id(), world.colleague.account_id, world.sender.account_id):
        with pytest.raises(Invalid):
            world.send(draft, named_account_id=nobody)
    assert world.state(draft) == "draft"


def test_a_restricted_client_goes_to_a_named_colleague_whatever_the_need(world: World) -> None:
    world.act(world.sender, restrict_client, world.client_id)
    world.consent()
    with pytest.raises(Invalid):
        world.send(world.prepare())


def test_the_rest_of_the_partner_sees_that_it_is_there_and_nothing_of_it(world: World, named) -> None:
    with world.app.app_context(), scope(world.colleague):
        [row] = inbox().items
    assert (row.protected, row.preview, row.needs) == (True, None, ("protected",))
    page = world.page(world.colleague, named)
    assert (page.protected, page.preview, page.identity, page.messages, page.moves) == (
        True,
        None,
        None,
        (),
        (),
    )
    assert PROTECTED not in str(world.rows(world.colleague, "SELECT shown_code FROM referral_need"))
    with world.app.app_context(), scope(world.receiver):
        [row] = inbox().items
    assert row.preview["needs"] == [PROTECTED]
    assert world.page(world.receiver, named).moves == ("acknowledge", "ask", "accept", "decline")


def test_one_service_at_a_time_is_asked(world: World, named) -> None:
    other = make_listing(world.app, world.sender.tenant, needs=[PROTECTED])
    tenant = make_tenant(world.app, "partner", organization_id=other.organization_id)
    from tests.referrals.conftest import worker_of

    colleague = worker_of(tenant, "partner", "partner_worker")
    name_colleague(world, colleague)
    world.consent(other.organization_id, PROTECTED)
    second = world.prepare(PROTECTED, listed=other)
    with pytest.raises(Conflict):
        world.send(second, named_account_id=colleague.account_id)
    world.act(world.receiver, operations.decline_referral, named, reason("decline", "no_capacity"))
    world.send(second, named_account_id=colleague.account_id)
    assert world.state(second) == "sent"


def test_an_ended_focal_point_cannot_be_named_any_more(world: World) -> None:
    name_colleague(world, world.receiver)
    [point] = world.act(world.sender, list_focal_points, world.receiver.tenant)
    assert point.label == "Night desk"
    with pytest.raises(NotFound):
        world.act(world.sender, operations.end_focal_point, point.id)
    world.act(world.colleague, operations.end_focal_point, point.id)
    world.consent(None, PROTECTED)
    with pytest.raises(Invalid):
        world.send(world.prepare(PROTECTED), named_account_id=world.receiver.account_id)


def test_a_manager_names_a_colleague_who_answers_and_nobody_else(world: World) -> None:
    manager = world.receiver
    person = make_account(world.app, manager.tenant, "partner_worker", name="Amal")
    account_id = next(
        one.account_id
        for one in world.act(manager, operations.list_who_may_answer)
        if one.id == person.membership_id
    )
    point = world.act(
        manager, operations.name_focal_point, account_id, " Amal, night desk ", world.listed.service_id
    )
    assert point.label == "Amal, night desk"
    again = world.act(manager, operations.name_focal_point, account_id, "Amal", world.listed.service_id)
    assert again.id == point.id
    for wrong in ((new_id(), "Somebody"), (account_id, "  "), (account_id, "x" * 200)):
        with pytest.raises(Invalid):
            world.act(manager, operations.name_focal_point, *wrong)
    elsewhere = make_listing(world.app, world.sender.tenant)
    with pytest.raises(NotFound):
        world.act(manager, operations.name_focal_point, account_id, "Amal", elsewhere.service_id)


def test_nobody_names_a_focal_point_for_another_tenant(world: World) -> None:
    with pytest.raises(DBAPIError), world.app.app_context(), scope(world.stranger), unit_of_work():
        _add(world.receiver)
        db.session.flush()
