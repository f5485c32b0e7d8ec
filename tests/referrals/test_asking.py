"""Consent asked where it is missing: exactly what is missing, said in the same page that sends; both, or neither."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from flask import Flask

from network.cases.operations import record_document
from network.cases.queries.clients import list_documents
from network.consent.operations import add_refusal, record_never, withdraw_all
from network.consent.queries import live_grants
from network.referrals import operations
from network.referrals.queries.matching import fittest
from tests.factories import NOBODY
from tests.referrals.conftest import NEED, Desks, World, desks_of, form_of, make_world

WORDS = "They may know my name, for a bed."
NEVER = {"recipient_class": "service_provider", "method": "signature_paper", "language": "bn"}
YES = "The answer is yes: send the referral"


@pytest.fixture
def world(app: Flask, worker_app: Flask, place: str) -> World:
    made = make_world(app, worker_app, place)
    made.act(made.sender, record_never, made.client_id, NOBODY)
    return made


def asking(desks: Desks, one: str, **typed: Any) -> dict[str, Any]:
    """The form that asks, as it is served: it stands before the one that throws the draft away."""
    page = desks.caseworker.get(f"{one}/preview")
    how = {"capacity": "self", "method": "signature_paper", "language": "bn"}
    form = form_of(page)
    yes = {name.replace(".question", ".answer"): "yes" for name in form if name.endswith(".question")}
    return form | yes | how | {"restatement": WORDS} | typed


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
    assert "Write down, in the client" in answer.text
    assert granted(desks) == []
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "draft"


def test_each_question_has_its_answer_and_a_no_to_one_stops_nothing_else(desks: Desks) -> None:
    world, one = desks.world, desks.draft()
    form = asking(desks, one)
    service, beside = (form[f"answers.{place}.question"][0] for place in (0, 1))
    assert (service.split(":")[1:], beside.split(":")[1:]) == (
        ["service_provision", NEED],
        ["feedback_to_centre", ""],
    )
    # Beside what everything hangs on, nothing is answered beforehand.
    page = desks.caseworker.get(f"{one}/preview").text
    assert 'name="answers.1.answer"' in page
    assert not re.search(r'name="answers\.[^>]*checked', page)
    # What is shown again is shown without it, and more than was shown does not leave.
    no = {"answers.1.answer": "no"}
    again = desks.caseworker.send_form(f"{one}/preview", form | no)
    assert f'name="shown_without" value="{beside}"' in again.text
    more = desks.caseworker.send_form(f"{one}/ask-and-send", form | {"shown_without": beside})
    assert more.status_code == 409
    assert granted(desks) == []
    assert desks.caseworker.send_form(f"{one}/ask-and-send", form | no).location == one
    assert granted(desks) == [("service_provision", NEED)]
    assert world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "sent"
    consents = desks.caseworker.api("GET", f"/api/v1/clients/{world.client_id}/consents").json
    assert [each["purpose"] for each in consents[0]["said_no"]] == ["feedback_to_centre"]
    assert "What was answered with no" in desks.caseworker.get(f"/consents/{consents[0]['id']}").text


def test_a_no_to_the_service_is_kept_as_what_she_said_and_nothing_is_sent(desks: Desks) -> None:
    world, one = desks.world, desks.draft()
    nothing = {"answers.0.answer": "not_asked", "answers.1.answer": "not_asked"}
    unasked = desks.caseworker.send_form(f"{one}/ask-and-send", asking(desks, one, **nothing))
    assert unasked.status_code == 422
    assert "nothing was answered" in unasked.text
    form = asking(desks, one, **{"answers.0.answer": "", "answers.1.answer": "", "main": "no"})
    answer = desks.caseworker.send_form(f"{one}/ask-and-send", form)
    assert (answer.status_code, answer.location) == (303, f"/cases/{world.case_id}/referrals")
    assert world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "withdrawn"
    assert granted(desks) == []
    consent = desks.caseworker.api("GET", f"/api/v1/clients/{world.client_id}/consents").json[0]
    assert consent["state"] == "refused"
    assert [each["purpose"] for each in consent["said_no"]] == ["service_provision"]
    # It is closed and says why, and the same service is not the next to be offered.
    listed = desks.caseworker.get(answer.location).text
    assert "The client said no, never sent" in listed
    assert "another service can be asked" in listed
    assert f'value="{world.listed.service_at_location_id}"' not in listed
    assert "The client said no, nothing was sent" in desks.caseworker.get(one).text
    assert (
        "was asked about this service and said no"
        in desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    )
    assert "Said no on " in desks.caseworker.get(f"{desks.draft()}/preview").text


def test_a_yes_by_telephone_shows_until_when_it_holds_before_anything_is_sent(desks: Desks) -> None:
    world, one = desks.world, desks.draft()
    by_phone = asking(desks, one, method="verbal_phone", identity_check="The agreed phrase.")
    assert "holds 72 hours" in desks.caseworker.get(f"{one}/preview").text
    first = desks.caseworker.send_form(f"{one}/ask-and-send", by_phone)
    assert first.status_code == 409
    assert 'name="holds" value="72"' in first.text
    assert "72 hours only" in first.text
    assert granted(desks) == []
    assert desks.caseworker.send_form(f"{one}/ask-and-send", by_phone | {"holds": "72"}).location == one
    ((hours,),) = world.rows(
        world.sender,
        "SELECT extract(epoch FROM readable_until - created_at) / 3600 FROM packet WHERE exchange_id = :id",
        id=uuid.UUID(one.rsplit("/", 1)[1]),
    )
    assert round(hours) == 72


def test_whoever_asks_anew_reads_when_and_what_was_taken_back(desks: Desks) -> None:
    world = desks.world
    world.consent()
    world.act(world.sender, withdraw_all, world.client_id)
    one = desks.draft()
    assert "Taken back on " in desks.caseworker.get(f"{one}/preview").text
    listed = world.listed.organization_id
    ask = f"/cases/{world.case_id}/consent/new?purpose=service_provision&need={NEED}&organization={listed}"
    assert "Taken back on " in desks.caseworker.get(ask).text


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
    # From whom she took her permission back is not the next to be offered.
    world.consent()
    world.sent()
    world.act(world.sender, withdraw_all, world.client_id)
    world.jobs()
    assert world.act(world.sender, fittest, world.case_id) == ()
    choose = f"/cases/{world.case_id}/referrals/choose"
    assert "What was asked there before was taken back." in desks.caseworker.get(choose).text
    world.act(world.sender, add_refusal, world.client_id, NEVER)
    assert world.act(world.sender, fittest, world.case_id) == ()
    assert "What was asked there before" not in desks.caseworker.get(choose).text


def test_papers_that_are_back_are_told_with_her_own_word(desks: Desks) -> None:
    world = desks.world
    world.consent()
    paper = {"type": "passport", "holder": "employer"}
    held = world.act(world.sender, record_document, world.client_id, paper)
    one = uuid.UUID(desks.sent().rsplit("/", 1)[1])
    world.act(world.receiver, operations.accept_referral, one)
    world.act(world.receiver, operations.complete_service, one, {0: "served_full"})
    version = str(world.page(world.sender, one).exchange.version)
    form = {"version": version, "papers": str(held.id), "all_back": "true"}
    other = desks.caseworker.send_form(f"/referrals/{one}/closure", {**form, "helped": "no"})
    assert "Another answer is chosen here." in other.text
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
        {"answers.7.question": form["answers.0.question"], "answers.7.answer": "no"},
        {"answers.7.question": "of somebody else", "answers.7.answer": "no"},
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


def test_whom_she_does_not_want_to_be_told_is_asked_before_anything_else(
    app: Flask, worker_app: Flask, place: str
) -> None:
    world = make_world(app, worker_app, place)
    desks = desks_of(app, world, place)
    one = desks.draft()
    led = desks.caseworker.get(f"{one}/preview")
    assert (led.status_code, led.location) == (
        303,
        f"/cases/{world.case_id}/refusals/first?return={one}/preview",
    )
    page = desks.caseworker.get(led.location)
    assert "Who must not be told" in page.text
    form = form_of(page) | {"method": "signature_paper", "language": "bn"}
    unanswered = desks.caseworker.send_form(led.location, form)
    assert unanswered.status_code == 422
    both = desks.caseworker.send_form(led.location, form | {"never": "recruiter", "nobody": "true"})
    assert both.status_code == 422
    answer = desks.caseworker.send_form(led.location, form | {"never": "service_provider"})
    assert (answer.status_code, answer.location) == (303, f"{one}/preview")
    shown = desks.caseworker.get(f"{one}/preview").text
    assert YES not in shown
    assert "Look at the refusal" in shown
    assert desks.caseworker.get(led.location).location == f"{one}/preview"
    assert granted(desks) == []
