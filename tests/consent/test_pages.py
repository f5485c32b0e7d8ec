"""The pages of what a client allowed: what will leave, who was told, refusals and withdrawals, on a phone."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import uuid4

from flask import render_template_string

from network.cases.operations import open_case, register_client
from network.consent.disclosure import propose
from network.directory.operations import add_role
from network.referrals import operations as referrals
from network.tenants.context import job_identity, scope
from tests.consent.conftest import NEED, Desk
from tests.factories import make_tenant, signed_in


def rendered(desk: Desk, **wanted: Any) -> str:
    """The part of a page that shows what would leave, as a referral's page includes it."""
    template = '{% import "consent/proposal.html" as door %}{{ door.proposal(p, back="/referrals/x") }}'
    with desk.story.app.test_request_context(), scope(desk.story.rana):
        return render_template_string(template, p=propose(desk.story.wanted(**wanted)))


def test_what_will_leave_is_shown_field_by_field_under_its_grant(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    shown = rendered(desk)
    preview, identity = shown.split("Seen once they accept", 1)
    assert "Rina Akter" not in preview
    assert "Rina Akter" in identity
    assert "the blue door" in identity
    assert "To get the service asked for, until" in identity
    assert "They may not pass it on." in shown
    assert "Police desk or guard on site" in shown
    assert "What cannot leave" not in shown


def test_what_cannot_leave_is_said_with_the_way_to_ask(desk: Desk) -> None:
    shown = rendered(desk)
    assert "There is no consent to tell" in shown
    assert "Seen once they accept" not in shown
    found = re.search(r'href="([^"]+/consent/new[^"]+)"', shown)
    assert found is not None
    url = unescape(found[1])
    assert "return=/referrals/x" in url
    assert "category=contact" in url
    assert desk.browser.send_form(url, desk.filled()).headers["Location"] == "/referrals/x"
    assert "Rina Akter" in rendered(desk)


def test_what_was_found_missing_is_ticked_when_consent_is_asked_for(desk: Desk) -> None:
    page = desk.browser.get(desk.ask_url(category="health"))
    ticked = re.findall(r'name="grants\.0\.categories" value="(\w+)" checked', page.text)
    assert ticked == ["identity", "contact", "health"]
    assert desk.browser.get(desk.ask_url(category="everything")).status_code == 422


def test_a_refusal_on_the_page_leads_to_the_refusal_itself(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled(never=["recruiter"]))
    with desk.story.acting(job_identity(desk.story.shelter_worker.tenant, "partner")):
        add_role(desk.story.shelter.organization_id, "board", "recruiter")
    shown = rendered(desk)
    assert "One sits on the board of" in shown
    found = re.search(r'href="([^"]+/refusals/[^"]+)"', shown)
    assert found is not None
    assert desk.browser.get(unescape(found[1])).status_code == 200


def test_withdrawing_takes_two_taps_and_says_before_what_will_happen(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    packet = desk.story.disclose()
    overview = desk.browser.get(f"{desk.case}/consent")
    assert overview.status_code == 200, overview.text
    hrefs = re.findall(rf'href="({desk.case}/consent/withdrawal\?grant=[^"]+)"', overview.text)
    seen = desk.browser.get(hrefs[0])
    assert "is sealed at once" in seen.text
    assert "recalled, as no service has begun" in seen.text
    assert 'value="sharing" checked' in seen.text
    answer = desk.browser.send_form(hrefs[0], leaves="sharing")
    assert answer.status_code == 303
    assert desk.story.seen(packet) == {}
    assert "Consent is withdrawn" in desk.browser.get(answer.headers["Location"]).text


def test_who_stops_one_permission_is_told_what_the_same_organization_goes_on_reading(desk: Desk) -> None:
    story = desk.story
    story.consent(story.grant(), story.grant("health_special", days=30))
    story.disclose()
    story.disclose(added=frozenset({"health_special"}))
    grants = story.propose(added=frozenset({"health_special"})).grants
    own = next(one.id for one in grants if one.categories == {"health_special"})
    told = "can go on reading what was told under another permission"
    seen = desk.browser.get(f"{desk.case}/consent/withdrawal?grant={own}").text
    after = seen[seen.index(told) :]
    assert (
        f"/consent/withdrawal?organization={story.shelter.organization_id}" in after[: after.index("</li>")]
    )
    other = next(one.id for one in grants if one.id != own)  # under which both left
    assert told not in desk.browser.get(f"{desk.case}/consent/withdrawal?grant={other}").text


def test_withdrawing_after_the_service_promises_no_recall(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    exchange_id, story = desk.story.refer(), desk.story
    with story.acting(story.shelter_worker):
        referrals.accept_referral(exchange_id)
    with story.acting(story.shelter_worker):
        referrals.complete_service(exchange_id, {0: "served_full"})
    seen = desk.browser.get(f"{desk.case}/consent/withdrawal").text
    assert "is sealed at once" in seen
    assert "has ended already" in seen
    assert "is recalled, as no service has begun" not in seen


def test_everything_is_withdrawn_at_once(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    url = f"{desk.case}/consent/withdrawal"
    assert desk.browser.get(url).status_code == 200
    assert desk.browser.send_form(url, leaves="service").status_code == 303
    assert not desk.story.propose().ok
    assert "nothing left to take back" in desk.browser.get(url).text
    assert desk.browser.send_form(url, {"leaves": "anything"}).status_code == 422


def test_everything_for_one_organization_is_stopped_from_the_page_of_consent(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    packet = desk.story.disclose()
    page = desk.browser.get(f"{desk.case}/consent").text
    [url] = re.findall(rf'href="({desk.case}/consent/withdrawal\?organization=[^"]+)"', page)
    before = desk.browser.get(url).text
    assert "Stop everything for" in before
    assert "is sealed at once" in before
    assert desk.browser.send_form(url, leaves="anything").status_code == 422
    assert desk.story.seen(packet)
    for _tap in range(2):  # the second finds everything sealed, and is told the same
        again = {"leaves": "sharing", "idempotency_key": "8f1b2c34-0d5e-4f6a-9b7c-1d2e3f405162"}
        assert desk.browser.send_form(url, again).status_code == 303
        assert "Whatever was sent under it is sealed." in desk.browser.get(f"{desk.case}/consent").text
    assert desk.story.seen(packet) == {}
    assert "nothing left to take back" in desk.browser.get(url).text
    assert "Stop everything" not in desk.browser.get(f"{desk.case}/consent").text
    other = signed_in(desk.story.app, make_tenant(desk.story.app), "caseworker")
    assert other.get(url).status_code == 404
    unknown = f"{desk.case}/consent/withdrawal?organization={uuid4()}"
    assert desk.browser.get(unknown).status_code == 404


def test_who_was_told_what_when(desk: Desk) -> None:
    empty = desk.browser.get(f"{desk.case}/consent/told")
    assert "Nothing has left the centre." in empty.text
    desk.browser.send_form(desk.ask_url(), desk.filled())
    desk.story.disclose()
    page = desk.browser.get(f"{desk.case}/consent/told")
    assert page.status_code == 200, page.text
    assert "To get the service asked for" in page.text
    assert "Safe contact" in page.text
    assert "Can be read until" in page.text
    assert "Rana" in page.text
    assert "Rina" not in page.text


def test_a_refusal_is_recorded_lifted_once_and_taken_back(desk: Desk) -> None:
    url = f"{desk.case}/refusals/new"
    assert desk.browser.get(url).status_code == 200
    first = {"recipient_class": "family"}
    assert desk.browser.send_form(url, first).status_code == 422
    how = {"method": "signature_paper", "language": "bn"}
    assert desk.browser.send_form(url, first | how).status_code == 303
    assert "stands already" in desk.browser.send_form(url, first).text
    ((refusal_id,),) = desk.story.rows("SELECT id FROM consent_refusal")
    one = f"{desk.case}/refusals/{refusal_id}"
    assert desk.browser.get(one).status_code == 200
    assert desk.browser.send_form(f"{one}/lift", purpose="travel_document").status_code == 303
    assert "Lifted once" in desk.browser.get(f"{desk.case}/consent").text
    assert desk.browser.send_form(f"{one}/lift", purpose="travel_document").status_code == 422
    assert desk.browser.send_form(f"{one}/withdrawal").status_code == 303
    assert "No refusal is recorded." in desk.browser.get(f"{desk.case}/consent").text


def test_a_provisional_consent_is_confirmed_and_a_grant_lasts_longer(desk: Desk) -> None:
    form = desk.filled(method="verbal_phone", identity_check="agreed phrase")
    assert desk.browser.send_form(desk.ask_url(), form).status_code == 303
    ((consent_id,),) = desk.story.rows("SELECT id FROM consent")
    url = f"{desk.case}/consents/{consent_id}/confirmation"
    assert "Read out again" in desk.browser.get(url).text
    assert desk.browser.send_form(url, method="message", language="bn").status_code == 422
    assert desk.browser.send_form(url, method="signature_paper", language="bn").status_code == 303
    assert "Confirmed" in desk.browser.get(f"/consents/{consent_id}").text
    grant_id = desk.story.propose().grants[0].id
    url = f"{desk.case}/grants/{grant_id}/extension"
    assert desk.browser.get(url).status_code == 200
    how = {"capacity": "self", "method": "signature_paper", "language": "bn", "restatement": "Yes, longer."}
    assert desk.browser.send_form(url, how | {"days": "30"}).status_code == 422
    assert desk.browser.send_form(url, how | {"days": "180"}).status_code == 303


def test_case_page_loads_its_part_and_without_htmx_the_whole_page(desk: Desk) -> None:
    part = desk.browser.get(f"{desk.case}/parts/consent", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.text
    assert desk.browser.get(f"{desk.case}/parts/consent").status_code == 302


def test_looking_is_on_record(desk: Desk) -> None:
    desk.browser.get(f"{desk.case}/consent")
    assert ("viewed",) in desk.story.rows("SELECT action FROM audit_event WHERE object_kind = 'consent'")


def test_others_see_none_of_it(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    ((consent_id,),) = desk.story.rows("SELECT id FROM consent")
    grant_id = desk.story.propose().grants[0].id
    other = signed_in(desk.story.app, desk.story.stranger.tenant, "coordinator")
    pages = [
        f"{desk.case}/consent",
        f"{desk.case}/consent/told",
        f"{desk.case}/consent/withdrawal",
        desk.ask_url(),
        f"/consents/{consent_id}",
        f"{desk.case}/grants/{grant_id}/extension",
        f"/api/v1/clients/{desk.story.client_id}/consents",
        f"/api/v1/clients/{desk.story.client_id}/disclosures",
    ]
    for url in pages:
        assert other.get(url).status_code == 404, url
    assert (
        other.send_form(f"{desk.case}/consent/withdrawal?grant={grant_id}", leaves="sharing").status_code
        == 404
    )
    headquarters = signed_in(desk.story.app, make_tenant(desk.story.app, "network"), "network_administrator")
    for url in pages:
        assert headquarters.get(url).status_code == 403, url
    assert desk.story.propose().ok


def test_another_clients_grant_is_not_withdrawn_by_way_of_this_case(desk: Desk) -> None:
    desk.browser.send_form(desk.ask_url(), desk.filled())
    grant_id = desk.story.propose().grants[0].id
    with desk.story.acting():
        other = register_client({"name": "Somebody else", "sex": "female", "age_basis": "adult"})
        case = open_case(other.id, needs=[NEED])
    url = f"/cases/{case.id}/consent/withdrawal?grant={grant_id}"
    assert desk.browser.get(url).status_code == 404
    assert desk.browser.send_form(url, leaves="sharing").status_code == 404


WRONG_ADDRESSES = (
    "purpose=anything",
    "purpose=service_provision&need=x.y",
    "purpose=service_provision&organization=me",
    "purpose=%00",
)
WRONG_FORMS: tuple[dict[str, Any], ...] = (
    {"days": "100000"},
    {"days": "-1"},
    {"grants.0.purpose": "anything"},
    {"grants.0.categories": ["everything"]},
    {"grants.0.categories.x": "identity"},
    {"grants.99999.purpose": "service_provision"},
    {"organization_id": "me"},
    {"capacity": "king"},
    {"language": "'; DROP TABLE consent; --"},
    {"restatement": "x" * 30000},
    {"unexpected": "1"},
    {"never": ["nobody"]},
)


def test_wrong_addresses_and_bad_forms_are_refused_and_change_nothing(desk: Desk) -> None:
    for query in WRONG_ADDRESSES:
        answer = desk.browser.get(f"{desk.case}/consent/new?{query}")
        assert 400 <= answer.status_code < 500, query
    for change in WRONG_FORMS:
        answer = desk.browser.send_form(desk.ask_url(), desk.filled(**change))
        assert 400 <= answer.status_code < 500, change
    assert desk.story.rows("SELECT count(*) FROM consent") == [(0,)]


def test_sent_twice_is_recorded_once(desk: Desk) -> None:
    form = desk.filled(idempotency_key="consent-of-rina-1")
    for _again in range(2):
        assert desk.browser.send_form(desk.ask_url(), form).status_code == 303
    assert desk.story.rows("SELECT count(*) FROM consent") == [(1,)]


def test_pages_speak_arabic(desk: Desk) -> None:
    desk.browser.set_cookie("language", "ar")
    page = desk.browser.get(desk.ask_url(), headers={"Accept-Language": "ar"})
    assert page.status_code == 200
