"""Several questions share one journey to the database, and get the answers that each gets alone."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Numeric, Select, bindparam, cast, select, text
from sqlalchemy.exc import DBAPIError

from network.audit.trail import record
from network.core.asking import Question, ask, asked_together
from network.core.db import unit_of_work
from network.tenants.context import scope
from network.tenants.models import Tenant
from tests.factories import make_tenant, staff
from tests.support.statements import statements

_TENANT = Tenant.__table__.c
NAMED: Select[tuple[UUID, str, Decimal]] = select(
    _TENANT.id, _TENANT.created_at, cast(bindparam("amount"), Numeric(8, 2))
).where(_TENANT.id == bindparam("asked"))
SUM = text("SELECT count(*), context_tenant() FROM tenant WHERE id = ANY(CAST(:ids AS uuid[]))")
WRONG = text("SELECT 1 / CAST(:secret AS integer) FROM generate_series(0, 0)")


def test_questions_asked_together_get_the_answers_they_get_alone(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        named = Question(NAMED, {"asked": tenant, "amount": Decimal("12.50")})
        counted = Question(SUM, {"ids": [tenant]})
        alone = [[tuple(row) for row in ask(one)] for one in (named, counted)]
        with statements(app) as sent, asked_together(named, counted):
            together = [list(ask(Question(one.statement, dict(one.values)))) for one in (named, counted)]
            other = ask(Question(SUM, {"ids": []}))
        assert together == alone
        assert together[1] == [(1, tenant)], "they stand behind the same wall"
        assert other[0][0] == 0, "what was not asked together is asked now"
        assert len(sent) == 3, "whoever counts statements hears of each"
        record("viewed", "tenant", tenant)
        later = Question(SUM, {"ids": [tenant]})
        assert ask(later) is not together[1], "after the block everything is asked anew"


def test_a_question_that_fails_tells_no_value(app: Flask) -> None:
    tenant = make_tenant(app)
    with (
        pytest.raises(DBAPIError) as refused,
        app.app_context(),
        scope(staff(tenant)),
        unit_of_work(),
        asked_together(Question(WRONG, {"secret": 0}), Question(SUM, {"ids": [tenant]})),
    ):
        pytest.fail("the block was entered")
    assert str(tenant) not in str(refused.value)
    with app.app_context(), scope(staff(tenant)), unit_of_work():
        assert ask(Question(SUM, {"ids": [tenant]}))[0][0] == 1, "the connection goes on"
