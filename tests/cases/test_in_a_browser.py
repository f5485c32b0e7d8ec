"""The pages of clients and cases in a real browser: on a phone and on a desk, in both directions."""

from __future__ import annotations

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.cases.intake import FORM, registered
from tests.factories import Person, make_account, make_tenant, sign_in
from tests.support.look import faults


@pytest.fixture(scope="module")
def rana(app: Flask) -> Person:
    return make_account(app, make_tenant(app), "caseworker")


@pytest.fixture(scope="module")
def ids(app: Flask, rana: Person) -> dict[str, str]:
    """A client with everything on her card, a child, a claim, and their ids."""
    visitor = sign_in(app, rana)
    client_id, case_id = registered(visitor)
    visitor.send_form(
        f"/clients/{client_id}/children/new",
        {"name": "Mitu", "relationship": "daughter", "sex": "female", "age_basis": "age", "age": "2"},
    )
    claim = visitor.send_form(
        f"/cases/{case_id}/claims/new",
        {"kind": "wages_unpaid", "amount_claimed": "1040", "currency": "JOD", "respondent": "Blue Thread"},
    ).headers["Location"]
    visitor.send_form(f"/cases/{case_id}/notes", text="She is safe tonight.")
    record = visitor.api("GET", f"/api/v1/clients/{client_id}").json
    return {
        "client": client_id,
        "case": case_id,
        "claim": claim.rsplit("/", 1)[1],
        "contact": record["contacts"][0]["id"],
        "document": record["documents"][0]["id"],
    }


PATHS = (
    "/clients", "/clients/new", "/clients/{client}", "/clients/{client}/edit", "/clients/{client}/children/new",
    "/clients/{client}/contacts/new", "/contacts/{contact}", "/clients/{client}/documents/new",
    "/documents/{document}", "/clients/{client}/relatives/new", "/clients/{client}/relations/new",
    "/clients/{client}/cases/new", "/cases", "/cases/{case}", "/cases/{case}/edit", "/cases/{case}/needs/new",
    "/cases/{case}/services/new", "/cases/{case}/claims/new", "/claims/{claim}", "/cases/{case}/close", "/incidents",
)  # fmt: skip


def signed_in_page(browser: Browser, address: str, rana: Person, width: int, language: str) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 780})
    page.goto(f"{address}/sign-in")
    page.fill("#email", rana.email)
    page.fill("#password", rana.password)
    page.click("main button[type=submit]")
    # Signing in chose her own language; she switches.
    page.context.add_cookies([{"name": "language", "value": language, "url": address}])
    return page


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1100, "ar")])
def test_every_page_fits_and_has_no_fault(
    browser: Browser, address: str, rana: Person, ids: dict[str, str], width: int, language: str
) -> None:
    page = signed_in_page(browser, address, rana, width, language)
    wrong = {}
    for path in PATHS:
        page.goto(address + path.format(**ids))
        for fold in page.locator("details:not(.menu) > summary").all():
            fold.evaluate("one => one.parentElement.open = true")
        assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
        if found := faults(page):
            wrong[path] = found
    page.close()
    assert wrong == {}


def test_intake_saves_itself_while_it_is_typed(browser: Browser, address: str, rana: Person) -> None:
    page = signed_in_page(browser, address, rana, 360, "en")
    page.goto(f"{address}/clients/new")
    page.fill("#name", "Shirin")
    page.check("input[name=reach][value=number]")
    page.fill("[id='contacts.0.number']", "0790012345")
    page.wait_for_selector("[data-saved][data-state=saved]", state="attached")
    page.close()
    again = signed_in_page(browser, address, rana, 360, "en")
    again.goto(f"{address}/clients/new")
    assert again.input_value("#name") == "Shirin"
    assert again.is_visible("[id='contacts.0.number']")
    again.close()


def test_a_client_is_registered_with_a_thumb(browser: Browser, address: str, rana: Person) -> None:
    page = signed_in_page(browser, address, rana, 360, "en")
    page.goto(f"{address}/clients/new")
    page.fill("#name", "Moushumi")
    page.check("input[name=age_basis][value=adult]")
    page.check("input[name=reach][value=at_centre]")
    page.click("summary:has-text('Wages')")
    page.check("input[name=needs][value='labour.wages']")
    page.click(".thumb-bar button")
    page.wait_for_url("**/cases/*")
    assert "Moushumi" in page.inner_text("h1")
    assert FORM["name"] not in page.inner_text("main")
    page.close()
