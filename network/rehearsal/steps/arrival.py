"""She comes to the centre: her card, her daughter, her case, and what she allows and refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

from network.rehearsal.asking import expect
from network.rehearsal.casework import consent, to_get_service, to_hear_back
from network.rehearsal.story import (
    BED_NEED,
    CASEWORKER,
    EMPLOYER,
    GIRLS_NAME,
    NAME,
    PASSPORT,
    PASSPORT_NEED,
    PHONE,
    SHELTER_NEED,
    TRAVEL_NEED,
    WAGES_NEED,
    Story,
    script,
)
from network.rehearsal.world import DORM, HOUSE

SCRIPT = script()
CARE = {
    "number": PHONE,
    "channels": ["call"],
    "belongs_to": "client",
    "who_else_may_see": ["roommates"],
    "may_leave_message": "no",
    "if_another_answers": "wrong_number",
    "we_appear_as": "language_class",
    "check": "phrase",
    "phrase": "blue bucket",
    "hours": "set_hours",
    "hours_note": "20:30-22:00",
}
HER_CARD: dict[str, Any] = {
    "name": NAME,
    "sex": "female",
    "age": 27,
    "nationality": "BD",
    "languages": ["bn"],
    "sector": "garment",
    "employer": EMPLOYER,
    "came_by": "walk_in",
    "contacts": [CARE],
    "documents": [{"type": "passport", "holder": "employer", "number": PASSPORT}],
}


@SCRIPT.step("register a client", CASEWORKER)
def register(story: Story) -> str:
    """A garment worker of 27 from Bangladesh whose employer holds her passport."""
    caseworker = story.people[CASEWORKER]
    made = caseworker.post("clients", HER_CARD).body
    card = caseworker.get(f"clients/{made['client']['id']}").body
    expect(card["client"]["name"] == NAME and card["client"]["age"] == 27, "the card is not as it was sent")
    expect(card["contacts"][0]["rules"]["number"] == PHONE, "her number is not on the card")
    expect(card["documents"][0]["holder"] == "employer", "it is not told who holds her passport")
    found = caseworker.post("clients/search", {"question": "Rehanna Begum"}).body
    expect([hit["name"] for hit in found] == [NAME], "a search with a typo does not find her")
    story.known["client"] = card["client"]["id"]
    story.known["passport"] = card["documents"][0]["id"]
    return str(card["client"]["reference"])


@SCRIPT.step("register her child, linked", CASEWORKER)
def register_child(story: Story) -> str:
    """Her daughter of two, who travels with her, is a client of her own."""
    caseworker, mother = story.people[CASEWORKER], story.path("clients", "client")
    child = {"name": GIRLS_NAME, "sex": "female", "age": 2, "nationality": "BD"}
    made = caseworker.post(
        f"{mother}/children", child | {"relationship": "daughter", "travels_along": True}
    ).body
    expect(made["client"]["is_child"], "she is not known as a child")
    story.known["child"] = made["client"]["id"]
    ties = {(one["client_id"], one["relationship"]) for one in caseworker.get(mother).body["related"]}
    expect(
        ties == {(made["client"]["id"], tie) for tie in ("daughter", "travels_with")},
        f"her mother's card shows {ties}",
    )
    back = [one for one in made["related"] if one["client_id"] == story.known["client"]]
    mothers = [one["id"] for one in back if one["relationship"] == "mother"]
    expect(mothers, f"the child's card shows {[one['relationship'] for one in back]}")
    story.known["mother of the child"] = mothers[0]
    return str(made["client"]["reference"])


@SCRIPT.step("open a case", CASEWORKER)
def open_case(story: Story) -> str:
    """Wages unpaid, passport held, a safe place, and then home; and a case for the child."""
    caseworker = story.people[CASEWORKER]
    needs = [WAGES_NEED, PASSPORT_NEED, SHELTER_NEED, TRAVEL_NEED]
    about = {"needs": needs, "priority": "emergency", "summary": "No wages for four months."}
    made = caseworker.post(f"{story.path('clients', 'client')}/cases", about).body
    told = caseworker.get(f"cases/{made['case']['id']}").body
    expect([one["need_code"] for one in told["needs"]] == needs, "the needs are not as they were sent")
    expect(told["case"]["state"] == "open" and told["events"], "it is not open, or has no timeline")
    story.known["case"] = told["case"]["id"]
    hers = {"needs": [TRAVEL_NEED], "summary": "Travels with her mother."}
    made = caseworker.post(f"{story.path('clients', 'child')}/cases", hers).body
    story.known["child's case"] = made["case"]["id"]
    return str(told["case"]["reference"])


@SCRIPT.step("record her claim for wages", CASEWORKER)
def record_claim(story: Story) -> str:
    """Four months' wages."""
    claim = {
        "kind": "wages_unpaid",
        "forum": "labour_inspectorate",
        "remedies": ["money"],
        "amount_claimed": "1320.00",
        "currency": "JOD",
        "respondent": EMPLOYER,
    }
    case = story.path("cases", "case")
    story.known["claim"] = story.people[CASEWORKER].post(f"{case}/claims", claim).body["id"]
    told = story.people[CASEWORKER].get(case).body["claims"]
    expect([one["amount_claimed"] for one in told] == ["1320.00"], "the claim is not as it was sent")
    return "1,320 JOD"


@SCRIPT.step("record consent and one refusal", CASEWORKER)
def record_consent(story: Story) -> str:
    """The two houses may know, for a bed; no recruiter ever."""
    house, dorm = (story.known[f"organization of {one.code}"] for one in (HOUSE, DORM))
    caseworker, client = story.people[CASEWORKER], story.path("clients", "client")
    grants = [
        to_get_service(SHELTER_NEED, house, "dependants"),
        to_get_service(BED_NEED, house, "dependants"),
        to_hear_back(house),
    ]
    told = consent(story, "client", "case", grants, never=["recruiter"]).body
    story.known["consent"] = told["id"]
    expect(
        len(told["grants"]) == 3 and all(one["ends_at"] for one in told["grants"]),
        "a grant or its end is lost",
    )
    consent(story, "client", "case", [to_get_service(BED_NEED, dorm)])
    refusals = caseworker.get(f"{client}/refusals").body
    expect([one["recipient_class"] for one in refusals] == ["recruiter"], "the refusal does not stand")
    until = date.fromisoformat(told["grants"][0]["ends_at"][:10])
    return f"until {until}; never a recruiter"
