"""The floor of a page: the very statements, the very template, and real commits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client

from network.audit.models import AuditEvent
from network.bench.floor import Floor, Tread, check_likeness, record_floor
from network.bench.recording import record
from network.bench.replay import Connections
from network.bench.visitor import Ask, Unexpected, Visitor
from network.consent.models import Disclosure
from network.core.db import Base, db
from network.directory.models import ServiceGap
from network.exchange.models import Exchange
from network.tenants.context import job_identity, scope
from network.tenants.models import IdempotencyKey
from tests.bench.conftest import Filled
from tests.support.statements import statements

STAFF = Ask("GET", "/staff")


@contextmanager
def floor_of(
    filled: Filled, asks: dict[str, tuple[Ask, bool]]
) -> Iterator[tuple[dict[str, Tread], Connections, Floor]]:
    sign = filled.app.extensions["network_signer"].sign
    treads = record_floor(filled.app, filled.administrator, asks, sign)
    with Connections(database_url(filled)) as connections:
        yield treads, connections, Floor(filled.app, treads, connections)


def database_url(filled: Filled) -> str:
    return filled.settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)


def ask_floor(
    floor: Floor, filled: Filled, ask: Ask, mark: str, visitor: Visitor | None = None
) -> tuple[int, bytes]:
    visitor = visitor or filled.administrator
    body, headers = visitor.packed(visitor.completed(replace(ask, mark=mark)))
    del headers["Accept-Encoding"]
    answer = Client(floor, use_cookies=False).open(ask.path, method=ask.method, headers=headers, data=body)
    return answer.status_code, answer.data


def count(filled: Filled, model: type[Base]) -> int:
    with filled.app.app_context(), scope(job_identity(filled.network.largest.tenant_id)):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def audited(filled: Filled) -> int:
    return count(filled, AuditEvent)


def test_every_statement_of_a_page_is_noted_with_whose_it_is(small: Filled) -> None:
    record(small.app, small.administrator, STAFF)  # the session's time is noted now and then
    recording = record(small.app, small.administrator, STAFF)
    gate, staff = recording.transactions
    assert gate.identity is not None
    assert gate.identity.kind == "gate"
    assert "FROM session" in gate.statements[0].sql
    assert not gate.commits
    assert staff.identity is not None
    assert staff.identity.tenant_id == small.network.largest.tenant_id
    assert [one.sql.split()[0] for one in staff.statements] == [*("SELECT",) * 4, "INSERT"]
    assert staff.commits
    assert recording.template is not None
    assert recording.template.name == "accounts/staff.html"


def test_the_floor_answers_with_the_very_page(small: Filled) -> None:
    sign = small.app.extensions["network_signer"].sign
    asks = {name: (page.asks[0], False) for name, page in small.pages.items() if not page.once}
    check_likeness(
        small.app, record_floor(small.app, small.visitor, asks, sign), small.visitor, database_url(small)
    )
    with floor_of(small, {"staff": (STAFF, False)}) as (treads, _connections, floor):
        check_likeness(small.app, treads, small.administrator, database_url(small))
        status, body = ask_floor(floor, small, STAFF, "staff")
    assert status == 200
    assert b"Worker 0" in body


def test_a_floor_that_answers_otherwise_is_refused(small: Filled) -> None:
    with floor_of(small, {"staff": (STAFF, False)}) as (treads, _connections, _floor):
        treads["staff"].recording.body += b"one word more"
        with pytest.raises(Unexpected, match="does not answer with the page"):
            check_likeness(small.app, treads, small.administrator, database_url(small))


def test_the_floor_commits_what_the_page_commits(small: Filled) -> None:
    with floor_of(small, {"staff": (STAFF, False)}) as (_treads, _connections, floor):
        before = audited(small)
        for _time in range(3):
            assert ask_floor(floor, small, STAFF, "staff")[0] == 200
        assert audited(small) == before + 3


def test_the_connections_of_the_floor_stand_behind_the_same_wall(small: Filled) -> None:
    with Connections(database_url(small)) as connections:
        connection = connections.take()
        assert connection.execute("SELECT count(*) FROM membership").fetchone() == (0,)
        connection.rollback()
        connections.give_back(connection)


def test_what_is_done_once_is_replayed_with_ids_and_keys_of_its_own(small: Filled) -> None:
    """A gap in the directory stands for any write that is asked for with a key of its own."""
    gap = Ask("POST", "/directory/gaps", (("need", "labour.wages"), ("place_code", "jo-amman")), expects=303)
    with floor_of(small, {"gap": (gap, True)}) as (treads, _connections, floor):
        recorded = [one.sql for one in treads["gap"].recording.transactions[-1].statements]
        gaps, keys = count(small, ServiceGap), count(small, IdempotencyKey)
        for _time in range(2):
            assert ask_floor(floor, small, gap, "gap")[0] == 303
    assert any("INSERT INTO service_gap" in sql for sql in recorded)
    assert count(small, ServiceGap) == gaps + 2
    assert count(small, IdempotencyKey) == keys + 2


@pytest.mark.parametrize("name", ["referral send", "ask and send"])
def test_the_floor_sends_a_draft_of_its_own_each_time(small: Filled, name: str) -> None:
    page = small.pages[name]
    assert page.once
    recorded, first, second = page.asks[:3]
    disclosed, sent = count(small, Disclosure), in_state(small, "sent")
    sign = small.app.extensions["network_signer"].sign
    treads = record_floor(small.app, small.visitor, {"send": (recorded, True)}, sign)
    with Connections(database_url(small)) as connections:
        floor = Floor(small.app, treads, connections)
        for draft in (first, second):
            assert ask_floor(floor, small, draft, "send", small.visitor)[0] == 303
    assert count(small, Disclosure) == disclosed + 3
    assert in_state(small, "sent") == sent + 3
    record(small.app, small.visitor, page.asks[3])
    assert in_state(small, "sent") == sent + 4, "the product sends a draft in the same way"


def in_state(filled: Filled, state: str) -> int:
    with filled.app.app_context(), scope(job_identity(filled.network.largest.tenant_id)):
        return (
            db.session.scalar(select(func.count()).select_from(Exchange).where(Exchange.state == state)) or 0
        )


def test_the_floor_asks_nothing_through_the_orm(small: Filled) -> None:
    with (
        floor_of(small, {"staff": (STAFF, False)}) as (_treads, _connections, floor),
        statements(small.app) as asked,
    ):
        _status, body = ask_floor(floor, small, STAFF, "staff")
    assert [sql for sql in asked if "membership.name" in sql or "INSERT" in sql] == []
    assert all("session" in sql or "account" in sql or "set_config" in sql for sql in asked), asked
    assert re.search(rb'name="csrf_token" value="[^"]{20,}"', body)
