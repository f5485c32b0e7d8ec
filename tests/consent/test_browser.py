"""The pages of consent in a real browser, on a phone and a desk, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.consent.conftest import NEED, Desk
from tests.support.look import faults


@pytest.fixture(params=[("ar", 360), ("en", 1280)], ids=str)
def page(browser: Browser, address: str, desk: Desk, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Rana's screen, in a language and a width."""
    language, width = request.param
    context = browser.new_context(viewport={"width": width, "height": 780}, base_url=address)
    for cookie in desk.browser._cookies.values():
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    # After her own: signing in chose a language as well.
    context.add_cookies([{"name": "language", "value": language, "url": address}])
    yield context.new_page()
    context.close()


def test_every_page_of_consent_reads_well(page: Page, desk: Desk) -> None:
    assert desk.browser.send_form(desk.ask_url(), desk.filled()).status_code == 303
    desk.story.disclose()
    ((consent_id,),) = desk.story.rows("SELECT id FROM consent")
    ((refusal_id,),) = desk.story.rows("SELECT id FROM consent_refusal")
    grant_id = desk.story.propose().grants[0].id
    for path in (
        desk.ask_url(),
        f"{desk.case}/consent/new",
        f"{desk.case}/consent/new?purpose=protection_authority",
        f"{desk.case}/consent",
        f"{desk.case}/consent/told",
        f"{desk.case}/consent/withdrawal?grant={grant_id}",
        f"{desk.case}/refusals/new",
        f"{desk.case}/refusals/{refusal_id}",
        f"{desk.case}/consents/{consent_id}/confirmation",
        f"{desk.case}/grants/{grant_id}/extension",
        f"/consents/{consent_id}",
    ):
        page.goto(path)
        assert faults(page) == [], path


@pytest.mark.parametrize("page", [("en", 360)], indirect=True, ids=str)
def test_consent_is_given_and_taken_back_on_a_phone_in_a_few_taps(page: Page, desk: Desk) -> None:
    page.goto(desk.ask_url())
    page.get_by_label("Yes").first.check()
    page.get_by_label("Yes").nth(1).check()
    page.get_by_label("Recruiter, agent, sub-agent").check()
    page.get_by_label("In her own words").fill("They may know my name.")
    page.get_by_role("button", name="Save the answers").click()
    page.wait_for_url("**/consent")
    proposal = desk.story.propose()
    assert proposal.ok
    assert proposal.feedback
    packet = desk.story.disclose()
    page.get_by_role("button", name="Withdraw", exact=True).or_(
        page.get_by_role("link", name="Withdraw", exact=True)
    ).first.click()
    page.get_by_role("button", name="Withdraw consent").click()
    page.wait_for_url("**/consent")
    assert desk.story.seen(packet) == {}


@pytest.mark.parametrize("page", [("en", 360)], indirect=True, ids=str)
def test_what_is_typed_saves_itself(page: Page, desk: Desk) -> None:
    page.goto(desk.ask_url())
    with page.expect_response(lambda answer: "/consent/draft" in answer.url and answer.status == 204):
        page.get_by_label("In her own words").fill("They may kn")
        page.get_by_label("Yes").first.check()
    page.goto(desk.ask_url())
    assert page.get_by_label("In her own words").input_value() == "They may kn"
    assert page.get_by_label("Yes").first.is_checked()
    assert NEED in page.url
