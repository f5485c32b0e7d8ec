"""Mother and child go home: asked alone, offered over the corridor, met, taken over, followed up."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from network.rehearsal.asking import expect
from network.rehearsal.casework import consent
from network.rehearsal.story import (
    CASEWORKER,
    GIRLS_NAME,
    NAME,
    NOTE_AT_HOME,
    ORIGIN,
    SECRETS,
    Story,
    script,
)
from network.rehearsal.world import DHAKA

SCRIPT = script()
BOTH = {"together": True}
HERS = ("dependants", "travel", "legal_claim", "employment", "documents")
PLAN = ("7d", "1m", "3m", "6m", "12m")


@SCRIPT.step("screen the return", CASEWORKER)
def screen(story: Story) -> str:
    """Asked alone; her own choice, no pressure and no fear."""
    answers = {
        "return_kind": "own_plan",
        "asked_alone": True,
        "own_choice": True,
        "pressure": False,
        "fear": False,
        "claim_explained": True,
        "words": "I want to go home with my girl.",
    }
    path = f"{story.path('cases', 'case')}/return-screening"
    story.people[CASEWORKER].post(path, answers)
    told = story.people[CASEWORKER].get(path).body
    expect(told["own_choice"] and not told["fear"] and not told["needs_review"], f"it says {told}")
    return "own plan, asked alone"


@SCRIPT.step("record consent for mother and child", CASEWORKER)
def allow_handover(story: Story) -> str:
    """Before, nothing can be offered; she allows it for herself, and for the girl who is too small to be asked."""
    home = story.known[f"organization of {DHAKA.code}"]
    consent(story, "client", "case", [_to_hand_over(home, *HERS), _to_follow_up(home)])
    guardian = {
        "capacity": "parent",
        "guardian_relationship_id": story.known["mother of the child"],
        "guardian_checked": True,
        "child_view": "too_young",
    }
    told = consent(
        story, "child", "child's case", [_to_hand_over(home, "travel"), _to_follow_up(home)], **guardian
    ).body
    expect(
        told["capacity"] == "parent" and len(told["grants"]) == 2, "the child's consent is not as it was sent"
    )
    return "hers, and her daughter's by her mother"


@SCRIPT.step("offer mother and child over the corridor", CASEWORKER)
def offer(story: Story) -> str:
    """To a centre that an agreement reaches; jointly, since the claim goes on; with the day they arrive."""
    caseworker, case = story.people[CASEWORKER], story.path("cases", "case")
    reached = caseworker.get(f"{case}/handoff-receivers").body
    expect([one["name"] for one in reached] == [DHAKA.name], f"the centres offered are {reached}")
    wanted = {
        "case_ids": [story.known["case"], story.known["child's case"]],
        "to_tenant_id": reached[0]["tenant_id"],
        "mode": "joint",
        "arrival_on": _today().isoformat(),
        "arrival_needs": ["met_at_arrival", "infant"],
    }
    made = caseworker.post("handoffs", wanted).body["items"]
    by_case = {one["case_id"]: one["id"] for one in made}
    story.known["handoff"] = by_case[story.known["case"]]
    story.known["child's handoff"] = by_case[story.known["child's case"]]
    path = story.path("handoffs", "handoff")
    proposal = caseworker.post(f"{path}/proposal").body
    expect(proposal["ok"], f"it could not be offered: {proposal['missing']}")
    caseworker.move(path, "offer", BOTH)
    _expect_both(story, CASEWORKER, "state", "offered")
    return f"{len(proposal['leaving'])} fields of hers"


@SCRIPT.step("the origin coordinator reviews the preview", ORIGIN)
def review(story: Story) -> str:
    """Two people, when they arrive and what they need then; no name, number or paper."""
    coordinator, path = story.people[ORIGIN], story.path("handoffs", "handoff")
    offers, page = coordinator.get("handoffs/offers"), coordinator.get(path)
    expect(len(offers.body["items"]) == 2, "the two are not among the offers")
    expect(page.body["preview"] and page.body["identity"] is None, "it shows too little, or too much")
    expect(
        {one["code"] for one in page.body["arrival_needs"]} == {"met_at_arrival", "infant"}, "needs are lost"
    )
    named = offers.names(*SECRETS) + page.names(*SECRETS, story.known["client"], story.known["case"])
    expect(not named, "it names her before accepting")
    coordinator.move(path, "review", BOTH)
    _expect_both(story, ORIGIN, "state", "in_review")
    return f"two people, {page.body['mode']}, on {page.body['arrival_on']}"


@SCRIPT.step("accept the handoff", ORIGIN)
def accept(story: Story) -> str:
    """For both; only now is it shown who they are."""
    coordinator, path = story.people[ORIGIN], story.path("handoffs", "handoff")
    coordinator.move(path, "acceptance", BOTH)
    _expect_both(story, ORIGIN, "state", "accepted")
    expect(coordinator.get(path).names(NAME), "her name is not shown after accepting")
    girls = coordinator.get(story.path("handoffs", "child's handoff"))
    expect(girls.names(GIRLS_NAME), "her daughter's name is not shown after accepting")
    return "both; their names are shown"


@SCRIPT.step("they depart", CASEWORKER)
def depart(story: Story) -> str:
    """They have left, and are on the board of those who arrive, which names nobody."""
    story.people[CASEWORKER].move(story.path("handoffs", "handoff"), "departure", BOTH)
    _expect_both(story, ORIGIN, "journey", "departed")
    board = story.people[ORIGIN].get("arrivals")
    expect({one["id"] for one in board.body} == _both(story), "they are not on the board of arrivals")
    expect(not board.names(*SECRETS), "the board names them")
    return "both, on the board of arrivals"


@SCRIPT.step("mark the arrival", ORIGIN)
def arrive(story: Story) -> str:
    """They were met."""
    story.people[ORIGIN].move(story.path("handoffs", "handoff"), "arrival", BOTH)
    _expect_both(story, ORIGIN, "journey", "arrived")
    return "both"


@SCRIPT.step("take the case over", ORIGIN)
def take_over(story: Story) -> str:
    """A new client and a new case for each, made from the packet; nothing points to the sender's records."""
    coordinator = story.people[ORIGIN]
    coordinator.move(story.path("handoffs", "handoff"), "take-over", BOTH)
    _expect_both(story, ORIGIN, "state", "taken_over")
    for person, name in (("", NAME), ("child's ", GIRLS_NAME)):
        mine = coordinator.get(story.path("handoffs", f"{person}handoff")).body
        story.known[f"{person}case at home"] = mine["case_id"]
        page = coordinator.get(f"cases/{mine['case_id']}")
        expect(page.body["card"]["name"] == name, "the new card is not hers")
        expect(not page.names(*_ids_of_sender(story)), "the new case points to the sender's records")
    story.known["client at home"] = coordinator.get(story.path("handoffs", "handoff")).body["client_id"]
    return "two clients, two cases"


@SCRIPT.step("follow-up plan of 7 days and 1, 3, 6, 12 months", ORIGIN)
def plan(story: Story) -> str:
    """Made with the take-over, counted from the day of arrival in the centre's own zone."""
    told = story.people[ORIGIN].get(f"{story.path('cases', 'case at home')}/follow-ups").body
    expect(tuple(one["code"] for one in told) == PLAN, f"the plan is {[one['code'] for one in told]}")
    days = [date.fromisoformat(one["due_on"]) for one in told]
    arrived = days[0] - timedelta(days=7)
    expect(0 <= (_today() - arrived).days <= 1, f"it is counted from {arrived}")
    expect(days[1:] == [_months_later(arrived, months) for months in (1, 3, 6, 12)], f"the days are {days}")
    story.known["follow-up"] = told[0]["id"]
    return ", ".join(str(day) for day in days)


@SCRIPT.step("record the first follow-up", ORIGIN)
def follow_up(story: Story) -> str:
    """She was reached, in the way that she allowed."""
    path = f"{story.path('cases', 'case at home')}/follow-ups"
    coordinator = story.people[ORIGIN]
    version = coordinator.get(path).body[0]["version"]
    contacted = {"channel": "at_centre", "situation": "coping", "note": NOTE_AT_HOME}
    done = coordinator.post(
        f"{story.path('follow-ups', 'follow-up')}/contact", contacted, version=version
    ).body
    expect((done["state"], done["situation"]) == ("done", "coping"), f"it is {done}")
    return str(done["situation"])


@SCRIPT.step("the sender sees the milestone and nothing else", CASEWORKER)
def milestone(story: Story) -> str:
    """That she arrived, was registered and was reached; not how she is, nor where to look for her."""
    caseworker = story.people[CASEWORKER]
    page = caseworker.get(story.path("handoffs", "handoff"))
    codes = [one["code"] for one in page.body["milestones"]]
    expect({"arrived_safely", "registered", "first_follow_up"} <= set(codes), f"the milestones are {codes}")
    there = (story.known["client at home"], story.known["case at home"], story.known["follow-up"])
    expect(not page.names(NOTE_AT_HOME, "coping", *there), "more than the milestone is told")
    case = caseworker.get(story.path("cases", "case"))
    expect(not case.names(NOTE_AT_HOME, "coping", *there), "her own case tells more than the milestone")
    caseworker.refused("GET", story.path("cases", "case at home"), status=404)
    caseworker.refused("GET", f"{story.path('cases', 'case at home')}/follow-ups", status=404)
    story.people[ORIGIN].refused("GET", story.path("cases", "case"), status=404)
    return ", ".join(codes)


def _to_hand_over(organization_id: str, *more: str) -> dict[str, Any]:
    return {
        "purpose": "case_transfer",
        "categories": ["identity", "contact", "migration", *more],
        "organization_id": organization_id,
    }


def _to_follow_up(organization_id: str) -> dict[str, Any]:
    return {"purpose": "follow_up_contact", "categories": ["contact"], "organization_id": organization_id}


def _both(story: Story) -> set[str]:
    return {story.known["handoff"], story.known["child's handoff"]}


def _expect_both(story: Story, title: str, field: str, wanted: str) -> None:
    """Mother and child stand at the same point."""
    told = [story.people[title].get(f"handoffs/{one}").body[field] for one in _both(story)]
    expect(told == [wanted, wanted], f"their {field} is {told}, not {wanted}")


def _ids_of_sender(story: Story) -> tuple[str, ...]:
    return tuple(
        story.known[name] for name in ("client", "child", "case", "child's case", "passport", "claim")
    )


def _today() -> date:
    """The day where they arrive."""
    return datetime.now(ZoneInfo(DHAKA.account["time_zone"])).date()


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
