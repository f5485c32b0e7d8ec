"""The pages of handoffs, as two centres use them: plain forms, no script."""

from __future__ import annotations

import re

from flask import Flask

from network.consent.operations import record_never
from network.core.ids import new_id
from network.crossborder.operations import decline
from tests.crossborder.conftest import TODAY, Story, tomorrow
from tests.crossborder.pages.conftest import HIDDEN, Desk, act, fill, new_handoff
from tests.factories import NOBODY, signed_in


def test_the_whole_way_over_two_centres_and_a_border(story: Story, desk: Desk) -> None:
    story.allow()
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    case = f"/cases/{story.mother_case}"
    asked = desk.caseworker.send_form(
        f"{case}/return-screening",
        return_kind="own_plan",
        asked_alone="true",
        own_choice="true",
        pressure="false",
        fear="false",
        claim_explained="true",
    )
    assert asked.headers["Location"].endswith("/handoffs/new")
    form = desk.caseworker.get(f"{case}/handoffs/new").text
    assert f'value="{story.child_case}" checked' in form
    made = desk.caseworker.send_form(
        f"{case}/handoffs/new", new_handoff(story, case_ids=[str(story.child_case)])
    )
    assert made.status_code == 303, made.text
    preview = made.headers["Location"]
    shown = desk.caseworker.get(preview).text
    assert "Rina Akter" in shown
    assert "Offer all 2" in shown
    mother = preview.split("/")[2]
    sent = {**dict(HIDDEN.findall(shown)), "together": "true", "idempotency_key": str(new_id())}
    assert desk.caseworker.send_form(f"/handoffs/{mother}/offer", sent).status_code == 303
    assert "You are told as soon as" in desk.caseworker.get(f"/handoffs/{mother}").text

    inbox = desk.coordinator.get("/handoffs").text
    assert mother in inbox
    assert "Rina" not in inbox
    offered = desk.coordinator.get(f"/handoffs/{mother}").text
    assert "Accept all 2" in offered
    assert "Rina" not in offered
    assert act(desk.coordinator, mother, "acceptance", together="true").status_code == 303
    assert "Rina Akter" in desk.coordinator.get(f"/handoffs/{mother}").text
    # The same form again, late: it names what was offered, although they have answered meanwhile.
    assert desk.caseworker.send_form(f"/handoffs/{mother}/offer", sent).status_code == 303
    again = desk.caseworker.get(f"/handoffs/{mother}").text
    references = re.search(r"Offered to [^:<]+: ([^<]*?)\.", again)
    assert references
    assert references[1].count("-") >= 2

    assert act(desk.caseworker, mother, "departure", together="true").status_code == 303
    assert act(desk.coordinator, mother, "arrival", together="true").status_code == 303
    taken = act(desk.coordinator, mother, "take-over", together="true")
    assert taken.status_code == 303
    own_case = taken.headers["Location"]
    assert own_case.startswith("/cases/")
    assert "Rina Akter" in desk.coordinator.get(own_case).text
    assert desk.caseworker.get(own_case).status_code == 404

    plan = desk.coordinator.get(f"{own_case}/follow-ups").text
    first = re.search(r'href="(/follow-ups/[0-9a-f-]+)"', plan)
    assert first
    page = desk.coordinator.get(first[1]).text
    assert "+880" in page.replace(" ", "")
    assert (
        fill(desk.coordinator, first[1], f"{first[1]}/contact", channel="call", situation="well").status_code
        == 303
    )
    assert "Doing well" in desk.coordinator.get(f"{own_case}/follow-ups").text

    told = desk.caseworker.get(f"/handoffs/{mother}").text
    assert "First follow-up done" in told
    assert "Registered by the centre" in told
    assert "Doing well" not in told
    assert desk.caseworker.get(first[1]).status_code == 404


def test_pressure_leads_to_the_review_and_not_to_an_offer(story: Story, desk: Desk) -> None:
    answer = desk.caseworker.send_form(
        f"/cases/{story.mother_case}/return-screening",
        return_kind="own_plan",
        asked_alone="true",
        own_choice="true",
        pressure="true",
        fear="false",
        claim_explained="true",
    )
    assert answer.headers["Location"].endswith("/return-screening")
    assert "A coordinator must review" in desk.caseworker.get(answer.headers["Location"]).text
    again = desk.caseworker.send_form(f"/cases/{story.mother_case}/handoffs/new", new_handoff(story))
    assert again.status_code == 422
    assert "A coordinator must review this return first" in again.text
    assert f'value="{TODAY.isoformat()}"' in again.text


def test_an_incomplete_screening_comes_back_with_what_is_missing(story: Story, desk: Desk) -> None:
    answer = desk.caseworker.send_form(f"/cases/{story.mother_case}/return-screening", words="Home.")
    assert answer.status_code == 422
    told = [
        "which kind of return it is.",
        "whose choice it is,",
        "there is fear",
        "for a claim.",
    ]
    places = [answer.text.index(one) for one in told]
    assert places == sorted(places)  # each by its own words, in the order of the page
    assert "Choose whose choice it is" in answer.text
    assert "Home." in answer.text


def test_what_no_grant_covers_is_not_offered_and_the_page_says_why(story: Story, desk: Desk) -> None:
    story.screen()
    (exchange_id,) = story.prepare(travel=tomorrow())
    preview = f"/handoffs/{exchange_id}/preview"
    with story.acting(story.jordan.caseworker):
        record_never(story.mother_id, NOBODY)
    page = desk.caseworker.get(preview).text
    assert "There is no consent to tell" in page
    assert "Offer the case" not in page
    assert "The answer is yes: offer the case" in page
    refused = fill(desk.caseworker, preview, f"/handoffs/{exchange_id}/offer")
    assert refused.status_code == 409
    assert story.state(exchange_id)[0] == "prepared"


def test_a_decline_tells_what_to_do_next(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    form = f"/handoffs/{exchange_id}/decline"
    assert fill(desk.coordinator, form, form).status_code == 422
    assert fill(desk.coordinator, form, form, reason="outside_area").status_code == 303
    story.work()
    page = desk.caseworker.get(f"/handoffs/{exchange_id}").text
    assert "Person goes to a district we do not serve" in page
    assert f"parent_id={exchange_id}" in page
    again = desk.caseworker.get(f"/cases/{story.mother_case}/handoffs/new?parent_id={exchange_id}")
    assert again.status_code == 200
    assert str(story.dhaka.id) not in again.text


def test_a_question_and_its_answer(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    form = f"/handoffs/{exchange_id}/question"
    assert fill(desk.coordinator, form, form, text="Does she speak English?").status_code == 303
    page = desk.caseworker.get(f"/handoffs/{exchange_id}").text
    assert "Does she speak English?" in page
    form = f"/handoffs/{exchange_id}/answer"
    assert fill(desk.caseworker, form, form, text="A little.").status_code == 303
    assert "A little." in desk.coordinator.get(f"/handoffs/{exchange_id}").text


def test_a_recall_shows_a_tombstone(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    form = f"/handoffs/{exchange_id}/recall"
    assert fill(desk.caseworker, form, form, reason="consent_withdrawn").status_code == 303
    page = desk.coordinator.get(f"/handoffs/{exchange_id}").text
    assert "can no longer be read" in page


def test_a_move_that_somebody_else_made_first_is_told_and_not_made_again(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    page = desk.coordinator.get(f"/handoffs/{exchange_id}").text
    held = dict(HIDDEN.findall(page))
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "no_capacity")
    answer = desk.coordinator.send_form(f"/handoffs/{exchange_id}/acceptance", held)
    assert answer.status_code == 303
    assert "has moved on" in desk.coordinator.get(f"/handoffs/{exchange_id}").text
    assert story.state(exchange_id)[0] == "declined"


def test_the_same_form_sent_twice_takes_over_once(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(mode="follow_up")
    story.accept(exchange_id)
    held = dict(HIDDEN.findall(desk.coordinator.get(f"/handoffs/{exchange_id}").text))
    sent = {**held, "idempotency_key": "one-and-the-same-key"}
    for _ in range(2):
        answer = desk.coordinator.send_form(f"/handoffs/{exchange_id}/take-over", sent)
        assert answer.status_code == 303
    made = "SELECT count(*) FROM client WHERE origin_exchange_id = :id"
    assert story.rows(story.dhaka.coordinator, made, id=exchange_id) == [(1,)]


def test_the_navigation_marks_one_place(desk: Desk) -> None:
    shown = desk.coordinator.get("/follow-ups").text
    assert re.findall(r'class="bar__link"[^>]* aria-current="\w+">([^<]+)', shown) == ["Follow-ups"]


def test_a_case_shows_its_handoffs_and_follow_ups_as_parts_and_as_pages(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    case = f"/cases/{story.mother_case}"
    whole = desk.caseworker.get(case).text
    assert f"{case}/parts/handoffs" in whole
    assert f"{case}/parts/follow-ups" in whole
    part = desk.caseworker.get(f"{case}/parts/handoffs", headers={"HX-Request": "true"}).text
    assert str(exchange_id) in part
    assert "<html" not in part
    for page in ("handoffs", "follow-ups", "parts/handoffs", "parts/follow-ups"):
        shown = desk.caseworker.get(f"{case}/{page}")
        assert shown.status_code == 200
        assert "<html" in shown.text


def test_who_may_not_work_on_handoffs_sees_none(story: Story, desk: Desk, app: Flask) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    for path in ("/handoffs", "/arrivals", "/follow-ups", f"/handoffs/{exchange_id}"):
        assert desk.intake.get(path).status_code == 403, path
    stranger = signed_in(app, story.stranger.tenant, "coordinator")
    for path in (
        f"/handoffs/{exchange_id}",
        f"/handoffs/{exchange_id}/preview",
        f"/cases/{story.mother_case}/handoffs",
    ):
        assert stranger.get(path).status_code == 404, path
    for move in ("acceptance", "take-over", "arrival", "departure", "closure"):
        answer = stranger.send_form(f"/handoffs/{exchange_id}/{move}", version="2")
        assert answer.status_code == 404, move
    assert story.state(exchange_id)[0] == "offered"


def test_the_receiver_cannot_press_the_senders_buttons(story: Story, desk: Desk) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    sent = {"departure": {}, "recall": {"reason": "consent_withdrawn"}}
    for move, fields in sent.items():
        answer = desk.coordinator.send_form(f"/handoffs/{exchange_id}/{move}", version="2", **fields)
        assert answer.status_code == 404, move
    assert story.state(exchange_id) == ("offered", "planned")
