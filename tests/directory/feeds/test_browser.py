"""Imports in a real browser, on a phone and a desk, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, Page

from network.background.drain import drain
from tests.directory.conftest import Members
from tests.directory.feeds.feeds import TABLES
from tests.factories import signed_in
from tests.support.look import faults


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(
    app: Flask, browser: Browser, address: str, members: Members, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page in a language and a width, of somebody who keeps listings."""
    language, width = request.param
    visitor = signed_in(app, members.partner.tenant, "partner_manager")
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in visitor._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def test_a_file_is_sent_looked_at_and_started_on_any_screen(page: Page, worker_app: Flask):
    page.goto("/directory/imports")
    assert faults(page) == []
    file = FilePayload(name="feed.zip", mimeType="application/zip", buffer=TABLES)
    page.locator("#file").set_input_files(file)
    page.locator("#source").fill("Ministry")
    page.locator("form[enctype] button").last.click()
    assert faults(page) == []
    with worker_app.app_context():
        drain()
    page.locator("table").first.wait_for()  # the page looks by itself
    assert faults(page) == []
    page.locator(".thumb-bar button").click()
    page.locator("progress").wait_for()
    with worker_app.app_context():
        drain()
    page.locator("progress").wait_for(state="detached")
    assert faults(page) == []
