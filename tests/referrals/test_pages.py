"""The pages: a caseworker chooses, looks at what would leave, sends and closes; a partner answers on a phone."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from network.core import clock, vocabulary
from network.core.ids import new_id
from tests.factories import make_account, sign_in
from tests.referrals.conftest import NEED, Desks, World, form_of, make_world
from tests.referrals.test_named import PROTECTED, name_colleague

NAME = "Invented"


def key_in(page: TestResponse) -> str:
    return re.search(r'name="idempotency_key" value="([^"]+)"', page.text)[1]


@pytest.fixture
def world(app: Flask, worker_app: Flask, place: str) -> World:
    return make_world(app, worker_app, place)


def test_the_whole_loop_by_hand(desks: Desks) -> None:
    desks.world.consent()
    case = desks.world.case_id
    part = desks.caseworker.get(f"/cases/{case}/parts/referrals", headers={"HX-Request": "true"})
    assert f"{vocabulary.label('needs', NEED, 'en')}: ask " in part.text
    assert "<html" not in part.text
    choose = desks.caseworker.get(f"/cases/{case}/referrals/choose")
    assert "Ask this service" in choose.text
    one = desks.draft()
    preview = desks.caseworker.get(f"{one}/preview")
    for shown in ("Send referral", "Seen before they accept", "Seen once they accept", NAME, "Consent of"):
        assert shown in preview.text, shown
    desks.caseworker.send_form(f"{one}/send", form_of(preview))
    desks.world.jobs()

    inbox = desks.worker.get("/inbox")
    assert one in inbox.text
    assert NAME not in inbox.text
    page = desks.worker.get(one)
    assert NAME not in page.text
    assert "Accept" in page.text
    accepted = desks.worker.send_form(f"{one}/acceptance")
    assert accepted.location == one
    agreed = desks.worker.get(one).text
    assert NAME in agreed
    assert "Serve, or make an appointment" in agreed
    assert agreed.index("Make an appointment") < agreed.index("Record outcome")
    on = (clock.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    form = form_of(desks.worker.get(f"{one}/appointment"), on=on, place="Gate 2")
    assert desks.worker.send_form(f"{one}/appointment", form).status_code == 303
    again = desks.worker.get(f"{one}/appointment/change")
    assert form_of(again)["on"] == [on]
    assert form_of(again)["place"] == ["Gate 2"]
    wrong = desks.worker.send_form(f"{one}/appointment/change", form_of(again, on="2020-01-01T10:00"))
    assert wrong.status_code == 422
    later = (clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    form = form_of(again, on=later, place="Gate 3")
    assert desks.worker.send_form(f"{one}/appointment/change", form).status_code == 303
    assert "The appointment: " in desks.worker.get(one).text
    assert "The appointment: " in desks.worker.get("/inbox").text
    version = {"version": form_of(desks.worker.get(f"{one}/outcome"))["version"]}
    assert desks.worker.send_form(f"{one}/start", version).status_code == 303
    assert "Record what came of it: " in desks.worker.get(one).text
    form = form_of(desks.worker.get(f"{one}/outcome"), **{"outcomes.0": "served_full", "text": "Two nights"})
    assert desks.worker.send_form(f"{one}/outcome", form).status_code == 303
    desks.world.jobs()

    mine = desks.caseworker.get(one)
    for shown in (
        "Gate 2",
        "Gate 3",
        "Appointment changed",
        "Two nights",
        "Served in full",
        "Close the referral",
        "Accepted",
        "Service begun",
    ):
        assert shown in mine.text, shown
    form = form_of(desks.caseworker.get(f"{one}/closure"), helped="yes", words="They were kind")
    assert desks.caseworker.send_form(f"{one}/closure", form).status_code == 303
    assert "They were kind" in desks.caseworker.get(one).text
    assert "They were kind" not in desks.worker.get(one).text


def test_a_draft_goes_on_where_it_is_looked_through_and_sent(desks: Desks) -> None:
    one = desks.draft()
    assert desks.caseworker.get(one).location == f"{one}/preview"


def test_looking_changes_nothing(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    for _ in range(2):
        desks.worker.get("/inbox")
        desks.worker.get(one)
        desks.worker.get(f"{one}/decline")
    assert desks.world.state(uuid.UUID(one.rsplit("/", 1)[1])) == "sent"
    assert desks.worker.get(f"{one}/acceptance").status_code == 405


def test_what_would_leave_must_be_what_was_shown(desks: Desks) -> None:
    desks.world.consent()
    one = desks.draft()
    form = form_of(desks.caseworker.get(f"{one}/preview"))
    form["left_out"] = ["identity.name"]
    answer = desks.caseworker.send_form(f"{one}/send", form)
    assert answer.status_code == 409
    assert "has changed since it was shown" in answer.text
    again = desks.caseworker.send_form(f"{one}/preview", form)
    sent = desks.caseworker.send_form(f"{one}/send", form_of(again))
    assert sent.location == one
    desks.worker.send_form(f"{one}/acceptance")
    assert NAME not in desks.worker.get(one).text


def test_forms_come_back_with_what_was_typed(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    answer = desks.worker.send_form(f"{one}/decline", reason="other", text="")
    assert answer.status_code == 422
    assert "Write a few words" in answer.text
    answer = desks.worker.send_form(f"{one}/decline", reason="", text="We are full until Sunday")
    assert answer.status_code == 422
    assert "We are full until Sunday" in answer.text
    answer = desks.worker.send_form(f"{one}/decline", reason="no_capacity", text="We are full until Sunday")
    assert answer.status_code == 303
    desks.world.jobs()
    mine = desks.caseworker.get(one).text
    assert "No place or staff free" in mine
    assert "Find another service" in mine


def test_pressing_twice_does_it_once_and_the_slower_is_told(desks: Desks, app: Flask) -> None:
    desks.world.consent()
    one = desks.sent()
    key = key_in(desks.worker.get(one))
    for _ in range(2):
        answer = desks.worker.send_form(f"{one}/acceptance", idempotency_key=key)
        assert (answer.status_code, answer.location) == (303, one)
    colleague = sign_in(app, make_account(app, desks.world.receiver.tenant, "partner_worker"))
    slower = colleague.send_form(f"{one}/acceptance")
    assert slower.location == one
    assert "moved on since you opened" in colleague.get(one).text
    assert [step.move for step in desks.world.page(desks.world.sender, uuid.UUID(one[-36:])).steps].count(
        "accept"
    ) == 1


def test_asking_answering_and_withdrawing_by_hand(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    assert desks.worker.send_form(f"{one}/acknowledgement").status_code == 303
    form = form_of(desks.worker.get(f"{one}/question"), text="Does she bring children?")
    assert desks.worker.send_form(f"{one}/question", form).status_code == 303
    assert "Does she bring children?" in desks.caseworker.get(one).text
    form = form_of(desks.caseworker.get(f"{one}/answer"), text="One, of two years")
    assert desks.caseworker.send_form(f"{one}/answer", form).status_code == 303
    assert "The sender has answered your question: One, of two years" in desks.worker.get(one).text
    form = form_of(desks.caseworker.get(f"{one}/withdrawal"), reason="need_gone")
    assert desks.caseworker.send_form(f"{one}/withdrawal", form).status_code == 303
    tomb = desks.worker.get(one).text
    assert "The sender took it back" in tomb
    assert "One, of two years" not in tomb


def test_nobody_served_is_recorded_from_either_side(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    desks.worker.send_form(f"{one}/acceptance")
    form = form_of(desks.caseworker.get(f"{one}/not-served"), reason="turned_away", text="By the guard")
    assert desks.caseworker.send_form(f"{one}/not-served", form).status_code == 303
    assert "Turned away at the door" in desks.worker.get(one).text
    form = form_of(desks.caseworker.get(f"{one}/closure"), helped="not_had")
    assert desks.caseworker.send_form(f"{one}/closure", form).status_code == 422
    form["not_had_code"] = "no_safe_way"
    assert desks.caseworker.send_form(f"{one}/closure", form).status_code == 303
    assert "No safe way to ask" in desks.caseworker.get(one).text


def test_a_protected_referral_is_opened_by_the_named_colleague_alone(desks: Desks, app: Flask) -> None:
    world = desks.world
    world.consent(None, PROTECTED)
    one = desks.draft(PROTECTED)
    assert "they have named nobody yet" in desks.caseworker.get(f"{one}/preview").text
    name_colleague(world, world.receiver)
    preview = desks.caseworker.get(f"{one}/preview")
    assert "Night desk" in preview.text
    unnamed = desks.caseworker.send_form(f"{one}/send", form_of(preview))
    assert unnamed.status_code in (409, 422)
    form = form_of(preview, named_account_id=str(world.receiver.account_id))
    assert desks.caseworker.send_form(f"{one}/send", form).location == one
    world.jobs()
    inbox = desks.worker.get("/inbox").text
    assert "A protected referral for one named colleague" in inbox
    page = desks.worker.get(one).text
    assert "who alone can open" in page
    assert "Accept" not in page
    assert desks.worker.send_form(f"{one}/acceptance").status_code == 403


def test_focal_points_are_named_and_ended_on_their_page(desks: Desks, app: Flask) -> None:
    manager = sign_in(app, make_account(app, desks.world.receiver.tenant, "partner_manager"))
    page = manager.get("/focal-points")
    account = re.findall(r'<option value="([0-9a-f-]{36})"', page.text)[0]
    assert manager.send_form("/focal-points", account_id=account, label="").status_code == 422
    assert manager.send_form("/focal-points", account_id=account, label="Amal, night desk").status_code == 303
    page = manager.get("/focal-points").text
    assert "Amal, night desk" in page
    end = re.search(r'action="(/focal-points/[^"]+/end)"', page)[1]
    assert manager.send_form(end).status_code == 303
    assert "Nobody is named yet" in manager.get("/focal-points").text
    assert desks.worker.get("/focal-points").status_code == 403


def test_strangers_find_no_page_that_a_forged_address_would_not_find(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    forged = f"/referrals/{new_id()}"
    for path in ("", "/preview", "/decline", "/closure", "/withdrawal", "/answer"):
        real, fake = desks.stranger.get(one + path), desks.stranger.get(forged + path)
        assert (real.status_code, fake.status_code) == (404, 404), path
        neutral = [
            re.sub(r"[0-9a-f-]{36}|value=\"[^\"]+\"|content=\"[^\"]+\"", "", page.text)
            for page in (real, fake)
        ]
        assert neutral[0] == neutral[1], path
    for path in ("/acceptance", "/send", "/start", "/seen"):
        assert desks.stranger.send_form(one + path, version="2").status_code in (404, 422), path
    assert desks.stranger.get(f"/cases/{desks.world.case_id}/referrals").status_code == 404
    assert desks.stranger.get(f"/cases/{desks.world.case_id}/referrals/choose").status_code == 404


def test_lists_lead_to_their_pages_in_both_languages(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    assert one in desks.caseworker.get("/referrals").text
    assert one in desks.caseworker.get(f"/cases/{desks.world.case_id}/referrals").text
    desks.worker.post(
        "/language", data={"csrf_token": desks.worker.csrf_token(), "language": "ar", "next": "/inbox"}
    )
    arabic = desks.worker.get(one)
    assert 'dir="rtl"' in arabic.text
    assert arabic.status_code == 200
    assert desks.worker.get("/inbox?done=true").status_code == 200
    assert desks.worker.get("/inbox?cursor=forged").status_code == 422


def test_news_is_read_by_looking_at_it_with_a_request_of_its_own(desks: Desks) -> None:
    desks.world.consent()
    one = desks.sent()
    desks.worker.send_form(f"{one}/acceptance")
    desks.world.jobs()
    exchange_id = uuid.UUID(one[-36:])
    assert "/read" in desks.caseworker.get(one).text
    assert desks.world.side(desks.world.sender, exchange_id).unread
    desks.caseworker.send_form(f"{one}/read")
    assert not desks.world.side(desks.world.sender, exchange_id).unread
    assert "/read" not in desks.caseworker.get(one).text
    assert desks.stranger.send_form(f"{one}/read").status_code == 404


def test_a_draft_that_was_thrown_away_is_not_called_withdrawn(desks: Desks) -> None:
    desks.names_nobody()
    one = desks.draft()
    desks.caseworker.send_form(f"{one}/discard", form_of(desks.caseworker.get(f"{one}/preview")))
    listed = desks.caseworker.get(f"/cases/{desks.world.case_id}/referrals").text
    assert "Thrown away, never sent" in listed
    assert "Withdrawn" not in listed
