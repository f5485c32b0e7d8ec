"""Consent asked where it is missing: exactly what is missing, said in the same page that sends; both, or neither."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask

from network.cases.operations import record_document
from network.cases.queries.clients import list_documents
from network.consent.operations import add_refusal
from network.consent.queries import live_grants
from network.referrals import operations
from network.referrals.queries.matching import fittest
from tests.referrals.conftest import NEED, Desks, World, form_of, make_world

WORDS = "They may know my name, for a bed."
NEVER = {"recipient_class": "service_provider", "method": "signature_paper", "language": "bn"}
YES = "The answer is yes: send the referral"


@pytest.fixture
def world(app: Flask, worker_app: Flask, place: str) -> World:
    return make_world(app, worker_app, place)


def asking(desks: Desks, one: str, **typed: Any) -> dict[str, Any]:
    """The form that asks, as it is served: it stands before the one that throws the draft away."""
    page = desks.caseworker.get(f"{one}/preview")
    how = {"capacity": "self", "method": "signature_paper", "language": "bn"}
    return form_of(page) | how | {"restatement": WORDS} | typed


def granted(desks: Desks) -> list[tuple[str, str | None]]:
    world = desks.world
    found = world.act(world.sender, live_grants, world.client_id)
    return sorted((one.purpose, one.need_code) for one in found)


def test_a_yes_said_where_it_is_missing_covers_exactly_that_and_is_sent(desks: Desks) -> None:
    one = desks.draft()
    shown = desks.caseworker.get(f"{one}/preview").text
    assert YES in shown
    assert shown.index("Seen once they accept") < shown.index("Ask now, in these words") < shown.index(YES)
    answer = desks.caseworker.send_form(f"{one}/ask-and-send", asking(desks, one))
    assert (answer.status_code, answer.location) == (303, one), answer.text
    assert granted(desks) == [("feedback_to_centre", None), ("service_provision", NEED)]
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "sent"


def test_without_the_clients_own_words_nothing_is_recorded_and_nothing_sent(desks: Desks) -> None:
    one = desks.draft()
    answer = desks.caseworker.send_form(f"{one}/ask-and-send", asking(desks, one, restatement=""))
    assert answer.status_code == 422
    assert "Write down, in her or his own words" in answer.text
    assert granted(desks) == []
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "draft"


def test_what_was_not_asked_on_the_page_is_not_recorded(desks: Desks) -> None:
    one = desks.draft()
    answer = desks.caseworker.send_form(f"{one}/ask-and-send", asking(desks, one, asked="0" * 64))
    assert answer.status_code == 409
    assert "has changed since you looked" in answer.text
    assert granted(desks) == []


def test_something_else_than_was_shown_takes_the_yes_back_with_it(desks: Desks) -> None:
    one = desks.draft()
    answer = desks.caseworker.send_form(f"{one}/ask-and-send", asking(desks, one, seen="0" * 64))
    assert answer.status_code == 409
    assert granted(desks) == []
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "draft"


def test_a_refusal_is_not_asked_away(desks: Desks) -> None:
    world, one = desks.world, desks.draft()
    world.act(world.sender, add_refusal, world.client_id, NEVER)
    shown = desks.caseworker.get(f"{one}/preview").text
    assert YES not in shown
    assert "Look at the refusal" in shown
    form = asking(desks, one, asked="0" * 64)
    assert desks.caseworker.send_form(f"{one}/ask-and-send", form).status_code == 409
    assert granted(desks) == []


def test_the_case_says_whom_to_ask_first_and_never_whom_she_refuses(desks: Desks) -> None:
    world = desks.world
    ((code, first),) = world.act(world.sender, fittest, world.case_id)
    assert (code, first.found.service_at_location_id) == (NEED, world.listed.service_at_location_id)
    world.act(world.sender, add_refusal, world.client_id, NEVER)
    assert world.act(world.sender, fittest, world.case_id) == ()


def test_papers_that_are_back_are_told_with_her_own_word(desks: Desks) -> None:
    world = desks.world
    world.consent()
    paper = {"type": "passport", "holder": "employer"}
    held = world.act(world.sender, record_document, world.client_id, paper)
    one = uuid.UUID(desks.sent().rsplit("/", 1)[1])
    world.act(world.receiver, operations.accept_referral, one)
    world.act(world.receiver, operations.complete_service, one, {0: "served_full"})
    version = str(world.page(world.sender, one).exchange.version)
    form = {"version": version, "helped": "papers_back", "papers": str(held.id)}
    answer = desks.caseworker.send_form(f"/referrals/{one}/closure", form)
    assert answer.location == f"/cases/{world.case_id}", answer.text
    (found,) = world.act(world.sender, list_documents, world.client_id)
    assert (found.holder, found.recovered_on is not None) == ("client", True)


def test_nobody_is_asked_unseen_and_no_answer_is_dropped(desks: Desks) -> None:
    one = desks.draft()
    shown = asking(desks, one)
    unseen = {name: value for name, value in shown.items() if name != "seen"}
    assert desks.caseworker.send_form(f"{one}/ask-and-send", unseen).status_code == 409
    assert granted(desks) == []
    assert "Name, sex, age, nationality, languages" in desks.caseworker.get(f"{one}/preview").text
    desks.world.consent()
    late = desks.caseworker.send_form(f"{one}/ask-and-send", shown)
    assert late.status_code == 409, late.text
    assert "has changed since you looked" in late.text
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "draft"


def test_what_is_forged_into_the_form_is_neither_recorded_nor_sent(desks: Desks) -> None:
    world, one = desks.world, desks.draft()
    form = asking(desks, one)
    for forged in (
        {"take": ["identity", "contact", "health"], "offered": ["health"]},
        {"added": "whereabouts"},
        {"named_account_id": str(uuid.uuid4())},
        {"days": "365"},
        {"grants.0.purpose": "claim_pursuit"},
        {"organization_id": str(uuid.uuid4())},
        {"client_id": str(uuid.uuid4())},
        {"capacity": "parent"},
    ):
        answer = desks.caseworker.send_form(f"{one}/ask-and-send", {**form, **forged})
        assert answer.status_code in (409, 422), (forged, answer.text)
        assert granted(desks) == []
        assert world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "draft"
    key = {"idempotency_key": "one-click-of-two"}
    first, second = (desks.caseworker.send_form(f"{one}/ask-and-send", form | key) for _click in range(2))
    assert (first.status_code, second.status_code, second.location) == (303, 303, one)
    assert granted(desks) == [("feedback_to_centre", None), ("service_provision", NEED)]
    assert desks.stranger.send_form(f"{one}/ask-and-send", form).status_code == 404
