"""What the scripts add: drafts that save themselves, one sending a form, the lock and the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser of its own for each test."""
    opened = browser.new_context(viewport={"width": 360, "height": 780}, base_url=address, locale="en-GB")
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The form that saves itself."""
    opened = context.new_page()
    opened.goto("/form")
    return opened


def note(page: Page):
    return page.locator("[data-saved]")


def test_a_form_saves_itself_as_it_is_typed(page: Page, gallery: Flask) -> None:
    page.get_by_label("Name", exact=True).press_sequentially("Amina", delay=20)
    expect(note(page)).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    saved = gallery.config["SAVED"]
    assert len(saved) == 1
    assert saved[0]["name"] == ["Amina"]
    assert "csrf_token" not in saved[0]
    assert "idempotency_key" not in saved[0]


def test_what_is_unticked_is_saved_as_well(page: Page, gallery: Flask) -> None:
    page.get_by_label("Contact").check()
    expect(note(page)).to_have_attribute("data-state", "saved")
    assert gallery.config["SAVED"][-1]["kinds"] == ["b"]
    page.get_by_label("Contact").uncheck()
    for _ in range(50):
        if gallery.config["SAVED"][-1]["kinds"] == [""]:
            break
        page.wait_for_timeout(100)
    assert gallery.config["SAVED"][-1]["kinds"] == [""]


def test_a_lost_connection_is_told_and_what_was_typed_arrives_later(
    page: Page, context: BrowserContext, gallery: Flask
) -> None:
    context.set_offline(True)
    page.get_by_label("Name", exact=True).fill("Amina")
    expect(note(page)).to_have_attribute("data-state", "waiting")
    expect(note(page)).to_contain_text("No connection")
    assert gallery.config["SAVED"] == []
    context.set_offline(False)
    expect(note(page)).to_have_attribute("data-state", "saved")
    assert gallery.config["SAVED"][-1]["name"] == ["Amina"]


def test_a_session_that_ended_is_told_and_the_text_stays(page: Page, gallery: Flask) -> None:
    gallery.config["ANSWER"] = 401
    page.get_by_label("Name", exact=True).fill("Amina")
    expect(note(page)).to_contain_text("you are signed out")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amina")


def test_a_server_that_stumbles_is_asked_again(page: Page, gallery: Flask) -> None:
    gallery.config["ANSWER"] = 503
    page.get_by_label("Name", exact=True).fill("Amina")
    expect(note(page)).to_contain_text("Trying again")
    gallery.config["ANSWER"] = 204
    expect(note(page)).to_have_attribute("data-state", "saved")


def test_leaving_with_words_unsaved_asks_first(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    page.get_by_label("Name", exact=True).press_sequentially("Amina")
    asked: list[str] = []

    def answer(dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_a_second_tap_does_not_send_the_form_again(context: BrowserContext, gallery: Flask) -> None:
    page = context.new_page()
    page.goto("/records")
    page.evaluate(
        "() => { const button = document.querySelector('.thumb-bar form button'); button.click(); button.click() }"
    )
    page.wait_for_load_state("networkidle")
    assert gallery.config["SAVED"] == ["sent"]


def test_one_tap_covers_the_screen(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="Lock").click()
    expect(page.locator(".cover")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_hidden()


@pytest.mark.parametrize("way", ["tap", "escape"])
def test_the_way_out_replaces_the_page(context: BrowserContext, way: str) -> None:
    page = context.new_page()
    page.goto("/")
    page.goto("/components")
    if way == "tap":
        page.locator("[data-exit]").click()
    else:
        for _ in range(3):
            page.keyboard.press("Escape")
    page.wait_for_url("**/plain")
    page.go_back()
    assert "/components" not in page.url


def test_a_password_can_be_shown_and_is_hidden_again_when_sent(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/plain")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "password")


def test_a_page_works_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(
        java_script_enabled=False, base_url=address, viewport={"width": 360, "height": 780}
    )
    page = context.new_page()
    page.goto("/form")
    expect(page.get_by_label("When")).to_be_visible()  # what a choice would reveal is simply there
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="العربية").last.click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    context.close()


def test_a_first_visit_makes_at_most_twelve_requests(context: BrowserContext) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/records", wait_until="networkidle")
    assert 3 <= len(asked) <= 12
