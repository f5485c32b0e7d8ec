"""An error is no dead end: who is signed in keeps her menu, and Back never offers to send a form again."""

from __future__ import annotations

from functools import wraps

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm.exc import StaleDataError

from tests.factories import make_account, make_tenant, sign_in, signed_in, visitor
from tests.support.visitor import Visitor
from tests.support.web import serving

MENU = 'aria-label="Main navigation"'


@pytest.fixture
def caseworker(app: Flask) -> Visitor:
    return signed_in(app, make_tenant(app), "caseworker")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/cases/00000000-0000-4000-8000-000000000000", 404),
        ("/staff", 403),
        ("/clients/search", 405),
    ],
)
def test_who_is_signed_in_keeps_the_menu_on_an_error(caseworker: Visitor, path: str, status: int) -> None:
    answer = caseworker.get(path)
    assert answer.status_code == status
    assert MENU in answer.text
    assert "/clients" in answer.text


def test_a_form_that_is_refused_keeps_the_menu_too(app: Flask, caseworker: Visitor) -> None:
    refused = caseworker.post("/clients/new", data={})  # no CSRF token
    assert refused.status_code == 400
    assert MENU in refused.text
    assert 'href="/clients/new"' in refused.text


def test_whoever_changes_what_was_taken_away_meanwhile_is_told_so(
    app: Flask, caseworker: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "cases_pages.clients"

    @wraps(app.view_functions[name])
    def overtaken() -> None:
        raise StaleDataError("0 rows were matched")

    monkeypatch.setitem(app.view_functions, name, overtaken)
    answer = caseworker.get("/clients")
    assert answer.status_code == 409
    assert MENU in answer.text


def test_strangers_and_whoever_locked_the_screen_get_no_menu(app: Flask, caseworker: Visitor) -> None:
    assert MENU not in visitor(app).get("/nowhere").text
    assert caseworker.send_form("/lock").status_code == 303
    assert MENU not in caseworker.get("/nowhere").text


def test_who_was_shut_out_meanwhile_gets_no_menu(app: Flask) -> None:
    tenant = make_tenant(app)
    person = make_account(app, tenant, "caseworker")
    browser = sign_in(app, person)
    signed_in(app, tenant, "centre_administrator").send_form(
        f"/staff/{person.membership_id}/deactivate", version=1
    )
    answer = browser.get("/nowhere")
    assert answer.status_code == 404
    assert MENU not in answer.text


def test_an_answer_to_a_form_names_the_page_that_can_be_opened_again(app: Flask) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    person = make_account(app, tenant, "caseworker")
    member = f"/staff/{person.membership_id}"
    answer = administrator.send_form(f"{member}/roles", version=1)
    assert answer.status_code == 422
    assert f'data-address="{member}"' in answer.text  # the roles have no page of their own
    assert f'name="next" value="{member}"' in answer.text  # nor does the switch of language lead astray
    assert administrator.get(f"{member}/roles").status_code == 405
    assert f'href="{member}"' in administrator.get(f"{member}/roles").text
    answer = administrator.send_form("/staff/invite?return=x", name="")
    assert 'data-address="/staff/invite?return=x"' in answer.text
    assert "data-address" not in administrator.get(member).text


def test_back_after_a_form_that_was_refused_opens_its_page_again(app: Flask, browser: Browser) -> None:
    tenant = make_tenant(app)
    administrator = signed_in(app, tenant, "centre_administrator")
    member = f"/staff/{make_account(app, tenant, 'caseworker').membership_id}"
    with serving(app) as address:
        context = browser.new_context(viewport={"width": 360, "height": 740}, base_url=address)
        for cookie in administrator._cookies.values():
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.goto(member)
        page.locator("input[name=roles]:checked").uncheck()
        page.get_by_role("button", name="Save roles").click()
        expect(page.locator(".govuk-error-summary")).to_be_visible()
        page.locator("a.frame__home").click()
        expect(page.locator(".govuk-error-summary")).to_have_count(0)
        page.go_back()
        expect(page.locator("input[name=roles]:checked")).to_have_count(1)
        assert page.url == f"{address}{member}"
        context.close()
