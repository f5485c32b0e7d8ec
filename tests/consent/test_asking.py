"""The page on which consent is asked for, as a caseworker uses it on a phone."""

from __future__ import annotations

import re
from html import unescape

import pytest

from network.cases.operations import open_case, register_child
from network.consent.operations import record_consent
from network.consent.queries import get_recipient
from tests.consent.conftest import NEED, Desk, asked


def test_asking_shows_one_question_after_another_with_the_least_ticked(desk: Desk) -> None:
    page = desk.browser.get(desk.ask_url())
    assert page.status_code == 200, page.text
    assert "so that you get this service: Protected shelter?" in page.text
    assert "tell us afterwards what they did" in page.text
    assert "Police desk or guard on site" in page.text
    ticked = re.findall(r'name="grants\.0\.categories" value="(\w+)" checked', page.text)
    assert ticked == ["identity", "contact"]
    assert not re.search(r'name="grants\.0\.answer"[^>]*checked', page.text)
    offered = re.findall(r'name="grants\.0\.categories" value="(\w+)"', page.text)
    assert "incident_account" not in offered
    assert "case_notes" not in page.text
    assert "Rina Akter" not in page.text


def test_saving_records_grants_and_refusals_and_returns_to_where_it_was_needed(desk: Desk) -> None:
    answer = desk.browser.send_form(desk.ask_url(**{"return": "/referrals/x/send"}), desk.filled())
    assert (answer.status_code, answer.headers["Location"]) == (303, "/referrals/x/send")
    proposal = desk.story.propose()
    assert proposal.ok
    assert proposal.feedback
    assert set(proposal.content("identity")) == {"identity", "contact"}
    assert desk.story.rows("SELECT recipient_class FROM consent_refusal") == [("recruiter",)]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site_after_saving(desk: Desk, target: str) -> None:
    answer = desk.browser.send_form(desk.ask_url(**{"return": target}), desk.filled())
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", f"{desk.case}/consent")


def test_an_unanswered_question_is_never_a_yes(desk: Desk) -> None:
    answer = desk.browser.send_form(desk.ask_url(), desk.filled(**{"grants.0.answer": ["unanswered"]}))
    assert answer.status_code == 422
    assert "Choose yes or no." in answer.text
    assert "The shelter may know my name." in answer.text
    assert desk.story.rows("SELECT count(*) FROM consent") == [(0,)]


def test_a_no_is_kept_as_what_was_said_and_what_was_not_asked_is_not(desk: Desk) -> None:
    page = desk.browser.get(desk.ask_url()).text
    assert re.findall(r'type="hidden" name="grants\.\d\.answer" value="(\w+)"', page)[:2] == [
        "unanswered",
        "not_asked",
    ]
    typed = desk.filled(**{"grants.1.answer": ["not_asked", "no"], "restatement": ""})
    wrong = desk.browser.send_form(desk.ask_url(), typed).text
    ticked = re.findall(r'name="grants\.(\d)\.answer" type="radio" value="(\w+)" checked', wrong)
    assert ticked == [("0", "yes"), ("1", "no")], "what nobody answered is not shown as a no"
    no = {"grants.0.answer": ["unanswered", "no"], "grants.1.answer": ["not_asked", "no"]}
    assert desk.browser.send_form(desk.ask_url(), desk.filled(**no)).status_code == 303
    (consent,) = desk.browser.api("GET", f"/api/v1/clients/{desk.story.client_id}/consents").json
    assert consent["state"] == "refused"
    shelter = str(desk.story.shelter.organization_id)
    assert consent["said_no"] == [
        {"purpose": "service_provision", "need": NEED, "to": shelter},
        {"purpose": "feedback_to_centre", "need": None, "to": shelter},
    ]
    assert desk.browser.get(desk.ask_url()).text.count("Said no on ") == 2
    # A no to every body of its kind is a no to this one, too.
    with desk.story.acting():
        it = get_recipient(desk.story.shelter.organization_id)
        of_its_kind = {
            "organization_id": None,
            "recipient_class": it.class_code,
            "recipient_country": it.country,
        }
        no_to_all = desk.story.grant("identity") | of_its_kind | {"answer": "no"}
        record_consent(desk.story.client_id, asked(no_to_all))
    assert desk.browser.get(desk.ask_url()).text.count("Said no on ") == 3


def test_what_was_typed_comes_back_with_what_is_wrong(desk: Desk) -> None:
    answer = desk.browser.send_form(desk.ask_url(), desk.filled(restatement="", method="thumbprint"))
    assert answer.status_code == 422
    assert "own words, what was understood" in answer.text
    assert 'value="thumbprint" selected' in answer.text
    answer = desk.browser.send_form(desk.ask_url(), desk.filled(method="thumbprint"))
    assert "Enter who witnessed it." in answer.text


def test_what_is_typed_is_kept_and_forgotten_once_it_is_saved(desk: Desk) -> None:
    draft = desk.ask_url().replace("/new?", "/draft?")
    kept = desk.browser.send_form(draft, {"restatement": "The shelter m", "grants.0.answer": "yes"})
    assert kept.status_code == 204
    again = desk.browser.get(desk.ask_url())
    assert "The shelter m</textarea>" in again.text
    assert "what you had typed before" in again.text
    desk.browser.send_form(desk.ask_url(), desk.filled())
    assert "The shelter m</textarea>" not in desk.browser.get(desk.ask_url()).text


def test_without_an_organization_a_kind_and_a_country_are_chosen(desk: Desk) -> None:
    url = f"{desk.case}/consent/new?purpose=service_provision&need={NEED}"
    assert "Any organization of this kind" in desk.browser.get(url).text
    form = desk.filled(organization_id="")
    answer = desk.browser.send_form(url, form)
    assert answer.status_code == 422
    assert "Choose who may be told" in answer.text
    form |= {"recipient_class": "service_provider", "recipient_country": "JO"}
    assert desk.browser.send_form(url, form).status_code == 303
    assert desk.story.propose().ok
    page = desk.browser.get(f"{desk.case}/consent").text
    assert "Service provider: any in Jordan" in page
    assert "A service I am referred to" not in page
    unwitnessed = desk.browser.send_form(url, form | {"method": "verbal_phone"})
    assert "Enter how you knew that it was her." in unwitnessed.text


def test_without_a_purpose_the_needs_of_the_case_are_offered(desk: Desk) -> None:
    page = desk.browser.get(f"{desk.case}/consent/new?choose=1")
    assert "Protected shelter" in page.text
    assert "To hand the case to another centre" in page.text


def test_asking_begins_with_the_need_that_presses_and_that_no_grant_covers(desk: Desk) -> None:
    first = desk.browser.get(f"{desk.case}/consent/new").text
    assert f'value="{NEED}"' in first
    answer = desk.browser.send_form(desk.ask_url(), desk.filled(restatement="x"))
    assert "Write what was said, in a few words." in answer.text
    assert "/consent/new?choose=1" in first
    desk.browser.send_form(desk.ask_url(), desk.filled())
    assert f'value="{NEED}"' not in desk.browser.get(f"{desk.case}/consent/new").text


def test_handing_over_a_case_asks_for_each_purpose_by_itself(desk: Desk) -> None:
    page = desk.browser.get(
        f"{desk.case}/consent/new?purpose=case_transfer&organization={desk.story.shelter.organization_id}"
    )
    assert page.status_code == 200, page.text
    for words in (
        "hand your case to",
        "contact you later",
        "journey home",
        "after your return",
        "your claim",
    ):
        assert words in page.text


def test_whoever_asks_again_sees_every_refusal_that_stands_persons_too(desk: Desk) -> None:
    url = f"{desk.case}/refusals/new"
    how = {"method": "signature_paper", "language": "bn"}
    for refused in (
        {"recipient_class": "family"},
        {"recipient_class": "named_person", "person": "The foreman"},
    ):
        assert desk.browser.send_form(url, refused | how).status_code == 303
    page = unescape(desk.browser.get(desk.ask_url()).text)
    told = page.split("Refused already, and it stands:")[1].split("</strong>")[0]
    assert "The foreman" in told
    assert "amily" in told


def test_for_a_child_the_page_asks_for_guardian_and_the_childs_own_word(desk: Desk) -> None:
    with desk.story.acting():
        child = register_child(desk.story.client_id, {"name": "T", "sex": "male", "age": 9}, "son")
        case = open_case(child.id, needs=[NEED])
    desk.story.case_id = case.id
    page = desk.browser.get(desk.ask_url())
    assert "Mother: Rina Akter" in page.text
    assert "What does the child say?" in page.text
    guardian = re.search(r'name="guardian_relationship_id" type="radio" value="([^"]+)"', page.text)
    assert guardian is not None
    form = desk.filled(capacity="parent", guardian_relationship_id=guardian[1], child_view="agrees")
    assert "Check that this person is the guardian" in desk.browser.send_form(desk.ask_url(), form).text
    assert desk.browser.send_form(desk.ask_url(), form | {"guardian_checked": "true"}).status_code == 303


def test_a_yes_to_be_visited_after_the_return_reaches_past_the_last_visit_and_no_other_does(
    desk: Desk,
) -> None:
    shelter = desk.story.shelter.organization_id
    url = f"{desk.case}/consent/new?organization={shelter}&purpose=case_transfer"
    page = desk.browser.get(url).text
    [own] = re.findall(r'<select[^>]* name="(grants\.\d)\.days"', page)
    offered = re.findall(r'<option value="(\d+)"( selected)?', page[page.index(f'name="{own}.days"') :])
    assert offered[:5] == [("30", ""), ("90", ""), ("180", ""), ("365", ""), ("487", " selected")], "she says"
    assert "a shorter time ends before the last one" in page
    form = {name: value for name, value in desk.filled().items() if not name.startswith("grants.")}
    form |= {f"{own}.purpose": "follow_up_contact", f"{own}.answer": "yes", f"{own}.categories": "contact"}
    form |= {"grants.0.purpose": "case_transfer", "grants.0.answer": "yes", "grants.0.categories": "identity"}
    for name in (f"{own}.days", "grants.0.days"):
        assert desk.browser.send_form(url, form | {name: "551"}).status_code == 422, name
    too_long = desk.browser.send_form(url, form | {"grants.0.days": "487"})
    assert "At most 365 days." in too_long.text
    assert desk.browser.send_form(url, form | {f"{own}.days": "487"}).status_code == 303
    held = dict(desk.story.rows("SELECT purpose, (expires_at - created_at) FROM consent_grant"))
    assert {purpose: length.days for purpose, length in held.items()} == {
        "follow_up_contact": 487,
        "case_transfer": 90,
    }
    [(grant_id,)] = desk.story.rows("SELECT id FROM consent_grant WHERE purpose = 'follow_up_contact'")
    assert "1 year and 4 months" in desk.browser.get(f"{desk.case}/grants/{grant_id}/extension").text
