"""Many at once: ten who press the same button make one move."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from network.background.drain import drain
from network.core.errors import Conflict
from network.referrals import operations
from network.referrals.operations import Choices
from tests.referrals.conftest import World

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


def test_jobs_that_run_twice_tell_the_case_once(world: World) -> None:
    world.consent()
    exchange_id = world.sent()
    world.act(world.receiver, operations.accept_referral, exchange_id)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _number: one_worker(world), range(4)))
    world.jobs()
    assert world.timeline().count("referral.accept") == 1
