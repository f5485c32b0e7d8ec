"""The directory in a real browser, on a phone and a desk, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.factories import make_account, make_listing, make_tenant, sign_in
from tests.support.look import faults


@pytest.fixture(scope="module")
def listed(app: Flask) -> UUID:
    """Services of every kind around one town; the id of one."""
    steward = make_tenant(app, "partner")
    at = {"place": "jo-tafilah", "needs": ["protection.case_management"]}
    make_listing(app, steward, **at, eligibility={"sex": ["men"]}, alert="Closed over the holidays.")
    make_listing(app, steward, **at, location_type="postal")  # nobody knows where it is
    make_listing(app, steward, **at, referral={"accepted": False}, schedules=[], status="temporarily closed")
    return make_listing(
        app, steward, **at, confidential=True, board=["recruiter"],
        partner_practices={"informs_embassy": "yes", "trained_gbv": "no"},
        eligibility={"sex": ["women"], "children_along": {"accepted": True, "girls_up_to": 18, "boys_up_to": 12}},
    ).service_id  # fmt: skip


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(app: Flask, browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a language and a width, of a caseworker who is signed in."""
    language, width = request.param
    visitor = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in visitor._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    # After her own: signing in chose a language as well.
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def test_every_page_of_the_directory_reads_well(page: Page, listed: UUID):
    for path in (
        "/directory",
        "/directory?needs=protection.case_management&place=Tafilah&radius_km=10",
        "/directory?needs=protection.case_management&place=Tafilah&radius_km=10&language=ne",
        "/directory?place=Nowhere+at+all",
        f"/directory/services/{listed}/slip",
        "/directory/booklet",
        "/directory/booklet.pdf?place=Nowhere+at+all",
        f"/directory/services/{listed}",
    ):
        page.goto(path)
        assert faults(page) == [], path
    page.locator("a[href*='/directory/organizations/']").first.click()
    assert faults(page) == []


def test_a_service_is_found_from_the_form_in_three_taps(page: Page, listed: UUID):
    page.goto("/directory")
    page.locator("#needs").select_option("protection.case_management")
    page.locator("#place").fill("الطفيلة")
    page.locator("main form button[type=submit]").click()
    assert page.locator(".found > li").count() == 4
    page.locator(f".found a[href$='{listed}']").click()
    assert page.locator("h1").inner_text()


def test_whom_it_is_for_is_said_in_a_fold_and_leaves_the_address_clean(page: Page, listed: UUID):
    page.goto("/directory")
    page.locator("#needs").select_option("protection.case_management")
    page.locator("#place").fill("Tafilah")
    assert not page.locator("[id='profile.sex']").is_visible()
    page.locator("summary").last.click()
    page.locator("[id='profile.sex']").select_option("female")
    page.locator("[id='profile.legal_status']").select_option("irregular")
    assert faults(page) == []
    page.locator("main form button[type=submit]").click()
    assert "?" not in page.url
    assert "/directory/searches/" in page.url
    assert page.locator(".found").first.locator("> li").last.locator(".tag--bad").count()
    assert faults(page) == []


def test_a_booklet_and_a_slip_come_as_files_with_names_that_say_nothing(page: Page, listed: UUID):
    page.goto("/directory/booklet")
    page.locator("#place").fill("Tafilah")
    with page.expect_download() as booklet:
        page.locator("main form button[type=submit]").click()
    assert booklet.value.suggested_filename == "directory.pdf"
    page.goto(f"/directory/services/{listed}/slip")
    page.locator("#language").select_option("bn")
    with page.expect_download() as slip:
        page.locator("main form button[type=submit]").click()
    assert slip.value.suggested_filename == "slip.pdf"
