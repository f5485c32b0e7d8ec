"""Many at once: ten who press the same button make one move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID

import psycopg
from sqlalchemy import text

from network.background.drain import drain
from network.consent.operations import add_refusal
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, NotCovered
from network.referrals import operations
from network.referrals.operations import Choices
from network.tenants.context import scope
from tests.referrals.conftest import World
from tests.support.servers import Database

TEN = 10


def together(world: World, attempt) -> list[str]:
    """What ten at once were told."""

    def one(_number: int) -> str:
        try:
            attempt()
        except Conflict as refused:
            return refused.code
        return "made"

    with ThreadPoolExecutor(TEN) as pool:
        return list(pool.map(one, range(TEN)))


def one_worker(world: World) -> None:
    """What one of several workers does: rows that another holds are not its own."""
    with world.worker_app.app_context():
        drain()


def events(world: World, exchange_id: UUID, move: str) -> int:
    rows = world.rows(
        world.sender,
        "SELECT id FROM exchange_event WHERE exchange_id = :id AND move = :move",
        id=exchange_id,
        move=move,
    )
    return len(rows)


def test_ten_who_accept_at_once_make_one_move(world: World) -> None:
    world.consent()
    exchange_id = world.sent()
    told = together(world, lambda: world.act(world.receiver, operations.accept_referral, exchange_id))
    assert sorted(told) == ["illegal-transition"] * 9 + ["made"]
    assert events(world, exchange_id, "accept") == 1
    assert world.page(world.sender, exchange_id).exchange.version == 3


def test_ten_who_send_at_once_send_once(world: World) -> None:
    world.consent()
    draft = world.prepare()
    told = together(world, lambda: world.act(world.sender, operations.send_referral, draft, Choices()))
    assert told.count("made") == 1
    assert events(world, draft, "send") == 1
    assert len(world.rows(world.sender, "SELECT id FROM packet WHERE exchange_id = :id", id=draft)) == 1
    assert len(world.rows(world.sender, "SELECT id FROM disclosure WHERE exchange_id = :id", id=draft)) == 1


def test_accepting_while_it_is_withdrawn_ends_in_one_of_both(world: World) -> None:
    from tests.referrals.conftest import reason

    world.consent()
    exchange_id = world.sent()
    with ThreadPoolExecutor(2) as pool:
        accepted = pool.submit(world.act, world.receiver, operations.accept_referral, exchange_id)
        withdrawn = pool.submit(
            world.act,
            world.sender,
            operations.withdraw_referral,
            exchange_id,
            reason("withdrawal", "need_gone"),
        )
        withdrawn.result()
        refused = accepted.exception()
    assert refused is None or isinstance(refused, Conflict)
    page = world.page(world.receiver, exchange_id)
    assert (page.exchange.state, page.identity) == ("withdrawn", None)


def test_a_refusal_that_is_being_recorded_is_waited_for_and_stops_the_sending(
    world: World, database: Database
) -> None:
    world.consent()
    draft = world.prepare()
    with ThreadPoolExecutor(1) as colleague, psycopg.connect(database.admin_url, autocommit=True) as server:
        with world.app.app_context(), scope(world.sender), unit_of_work():
            add_refusal(world.client_id, {"organization_id": world.listed.organization_id})
            mine = db.session.scalar(text("SELECT pg_backend_pid()"))
            sending = colleague.submit(world.act, world.sender, operations.send_referral, draft, Choices())
            while not server.execute(
                "SELECT 1 FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))", (mine,)
            ).fetchone():
                assert not wait([sending], timeout=0.05).done, "she is locked before anything is read of her"
        assert isinstance(sending.exception(timeout=60), NotCovered)
    assert world.state(draft) == "draft"
    assert world.rows(world.sender, "SELECT id FROM packet WHERE exchange_id = :id", id=draft) == []


def test_jobs_that_run_twice_tell_the_case_once(world: World) -> None:
    world.consent()
    exchange_id = world.sent()
    world.act(world.receiver, operations.accept_referral, exchange_id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: one_worker(world), range(4)))
    world.jobs()
    assert world.timeline().count("referral.accept") == 1
