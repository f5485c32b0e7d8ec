"""The pages of a steward in a real browser: on a phone in Arabic, on a desk in English."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.models import Service
from network.directory.operations import Proposal
from network.tenants.context import job_identity, scope
from tests.factories import Listed, make_account, make_listing, make_tenant, sign_in, staff
from tests.support.look import faults

SHOTS = os.environ.get("NETWORK_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


@pytest.fixture(scope="module")
def listed(app: Flask, steward: UUID) -> tuple[Listed, Listed, UUID]:
    """A shelter that is due and was reported, and one that may be the same; the id of the report."""
    site = "https://amal.example"
    one = make_listing(app, steward, organization_name="Dar Al Amal", name="Night shelter", website=site)
    two = make_listing(app, steward, organization_name="Dar al-Amal", name="Shelter", website=site)
    with app.app_context(), scope(job_identity(make_tenant(app))), unit_of_work():
        asked = [
            Proposal("service", one.service_id, "alert", "Ring the bell"),
            Proposal("service", one.service_id, "week", {"mo_opens": "09:00", "mo_closes": "13:00"}),
            Proposal("service", one.service_id, "sex", ["women", "men"]),
            Proposal("phone", None, None, {"number": "+962 2 700", "description": "Night"}),
        ]
        report = operations.report_problem("service", one.service_id, "wrong_hours", asked)
    headquarters = staff(make_tenant(app, "network"), kind="network", roles=("network_administrator",))
    days = {"first_on": date(2040, 3, 1), "last_on": date(2040, 3, 30), "kind": "ramadan",
            "opens_at": "10:00", "closes_at": "14:00", "closed": False}  # fmt: skip
    with app.app_context(), scope(headquarters), unit_of_work():
        operations.add_holiday("TO", days)
        operations.withhold("location", two.location_id, "unsafe")
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        db.session.get_one(Service, one.service_id).verification_due_on = operations.trust.clock.today("UTC")
    return one, two, report


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(
    app: Flask, browser: Browser, address: str, steward: UUID, request: pytest.FixtureRequest
) -> Iterator[Page]:
    yield from opened(app, browser, address, request.param, steward, "partner_manager")


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def desk(app: Flask, browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from opened(
        app, browser, address, request.param, make_tenant(app, "network"), "network_administrator"
    )


def opened(
    app: Flask, browser: Browser, address: str, shape: tuple[str, int], tenant_id: UUID, role: str
) -> Iterator[Page]:
    """A page of somebody who is signed in, in one language at one width."""
    language, width = shape
    visitor = sign_in(app, make_account(app, tenant_id, role))
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in visitor._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def test_every_page_of_a_steward_reads_well(page: Page, listed: tuple[Listed, Listed, UUID]):
    one, two, report = listed
    service, pair = f"/listings/services/{one.service_id}", sorted((one.organization_id, two.organization_id))
    for number, path in enumerate(
        (
            "/",
            "/listings",
            service,
            f"{service}/edit/about",
            f"{service}/edit/needs",
            f"{service}/edit/whom",
            f"{service}/edit/practices",
            f"{service}/hours",
            f"{service}/capacity",
            f"{service}/add/schedule_exception",
            f"{service}/history",
            f"/listings/organizations/{one.organization_id}",
            f"/listings/locations/{one.location_id}/hide",
            f"/listings/duplicates/organizations/{pair[0]}/{pair[1]}",
            "/listings/duplicates",
            "/listings/reports",
            f"/listings/reports/{report}",
            f"/directory/services/{one.service_id}/report",
            f"/directory/services/{one.service_id}/suggest",
            f"/directory/services/{one.service_id}/suggest/whom",
            f"/directory/services/{one.service_id}/suggest/hours",
            f"/directory/locations/{one.location_id}/suggest",
            f"/directory/services/{one.service_id}",
            f"/directory/organizations/{one.organization_id}",
            f"/listings/locations/{two.location_id}",
            f"{service}/edit/holidays",
            "/directory/holidays",
            "/directory/holidays/history",
        )
    ):
        page.goto(path)
        if SHOTS:
            width = page.viewport_size["width"] if page.viewport_size else 0
            page.screenshot(path=f"{SHOTS}/keeping-{width}-{number:02d}.png", full_page=True)
        assert faults(page) == [], path


def test_every_page_of_the_headquarters_reads_well(desk: Page, listed: tuple[Listed, Listed, UUID]):
    one, _two, _report = listed
    for number, path in enumerate(
        (
            "/directory/holidays",
            "/directory/holidays/new",
            "/directory/withheld?kind=locations",
            f"/listings/services/{one.service_id}/withhold",
            f"/listings/organizations/{one.organization_id}/invite",
        )
    ):
        desk.goto(path)
        if SHOTS:
            width = desk.viewport_size["width"] if desk.viewport_size else 0
            desk.screenshot(path=f"{SHOTS}/desk-{width}-{number:02d}.png", full_page=True)
        assert faults(desk) == [], path


def test_two_taps_verify_and_two_say_what_is_free(page: Page, listed: tuple[Listed, Listed, UUID]):
    page.goto("/")
    if page.locator("#tasks a[href*='/listings/due/']").count():  # the one who came first has verified it
        page.locator("#tasks a[href*='/listings/due/']").first.click()
        page.locator("main button[name=how][value=phone]").click()
        assert page.locator(".message--success").count() == 1
    page.goto("/")
    page.locator("#free a").first.click()
    page.locator(".quick button").nth(3).click()
    assert "3" in page.locator("main").inner_text()
