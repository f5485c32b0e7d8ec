"""An errand goes to every tenant, in its own scope and transaction; one that fails keeps nobody else waiting."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from structlog.testing import capture_logs

from network.background.errands import ErrandFailed, for_each_tenant
from network.core.db import db
from network.tenants.context import acting
from network.tenants.models import Tenant
from tests.factories import make_tenant


def test_one_that_fails_keeps_nobody_else_waiting_and_is_told_at_the_end(worker_app: Flask) -> None:
    first, second, third = (make_tenant(worker_app) for _ in range(3))
    done: list[UUID] = []

    def work() -> int:
        if acting().tenant == second:
            raise KeyError("Rahima Khatun")
        db.session.get_one(Tenant, acting().tenant)
        done.append(acting().tenant)
        return 2

    with worker_app.app_context():
        with capture_logs() as said, pytest.raises(ErrandFailed, match="1 tenant"):
            for_each_tenant([first, second, third], work)
        assert done == [first, third]
        assert [(one["event"], one["tenant_id"], one["error"]) for one in said if "error" in one] == [
            ("errand_failed", str(second), "KeyError")
        ]
        assert "Rahima" not in str(said)
        assert for_each_tenant([first, third], work) == 4


def test_what_is_done_piece_by_piece_goes_on_until_nothing_is_left(worker_app: Flask) -> None:
    left = {make_tenant(worker_app): 3, make_tenant(worker_app): 0}

    def work() -> int:
        before = left[acting().tenant]
        left[acting().tenant] = max(0, before - 1)
        return min(before, 1)

    with worker_app.app_context():
        assert for_each_tenant(list(left), work, until_nothing=True) == 3
    assert set(left.values()) == {0}
