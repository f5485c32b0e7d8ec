"""A family offered together: by two colleagues at once, and where the mother is protected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest

from network.cases.operations import restrict_client
from network.consent import packets
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Forbidden, Invalid, NotFound
from network.core.ids import new_id
from network.crossborder.operations import accept, offer_chosen, take_over, together, with_group
from network.crossborder.queries import handoff_page
from network.referrals.models import FocalPoint
from network.tenants.context import Identity
from tests.crossborder.conftest import NOON, Story, tomorrow

PLAIN: dict[str, Any] = {
    "added": frozenset(),
    "left_out": frozenset(),
    "named_account_id": None,
    "without_travel": False,
}


def prepared(story: Story) -> list[UUID]:
    """Mother and child, screened and allowed, in one group that nobody has offered yet."""
    story.screen()
    story.allow()
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    return story.prepare(story.mother_case, story.child_case, travel=tomorrow())


def offer_all(first: UUID, **choices: Any) -> None:
    """Offer everybody of a group, beginning with one."""
    make = partial(
        offer_chosen, first=first, choices=PLAIN | choices, expected_version=None, seen=None, others=None
    )
    with_group(first, "offer", make)


def test_two_colleagues_who_offer_a_family_from_either_end_lock_in_one_order(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    family, locked = prepared(story), []
    lock, hold = together.lock, together.hold_clients
    monkeypatch.setattr(together, "lock", lambda one: (locked.append(one), lock(one)))
    monkeypatch.setattr(together, "hold_clients", lambda ids: (locked.append("clients"), hold(ids)))
    for first in family:
        locked.clear()
        with story.acting(story.jordan.caseworker):
            together.hold_group(first)
        assert locked == [*sorted(family), "clients"]
    monkeypatch.undo()
    ready = Barrier(2)

    def hurry(first: UUID) -> str:
        ready.wait(timeout=60)
        try:
            with clock.set_to(NOON), story.acting(story.jordan.caseworker):
                offer_all(first)
        except Conflict:
            return "late"
        return "offered"

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(run.result(timeout=120) for run in [pool.submit(hurry, one) for one in family])
    assert ends == ["late", "offered"]
    assert [story.state(one)[0] for one in family] == ["offered", "offered"]


def named_in_dhaka(story: Story) -> Identity:
    """The one colleague in Dhaka to whom protected people are entrusted."""
    who = replace(story.dhaka.coordinator, account_id=new_id())
    point = FocalPoint(
        id=new_id(),
        tenant_id=who.tenant,
        account_id=who.account,
        label="Protection desk",
        named_at=clock.now(),
    )
    with story.acting(who):
        db.session.add(point)
    return who


def test_a_protected_mother_and_her_child_go_to_one_named_colleague_together(story: Story) -> None:
    who = named_in_dhaka(story)
    mother, child = prepared(story)
    with story.acting(story.jordan.caseworker):
        restrict_client(story.mother_id)
    for first in (mother, child):
        with pytest.raises(Invalid) as refused, story.acting(story.jordan.caseworker):
            offer_all(first)
        assert "named_account_id" in refused.value.fields
    # Not even her own child leaves before it: all, or nobody.
    assert [story.state(one)[0] for one in (mother, child)] == ["prepared", "prepared"]
    with pytest.raises(NotFound), story.acting(story.jordan.coordinator):
        offer_all(mother, named_account_id=who.account)
    with story.acting(story.jordan.caseworker):
        offer_all(mother, named_account_id=who.account)
    for one in (mother, child):
        with story.looking(story.dhaka.coordinator):
            page = handoff_page(one)
            assert page.protected
            assert page.preview is None
            assert page.moves == ()
        with pytest.raises(Forbidden), story.acting(story.dhaka.coordinator):
            accept(one)
        with story.looking(who):
            assert handoff_page(one).preview
            assert packets.packet_of(one).named_account_id == who.account
    with story.acting(who):
        with_group(child, "accept", accept)
    assert [story.state(one, who)[0] for one in (mother, child)] == ["accepted", "accepted"]
    with story.acting(who):
        with_group(mother, "take_over", take_over)
    held = "SELECT count(*) FROM client WHERE id IN (SELECT client_id FROM exchange_side WHERE exchange_id IN (:a, :b))"
    assert story.rows(who, held, a=mother, b=child) == [(2,)]
    assert story.rows(story.dhaka.coordinator, held, a=mother, b=child) == [(0,)]
