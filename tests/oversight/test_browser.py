"""The pages of the trail in a real browser: on a phone and a desk, in English and Arabic."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser

from network.web.i18n import COOKIE
from tests.factories import make_case, make_tenant, signed_in, staff
from tests.support.look import faults


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_trail_reads_well(app: Flask, browser: Browser, address: str, width: int, language: str) -> None:
    centre = make_tenant(app)
    _client, case_id = make_case(app, staff(centre))
    person = signed_in(app, centre, "coordinator")
    signed_in(app, centre, "intake").get("/audit")  # refused
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in person._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    context.add_cookies([{"name": COOKIE, "value": language, "url": address}])  # last: signing in chose one
    page = context.new_page()
    try:
        for path, status in (
            ("/audit", 200),
            (f"/cases/{case_id}/trail", 200),
            ("/audit?since=2020-01-01&until=2020-01-02", 200),
            ("/audit?about=nobody", 422),
        ):
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == status
            assert page.locator("html").get_attribute("lang") == language
            assert faults(page) == [], path
        page.goto("/audit")
        page.select_option("select[name=outcome]", "refused")
        page.locator("main form button").click()
        page.wait_for_url("**outcome=refused**")
        assert page.locator("tbody tr").count() == 1
    finally:
        context.close()
