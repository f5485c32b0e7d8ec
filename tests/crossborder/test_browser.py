"""The pages of handoffs and follow-ups in a real browser, on a phone and a desk, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from network.core import clock
from network.crossborder.operations import ask, decline
from tests.crossborder.conftest import NOON, TODAY, Centres, Story, tomorrow
from tests.factories import signed_in
from tests.support.look import faults
from tests.support.visitor import Visitor


@dataclass
class Screens:
    """A screen at each centre."""

    jordan: Page
    dhaka: Page


@pytest.fixture(scope="module")
def people(app: Flask, centres: Centres) -> tuple[Visitor, Visitor]:
    with clock.set_to(NOON):
        return signed_in(app, centres.jordan.id, "coordinator"), signed_in(
            app, centres.dhaka.id, "coordinator"
        )


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def screens(
    browser: Browser, address: str, people: tuple[Visitor, Visitor], request: pytest.FixtureRequest
) -> Iterator[Screens]:
    language, width = request.param
    contexts = []
    for person in people:
        context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
        for cookie in person._cookies.values():
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        # After her own: signing in chose a language as well.
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        contexts.append(context)
    yield Screens(*(context.new_page() for context in contexts))
    for context in contexts:
        context.close()


def look(page: Page, *paths: str) -> None:
    """Open each page, and find nothing wrong with it."""
    for path in paths:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert faults(page) == [], path


def test_every_page_of_a_handoff_reads_well(screens: Screens, story: Story) -> None:
    case = f"/cases/{story.mother_case}"
    look(
        screens.jordan,
        f"{case}/handoffs",
        f"{case}/return-screening",
        f"{case}/handoffs/new",
        f"{case}/follow-ups",
    )
    story.screen(pressure=True)
    look(screens.jordan, f"{case}/return-screening", "/handoffs")
    story.screen()
    story.allow()
    mother, child = story.prepare(story.mother_case, story.child_case, travel=tomorrow())
    look(screens.jordan, f"/handoffs/{mother}/preview")
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    for exchange_id in (mother, child):
        story.offer(exchange_id)
    one = f"/handoffs/{mother}"
    look(screens.dhaka, "/handoffs", "/arrivals", one, f"{one}/decline", f"{one}/question")
    look(screens.jordan, "/handoffs", one, f"{one}/journey", f"{one}/non-departure", f"{one}/recall")
    with story.acting(story.dhaka.coordinator):
        ask(mother, "Does her brother know?")
        decline(child, "safety_at_home")
    story.work()
    look(screens.jordan, one, f"{one}/answer", f"/handoffs/{child}")


def test_every_page_after_the_arrival_reads_well(screens: Screens, story: Story) -> None:
    (taken,) = story.home()
    story.work()
    one, case = f"/handoffs/{taken.moved.exchange.id}", f"/cases/{taken.case.id}"
    look(screens.dhaka, one, case, f"{case}/follow-ups", "/follow-ups")
    look(screens.dhaka, f"/follow-ups/{story.follow_ups(taken.case.id)[0].id}")
    look(screens.jordan, one)


@pytest.mark.parametrize("screens", [("en", 360)], indirect=True, ids=str)
def test_mother_and_child_go_home_in_a_few_taps(screens: Screens, story: Story) -> None:
    story.allow()
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    page = screens.jordan
    page.goto(f"/cases/{story.mother_case}/handoffs")
    page.get_by_role("link", name="Screen the return").click()
    page.get_by_label("Which kind of return is it?").select_option("own_plan")
    for question, answer in (
        ("own choice?", "Yes, and nobody presses"),
        ("fear", "No"),
    ):
        page.get_by_role("group", name=question).get_by_label(answer).first.check()
    page.get_by_label("Arrives on").fill(TODAY.isoformat())
    page.get_by_role("button", name="Claim explained: save the answers").click()
    page.get_by_role("button", name="Offer all 2").click()
    page.wait_for_url("**/handoffs/*")
    one = page.url.rsplit("/", 1)[1]

    receiver = screens.dhaka
    receiver.goto("/handoffs")
    receiver.locator(f'a[href="/handoffs/{one}"]').first.click()
    receiver.get_by_role("button", name="Accept all 2").click()
    page.reload()
    page.get_by_role("button", name="All 2 have departed").click()
    receiver.reload()
    receiver.get_by_role("button", name="All 2 have arrived").click()
    receiver.get_by_role("button", name="Take over all 2").click()
    receiver.wait_for_url("**/cases/*")
    assert receiver.get_by_role("heading", name="Rina Akter").count() == 1
    receiver.get_by_role("link", name="7 days").click()
    receiver.get_by_label("Call", exact=True).check()
    receiver.get_by_label("Doing well").check()
    receiver.get_by_role("button", name="Record the follow-up").click()
    page.reload()
    assert page.get_by_text("First follow-up done").count() >= 1
