"""How a service answers is counted by whoever received the referrals, and published without telling of anybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.core import clock
from network.core.db import db, unit_of_work
from network.directory.models import ServiceResponse
from network.directory.operations import publish_response
from network.directory.search import Criteria, Found, find
from network.referrals import operations
from network.referrals.operations import response
from network.tenants.context import scope
from tests.factories import make_listing
from tests.referrals.conftest import NEED, World


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few that a test can send them."""
    monkeypatch.setattr(response, "FEWEST_REFERRALS", 2)
    monkeypatch.setattr(response, "FEWEST_CENTRES", 1)


def published(world: World) -> ServiceResponse | None:
    with world.app.app_context(), scope(world.sender):
        return db.session.get(ServiceResponse, world.listed.service_id)


def found(world: World) -> Found:
    with world.app.app_context(), scope(world.sender):
        every = find(Criteria((NEED,), organization_id=world.listed.organization_id)).found
    return next(one for one in every if one.service_id == world.listed.service_id)


def count(world: World, service_id: UUID | None = None) -> None:
    world.act(world.receiver, operations.count_response, service_id or world.listed.service_id)


def test_the_share_and_the_usual_time_are_published_in_steps(world: World, few: None) -> None:
    sent_at = clock.now() - timedelta(days=10)
    for hours in (5, 20, None):
        with clock.set_to(sent_at):
            world.consent()
            exchange_id = world.sent()
        if hours is not None:
            with clock.set_to(sent_at + timedelta(hours=hours)):
                world.act(world.receiver, operations.accept_referral, exchange_id)
    count(world)
    told = published(world)
    assert told is not None
    assert (told.answered_percent, told.usual_hours) == (65, 24)
    one = found(world)
    assert (one.answered_percent, one.usual_hours) == (65, 24)


def test_nothing_is_published_where_few_centres_asked(world: World) -> None:
    with clock.set_to(clock.now() - timedelta(days=10)):
        world.consent()
        world.sent()
    count(world)
    assert published(world) is None


def test_only_its_own_tenant_says_how_a_service_answers(world: World) -> None:
    world.act(world.receiver, publish_response, world.listed.service_id, 90, 8)
    for who in (world.sender, world.stranger):
        with world.app.app_context(), scope(who), pytest.raises(DBAPIError), unit_of_work():
            db.session.execute(
                text(
                    "INSERT INTO service_response (service_id, published_by, answered_percent, published_at) "
                    "VALUES (:id, :me, 0, now())"
                ),
                {"id": make_listing(world.app, world.sender.tenant).service_id, "me": who.tenant},
            )
        with world.app.app_context(), scope(who), unit_of_work():
            changed = db.session.execute(text("UPDATE service_response SET answered_percent = 0"))
            assert changed.rowcount == 0


def test_who_answers_sooner_comes_first_among_equals(app: Flask, world: World) -> None:
    world.act(world.receiver, publish_response, world.listed.service_id, 100, 1)
    before = found(world)
    assert before.usual_hours == 1
    with clock.set_to(clock.now() + timedelta(days=200)):
        assert found(world).usual_hours is None  # what was measured long ago says nothing


def test_a_referral_that_comes_has_its_service_counted(world: World, few: None) -> None:
    sent_at = clock.now() - timedelta(days=10)
    with clock.set_to(sent_at):
        world.consent()
        world.sent()
        world.sent()
    assert published(world) is None
    world.sent()
    told = published(world)
    assert told is not None
    assert (told.answered_percent, told.usual_hours) == (0, None)
