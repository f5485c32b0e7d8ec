"""What the caseworker does again and again: ask for consent, and prepare a referral."""

from __future__ import annotations

from typing import Any

from network.rehearsal.asking import Answer, expect
from network.rehearsal.story import CASEWORKER, Story

ASKED = {
    "capacity": "self",
    "method": "signature_screen",
    "language": "bn",
    "restatement": "The house may know my name and that my girl is with me. The agent never.",
    "days": 90,
}


def to_get_service(need: str, organization_id: str, *more: str) -> dict[str, Any]:
    """A grant to get one service from one organization."""
    return {
        "purpose": "service_provision",
        "need": need,
        "categories": ["identity", "contact", *more],
        "organization_id": organization_id,
    }


def to_hear_back(organization_id: str) -> dict[str, Any]:
    """A grant that the organization may tell the centre what it did."""
    return {
        "purpose": "feedback_to_centre",
        "categories": ["service_history"],
        "organization_id": organization_id,
    }


def consent(story: Story, client: str, case: str, grants: list[dict[str, Any]], **how: Any) -> Answer:
    """She is asked, and answers."""
    asked = ASKED | {"case_id": story.known[case], "grants": grants} | how
    return story.people[CASEWORKER].post(f"{story.path('clients', client)}/consents", asked)


def prepared(story: Story, needs: list[str], place: str) -> str:
    """A draft of a referral to a place that the directory found."""
    told = {
        "case_id": story.known["case"],
        "service_at_location_id": story.known[place],
        "need_codes": needs,
    }
    made = story.people[CASEWORKER].post("referrals", told).body
    expect(made["state"] == "draft", f"the referral is {made['state']}")
    return str(made["id"])
