"""The clocks of a referral: due times in both mailboxes, reminders half-way, overdue, expiry, and the pause."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from network.core import clock
from network.directory.operations import add_part
from network.directory.operations.holidays import add_holiday, remove_holiday
from network.exchange.queries import get_side
from network.referrals import operations
from network.referrals.queries.receivers import hours_of
from tests.factories import make_listing, make_tenant, staff
from tests.referrals.conftest import NEED, World, reason, worker_of

AMMAN = ZoneInfo("Asia/Amman")


def next_monday(hour: int) -> datetime:
    """A Monday that is still to come: the packet must outlive it by the database's clock."""
    today = datetime.now(AMMAN)
    monday = today + timedelta(days=(7 - today.weekday()))
    return monday.replace(hour=hour, minute=0, second=0, microsecond=0)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.set_to(moment):
        yield


@pytest.fixture
def monday(world: World) -> datetime:
    world.consent()
    return next_monday(10)


def read(world: World, exchange_id):
    world.act(world.receiver, lambda: setattr(get_side(exchange_id), "unread", False))
    world.act(world.sender, lambda: setattr(get_side(exchange_id), "unread", False))


def test_both_sides_know_until_when_an_answer_is_due(world: World, monday: datetime) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="urgent")
        world.send(exchange_id)
        world.jobs()
        for who in (world.sender, world.receiver):
            side = world.side(who, exchange_id)
            assert (side.due_kind, side.due_at) == ("acknowledge", monday + timedelta(days=1))
        world.act(world.receiver, operations.acknowledge_referral, exchange_id)
        world.jobs()
        assert world.side(world.sender, exchange_id).due_at == monday + timedelta(days=2)


def test_half_way_the_receiver_is_reminded_and_when_time_is_up_the_sender_is_told(
    world: World, monday: datetime
) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="immediate")
        world.send(exchange_id)
        world.jobs()
        read(world, exchange_id)
    with at(monday + timedelta(minutes=29)):
        world.jobs()
        assert not world.side(world.receiver, exchange_id).unread
    with at(monday + timedelta(minutes=31)):
        world.jobs()
        assert world.side(world.receiver, exchange_id).unread
        assert not world.side(world.sender, exchange_id).unread
    with at(monday + timedelta(minutes=61)):
        world.jobs()
        assert world.side(world.sender, exchange_id).unread
        assert world.timeline() == ["referral.send", "referral.overdue"]
        assert world.state(exchange_id) == "sent"


def test_a_clock_that_finds_another_version_does_nothing(world: World, monday: datetime) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="immediate")
        world.send(exchange_id)
        world.jobs()
        world.act(world.receiver, operations.accept_referral, exchange_id)
        world.jobs()
        read(world, exchange_id)
    with at(monday + timedelta(minutes=90)):
        world.jobs()
        assert not world.side(world.sender, exchange_id).unread
        assert "referral.overdue" not in world.timeline()


def test_nobody_answers_until_the_service_was_due_and_it_expires_sealed(
    world: World, monday: datetime
) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="immediate")
        world.send(exchange_id)
        world.jobs()
    with at(monday + timedelta(hours=4, minutes=1)):
        world.jobs()
        page = world.page(world.sender, exchange_id)
        assert (page.exchange.state, page.packet.seal_reason, page.side.due_kind) == (
            "expired",
            "expired",
            "reroute",
        )
        world.jobs()
        assert not world.side(world.receiver, exchange_id).open
        assert world.timeline()[-1] == "referral.expire"


def test_a_question_stops_the_receivers_clock_and_its_answer_starts_it_again(
    world: World, monday: datetime
) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="immediate")
        world.send(exchange_id)
        world.jobs()
    with at(monday + timedelta(minutes=20)):
        world.act(world.receiver, operations.ask_sender, exchange_id, "How many?")
        world.jobs()
        assert world.side(world.sender, exchange_id).due_kind == "answer"
    with at(monday + timedelta(minutes=65)):
        world.jobs()
        assert "referral.overdue" not in world.timeline()
    with at(monday + timedelta(minutes=80)):
        world.act(world.sender, operations.answer_receiver, exchange_id, "Two")
        world.jobs()
        page = world.page(world.receiver, exchange_id)
        assert page.referral.paused_at is None
        assert page.referral.decide_by == monday + timedelta(minutes=180)
        assert page.side.due_at == monday + timedelta(minutes=180)


def test_no_question_moves_a_flight(world: World, monday: datetime) -> None:
    with at(monday):
        exchange_id = world.prepare(priority="immediate", needed_by=monday + timedelta(hours=2))
        world.send(exchange_id)
        world.act(world.receiver, operations.ask_sender, exchange_id, "Which flight?")
    with at(monday + timedelta(hours=1)):
        world.act(world.sender, operations.answer_receiver, exchange_id, "The one at noon")
        referral = world.page(world.sender, exchange_id).referral
        assert referral.serve_by == monday + timedelta(hours=2)
        assert referral.decide_by <= monday + timedelta(hours=2)


def test_an_appointment_is_what_is_due(world: World, monday: datetime) -> None:
    with at(monday):
        exchange_id = world.prepare()
        world.send(exchange_id)
        world.act(world.receiver, operations.accept_referral, exchange_id)
        on = monday + timedelta(days=2)
        world.act(world.receiver, operations.schedule_service, exchange_id, on, "Here")
        world.jobs()
        for who in (world.sender, world.receiver):
            assert (world.side(who, exchange_id).due_kind, world.side(who, exchange_id).due_at) == (
                "serve",
                on,
            )


def test_the_clock_runs_in_the_hours_and_the_zone_of_who_is_asked(world: World) -> None:
    dhaka = make_listing(
        world.app,
        world.sender.tenant,
        needs=[NEED],
        country="BD",
        place="bd-dhaka",
        schedules=[{"byday": "SU,MO,TU,WE,TH", "opens_at": "10:00", "closes_at": "18:00"}],
    )
    partner = make_tenant(world.app, "partner", country="BD", organization_id=dhaka.organization_id)
    world.consent(dhaka.organization_id)
    evening = next_monday(23)  # in Dhaka it is two in the morning of Tuesday
    with at(evening):
        exchange_id = world.prepare(listed=dhaka, priority="urgent")
        world.send(exchange_id)
        world.jobs()
        side = world.side(worker_of(partner, "partner", "partner_worker"), exchange_id)
    due = side.due_at.astimezone(ZoneInfo("Asia/Dhaka"))
    assert (due.weekday(), due.hour) == (2, 10)


def test_without_a_schedule_the_countrys_week_counts(world: World) -> None:
    silent = make_listing(world.app, world.sender.tenant, schedules=[])
    hours = world.act(world.sender, hours_of, silent.service_at_location_id)
    assert {minute // 1440 for minute, _end in hours.week} == {0, 1, 2, 3, 6}
    known = world.act(world.sender, hours_of, world.listed.service_at_location_id)
    assert known.zone == "Asia/Amman"
    assert known.week[0] == (480, 960)


def test_holidays_closures_and_seasons_stand_still(world: World) -> None:
    """Of the country (by its own calendar), of the service alone, and hours that begin with a season."""
    monday = next_monday(10)
    tuesday, wednesday = (monday.date() + timedelta(days=ahead) for ahead in (1, 2))
    listed = make_listing(
        world.app, world.sender.tenant, needs=[NEED], country="LA", place="la-vientiane", schedules=[
            {"byday": "MO,TU,WE,TH,FR", "opens_at": "08:00", "closes_at": "16:00"},
            {"byday": "SA", "opens_at": "08:00", "closes_at": "16:00",
             "valid_from": (wednesday + timedelta(days=2)).isoformat()},
        ],
    )  # fmt: skip
    make_tenant(world.app, "partner", country="LA", organization_id=listed.organization_id)
    headquarters = staff(make_tenant(world.app, "network"), kind="network", roles=("network_administrator",))
    day = {"closed": True, "first_on": tuesday.isoformat(), "last_on": tuesday.isoformat(), "kind": "holiday"}
    closed = {**day, "first_on": wednesday.isoformat(), "last_on": wednesday.isoformat(), "kind": "closure"}
    world.consent(listed.organization_id)

    def due_at() -> datetime:
        with at(monday.replace(hour=22)):  # in Laos it is past midnight
            exchange_id = world.prepare(listed=listed, priority="urgent")
            world.send(exchange_id)
            due = world.side(world.sender, exchange_id).due_at
            gone = reason("withdrawal", "situation_changed")
            world.act(world.sender, operations.withdraw_referral, exchange_id, gone)
        assert due is not None
        return due.astimezone(ZoneInfo("Asia/Vientiane"))

    usual = due_at()
    assert (usual.date(), usual.hour) == (wednesday, 8)
    holiday = world.act(headquarters, add_holiday, "LA", day)
    assert due_at().date() == wednesday + timedelta(days=1)
    world.act(world.sender, add_part, "schedule_exception", closed, service_id=listed.service_id)
    assert due_at().date() == wednesday + timedelta(days=2)
    world.act(headquarters, remove_holiday, holiday)
    assert due_at().date() == wednesday + timedelta(days=1)
    hours = world.act(world.sender, hours_of, listed.service_at_location_id)
    saturday = wednesday + timedelta(days=3)
    assert (hours.on(saturday), hours.on(saturday - timedelta(days=7))) == (((480, 960),), ())


def test_a_move_seen_late_by_the_other_side_starts_no_clock_of_the_past(
    world: World, monday: datetime
) -> None:
    with at(monday):
        exchange_id = world.prepare()
        world.send(exchange_id)
        world.act(world.receiver, operations.acknowledge_referral, exchange_id)
        world.act(world.receiver, operations.accept_referral, exchange_id)
        world.jobs()
        assert world.timeline() == ["referral.send", "referral.acknowledge", "referral.accept"]
        assert world.side(world.sender, exchange_id).due_kind == "serve"
        rows = world.rows(
            world.sender,
            "SELECT expected_version FROM outbox WHERE subject_id = :id AND topic = 'referral.overdue'",
            id=exchange_id,
        )
        assert sorted(row.expected_version for row in rows) == [2, 4]


def test_times_are_kept_in_utc(world: World, monday: datetime) -> None:
    with at(monday):
        exchange_id = world.prepare()
        world.send(exchange_id)
    assert world.page(world.sender, exchange_id).exchange.sent_at == monday.astimezone(UTC)
