"""Referrals in a real browser, on a phone and a desk, in both directions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from network.cases.operations import add_need
from network.consent.operations import withdraw_all
from network.directory import geo
from network.referrals import operations
from tests.factories import make_account, make_listing, sign_in
from tests.referrals.conftest import NEED, World, make_world, reason
from tests.support.look import faults


@dataclass
class Desk:
    """A browser in which somebody is signed in, in a language and a width."""

    context: BrowserContext
    page: Page

    def reads_well(self, path: str) -> None:
        self.page.goto(path)
        assert faults(self.page) == [], path


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def shape(request: pytest.FixtureRequest) -> tuple[str, int]:
    found: tuple[str, int] = request.param
    return found


@pytest.fixture
def town() -> str:
    """A town that hardly another test uses: the directory is shared by all of them."""
    return secrets.choice([one.code for one in geo.places() if one.country not in ("JO", "BD")])


@pytest.fixture
def world(app: Flask, worker_app: Flask, town: str) -> World:
    made = make_world(app, worker_app, town)
    made.act(made.sender, add_need, made.case_id, NEED, place_code=town)
    return made


@pytest.fixture
def desks(
    app: Flask, browser: Browser, address: str, world: World, shape: tuple[str, int]
) -> Iterator[list[Desk]]:
    """A caseworker's and a partner's."""
    opened = []
    language, width = shape
    for tenant_id, role in ((world.sender.tenant, "caseworker"), (world.receiver.tenant, "partner_worker")):
        visitor = sign_in(app, make_account(app, tenant_id, role))
        context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
        for cookie in visitor._cookies.values():
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        # After her own: signing in chose a language as well.
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        opened.append(Desk(context, context.new_page()))
    yield opened
    for desk in opened:
        desk.context.close()


def test_every_page_of_a_referral_reads_well(desks: list[Desk], world: World) -> None:
    sender, receiver = desks
    sender.reads_well(f"/cases/{world.case_id}/referrals/choose")
    refused = world.prepare()
    sender.reads_well(f"/referrals/{refused}/preview")
    world.consent()
    sender.reads_well(f"/referrals/{refused}/preview")
    place = world.listed.service_at_location_id
    sender.reads_well(f"/cases/{world.case_id}/referrals/new?service_at_location_id={place}")
    one = world.sent(needed_by=None)
    for path in ("", "/withdrawal"):
        sender.reads_well(f"/referrals/{one}{path}")
    receiver.reads_well("/inbox")
    for path in ("", "/decline", "/question"):
        receiver.reads_well(f"/referrals/{one}{path}")
    world.act(world.receiver, operations.ask_sender, one, "How many nights, and with whom?")
    sender.reads_well(f"/referrals/{one}/answer")
    world.act(world.sender, operations.answer_receiver, one, "Two, with her child")
    world.act(world.receiver, operations.accept_referral, one)
    for path in ("", "/appointment", "/outcome", "/not-served"):
        receiver.reads_well(f"/referrals/{one}{path}")
    world.act(world.receiver, operations.complete_service, one, {0: "served_full"})
    world.jobs()
    for path in (
        f"/referrals/{one}",
        f"/referrals/{one}/closure",
        "/referrals",
        f"/cases/{world.case_id}/referrals",
    ):
        sender.reads_well(path)
    receiver.reads_well("/inbox?done=true")


def test_a_decline_and_a_seal_read_well(desks: list[Desk], world: World) -> None:
    sender, receiver = desks
    world.consent()
    one = world.sent()
    world.act(
        world.receiver,
        operations.decline_referral,
        one,
        reason("decline", "no_capacity"),
        "Full until Sunday",
    )
    world.jobs()
    sender.reads_well(f"/referrals/{one}")
    receiver.reads_well(f"/referrals/{one}")


def test_from_choosing_to_sent_in_three_taps_and_yes_in_two(
    desks: list[Desk], world: World, town: str
) -> None:
    sender, receiver = desks
    make_world(world.app, world.worker_app, town)  # another service that meets the same need in the same town
    world.consent()
    sender.page.goto(f"/cases/{world.case_id}/referrals/choose")
    listed = f"input[value='{world.listed.service_at_location_id}']"
    sender.page.locator(".found form", has=sender.page.locator(listed)).locator("button").click()
    sender.page.locator(".thumb-bar button").click()
    sender.page.wait_for_url(lambda url: "/preview" not in url)
    world.jobs()
    receiver.page.goto("/inbox")
    receiver.page.locator(".found a").first.click()
    assert "Invented" not in receiver.page.content()
    receiver.page.locator(".thumb-bar form button").first.click()
    receiver.page.wait_for_load_state()
    assert "Invented" in receiver.page.content()


def test_news_leaves_the_home_page_once_the_page_was_shown(desks: list[Desk], world: World) -> None:
    receiver = desks[1].page
    world.consent()
    one = world.sent()
    assert world.side(world.receiver, one).unread
    with receiver.expect_response(lambda answer: answer.url.endswith("/read")) as read:
        receiver.goto(f"/referrals/{one}")
    assert read.value.status == 200
    assert not world.side(world.receiver, one).unread
    assert world.state(one) == "sent"


@pytest.mark.parametrize("shape", [("ar", 360), ("en", 360)], indirect=True, ids=str)
def test_a_service_without_a_sign_in_is_told_answers_and_is_told_of_the_end(
    desks: list[Desk], world: World, town: str
) -> None:
    listed = make_listing(world.app, world.sender.tenant, needs=[NEED], place=town)
    world.consent(listed.organization_id)
    desk = desks[0]
    page = desk.page
    desk.reads_well(f"/cases/{world.case_id}/referrals/choose")
    page.click(f'form:has(input[value="{listed.service_at_location_id}"]) button[type=submit]')
    page.wait_for_url("**/preview")
    one = page.url.removesuffix("/preview")
    assert faults(page) == []
    page.click('form[action$="/send"] button[type=submit]:not([formaction])')
    assert page.locator("#channel-error, .govuk-error-summary").count() > 0
    page.select_option('select[name="channel"]', "phone")
    page.click('form[action$="/send"] button[type=submit]:not([formaction])')
    page.wait_for_url(one)
    assert faults(page) == []
    for answer in ("accept", "complete"):
        page.click(f'a[href$="/heard/{answer}"]')
        assert faults(page) == []
        page.select_option('select[name="channel"]', "phone")
        if answer == "complete":
            page.check('input[name="outcomes.0"][value="served_full"]')
        page.click(f'form[action$="/heard/{answer}"] button[type=submit]')
        page.wait_for_url(one)
    for answer in ("decline", "schedule"):
        second = world.prepare(NEED, listed=listed)
        world.send(second, channel="email")
        if answer == "schedule":
            world.act(world.sender, operations.record_heard, second, operations.Heard("accept", "phone"))
        desk.reads_well(f"/referrals/{second}/heard/{answer}")
    with page.expect_download() as printed:
        page.goto(one)
        page.locator("details:has(form[action$='/letter']) summary").click()
        page.click('form[action$="/letter"] button[type=submit]')
    assert printed.value.suggested_filename == "letter.pdf"
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    desk.reads_well("/")
    desk.reads_well(one)
    page.select_option('form[action$="/ending-told"] select[name="channel"]', "phone")
    page.click('form[action$="/ending-told"] button[type=submit]')
    page.wait_for_url(one)
    assert page.locator('form[action$="/ending-told"]').count() == 0
    assert faults(page) == []
