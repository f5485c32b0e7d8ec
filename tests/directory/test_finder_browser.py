"""The finder on a telephone: with and without scripts, in both directions, found, gone back and left at once."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, expect

from tests.factories import make_listing, make_tenant
from tests.support.look import faults

NEED = "health.long_term"


@pytest.fixture(scope="module")
def listed(app: Flask) -> UUID:
    """A place in Aqaba, and a shelter with a number and no place."""
    steward = make_tenant(app, "partner")
    about = {
        "visibility": "public",
        "place": "jo-aqaba",
        "needs": [NEED],
        "phones": [{"number": "+96265550100"}],
    }
    make_listing(app, steward, **about, confidential=True, name="Shelter by telephone")
    named = {
        "name": "Clinic at the port",
        "partner_practices": {"informs_embassy": "yes", "trained_gbv": "yes"},
    }
    return make_listing(
        app, steward, **about, **named, eligibility={"documents_required": ["passport"]}
    ).service_id


def telephone(browser: Browser, address: str, width: int, *, scripts: bool = True) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": 640}, base_url=address, java_script_enabled=scripts,
        geolocation={"latitude": 29.5321, "longitude": 35.0063}, permissions=["geolocation"],
    )  # fmt: skip
    context.route("https://www.wikipedia.org/", lambda route: route.fulfill(body="<title>Elsewhere</title>"))
    return context


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 320)], ids=str)
def test_help_is_found_near_her_gone_back_from_and_left(
    browser: Browser, address: str, listed: UUID, language: str, width: int
) -> None:
    context = telephone(browser, address, width)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/info/{language}")
    page.wait_for_load_state("networkidle")
    assert len(asked) <= 3  # the page, its style and its script
    bad = {"start": faults(page)}
    title = page.title()
    page.locator("button[value=health]").click()
    page.locator(f"button[value='{NEED}']").wait_for()
    bad["need"] = faults(page)
    page.locator(f"button[value='{NEED}']").click()
    page.locator("[data-near] button").wait_for()
    bad["where"] = faults(page)
    page.locator("[data-near] button").click()
    page.locator(".card").first.wait_for()
    for name in ("Shelter by telephone", "Clinic at the port"):
        card = page.locator(".card", has_text=name)
        assert card.locator("a[href='tel:+96265550100']").is_visible()
    told = page.locator("main").inner_text()
    assert told.index("Shelter by telephone") < told.index("Clinic at the port")
    page.locator("details").last.click()
    bad["found"] = faults(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")  # as a reader with weak eyes sets it
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "52px"
    bad["found, in large letters"] = faults(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert {name: found for name, found in bad.items() if found} == {}
    assert page.title() == title
    assert all("health" not in url and "29.5" not in url for url in asked)
    # Back leads to the question before, without asking to send anything again; forward to the answer.
    page.go_back()
    page.locator("[data-near] button").wait_for()
    page.go_forward()
    page.locator(".card").first.wait_for()
    assert context.cookies() == []
    assert page.evaluate("Object.keys(localStorage).length + Object.keys(sessionStorage).length") == 0
    for key in ("Shift", "A", "Shift"):  # a capital letter is no wish to leave
        page.keyboard.press(key)
    assert page.title() == title
    for _ in range(3):
        page.keyboard.press("Escape")
    # On a slow machine the steps are gone back over while she is on her way already, and she sets out once more.
    expect(page).to_have_url("https://www.wikipedia.org/")
    page.wait_for_load_state()
    page.go_back()
    assert page.url == "about:blank"
    context.close()


def test_everything_works_without_scripts(browser: Browser, address: str, listed: UUID) -> None:
    context = telephone(browser, address, 320, scripts=False)
    page = context.new_page()
    page.goto("/info")
    page.locator("a[lang=en]").click()
    page.locator("button[value=health]").click()
    page.locator(f"button[value='{NEED}']").click()
    assert page.locator("[data-near]").is_hidden()
    page.locator("#place").fill("Aqba")
    page.locator("#place").press("Enter")
    if page.locator("button[name=place_code]").count():
        page.locator("button[value=jo-aqaba]").click()
    assert "Clinic at the port" in page.locator("main").inner_text()
    page.locator("button[lang=ar]").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "Clinic at the port" in page.locator("main").inner_text()
    assert page.url == f"{address}/info/ar"
    page.locator(".leave").click()
    page.wait_for_url("https://www.wikipedia.org/")
    assert context.cookies() == []
    context.close()


def test_numbers_come_in_two_taps(browser: Browser, address: str, listed: UUID) -> None:
    context = telephone(browser, address, 360)
    page = context.new_page()
    page.goto("/info/en")
    page.locator("main button").first.click()
    page.locator("#country").select_option("JO")
    page.locator("main button.wide--first").click()
    page.locator(".card").first.wait_for()
    assert "Shelter by telephone" in page.locator("main").inner_text()
    assert faults(page) == []
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("https://www.wikipedia.org/")
    context.close()
