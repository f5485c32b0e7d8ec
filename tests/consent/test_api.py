"""Consent through the JSON API: the same operations as the pages."""

from __future__ import annotations

from typing import Any

from tests.consent.conftest import NEED, Desk
from tests.factories import make_tenant, signed_in


def body(desk: Desk, **more: Any) -> dict[str, Any]:
    return {
        "capacity": "self",
        "method": "signature_screen",
        "language": "bn",
        "restatement": "The shelter may know my name.",
        "case_id": str(desk.story.case_id),
        "grants": [
            {
                "purpose": "service_provision",
                "need": NEED,
                "categories": ["identity", "contact"],
                "organization_id": str(desk.story.shelter.organization_id),
                "days": 90,
            }
        ],
        "refusals": [{"recipient_class": "recruiter"}],
    } | more


def test_consent_is_recorded_shown_and_taken_back(desk: Desk) -> None:
    clients = f"/api/v1/clients/{desk.story.client_id}"
    made = desk.browser.api("POST", f"{clients}/consents", body(desk))
    assert made.status_code == 201, made.text
    consent = made.json
    assert consent["state"] == "given"
    assert consent["grants"][0]["categories"] == ["contact", "identity"]
    assert desk.browser.api("GET", f"{clients}/consents").json[0]["id"] == consent["id"]
    assert [one["recipient_class"] for one in desk.browser.api("GET", f"{clients}/refusals").json] == [
        "recruiter"
    ]
    packet = desk.story.disclose()
    told = desk.browser.api("GET", f"{clients}/disclosures").json
    assert told[0]["organization_id"] == str(desk.story.shelter.organization_id)
    assert told[0]["sealed_at"] is None
    taken = desk.browser.api("POST", f"/api/v1/consents/{consent['id']}/withdrawal", {"leaves": "sharing"})
    assert (taken.status_code, taken.json["state"]) == (200, "withdrawn")
    assert desk.story.seen(packet) == {}
    assert desk.browser.api("GET", f"{clients}/disclosures").json[0]["seal_reason"] == "withdrawn"
    again = desk.browser.api("POST", f"/api/v1/consents/{consent['id']}/withdrawal", {"leaves": "sharing"})
    assert again.status_code == 409


def test_everything_for_one_organization_is_stopped_in_one_request(desk: Desk) -> None:
    clients = f"/api/v1/clients/{desk.story.client_id}"
    desk.browser.api("POST", f"{clients}/consents", body(desk))
    packet = desk.story.disclose()
    stop = f"{clients}/organizations/{desk.story.shelter.organization_id}/withdrawal"
    assert desk.browser.api("POST", stop, {"leaves": "service"}).json == {"ended": 1}
    assert desk.story.seen(packet) == {}
    assert desk.browser.api("POST", stop, {"leaves": "service"}).status_code == 409


def test_the_same_request_sent_again_is_carried_out_once(desk: Desk) -> None:
    url = f"/api/v1/clients/{desk.story.client_id}/consents"
    first = desk.browser.api("POST", url, body(desk), key="rina-consents-once")
    second = desk.browser.api("POST", url, body(desk), key="rina-consents-once")
    assert first.json["id"] == second.json["id"]
    changed = desk.browser.api("POST", url, body(desk, language="en"), key="rina-consents-once")
    assert changed.status_code == 409


def test_a_proposal_says_what_would_leave_and_what_not(desk: Desk) -> None:
    url = f"/api/v1/cases/{desk.story.case_id}/proposal"
    wanted = {
        "recipient_organization_id": str(desk.story.shelter.organization_id),
        "purpose": "service_provision",
        "need_codes": [NEED],
    }
    before = desk.browser.api("POST", url, wanted).json
    assert before["ok"] is False
    assert before["leaving"] == []
    assert before["missing"][0]["code"] == "no_grant"
    assert "There is no consent" in before["missing"][0]["why"]
    desk.browser.api("POST", f"/api/v1/clients/{desk.story.client_id}/consents", body(desk))
    after = desk.browser.api("POST", url, wanted).json
    assert after["ok"] is True
    assert {one["part"] for one in after["leaving"]} == {"preview", "identity"}
    assert desk.story.rows("SELECT count(*) FROM disclosure") == [(0,)]
    assert desk.browser.api("POST", url, wanted | {"purpose": "x"}).status_code == 422


def test_grants_refusals_and_lifts(desk: Desk) -> None:
    clients = f"/api/v1/clients/{desk.story.client_id}"
    desk.browser.api("POST", f"{clients}/consents", body(desk))
    grant_id = desk.browser.api("GET", f"{clients}/grants").json[0]["id"]
    longer = body(desk) | {"days": 180}
    for name in ("grants", "refusals", "case_id"):
        longer.pop(name)
    extended = desk.browser.api("POST", f"/api/v1/grants/{grant_id}/extension", longer)
    assert extended.status_code == 200, extended.text
    refusal = desk.browser.api("POST", f"{clients}/refusals", {"recipient_class": "embassy_consulate"})
    assert (refusal.status_code, refusal.json["country"]) == (201, "BD")
    lift = f"/api/v1/refusals/{refusal.json['id']}/lift"
    assert desk.browser.api("POST", lift, {"purpose": "travel_document"}).status_code == 204
    assert desk.browser.api("POST", lift, {"purpose": "travel_document"}).status_code == 409
    lifted = desk.browser.api("GET", f"{clients}/refusals").json[-1]
    assert lifted["lifted_for"] == ["travel_document"]
    assert desk.browser.api("POST", f"/api/v1/refusals/{refusal.json['id']}/withdrawal").status_code == 204
    ended = desk.browser.api("POST", f"/api/v1/grants/{grant_id}/withdrawal", {"leaves": "sharing"})
    assert ended.json["withdrawn_at"] is not None
    everything = f"{clients}/withdrawal"
    assert desk.browser.api("POST", everything, {"leaves": "service"}).json == {"ended": 0}
    # Only what this very call ended is counted, however often it is sent.
    for _twice in range(2):
        desk.browser.api("POST", f"{clients}/consents", body(desk))
    for _again in range(2):
        answer = desk.browser.api("POST", everything, {"leaves": "service"}, key="takes-all-back-once")
        assert answer.json == {"ended": 2}


def test_wrong_bodies_are_refused_with_the_fields_that_are_wrong(desk: Desk) -> None:
    url = f"/api/v1/clients/{desk.story.client_id}/consents"
    for change, field in (
        ({"method": "thumbprint"}, "witness"),
        ({"grants": [{"purpose": "service_provision", "categories": ["case_notes"]}]}, "grants.0.categories"),
        ({"capacity": None}, "capacity"),
        ({"grants": "all"}, "grants"),
        ({"nothing": 1}, "nothing"),
        ({"restatement": ["a"]}, "restatement"),
    ):
        answer = desk.browser.api("POST", url, body(desk, **change))
        assert answer.status_code == 422, change
        assert field in answer.json["errors"], change
    assert desk.story.rows("SELECT count(*) FROM consent") == [(0,)]


def test_another_centre_gets_the_answer_of_what_does_not_exist(desk: Desk) -> None:
    other = signed_in(desk.story.app, make_tenant(desk.story.app, country="LB"), "coordinator")
    desk.browser.api("POST", f"/api/v1/clients/{desk.story.client_id}/consents", body(desk))
    grant_id = desk.story.propose().grants[0].id
    for method, path, sent in (
        ("GET", f"clients/{desk.story.client_id}/consents", None),
        ("POST", f"clients/{desk.story.client_id}/consents", body(desk)),
        ("POST", f"clients/{desk.story.client_id}/refusals", {"recipient_class": "family"}),
        ("POST", f"clients/{desk.story.client_id}/withdrawal", {"leaves": "sharing"}),
        ("POST", f"grants/{grant_id}/withdrawal", {"leaves": "sharing"}),
        (
            "POST",
            f"cases/{desk.story.case_id}/proposal",
            {
                "recipient_organization_id": str(desk.story.shelter.organization_id),
                "purpose": "service_provision",
                "need_codes": [NEED],
            },
        ),
    ):
        assert other.api(method, f"/api/v1/{path}", sent).status_code == 404, path
    assert desk.story.propose().ok
