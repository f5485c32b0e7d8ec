"""The pages of the door in a real browser: on a phone and a desk, in English and Arabic."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from network.accounts.gate import accept_invitation
from network.accounts.queries import find_open_invitation_of
from network.accounts.tokens import invitation_token
from network.core.db import unit_of_work
from network.tenants.context import scope
from tests.factories import PASSWORD, Person, make_account, make_tenant, staff
from tests.support.look import faults


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in a language and a width, that fails on any error its scripts report."""
    language, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    yield opened
    context.close()
    assert [line for line in wrong if "status of 4" not in line] == []


def come_in(page: Page, person: Person, target: str = "/account") -> None:
    """Sign in as a person does."""
    page.goto(target)
    page.locator("[name=email]").fill(person.email)
    page.locator("[name=password]").fill(person.password)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(f"**{target}")


def test_every_page_of_the_staff_reads_well(app: Flask, page: Page) -> None:
    tenant = make_tenant(app)
    administrator = make_account(app, tenant, "centre_administrator", name="Rania Haddad")
    colleague = make_account(app, tenant, "caseworker", "intake", name="Omar Saleh")
    page.goto("/staff")
    assert faults(page) == []
    come_in(page, administrator, "/staff")
    for path in ("/staff", f"/staff/{colleague.membership_id}", "/staff/invite", "/account", "/unlock"):
        page.goto(path)
        assert faults(page) == [], path
    page.goto("/staff/invite")
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert faults(page) == []
    page.goto("/nothing-here")
    assert faults(page) == []


def test_every_page_of_the_headquarters_reads_well(app: Flask, page: Page) -> None:
    tenant = make_tenant(app, "network")
    come_in(page, make_account(app, tenant, "network_administrator"), "/tenants")
    for path in ("/tenants", "/tenants/new", f"/tenants/{tenant}"):
        page.goto(path)
        assert faults(page) == [], path


def test_a_person_is_invited_joins_and_is_shut_out(app: Flask, browser: Browser, address: str) -> None:
    """The way of an invitation, on a phone, without a script."""
    administrator = make_account(app, make_tenant(app), "centre_administrator")
    with browser.new_context(base_url=address, java_script_enabled=False) as desk:
        page = desk.new_page()
        come_in(page, administrator, "/staff")
        page.get_by_role("link", name="Invite a person").click()
        page.get_by_label("Name").fill("Rina")
        page.get_by_label("E-mail address").fill("rina.joins@example.org")
        page.get_by_label("Caseworker").check()
        page.get_by_role("button", name="Invite").click()
        link = page.locator(".link-to-copy").inner_text()
        with browser.new_context(base_url=address, java_script_enabled=False) as phone:
            hers = phone.new_page()
            hers.goto(link.replace("http://localhost", address))
            hers.get_by_label("Password", exact=True).fill("too short")
            hers.get_by_role("button", name="Join").click()
            expect(hers.locator(".govuk-error-summary")).to_contain_text("at least 12 characters")
            hers.get_by_label("Password", exact=True).fill(PASSWORD)
            hers.get_by_role("button", name="Join").click()
            expect(hers.get_by_text("You have joined")).to_be_visible()
            come_in(hers, Person(UUID(int=0), UUID(int=0), "rina.joins@example.org", PASSWORD))
            page.reload()
            page.get_by_role("button", name="End this person's access").click()
            hers.goto("/account")
            expect(hers).to_have_url(f"{address}/sign-in?next=/account")


def test_one_tap_locks_the_screen_and_the_way_back_leads_where_one_was(
    app: Flask, browser: Browser, address: str
) -> None:
    person = make_account(app, make_tenant(app), "centre_administrator")
    with browser.new_context(base_url=address, viewport={"width": 360, "height": 780}) as context:
        page = context.new_page()
        come_in(page, person, "/staff")
        page.locator("form[data-lock] button").first.click()
        expect(page.get_by_role("heading", name="The screen is locked")).to_be_visible()
        page.goto("/staff")
        page.get_by_label("Your password").fill(person.password)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("heading", name="Staff")).to_be_visible()


def test_whoever_works_for_two_organizations_goes_from_one_to_the_other(
    app: Flask, browser: Browser, address: str
) -> None:
    from network.accounts.operations.staff import invite

    first, second = make_tenant(app), make_tenant(app, "partner", name="Hope shelter")
    person = make_account(app, first, "caseworker")
    with app.app_context():
        with scope(staff(second, kind="partner")), unit_of_work():
            membership = invite("Rina", person.email, ["partner_manager"])
            token = invitation_token(find_open_invitation_of(membership))
        accept_invitation(token, person.password, address="192.0.2.1")
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        come_in(page, person)
        page.get_by_role("button", name="Go on at Hope shelter").click()
        page.goto("/account")
        expect(page.locator(".frame__name")).to_have_text("Hope shelter")
