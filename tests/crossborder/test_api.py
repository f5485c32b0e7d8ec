"""The door in JSON: the same operations, with versions, keys and problem details."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from network.core import clock
from tests.crossborder.conftest import NOON, TODAY, Centres, Story, tomorrow
from tests.factories import signed_in
from tests.support.visitor import Visitor

ONE = "/api/v1/handoffs/{}"


class Programs:
    """A program of each centre."""

    def __init__(self, app: Flask, centres: Centres) -> None:
        self.jordan = signed_in(app, centres.jordan.id, "caseworker")
        self.dhaka = signed_in(app, centres.dhaka.id, "coordinator")
        self.stranger = signed_in(app, centres.stranger.tenant, "coordinator")


@pytest.fixture(scope="module")
def programs(app: Flask, centres: Centres) -> Programs:
    with clock.set_to(NOON):
        return Programs(app, centres)


def move(who: Visitor, exchange_id: str | UUID, name: str, method: str = "POST", **given: Any) -> Any:
    """Make a move on the version that stands now."""
    now = who.api("GET", ONE.format(exchange_id)).json
    return who.api(method, f"{ONE.format(exchange_id)}/{name}", given, version=now["version"])


def test_the_main_job_over_the_api(story: Story, programs: Programs) -> None:
    story.allow()
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    jordan, dhaka, case = programs.jordan, programs.dhaka, f"/api/v1/cases/{story.mother_case}"
    answers = {"return_kind": "own_plan", "asked_alone": True, "own_choice": True, "pressure": False}
    screened = jordan.api(
        "POST", f"{case}/return-screening", answers | {"fear": False, "claim_explained": True}
    )
    assert screened.status_code == 201
    assert screened.json["needs_review"] is False
    receivers = jordan.api("GET", f"{case}/handoff-receivers").json
    assert str(story.dhaka.id) in [one["tenant_id"] for one in receivers]
    made = jordan.api(
        "POST",
        "/api/v1/handoffs",
        {
            "case_ids": [str(story.mother_case), str(story.child_case)],
            "to_tenant_id": str(story.dhaka.id),
            "mode": "joint",
            "arrival_on": TODAY.isoformat(),
            "arrival_needs": ["met_by_woman"],
        },
    )
    assert made.status_code == 201, made.json
    mother, child = (one["id"] for one in made.json["items"])
    proposal = jordan.api("POST", f"{ONE.format(mother)}/proposal", {})
    assert proposal.json["ok"]
    assert {one["category"] for one in proposal.json["leaving"]} >= {"preview", "identity", "contact"}
    offered = move(jordan, mother, "offer", together=True, seen=proposal.json["seen"])
    assert (offered.status_code, offered.json["state"]) == (200, "offered")
    inbox = dhaka.api("GET", "/api/v1/handoffs/offers").json["items"]
    assert {mother, child} <= {one["id"] for one in inbox}
    assert dhaka.api("GET", ONE.format(mother)).json["identity"] is None
    assert move(dhaka, mother, "acceptance", together=True).json["state"] == "accepted"
    assert dhaka.api("GET", ONE.format(mother)).json["identity"]["identity"]["name"] == "Rina Akter"
    board = dhaka.api("GET", "/api/v1/arrivals").json
    assert {mother, child} <= {one["id"] for one in board}
    assert move(jordan, mother, "departure", together=True).json["journey"] == "departed"
    assert move(dhaka, mother, "arrival", together=True).json["journey"] == "arrived"
    taken = move(dhaka, mother, "take-over", together=True).json
    assert taken["state"] == "taken_over"
    plan = dhaka.api("GET", f"/api/v1/cases/{taken['case_id']}/follow-ups").json
    assert [one["code"] for one in plan] == ["7d", "1m", "3m", "6m", "12m"]
    first = plan[0]
    path = f"/api/v1/follow-ups/{first['id']}/contact"
    contact = {"channel": "call", "situation": "well"}
    assert dhaka.api("POST", path, contact).status_code == 428
    assert dhaka.api("POST", path, contact, version=9).status_code == 412
    done = dhaka.api("POST", path, contact, version=first["version"])
    assert (done.status_code, done.json["state"]) == (200, "done")
    told = jordan.api("GET", ONE.format(mother)).json
    assert [one["code"] for one in told["milestones"]] == ["arrived_safely", "registered", "first_follow_up"]
    assert told["case_id"] == str(story.mother_case)
    assert jordan.api("GET", f"/api/v1/cases/{taken['case_id']}/follow-ups").status_code == 404
    assert jordan.api("GET", f"/api/v1/cases/{taken['case_id']}").status_code == 404


def test_what_is_not_covered_is_told_line_by_line(story: Story, programs: Programs) -> None:
    story.screen()
    (exchange_id,) = story.prepare(travel=tomorrow())
    refused = move(programs.jordan, exchange_id, "offer")
    assert refused.status_code == 409
    assert refused.json["code"] == "not-covered"
    assert refused.json["lines"]
    assert story.state(exchange_id)[0] == "prepared"


def test_a_stale_version_is_refused(story: Story, programs: Programs) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    path = f"{ONE.format(exchange_id)}/acceptance"
    assert programs.dhaka.api("POST", path, {}).status_code == 428
    assert programs.dhaka.api("POST", path, {}, version=77).status_code == 412
    assert story.state(exchange_id)[0] == "offered"


def test_a_move_out_of_turn_is_a_conflict(story: Story, programs: Programs) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    answer = move(programs.dhaka, exchange_id, "take-over")
    assert answer.status_code == 409
    assert answer.json["code"] == "illegal-transition"


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"case_ids": []},
        {"case_ids": ["x"], "to_tenant_id": "y", "mode": "z"},
        {"case_ids": "all", "to_tenant_id": None, "mode": 3},
        {"surprise": True},
        [],
        "text",
    ],
)
def test_a_bad_request_is_a_clear_refusal(story: Story, programs: Programs, wrong: Any) -> None:
    answer = programs.jordan.api("POST", "/api/v1/handoffs", wrong)
    assert answer.status_code in (400, 422), answer.json


def test_forged_ids_are_not_found_and_change_nothing(story: Story, programs: Programs) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    for who, status in ((programs.stranger, 404), (programs.dhaka, 200), (programs.jordan, 200)):
        assert who.api("GET", ONE.format(exchange_id)).status_code == status
    for name in ("acceptance", "take-over", "arrival"):
        answer = programs.stranger.api("POST", f"{ONE.format(exchange_id)}/{name}", {}, version=2)
        assert answer.status_code == 404, name
    assert story.state(exchange_id)[0] == "offered"
    assert programs.dhaka.api("GET", f"/api/v1/cases/{story.mother_case}/follow-ups").status_code == 404
    screening = story.screen()
    answer = programs.dhaka.api("POST", f"/api/v1/return-screenings/{screening}/review", {"decision": "stop"})
    assert answer.status_code == 404


def test_a_handoff_is_no_referral_whatever_move_is_asked_of_it(story: Story, programs: Programs) -> None:
    """Both have a state called accepted: what a referral may do next, the database refused of a handoff as a state
    that it does not have, and the answer was a conflict instead of not found."""
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    version = programs.dhaka.api("GET", ONE.format(exchange_id)).json["version"]
    soon = (NOON + timedelta(days=1)).isoformat()
    moves: list[tuple[str, dict[str, Any]]] = [
        ("acknowledgement", {}),
        ("acceptance", {}),
        ("decline", {"reason": "no_capacity"}),
        ("questions", {"text": "Who is it?"}),
        ("answers", {"text": "She."}),
        ("appointment", {"on": soon, "place": "Gate"}),
        ("start", {}),
        ("outcome", {"outcomes": ["served_full"]}),
        ("not-served", {"reason": "did_not_come"}),
        ("closure", {"helped": "yes"}),
        ("withdrawal", {"reason": "need_gone"}),
        ("send", {}),
    ]
    for who in (programs.dhaka, programs.jordan):
        for name, given in moves:
            answer = who.api("POST", f"/api/v1/referrals/{exchange_id}/{name}", given, version=version)
            assert answer.status_code == 404, (name, answer.json)
    assert story.state(exchange_id) == ("accepted", "planned")
