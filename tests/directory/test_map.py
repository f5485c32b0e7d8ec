"""The map beside the list: the list's own numbers, no confidential place, and a pin that is posted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from network.directory.geo import get_place
from tests.factories import make_account, make_listing, make_tenant, sign_in
from tests.support.look import faults

NEED = "return.remains"
SEARCH = f"/directory?needs={NEED}&place_code=jo-jerash&radius_km=10"


@pytest.fixture(scope="module", autouse=True)
def listed(app: Flask) -> None:
    """Two services at one door, one elsewhere, and one at a confidential place."""
    steward = make_tenant(app, "partner")
    for place in ({"latitude": 32.28, "longitude": 35.89}, {"latitude": 32.28, "longitude": 35.89},
                  {"latitude": 32.25, "longitude": 35.93}, {"confidential": True, "place": "jo-jerash"}):  # fmt: skip
        make_listing(app, steward, needs=[NEED], **place)


def drawn_on(html: str) -> dict[str, Any]:
    found = re.search(r"data-map-data>(.*?)</script>", html, re.S)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_map_carries_the_numbers_of_the_list_and_no_confidential_place(app: Flask) -> None:
    person = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    page = person.get(SEARCH).text
    map_ = drawn_on(page)
    cards = re.findall(r'<li class="card">.*?</li>\n', page, re.S)
    secret = next(number for number, card in enumerate(cards, 1) if "address is confidential" in card)
    pinned = sorted(number for _, _, numbers in map_["pins"] for number in numbers)
    assert len(cards) == 4
    assert pinned == [number for number in range(1, 5) if number != secret]
    assert sorted(len(numbers) for _, _, numbers in map_["pins"]) == [1, 2]
    town = get_place("jo-jerash")
    assert [town.latitude, town.longitude] not in [one[:2] for one in map_["pins"]]
    assert map_["outlines"][0].startswith("/assets/map-jo.")
    assert "Jerash" in [name for _, _, name in map_["towns"]]


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(app: Flask, browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    language, width = request.param
    visitor = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in visitor._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def test_the_map_is_used_by_hand_and_by_keyboard(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(SEARCH)
    narrow = (page.viewport_size or {})["width"] < 900
    if narrow:  # a telephone pays for the map only when it is asked for
        assert not any("leaflet" in url for url in asked)
        page.locator("[data-map-toggle]").click()
    page.locator("[data-map][data-ready]").wait_for()
    page.wait_for_load_state("networkidle")
    assert wrong == []
    assert all(url.startswith(address) for url in asked)
    assert faults(page) == []
    assert page.locator(".map__number").count() == 3
    # From the list to the pin, and from the pin back to the list, by the keyboard.
    number = page.locator(".map__number").first
    number.focus()
    page.keyboard.press("Enter")
    page.locator(".map__list a").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".found > li.is-shown").count() == 1
    # Another place to search from: posted, and in no address.
    assert page.locator("[data-map-search]").is_disabled()
    page.locator("[data-map-middle]").press("Enter")
    page.locator("[data-map-box]").click(position={"x": 60, "y": 200})
    latitude = page.locator("[data-map] input[name=latitude]").input_value()
    page.locator("[data-map-search]").click()
    page.wait_for_url("**/directory/searches/*")
    assert latitude
    assert not any(latitude in url for url in asked)
    assert page.locator(".found > li").count() >= 1


def test_without_scripts_there_is_the_list_alone(app: Flask, browser: Browser, address: str) -> None:
    visitor = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    context = browser.new_context(java_script_enabled=False, base_url=address)
    for cookie in visitor._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    page = context.new_page()
    page.goto(SEARCH)
    assert page.locator("[data-map]").is_hidden()
    assert page.locator(".found > li").count() == 4
    context.close()
