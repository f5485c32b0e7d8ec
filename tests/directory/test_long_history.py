"""A long history is folded: the first screen of a telephone says how much was changed on which day."""

from __future__ import annotations

import re
from html import unescape

import psycopg
from flask import Flask

from network.core.db import unit_of_work
from network.directory import operations
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.factories import make_listing, signed_in
from tests.support.servers import Database

FOLD = re.compile(r'<details class="govuk-details"( open)?>.*?summary-text">([^<]*)<.*?</details>', re.DOTALL)


def test_a_history_is_folded_by_day_with_how_much_was_changed_then(
    app: Flask, members: Members, database: Database
):
    listed = make_listing(app, members.partner.tenant)
    reader = signed_in(app, members.centre.tenant, "caseworker")
    for number in range(64):
        with app.app_context(), scope(members.partner), unit_of_work():
            operations.change("service", listed.service_id, {"alert": f"Alert {number}"})
    with psycopg.connect(database.admin_url) as administrator:  # the database's clock dates them
        administrator.execute(
            "UPDATE listing_change SET at = '2026-03-01 09:00+00'::timestamptz"
            " + CASE WHEN new_value #>> '{}' IN ('Alert 63', 'Alert 62') THEN interval '2 days'"
            " WHEN right(new_value #>> '{}', 2)::int > 54 THEN interval '1 day' ELSE interval '0' END"
            " WHERE service_id = %s AND field = 'alert'",
            (listed.service_id,),
        )
    address = f"/listings/services/{listed.service_id}/history"
    page = unescape(reader.get(address).text)
    folds = [(bool(fold[1]), fold[2]) for fold in FOLD.finditer(page)]
    assert folds == [
        (True, "3 Mar 2026: 2 changes (Service)"),
        (False, "2 Mar 2026: 7 changes (Service)"),
        (False, "1 Mar 2026: 41 changes and more on the next page (Service)"),
    ]
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    rest = unescape(reader.get(following[1]).text)
    assert "1 Mar 2026: 14 changes (Service)" in rest
    assert "Alert 13" in rest
