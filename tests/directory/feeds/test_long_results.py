"""The page of an import with many rows begins with those that somebody has to look at."""

from __future__ import annotations

import re
from html import unescape

from flask import Flask

from tests.directory.conftest import Members
from tests.directory.feeds.conftest import Bring
from tests.factories import signed_in


def test_the_page_of_an_import_shows_first_what_has_to_be_looked_at(
    app: Flask, members: Members, bring: Bring
):
    rows = [{"id": str(number), "name": f"House number {number}", "country": "JO"} for number in range(30)]
    rows[7] |= {"website": "nowhere at all"}
    rows[9] = {"id": "9", "country": "JO"}
    brought = bring({"organizations": rows})
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    address = f"/directory/imports/{brought.one.id}"
    page = unescape(steward.get(address).text)
    assert "Rows to look at" in page
    assert "House number 7<" in page
    assert "House number 8<" not in page
    assert page.count("<li><strong>") == 2
    everything = unescape(steward.get(f"{address}?every=true").text)
    assert everything.count("<li><strong>") == 20
    following = re.search(r'rel="next" href="([^"]+)"', everything)
    assert following
    assert "House number 29<" in steward.get(following[1]).text
    again = unescape(
        steward.get(f"/directory/imports/{bring({'organizations': rows[:5]}, source='b').one.id}").text
    )
    assert "No row needs to be looked at." in again


def test_a_row_of_which_much_was_set_aside_tells_the_first_and_where_the_rest_stands(
    app: Flask, members: Members, bring: Bring
):
    rows = [
        {"id": "same", "name": "House", "country": "JO", "description": f"Said otherwise {number}"}
        for number in range(30)
    ]
    brought = bring({"organizations": rows})
    steward = signed_in(app, members.partner.tenant, "partner_manager")
    page = unescape(steward.get(f"/directory/imports/{brought.one.id}").text)
    assert page.count("says something else") == 8
    assert re.search(r'href="[^"]+set-aside[^"]*">More values of this row set aside: 21<', page)
