"""The inbox and what was sent: what is due first on top, nobody named, the same number of queries for any length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from network.core.errors import Invalid
from network.referrals import operations
from network.referrals.queries.lists import count_inbox, inbox, sent
from network.referrals.queries.page import referral_page
from network.tenants.context import Identity, scope
from tests.factories import make_case
from tests.referrals.conftest import NEED, World, reason
from tests.support.statements import statements


def look(world: World, who: Identity, query: Callable[..., Any], *args: Any, **given: Any) -> Any:
    with world.app.app_context(), scope(who):
        return query(*args, **given)


def count_queries(world: World, who: Identity, query: Callable[..., Any], *args: Any, **given: Any) -> int:
    with world.app.app_context(), scope(who), statements(world.app) as sent:
        query(*args, **given)
    return len([one for one in sent if "set_config" not in one])


def another(world: World, *needs: str, **given: Any) -> Any:
    """One more referral, of another client."""
    world.client_id, world.case_id = make_case(world.app, world.sender)
    world.consent(None, *(needs or (NEED,)))
    draft = world.prepare(*needs, **given)
    world.send(draft)
    return draft


def test_the_inbox_shows_what_is_due_first_and_names_nobody(world: World) -> None:
    slow, quick = another(world, priority="routine"), another(world, priority="immediate")
    assert {row.exchange_id for row in look(world, world.receiver, inbox).items} == {slow, quick}
    world.jobs()
    rows = look(world, world.receiver, inbox).items
    assert [row.exchange_id for row in rows] == [quick, slow]
    assert rows[0].preview["sex"] == "female"
    assert rows[0].needs == (NEED,)
    assert rows[0].due_kind == "acknowledge"
    assert "Invented" not in str(rows)
    assert look(world, world.receiver, count_inbox) == 2
    assert look(world, world.stranger, inbox).items == []
    assert look(world, world.stranger, count_inbox) == 0


def test_the_inbox_is_read_in_pages_and_a_cursor_of_another_is_refused(world: World) -> None:
    ids = {another(world) for _ in range(3)}
    world.jobs()
    first = look(world, world.receiver, inbox, size=2)
    second = look(world, world.receiver, inbox, size=2, cursor=first.next_cursor)
    assert {row.exchange_id for row in (*first.items, *second.items)} == ids
    assert second.next_cursor is None
    for who, cursor in ((world.colleague, "nonsense"), (world.stranger, first.next_cursor)):
        with pytest.raises(Invalid):
            look(world, who, inbox, cursor=cursor)


def test_what_is_done_leaves_the_inbox_and_stays_among_the_done(world: World) -> None:
    exchange_id = another(world)
    world.act(world.receiver, operations.decline_referral, exchange_id, reason("decline", "no_capacity"))
    world.jobs()
    assert look(world, world.receiver, inbox).items == []
    [row] = look(world, world.receiver, inbox, done=True).items
    assert (row.exchange_id, row.sealed, row.preview) == (exchange_id, True, None)


def test_a_case_lists_its_own_referrals_with_their_needs(world: World) -> None:
    other = another(world, "protection.shelter")
    first_case = world.case_id
    mine = another(world)
    rows = look(world, world.sender, sent, case_id=world.case_id).items
    assert [(row.exchange_id, row.needs, row.state) for row in rows] == [(mine, (NEED,), "sent")]
    assert [row.exchange_id for row in look(world, world.sender, sent, case_id=first_case).items] == [other]
    assert {row.exchange_id for row in look(world, world.sender, sent).items} == {mine, other}
    assert look(world, world.stranger, sent).items == []
    # A receiver sees the group of a guarded need, not the need.
    assert {row.needs for row in look(world, world.receiver, inbox).items} == {(NEED,), ("protection",)}


def test_lists_and_pages_ask_the_database_the_same_number_of_times(world: World) -> None:
    first = another(world)
    few = [
        count_queries(world, world.receiver, inbox),
        count_queries(world, world.sender, sent),
        count_queries(world, world.receiver, referral_page, first),
    ]
    for _ in range(3):
        another(world)
    world.act(world.receiver, operations.ask_sender, first, "One?")
    world.act(world.sender, operations.answer_receiver, first, "Yes")
    world.act(world.receiver, operations.accept_referral, first)
    many = [
        count_queries(world, world.receiver, inbox),
        count_queries(world, world.sender, sent),
        count_queries(world, world.receiver, referral_page, first),
    ]
    assert few == many
    assert few[0] <= 5
    assert few[1] <= 2
