"""The audit trail: what it holds, and that nobody rewrites it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from network.audit.models import AuditEvent
from network.audit.trail import record, record_refusal
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.tenants.context import scope
from tests.factories import make_tenant, staff


def test_entries_form_a_chain_in_which_each_hash_holds_the_one_before(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)):
        for _ in range(3):
            with unit_of_work():
                record("viewed", "client", new_id(), fields=["name"])
        entries = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
        assert [entry.seq for entry in entries] == [1, 2, 3]
        assert [entry.prev_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
        wrong = text("SELECT count(*) FROM audit_event e WHERE e.hash <> audit_event_hash(e)")
        assert db.session.execute(wrong).scalar_one() == 0


@pytest.mark.parametrize("change", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event"])
def test_the_application_can_neither_change_nor_delete_an_entry(app: Flask, change: str) -> None:
    with app.app_context(), scope(staff(make_tenant(app))):
        with pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(change))


def test_a_value_in_place_of_a_code_is_refused(app: Flask) -> None:
    with app.app_context(), scope(staff(make_tenant(app))):
        with pytest.raises(ValueError, match="never values"), unit_of_work():
            record("viewed", "client", None, fields=["Rina Akter"])


def test_a_rolled_back_unit_leaves_no_entry_and_the_refusal_leaves_one(app: Flask) -> None:
    with app.app_context(), scope(staff(make_tenant(app))):
        with pytest.raises(KeyError), unit_of_work():
            record("viewed", "client", None)
            raise KeyError
        record_refusal("viewed", "client", None, "not-found")
        assert db.session.scalars(select(AuditEvent.outcome)).all() == ["refused"]
