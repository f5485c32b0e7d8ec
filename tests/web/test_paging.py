"""Lists in pages: every row once, whatever is added meanwhile, and no cursor but our own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from network.background.models import OutboxRow
from network.background.outbox import enqueue
from network.core import clock
from network.core.db import unit_of_work
from network.core.errors import Invalid
from network.core.ids import new_id
from network.tenants.context import Identity, scope
from network.web.paging import Page, page_of
from tests.factories import make_tenant, staff

KEYS = (OutboxRow.available_at, OutboxRow.id)


def fill(app: Flask, identity: Identity, count: int) -> None:
    later = clock.now() + timedelta(days=1)
    with app.app_context(), scope(identity), unit_of_work():
        for number in range(count):
            enqueue("test.note", new_id(), available_at=later + timedelta(seconds=number // 3))


def page(cursor: str | None, *, descending: bool = True, name: str = "jobs") -> Page[UUID]:
    return page_of(
        select(OutboxRow),
        KEYS,
        name=name,
        cursor=cursor,
        size=4,
        descending=descending,
        make=lambda row: row.id,
    )


@pytest.mark.parametrize("descending", [True, False])
def test_every_row_comes_once_and_in_order(app: Flask, descending: bool) -> None:
    identity = staff(make_tenant(app))
    fill(app, identity, 10)
    with app.app_context(), scope(identity):
        seen, cursor, sizes = [], None, []
        while True:
            found = page(cursor, descending=descending)
            seen += found.items
            sizes.append(len(found.items))
            if (cursor := found.next_cursor) is None:
                break
    assert sizes == [4, 4, 2]
    assert seen == sorted(seen, reverse=descending)
    assert len(set(seen)) == 10


def test_a_full_last_page_has_no_next(app: Flask) -> None:
    identity = staff(make_tenant(app))
    fill(app, identity, 4)
    with app.app_context(), scope(identity):
        assert page(None).next_cursor is None


def test_a_cursor_that_was_changed_or_taken_elsewhere_is_refused(app: Flask) -> None:
    identity, other = staff(make_tenant(app)), staff(make_tenant(app))
    fill(app, identity, 6)
    with app.app_context():
        with scope(identity):
            cursor = page(None).next_cursor
            assert cursor is not None
            for wrong in (cursor[:-2] + "zz", "x", "é", cursor * 20, "AAAA" * 20, "\0"):
                with pytest.raises(Invalid):
                    page(wrong)
            with pytest.raises(Invalid):
                page(cursor, name="another list")
        with scope(other), pytest.raises(Invalid):
            page(cursor)
