"""The demonstration loads through the operations, and every role can sign in to it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import func, select

from network.audit.models import AuditEvent
from network.cases.models import CaseEvent, CaseFile
from network.core import clock
from network.core.db import db
from network.crossborder.models import FollowUp, Handoff, HandoffMilestone
from network.demonstration.acting import Stage
from network.demonstration.world import World
from network.directory.models import ListingClaim, ListingReport, ListingSuggestion, Service
from network.directory.trust import STANDINGS, standing
from network.exchange.models import Exchange, ExchangeEvent
from network.worklist.queries import list_tasks
from tests.support.demonstration import Installation


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation.app, installation.worker_app)


@pytest.fixture
def world(installation: Installation) -> World:
    return installation.world


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


def test_who_has_no_sign_in_was_told_by_hand_and_stands_at_every_stage(stage: Stage, world: World) -> None:
    seen: set[str] = set()
    waiting: set[str] = set()
    for code in ("al-hassan", "caritas-jordan"):
        with stage.looking(world.colleague(code, "coordinator")):
            outside = select(Exchange.state).where(
                Exchange.kind == "referral", Exchange.to_tenant_id.is_(None)
            )
            seen |= set(db.session.scalars(outside))
            waiting |= {task.what for task in list_tasks()}
    assert seen == {
        "draft", "sent", "declined", "accepted", "scheduled", "in_progress", "completed", "closed", "recalled",
    }  # fmt: skip
    assert waiting >= {"ask_them", "ask_outcome", "tell_them"}


def test_handoffs_stand_at_every_stage(stage: Stage, world: World) -> None:
    seen: set[tuple[str, str]] = set()
    for code in ("al-hassan", "caritas-jordan"):
        with stage.looking(world.colleague(code, "coordinator")):
            rows = db.session.execute(
                select(Exchange.state, Handoff.journey).join(Handoff, Handoff.exchange_id == Exchange.id)
            )
            seen |= {(state, journey) for state, journey in rows}
    assert seen >= {
        ("prepared", "planned"),
        ("offered", "planned"),
        ("clarification", "planned"),
        ("declined", "planned"),
        ("accepted", "planned"),
        ("accepted", "departed"),
        ("accepted", "arrived"),
        ("taken_over", "arrived"),
    }


def test_listings_are_verified_due_and_left_alone(stage: Stage, world: World) -> None:
    with stage.looking(world.colleague("al-hassan", "coordinator")):
        today = clock.today("Asia/Amman")
        stands = [
            standing(one.verified_on, one.verification_due_on, one.created_at.date(), today)
            for one in db.session.scalars(select(Service))
        ]
    told = Counter(stands)
    assert set(told) == set(STANDINGS)
    assert told["verified"] > len(stands) / 2
    assert told["aged"] == 1
    with stage.looking(world.colleague("dar-al-yaqeen", "partner_manager")):
        assert "verify_listing" in {task.what for task in list_tasks()}


def test_corrections_of_listings_wait_for_whoever_keeps_them(stage: Stage, world: World) -> None:
    def waiting(code: str) -> list[int]:
        with stage.looking(next(iter(world.staff[code].values()))):
            counts = [
                select(func.count()).select_from(one)
                for one in (ListingReport, ListingSuggestion, ListingClaim)
            ]
            return [db.session.scalar(count) or 0 for count in counts]

    assert waiting("headquarters") == [1, 0, 1]
    assert waiting("shifa-clinic") == [1, 1, 1]
    assert waiting("beit-el-nour") == [0, 0, 0]


def test_every_trail_runs_forwards(stage: Stage, world: World) -> None:
    for code in ("al-hassan", "shurjodoy-dhaka", "dar-al-yaqeen"):
        with stage.looking(next(iter(world.staff[code].values()))):
            times = db.session.scalars(select(AuditEvent.at).order_by(AuditEvent.seq)).all()
        assert len(times) > 20
        assert times == sorted(times), code


def test_what_the_other_side_did_is_told_to_a_case_when_it_happened(stage: Stage, world: World) -> None:
    with stage.looking(world.colleague("al-hassan", "caseworker")):
        told = db.session.execute(
            select(CaseEvent.at, ExchangeEvent.at)
            .join(ExchangeEvent, ExchangeEvent.exchange_id == CaseEvent.subject_id)
            .where(CaseEvent.kind == "referral.accept", ExchangeEvent.move == "accept")
        ).all()
    assert told
    assert all(heard == done for heard, done in told)


def test_nothing_was_left_lying_for_weeks(stage: Stage, world: World) -> None:
    with stage.looking(world.colleague("al-hassan", "caseworker")):
        tasks = list_tasks()
    assert len(tasks) >= 8
    assert all(task.due_at is None or task.due_at > clock.now() - timedelta(days=7) for task in tasks)


def test_what_has_ended_is_tidied_up_once_and_not_on_each_day_of_the_story(
    installation: Installation,
) -> None:
    with psycopg.connect(installation.database.admin_url) as admin:
        rows = admin.execute(
            "SELECT count(*) FILTER (WHERE done_at IS NOT NULL), count(DISTINCT tenant_id) FROM outbox "
            "WHERE topic = 'accounts.tidy'"
        ).fetchone()
    assert rows is not None
    done, tenants = rows
    assert tenants > 0
    assert done < 5 * tenants  # it was told of sixty days
