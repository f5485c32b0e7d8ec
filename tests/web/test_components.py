"""Every component in a real browser: in both directions, on a phone and on a desk, checked by axe."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.look import RULES, SMALL_TARGETS, faults, violations
from tests.support.web import serving
from tests.web.gallery import make_app

PAGES = ["/", "/records", "/form", "/form?wrong", "/components", "/plain"]
TOUCH_PX = 44


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the gallery answers: these tests only look, so one does for all."""
    with serving(make_app()) as base:
        yield base


@pytest.fixture(scope="module", params=[360, 1280])
def width(request: pytest.FixtureRequest) -> int:
    """A phone, and a desk."""
    return int(request.param)


@pytest.fixture(scope="module", params=["en", "ar"])
def screen(
    browser: Browser, address: str, width: int, request: pytest.FixtureRequest
) -> Iterator[tuple[Page, list[str]]]:
    """A page in a language, and what its scripts report."""
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    context.add_cookies([{"name": "language", "value": request.param, "url": address}])
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on(
        "console", lambda said: wrong.append(said.text) if said.type in {"error", "warning", "log"} else None
    )
    yield opened, wrong
    context.close()
    assert wrong_of(wrong) == []


@pytest.fixture
def page(screen: tuple[Page, list[str]]) -> Iterator[Page]:
    """A page in a language, that fails on any error its scripts report."""
    opened, wrong = screen
    yield opened
    assert wrong_of(wrong) == []


def wrong_of(said: list[str]) -> list[str]:
    """What is wrong in what was said; it is asked once."""
    found = [line for line in said if "status of 422" not in line]
    said.clear()
    return found


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_fault_that_axe_finds_and_fits_its_screen(page: Page, path: str, width: int) -> None:
    page.goto(path)
    assert violations(page, RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL_TARGETS) == []


def test_the_menu_of_a_phone_opens_without_fault(page: Page, width: int) -> None:
    page.goto("/")
    if width > 800:
        expect(page.locator(".menu")).to_be_hidden()
        return
    page.locator(".menu > summary").click()
    expect(page.locator(".menu__panel")).to_be_visible()
    assert violations(page, RULES) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/form?wrong")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.locator(".govuk-error-summary a").first.click()
    expect(page.locator("#phone")).to_be_focused()


def test_a_table_becomes_cards_on_a_phone_and_keeps_its_meaning(page: Page, width: int) -> None:
    page.goto("/records")
    table = page.get_by_role("table").last
    expect(table.get_by_role("row")).to_have_count(3)
    expect(table.get_by_role("cell")).to_have_count(6)
    head = table.locator("thead").bounding_box()
    assert head is not None
    assert (head["height"] <= 1) == (width < 640)


def test_text_starts_on_the_side_where_the_language_starts(page: Page, width: int) -> None:
    page.goto("/")
    heading = page.locator("h1")
    side = heading.evaluate(
        "e => { const range = document.createRange(); range.selectNodeContents(e);"
        " const box = range.getBoundingClientRect(); return box.left + box.width / 2 }"
    )
    right_to_left = page.locator("html").get_attribute("dir") == "rtl"
    assert (side > width / 2) == right_to_left


def test_words_that_do_not_stand_out_are_found_where_all_else_has_been_looked_at(page: Page) -> None:
    page.goto("/plain")
    assert faults(page) == []
    assert faults(page) == []
    # In Latin letters: axe takes joined Arabic ones for pictures, and passes them over.
    page.evaluate("Object.assign(document.querySelector('h1'), {textContent: 'Words'}).style.color = '#eee'")
    assert "color-contrast" in "".join(faults(page))
