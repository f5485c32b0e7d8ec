"""The door in JSON: the whole loop by two people, and everything that is refused on the way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from network.core import clock
from network.core.ids import new_id
from tests.factories import make_account, make_listing, make_tenant, sign_in
from tests.referrals.conftest import NEED, World
from tests.support.visitor import Visitor


@dataclass
class Doors:
    """The same world through the API: a caseworker, a partner's worker and her colleague, and a stranger."""

    world: World
    caseworker: Visitor
    worker: Visitor
    colleague: Visitor
    stranger: Visitor
    network: Visitor

    def jobs(self) -> None:
        self.world.jobs()

    def prepare(self, *needs: str) -> dict[str, Any]:
        answer = self.caseworker.api(
            "POST",
            "/api/v1/referrals",
            {
                "case_id": str(self.world.case_id),
                "service_at_location_id": str(self.world.listed.service_at_location_id),
                "need_codes": list(needs or (NEED,)),
            },
        )
        assert answer.status_code == 201, answer.text
        return answer.json

    def sent(self) -> dict[str, Any]:
        self.world.consent()
        draft = self.prepare()
        answer = self.post(self.caseworker, draft, "send", {})
        assert answer.status_code == 200, answer.text
        self.jobs()
        return answer.json

    def post(self, who: Visitor, referral: dict[str, Any], what: str, body: Any = None, **more: Any) -> Any:
        more.setdefault("version", referral["version"])
        return who.api("POST", f"/api/v1/referrals/{referral['id']}/{what}", body, **more)

    def get(self, who: Visitor, referral: dict[str, Any]) -> Any:
        return who.api("GET", f"/api/v1/referrals/{referral['id']}")


@pytest.fixture
def doors(app: Flask, world: World) -> Doors:
    def somebody(tenant_id: uuid.UUID, *roles: str) -> Visitor:
        return sign_in(app, make_account(app, tenant_id, *roles))

    return Doors(
        world,
        somebody(world.sender.tenant, "caseworker"),
        somebody(world.receiver.tenant, "partner_worker"),
        somebody(world.receiver.tenant, "partner_worker"),
        somebody(world.stranger.tenant, "coordinator"),
        somebody(make_tenant(app, "network"), "network_administrator"),
    )


def test_the_loop_goes_round(doors: Doors) -> None:
    doors.world.consent()
    draft = doors.prepare()
    assert (draft["state"], draft["role"], draft["moves"]) == ("draft", "sender", ["send", "discard"])
    proposal = doors.caseworker.api("GET", f"/api/v1/referrals/{draft['id']}/proposal").json
    assert proposal["ok"]
    assert {(one["part"], one["category"]) for one in proposal["leaving"]} >= {
        ("preview", "preview"),
        ("identity", "identity"),
    }
    sent = doors.post(doors.caseworker, draft, "send", {}).json
    assert sent["state"] == "sent"
    doors.jobs()
    [row] = doors.worker.api("GET", "/api/v1/inbox").json["items"]
    assert (row["id"], row["preview"]["needs"]) == (draft["id"], [NEED])
    seen = doors.get(doors.worker, sent).json
    assert (seen["identity"], seen["case_id"]) == (None, None)
    accepted = doors.post(doors.worker, seen, "acceptance").json
    assert accepted["identity"]["identity"]["name"] == "Invented"
    on = (clock.now() + timedelta(days=1)).isoformat()
    scheduled = doors.post(doors.worker, accepted, "appointment", {"on": on, "place": "Gate 2"}).json
    path = f"/api/v1/referrals/{scheduled['id']}/appointment"
    later = {"on": (clock.now() + timedelta(days=2)).isoformat(), "place": "Gate 3"}
    scheduled = doors.worker.api("PUT", path, later, version=scheduled["version"]).json
    started = doors.post(doors.worker, scheduled, "start").json
    done = doors.post(
        doors.worker, started, "outcome", {"outcomes": ["served_full"], "text": "Two nights"}
    ).json
    assert done["moves"] == []
    doors.jobs()
    mine = doors.get(doors.caseworker, sent).json
    assert [step["move"] for step in mine["steps"]] == [
        *("send", "accept", "schedule", "change_appointment", "start", "complete")
    ]
    closed = doors.post(doors.caseworker, mine, "closure", {"helped": "yes", "words": "They were kind"})
    assert (closed.status_code, closed.json["state"]) == (200, "closed")
    assert closed.headers["ETag"] == f'"{closed.json["version"]}"'


def test_asking_answering_acknowledging_declining_and_withdrawing(doors: Doors) -> None:
    sent = doors.sent()
    seen = doors.post(doors.worker, sent, "acknowledgement").json
    asked = doors.post(doors.worker, seen, "questions", {"text": "How many nights?"}).json
    assert asked["state"] == "needs_information"
    answered = doors.post(doors.caseworker, asked, "answers", {"text": "Two"}).json
    assert answered["messages"][-1]["text"] == "Two"
    declined = doors.post(doors.worker, answered, "decline", {"reason": "no_capacity"}).json
    assert (declined["state"], declined["steps"][-1]["reason_code"]) == ("declined", "no_capacity")
    again = doors.prepare("protection.shelter")
    doors.world.consent(None, "protection.shelter")
    sent = doors.post(doors.caseworker, again, "send", {}).json
    withdrawn = doors.post(doors.caseworker, sent, "withdrawal", {"reason": "need_gone"}).json
    assert (withdrawn["state"], withdrawn["seal_reason"]) == ("withdrawn", "recalled")


def test_what_no_grant_covers_is_refused_line_by_line(doors: Doors) -> None:
    draft = doors.prepare()
    answer = doors.post(doors.caseworker, draft, "send", {})
    assert (answer.status_code, answer.json["code"]) == (409, "not-covered")
    assert doors.get(doors.caseworker, draft).json["state"] == "draft"


def test_a_need_of_a_guarded_group_is_named_only_once_it_was_accepted(doors: Doors) -> None:
    doors.world.consent(None, "protection.shelter")
    draft = doors.prepare("protection.shelter")
    sent = doors.post(doors.caseworker, draft, "send", {}).json
    seen = doors.get(doors.worker, sent).json
    assert ([one["code"] for one in seen["needs"]], seen["preview"]["needs"]) == (
        ["protection"],
        ["protection"],
    )
    accepted = doors.post(doors.worker, seen, "acceptance").json
    assert [one["code"] for one in accepted["needs"]] == ["protection.shelter"]


def test_the_same_request_twice_makes_one_move(doors: Doors) -> None:
    sent = doors.sent()
    key = str(uuid.uuid4())
    first = doors.post(doors.worker, sent, "acceptance", key=key)
    second = doors.post(doors.worker, sent, "acceptance", key=key)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json == second.json
    assert [step["move"] for step in second.json["steps"]].count("accept") == 1
    other = doors.post(doors.worker, sent, "start", key=key)
    assert other.status_code == 409


def test_a_stale_version_overwrites_nothing_and_a_missing_one_is_asked_for(doors: Doors) -> None:
    sent = doors.sent()
    assert doors.post(doors.worker, sent, "acceptance", version=1).status_code == 412
    assert doors.post(doors.worker, sent, "acceptance", version=None).status_code == 428
    assert doors.post(doors.worker, sent, "acceptance").status_code == 200
    assert doors.post(doors.colleague, sent, "acceptance").status_code == 412


def test_others_are_answered_as_if_it_were_not_there(doors: Doors) -> None:
    sent = doors.sent()
    for nobody in (doors.stranger,):
        real, forged = doors.get(nobody, sent), doors.get(nobody, {"id": str(new_id())})
        assert (real.status_code, forged.status_code) == (404, 404)
        strip = ("request_id", "instance")
        assert {k: v for k, v in real.json.items() if k not in strip} == {
            k: v for k, v in forged.json.items() if k not in strip
        }
        for what in ("acceptance", "start", "acknowledgement"):
            assert doors.post(nobody, sent, what).status_code == 404
        assert nobody.api("GET", "/api/v1/inbox").json["items"] == []
        assert nobody.api("GET", f"/api/v1/referrals?case_id={doors.world.case_id}").json["items"] == []
    assert doors.get(doors.network, sent).status_code == 403


def test_roles_that_do_not_answer_or_send_are_refused(doors: Doors, app: Flask) -> None:
    sent = doors.sent()
    assert doors.worker.api("GET", "/api/v1/referrals").status_code == 403
    assert doors.post(doors.worker, sent, "withdrawal", {"reason": "need_gone"}).status_code == 403
    intake = sign_in(app, make_account(app, doors.world.sender.tenant, "intake"))
    assert doors.get(intake, sent).status_code == 403
    assert doors.post(doors.caseworker, sent, "acceptance").status_code == 404


HOSTILE: list[tuple[str, Any]] = [
    ("decline", {}),
    ("decline", {"reason": "because"}),
    ("decline", {"reason": ["no_capacity"]}),
    ("decline", {"reason": "no_capacity", "extra": 1}),
    ("decline", {"reason": "waiting_list", "on": "tomorrow"}),
    ("decline", {"reason": "other", "text": "x" * 5000}),
    ("questions", {"text": ""}),
    ("questions", {"text": {"a": 1}}),
    ("questions", {"text": "x" * 9000}),
    ("questions", {"text": "nul\u0000"}),
    ("outcome", {"outcomes": "served_full"}),
    ("outcome", {"outcomes": [None]}),
    ("appointment", {"on": "2020-01-01T10:00:00+00:00", "place": "Here"}),
    ("appointment", {"on": 5, "place": "Here"}),
    ("not-served", {"reason": "did_not_come; DROP TABLE referral"}),
    ("questions", ["text"]),
    ("questions", None),
]


def test_hostile_bodies_and_queries_are_refused_and_change_nothing(doors: Doors) -> None:
    sent = doors.sent()
    for what, body in HOSTILE:
        answer = doors.post(doors.worker, sent, what, body)
        assert 400 <= answer.status_code < 500, (what, body)
    for query in ("cursor=forged", "limit=0", "limit=many", "done=perhaps"):
        assert 400 <= doors.worker.api("GET", f"/api/v1/inbox?{query}").status_code < 500, query
    now = doors.get(doors.worker, sent).json
    assert (now["state"], now["version"]) == ("sent", sent["version"])


def test_choices_that_no_purpose_allows_are_refused(doors: Doors) -> None:
    doors.world.consent()
    draft = doors.prepare()
    for body in (
        {"added": ["case_notes"]},
        {"added": ["financial"]},
        {"added": ["no_such"]},
        {"priority": "soon"},
    ):
        answer = doors.post(doors.caseworker, draft, "send", body)
        assert 400 <= answer.status_code < 500, body
    assert doors.get(doors.caseworker, draft).json["state"] == "draft"


def test_a_draft_for_a_service_that_takes_none_or_a_foreign_case_is_refused(doors: Doors) -> None:
    world = doors.world
    closed = make_listing(world.app, world.sender.tenant, referral={"accepted": False, "methods": []})
    body = {
        "case_id": str(world.case_id),
        "service_at_location_id": str(closed.service_at_location_id),
        "need_codes": [NEED],
    }
    assert doors.caseworker.api("POST", "/api/v1/referrals", body).status_code == 409
    body["service_at_location_id"] = str(world.listed.service_at_location_id)
    assert doors.stranger.api("POST", "/api/v1/referrals", body).status_code == 404
    assert doors.network.api("POST", "/api/v1/referrals", body).status_code == 403


def test_every_look_at_who_she_is_stands_in_the_receivers_audit(doors: Doors) -> None:
    sent = doors.sent()
    doors.post(doors.worker, sent, "acceptance")
    doors.get(doors.colleague, sent)
    rows = doors.world.rows(
        doors.world.receiver,
        "SELECT action, fields FROM audit_event WHERE object_id = :id ORDER BY at",
        id=uuid.UUID(sent["id"]),
    )
    assert ("viewed", ["preview", "identity"]) in [(row.action, list(row.fields)) for row in rows]
    assert "Invented" not in str(rows)
