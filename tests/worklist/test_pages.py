"""Home: what needs my action, and nothing of anybody else's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from network.accounts.permissions import permissions_of
from network.core.ids import new_id
from network.exchange.states import ALL_STATES
from network.tenants.context import scope
from network.worklist.pages import ACTS, DOORS, door_of
from network.worklist.tasks import ON_THE_WAY, OURS, exchange_task
from network.worklist.wording import NEWS, WHAT, what_to_do
from tests.cases.intake import registered
from tests.factories import make_tenant, signed_in, staff

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "role"),
    [("centre", "coordinator"), ("centre", "monitoring_officer"), ("partner", "partner_worker")],
)
def test_everybody_has_a_home_that_says_when_nothing_waits(app: Flask, kind, role: str) -> None:
    page = signed_in(app, make_tenant(app, kind), role).get("/")
    assert page.status_code == 200
    assert "Nothing waits for you." in page.text


def test_a_visitor_is_asked_to_sign_in(app: Flask) -> None:
    page = app.test_client().get("/")
    assert page.status_code == 302
    assert "/sign-in" in page.location


def test_a_mother_stands_above_her_child_among_ones_newest_cases(app: Flask) -> None:
    visitor = signed_in(app, make_tenant(app), "caseworker")
    along = {"children.0.name": "Mitu", "children.0.relationship": "daughter", "children.0.age": "2"}
    _mother, with_child = registered(visitor, **along)
    _other, alone = registered(visitor, name="Kolpona Invented", birth_year="1970", age="")
    cases = visitor.get("/").text.split('id="cases"')[1]
    ages = re.findall(r"\d+–\d+ years", cases)
    assert ages == ["45–59 years", "25–34 years", "0–4 years"]
    assert cases.index(alone) < cases.index(with_child)


def side(kind: str, role: str, state: str, **more: object) -> dict[str, object]:
    return {
        "exchange_id": new_id(),
        "kind": kind,
        "role": role,
        "state": state,
        "due_at": None,
        "due_kind": None,
        "unread": False,
        "updated_at": NOW,
        "reference": "AH-7K3MTM",
        "priority": None,
        "journey": "none",
        "name": "Dar Al Yaqeen",
    } | more


def test_every_task_has_words_and_every_state_is_known() -> None:
    assert {*OURS.values(), *ON_THE_WAY.values()} <= set(WHAT)
    assert all(state in ALL_STATES[kind] for kind, _role, state in OURS)


def test_who_only_waits_has_no_task_until_the_clock_runs_out() -> None:
    assert exchange_task(side("referral", "sender", "sent")) is None
    late = side("referral", "sender", "sent", due_at=NOW - timedelta(hours=1), due_kind="acknowledge")
    task = exchange_task(late)
    assert task is not None
    assert task.what == "no_answer"


def test_an_emergency_is_urgent_and_news_is_shown_until_read() -> None:
    urgent = exchange_task(side("referral", "receiver", "sent", priority="emergency"))
    assert urgent is not None
    assert urgent.urgent
    news = exchange_task(side("referral", "sender", "accepted", unread=True))
    assert news is not None
    assert news.what == "referral_news"


def test_an_alarm_of_a_case_that_was_taken_over_is_on_the_home_of_who_took_it_over() -> None:
    alarmed = exchange_task(side("handoff", "receiver", "taken_over", due_at=NOW, due_kind="alarm"))
    assert alarmed is not None
    assert alarmed.what == "alarm"
    assert alarmed.urgent


def test_an_appointment_that_was_given_is_not_asked_for_again() -> None:
    waiting = exchange_task(side("referral", "receiver", "scheduled"))
    assert waiting is not None
    assert waiting.what == "keep_appointment"


def test_every_task_leads_to_a_page(app: Flask) -> None:
    assert {endpoint for endpoint, *_arguments in DOORS.values()} <= set(app.view_functions)


def test_every_line_begins_with_what_to_do() -> None:
    verbs = {
        *(
            "Answer",
            "Ask",
            "Be",
            "Begin",
            "Call",
            "Confirm",
            "Find",
            "Keep",
            "Look",
            "Make",
            "Mark",
            "Offer",
            "Plan",
        ),
        *("Read", "Record", "Review", "Say", "Send", "Take", "Tell", "Verify", "Wait"),
    }
    for said in (*WHAT.values(), *NEWS.values()):
        assert str(said).replace(":", " ").split()[0] in verbs, str(said)


def test_news_of_a_handoff_say_how_the_journey_stands() -> None:
    said = {}
    for journey in ("none", "departed", "arrived", "not_departed"):
        news = exchange_task(side("handoff", "sender", "accepted", journey=journey, unread=True))
        assert news is not None
        said[journey] = str(what_to_do(news.what, news.kind, news.detail))
    assert len(set(said.values())) == len(said)
    assert "the arrival is recorded" in said["arrived"], "also of whoever came, and is not in contact"


def test_who_may_act_is_led_to_the_act_and_who_may_not_to_the_record(app: Flask) -> None:
    assert {door for _permission, door in ACTS.values()} <= set(DOORS)
    task = exchange_task(side("handoff", "sender", "clarification"))
    assert task is not None
    tenant = make_tenant(app)
    for role, door in (("caseworker", "handoff.answer"), ("monitoring_officer", "handoff")):
        who = replace(staff(tenant, roles=(role,)), permissions=permissions_of((role,), "centre"))
        with app.test_request_context(), scope(who):
            assert door_of(task) == door
