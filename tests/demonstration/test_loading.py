"""The demonstration loads through the operations, and every role can sign in to it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from network.app import create_app
from network.cases.models import CaseFile
from network.core.db import db
from network.core.settings import Settings
from network.crossborder.models import FollowUp, HandoffMilestone
from network.demonstration.acting import Stage
from network.demonstration.loading import tell
from network.demonstration.people import Names
from network.demonstration.world import World
from network.exchange.models import Exchange
from network.stack.migrations import install_context_key
from tests.conftest import network_environment
from tests.support.servers import Server, copy_of


@pytest.fixture(scope="module")
def stage(postgres: Server, database_template: str, redis_url: str, tmp_path_factory) -> Stage:
    with copy_of(postgres, database_template) as database:
        settings = Settings.from_environ(
            network_environment(database, redis_url, tmp_path_factory.mktemp("demonstration"))
        )
        install_context_key(settings.owner_database_url, settings.context_key)
        yield Stage(create_app(settings), create_app(settings, worker=True))


@pytest.fixture(scope="module")
def world(stage: Stage) -> World:
    return tell(stage, Names())


def test_every_member_has_a_listing_and_somebody_who_signs_in(world: World) -> None:
    assert len(world.tenants) == len(world.staff) > 25
    assert set(world.tenants) - set(world.organizations) == {"headquarters"}


def test_everybody_who_came_is_registered(stage: Stage, world: World) -> None:
    with stage.looking(world.colleague("al-hassan", "caseworker")):
        assert db.session.scalar(select(func.count()).select_from(CaseFile)) >= 12


def test_the_woman_of_the_story_is_home_and_was_followed_up(stage: Stage, world: World) -> None:
    with stage.looking(world.colleague("shurjodoy-dhaka", "coordinator")):
        states = db.session.execute(select(FollowUp.code, FollowUp.state)).all()
    assert ("7d", "done") in [tuple(row) for row in states]
    with stage.looking(world.colleague("al-hassan", "caseworker")):
        told = set(db.session.scalars(select(HandoffMilestone.code)))
    assert {"arrived_safely", "registered", "first_follow_up"} <= told


def test_referrals_stand_at_every_stage(stage: Stage, world: World) -> None:
    seen: set[str] = set()
    for colleagues in world.staff.values():
        with stage.looking(next(reversed(colleagues.values()))):
            seen |= set(db.session.scalars(select(Exchange.state).where(Exchange.kind == "referral")))
    assert seen >= {
        "draft",
        "sent",
        "needs_information",
        "accepted",
        "scheduled",
        "in_progress",
        "closed",
        "declined",
    }
