"""What was changed of a few rows is written at once, and nothing that is not ours."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.orm.exc import StaleDataError

from network.core.changes import write_changed
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.tenants.context import scope
from network.tenants.models import Draft
from network.web.drafts import save_draft
from tests.factories import make_tenant, staff
from tests.support.statements import statements


def test_what_was_changed_is_written_once_and_a_row_that_is_gone_is_an_error(app: Flask) -> None:
    tenant = make_tenant(app)
    with app.app_context(), scope(staff(tenant)):
        with unit_of_work():
            ids = [save_draft("changes", new_id(), {"word": ["one"]}) for _draft in range(2)]
        with unit_of_work():
            first, second = [db.session.get_one(Draft, (tenant, one)) for one in ids]
            first.form, second.form = "changed", str(second.form)
            with statements(app) as sent:
                write_changed(first, second)
                write_changed(first, second)
            assert [sql.split(" SET ")[1].split("=")[0] for sql in sent] == ["form"], "only what was changed"
            assert not db.session.dirty, "the ORM has nothing left to write"
        db.session.remove()
        assert db.session.get_one(Draft, (tenant, ids[0])).form == "changed"
        with pytest.raises(StaleDataError), unit_of_work():
            write_changed(Draft(tenant_id=new_id(), id=ids[0], form="others"))
        db.session.remove()
        assert db.session.get_one(Draft, (tenant, ids[0])).form == "changed"
