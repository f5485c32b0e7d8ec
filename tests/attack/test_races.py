"""Two at the same moment: a double click, two colleagues, a withdrawal while the receiver reads."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask

from network.consent.operations import withdraw_all
from network.core.errors import DomainError
from network.referrals import operations
from network.referrals.operations import Choices
from tests.factories import make_account, visitor
from tests.referrals.conftest import World, make_world, reason

PATIENCE_S = 120


@pytest.fixture
def world(app: Flask, worker_app: Flask) -> World:
    """A centre and a partner, with consent for what is sent."""
    made = make_world(app, worker_app)
    made.consent()
    return made


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Start all at the same moment, each in a thread of its own; what each returned or raised, in this order."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait(PATIENCE_S)
        try:
            outcomes[place] = act()
        except Exception as raised:  # noqa: BLE001  # whatever it is, the test judges it
            outcomes[place] = raised

    threads = [threading.Thread(target=run, args=one) for one in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    return outcomes


def one_won(outcomes: list[Any]) -> bool:
    """Whether one was carried out and every other one was refused in words, and not by a fault."""
    lost = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in lost), lost
    return len(outcomes) - len(lost) == 1


def moves(world: World, exchange_id: uuid.UUID) -> list[str]:
    """The moves of a referral, in their order."""
    statement = "SELECT move FROM exchange_event WHERE exchange_id = :id ORDER BY at, id"
    return [move for (move,) in world.rows(world.sender, statement, id=exchange_id)]


def test_a_referral_accepted_twice_at_once_is_accepted_once(world: World) -> None:
    sent = world.sent()
    accept = [
        partial(world.act, who, operations.accept_referral, sent) for who in (world.receiver, world.colleague)
    ]
    outcomes = at_once(*accept)
    assert one_won(outcomes)
    assert moves(world, sent).count("accept") == 1
    assert world.state(sent) == "accepted"


def test_of_a_yes_and_a_no_at_once_one_counts_and_the_other_is_told(world: World) -> None:
    sent = world.sent()
    yes = partial(world.act, world.receiver, operations.accept_referral, sent)
    full = reason("decline", "no_capacity")
    no = partial(world.act, world.colleague, operations.decline_referral, sent, full)
    assert one_won(at_once(yes, no))
    world.jobs()
    accepted = world.state(sent) == "accepted"
    assert sorted(set(moves(world, sent)) & {"accept", "decline"}) == ["accept" if accepted else "decline"]
    assert (world.page(world.receiver, sent).identity is not None) is accepted


def test_a_referral_sent_twice_at_once_leaves_once(world: World) -> None:
    draft = world.prepare()
    send = partial(world.act, world.sender, operations.send_referral, draft, Choices())
    assert one_won(at_once(send, send))
    for table in ("packet", "disclosure"):
        assert world.rows(world.sender, f"SELECT 1 FROM {table} WHERE exchange_id = :id", id=draft) == [(1,)]


def test_whoever_reads_while_it_is_withdrawn_reads_it_whole_or_not_at_all(world: World) -> None:
    sent = world.accepted()
    done = threading.Event()

    def withdraw() -> int:
        ended = world.act(world.sender, withdraw_all, world.client_id)
        done.set()
        return len(ended)

    def read() -> list[bool]:
        seen = []
        while not done.is_set():
            seen.append(world.page(world.receiver, sent).identity is not None)
        return seen

    ended, seen, also_seen = at_once(withdraw, read, read)
    assert ended == 2
    for one in (seen, also_seen):
        assert isinstance(one, list), one
        assert one == sorted(one, reverse=True), "what was sealed was readable again"
    assert world.page(world.receiver, sent).identity is None
    assert world.rows(world.receiver, "SELECT 1 FROM packet_key WHERE exchange_id = :id", id=sent) == []


def test_a_yes_while_it_is_withdrawn_opens_nothing(world: World) -> None:
    sent = world.sent()
    withdrawn, accepted = at_once(
        lambda: world.act(world.sender, withdraw_all, world.client_id),
        lambda: world.act(world.receiver, operations.accept_referral, sent),
    )
    assert not isinstance(withdrawn, Exception), withdrawn
    assert len(withdrawn) == 2
    assert not isinstance(accepted, Exception) or isinstance(accepted, DomainError), accepted
    world.jobs()
    assert world.page(world.receiver, sent).identity is None
    assert world.state(sent) == "recalled"
    assert world.rows(world.sender, "SELECT 1 FROM packet_key WHERE exchange_id = :id", id=sent) == []


def test_a_double_click_through_the_api_is_one_act_and_both_are_told_so(world: World) -> None:
    """The same key twice at once: the second waits, and is answered like the first. Another body is refused."""
    person = make_account(world.app, world.receiver.tenant, "partner_worker")
    opened = visitor(world.app).post(
        "/api/v1/sessions", json={"email": person.email, "password": person.password}
    )
    token, key, sent = opened.json["token"], str(uuid.uuid4()), world.sent()

    seen = visitor(world.app).get(f"/api/v1/referrals/{sent}", headers={"Authorization": f"Bearer {token}"})
    headers = {
        "If-Match": seen.headers["ETag"],
        "Idempotency-Key": key,
        "Authorization": f"Bearer {token}",
    }

    def click(path: str = "acceptance", body: Any = None) -> int:
        browser = visitor(world.app)
        return browser.post(f"/api/v1/referrals/{sent}/{path}", json=body or {}, headers=headers).status_code

    twice = at_once(click, click)
    assert twice == [200, 200]
    assert moves(world, sent).count("accept") == 1
    assert click(body={"surprise": True}) in (409, 422)
    assert click("start") == 409, "the key is that of another request"
    assert moves(world, sent).count("start") == 0
