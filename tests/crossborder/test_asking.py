"""Mother and child are asked and offered by one send: what is missing of each, the mother answering for the child."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from network.cases.operations import link_clients, open_case, register_client, update_client
from network.cases.queries.clients import get_client
from network.consent.disclosure import propose
from network.consent.disclosure.lacking import mark_of
from network.consent.operations import (
    RefusalsNotAsked,
    add_refusal,
    record_answers,
    record_consent,
    record_never,
)
from network.consent.queries import live_grants, live_refusals
from network.consent.questions import longest_of
from network.core import clock
from network.core.errors import Invalid
from network.crossborder.operations.journey import plan
from network.crossborder.operations.prepare import Travel
from network.crossborder.operations.screening import screen_return
from network.crossborder.planning import MISSED_AFTER, contact_until, plan_after
from network.crossborder.queries import handoff_page
from network.crossborder.queries.receivers import lacking_for, wanted_for
from tests.crossborder.conftest import FREE, NOON, Centres, Story, asked, tomorrow
from tests.factories import NOBODY, signed_in
from tests.support.visitor import Visitor

SHOWN = ("version", "seen", "asked", "together", "others")
WORDS = "They may know us, and help us."


@pytest.fixture(scope="module")
def caseworker(app: Flask, centres: Centres) -> Visitor:
    with clock.set_to(NOON):
        return signed_in(app, centres.jordan.id, "caseworker")


def both(story: Story) -> UUID:
    """Mother and child, prepared together; the mother's handoff."""
    story.screen()
    with story.acting(story.jordan.caseworker):
        record_never(story.mother_id, NOBODY | {"also": [story.child_id]})
    return story.prepare(story.mother_case, story.child_case, travel=tomorrow())[0]


def hidden(caseworker: Visitor, exchange_id: UUID, action: str) -> dict[str, Any]:
    """What the form of the page carries unseen."""
    html = caseworker.get(f"/handoffs/{exchange_id}/preview").text
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html[html.index(f'{action}"') :])
    of_each = ("children.", "answers.")
    return {name: value for name, value in found if name in SHOWN or name.startswith(of_each)}


def asking(caseworker: Visitor, exchange_id: UUID, **typed: Any) -> dict[str, Any]:
    """The form that asks, filled in as it must be."""
    child = {"children.0.guardian_checked": "true", "children.0.child_view": "too_young"}
    said = {"capacity": "self", "method": "signature_paper", "language": "bn", "restatement": WORDS}
    form = hidden(caseworker, exchange_id, "/ask-and-offer")
    yes = {name.replace(".question", ".answer"): "yes" for name in form if name.endswith(".question")}
    return {**form, **yes, **child, **said, **typed}


def granted(story: Story, client_id: UUID) -> set[str]:
    with story.looking(story.jordan.caseworker):
        return {one.purpose for one in live_grants(client_id)}


def test_one_send_asks_and_offers_mother_and_child(story: Story, caseworker: Visitor) -> None:
    one = both(story)
    shown = caseworker.get(f"/handoffs/{one}/preview").text
    assert "The answer is yes: offer all 2" in shown
    answer = caseworker.send_form(f"/handoffs/{one}/ask-and-offer", asking(caseworker, one))
    assert answer.status_code == 303, answer.text
    assert story.state(one)[0] == "offered"
    assert granted(story, story.mother_id) == {"case_transfer", "follow_up_contact"}
    assert granted(story, story.child_id) == {"case_transfer"}
    arrives = tomorrow().arrival_on
    told = contact_until(arrives)
    assert f"until one year and a month after you arrive: until {told:%-d %b %Y}" in shown
    with story.looking(story.jordan.caseworker):
        ends = {
            one.purpose: one.ends_at.astimezone(ZoneInfo("Asia/Amman")).date()
            for one in live_grants(story.mother_id)
        }
        said = handoff_page(one).contact
    assert ends["follow_up_contact"] == told, "no day longer than she was told"
    assert said is not None
    assert said.until.astimezone(ZoneInfo("Asia/Amman")).date() == told
    last_visit = plan_after(arrives)[-1].due_on
    assert ends["follow_up_contact"] >= last_visit + MISSED_AFTER
    assert ends["follow_up_contact"] < last_visit + timedelta(days=40), "it has an end"
    assert ends["case_transfer"] < last_visit


def test_until_when_she_may_be_visited_is_what_she_was_told_or_she_is_asked_anew(
    story: Story, caseworker: Visitor
) -> None:
    one = both(story)
    typed = asking(caseworker, one)
    far = tomorrow().arrival_on + timedelta(days=300)
    with story.acting(story.jordan.caseworker):
        plan(one, Travel(far))
    version = asking(caseworker, one)["version"]
    answer = caseworker.send_form(f"/handoffs/{one}/ask-and-offer", typed | {"version": version})
    assert "has changed since you looked" in answer.text
    assert granted(story, story.mother_id) == set()
    # Longer than a yes may hold: the day that it ends is said, and nothing of a year after the arrival.
    told = (NOON + timedelta(days=longest_of("follow_up_contact"))).date()
    shown = caseworker.get(f"/handoffs/{one}/preview").text
    assert f"A yes holds until {told:%-d %b %Y}." in shown
    assert "after you arrive" not in shown


@pytest.mark.parametrize("looks_again", [False, True])
def test_a_no_to_later_contact_is_told_and_a_no_of_the_child_leaves_the_child(
    story: Story, caseworker: Visitor, looks_again: bool
) -> None:
    one = both(story)
    form = asking(caseworker, one)
    places = {value.split(":", 1)[1]: name for name, value in form.items() if name.endswith(".question")}
    contact = places["follow_up_contact:"].replace(".question", ".answer")
    child = next(name for name, value in form.items() if value == f"{story.child_id}:case_transfer:")
    said = {contact: "no", child.replace(".question", ".answer"): "no", "children.0.child_view": "disagrees"}
    if looks_again:
        page = caseworker.send_form(f"/handoffs/{one}/preview", form | said).text
        shown = re.findall(r'name="(seen|others|shown_without)" value="([^"]*)"', page)
        assert dict(shown)["seen"] != form["seen"], "it is shown without what may not be told"
        said |= {name: [value for given, value in shown if given == name] for name, _value in shown}
    answer = caseworker.send_form(f"/handoffs/{one}/ask-and-offer", form | said)
    assert answer.status_code == 303, answer.text
    assert granted(story, story.mother_id) == {"case_transfer"}
    assert granted(story, story.child_id) == set()
    with story.looking(story.jordan.caseworker):
        page = handoff_page(one)
        assert page.exchange.state == "offered"
        assert page.preview is not None
        assert page.preview["follow_up_contact"] == "no"
        assert [member.exchange.state for member in page.members] == ["prepared"]
        assert "travels_with" not in page.preview, (
            "nor is she told to come with a child of whom nothing may be told"
        )


def test_an_answer_stays_with_its_own_question_when_another_is_asked_no_more(
    story: Story, caseworker: Visitor
) -> None:
    one = both(story)
    form = asking(caseworker, one, **{"children.0.child_view": "disagrees"})
    places = {
        value: name.removesuffix(".question") for name, value in form.items() if name.endswith(".question")
    }
    of_child = f"{story.child_id}:case_transfer:"
    form |= {f"{places[of_child]}.answer": "no"}
    with story.acting(story.jordan.caseworker):
        record_consent(story.mother_id, asked([story.grant("follow_up_contact", ("contact",))]))
    again = caseworker.send_form(f"/handoffs/{one}/ask-and-offer", form)
    assert again.status_code == 409, again.text
    place = re.search(rf'name="(answers\.\d)\.question" value="{of_child}"', again.text)
    assert place is not None
    assert place[1] != places[of_child]
    ticked = re.findall(rf'name="{place[1]}\.answer" type="radio" value="(\w+)" checked', again.text)
    assert ticked == ["no"]
    assert re.findall(r'name="children\.0\.child_view" type="radio" value="(\w+)" checked', again.text) == [
        "disagrees"
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("children.0.guardian_checked", ""),
        ("children.0.child_view", "disagrees"),
        ("children.0.child_view", ""),
        ("restatement", ""),
    ],
)
def test_what_is_not_answered_for_the_child_keeps_both(
    story: Story, caseworker: Visitor, name: str, said: str
) -> None:
    one = both(story)
    form = {key: value for key, value in asking(caseworker, one).items() if key != name}
    answer = caseworker.send_form(
        f"/handoffs/{one}/ask-and-offer", {**form, **({name: said} if said else {})}
    )
    assert answer.status_code == 422, answer.text
    assert story.state(one)[0] == "prepared"
    assert granted(story, story.mother_id) == granted(story, story.child_id) == set()


def test_screening_and_journey_are_one_page_and_pressure_still_stops_it(
    story: Story, caseworker: Visitor
) -> None:
    answers = {
        "return_kind": "own_plan",
        "choice": "free",
        "fear": "false",
        "claim_explained": "true",
        "to_tenant_id": str(story.dhaka.id),
        "mode": "joint",
        "arrival_on": tomorrow().arrival_on.isoformat(),
    }
    screening = f"/cases/{story.mother_case}/return-screening"
    for choice in ("pressed", "forced", "no_other_way"):
        stopped = caseworker.send_form(screening, {**answers, "choice": choice})
        assert stopped.headers["Location"].endswith("/return-screening"), choice
    assert "A coordinator" in caseworker.get(screening).text
    heard = {**answers, "choice": "not_alone"}
    assert caseworker.send_form(screening, heard).status_code == 422
    heard["choice_heard"] = "free"
    assert caseworker.send_form(screening, heard).headers["Location"].endswith("/return-screening")
    said = "SELECT asked_alone, own_choice, pressure FROM return_screening WHERE case_id = :case ORDER BY screened_at"
    assert story.rows(story.jordan.caseworker, said, case=story.mother_case)[-1] == (False, True, False)
    free = caseworker.send_form(screening, answers)
    assert free.headers["Location"].endswith("/preview")


def test_nothing_of_a_screening_is_answered_beforehand(story: Story, caseworker: Visitor) -> None:
    page = caseworker.get(f"/cases/{story.mother_case}/return-screening").text
    for name in ("choice", "choice_heard", "fear", "claim_explained"):
        assert re.search(rf'name="{name}"', page), name
        assert not re.search(rf'name="{name}"[^>]*checked', page), name


def test_whoever_is_not_on_the_page_or_has_changed_since_is_not_offered(
    story: Story, caseworker: Visitor
) -> None:
    one = both(story)
    form = asking(caseworker, one)
    with story.acting(story.jordan.caseworker):
        child = get_client(story.child_id)
        update_client(child.id, {"name": "Another Name"}, child.version)
    for typed in (form, {**form, "others": ""}, {**form, "seen": ""}, {**form, "together": ""}):
        answer = caseworker.send_form(f"/handoffs/{one}/ask-and-offer", typed)
        assert answer.status_code == 409, answer.text
        assert story.state(one)[0] == "prepared"
        assert granted(story, story.mother_id) == granted(story, story.child_id) == set()
    story.allow()
    story.allow(client_id=story.child_id, categories=("identity", "travel"))
    plain = {"version": form["version"], "together": "true", **hidden(caseworker, one, "/offer")}
    assert caseworker.send_form(f"/handoffs/{one}/offer", {**plain, "others": ""}).status_code == 409
    assert story.state(one)[0] == "prepared"
    assert caseworker.send_form(f"/handoffs/{one}/offer", plain).status_code == 303


def test_one_answer_stands_for_one_person_and_her_own_child(story: Story, caseworker: Visitor) -> None:
    with story.acting(story.jordan.caseworker):
        brother = register_client({"name": "Rafiq Hasan", "sex": "male", "age": 30, "nationality": "BD"})
        his_case = open_case(brother.id, needs=["return.reintegration"])
        link_clients(story.mother_id, brother.id, "brother", travels_along=True)
    story.screen()
    with story.acting(story.jordan.caseworker):
        screen_return(his_case.id, FREE)
    one, other = story.prepare(story.mother_case, his_case.id)
    assert "/ask-and-offer" not in caseworker.get(f"/handoffs/{one}/preview").text
    with story.acting(story.jordan.caseworker):
        people = [lacking_for(each, propose(wanted_for(each))) for each in (one, other)]
        minors = [replace(each, is_child=True) for each in people if each is not None]
        assert len({each.voice_of(None) for each in minors}) == 2, "who has no guardian speaks alone"
        lacking = [each for each in people if each is not None]
        answers = [
            {"question": each.question(grant), "answer": "yes"} for each in lacking for grant in each.grants
        ]
        said = {"asked": mark_of(lacking), "children": [], "capacity": "self", "answers": answers}
        said |= {"method": "signature_paper", "language": "bn", "restatement": WORDS}
        with pytest.raises(Invalid):
            record_answers(lacking, said | {"main": "yes", "shown_without": [], "holds": None})


def test_whom_they_do_not_want_told_is_asked_of_each_before_anything_is_asked(
    story: Story, caseworker: Visitor
) -> None:
    story.screen()
    one = story.prepare(story.mother_case, story.child_case, travel=tomorrow())[0]
    preview = f"/handoffs/{one}/preview"
    first = caseworker.get(preview).location
    assert first == f"/cases/{story.mother_case}/refusals/first?return={preview}"
    assert re.search(
        rf'name="also" type="checkbox" value="{story.child_id}" checked', caseworker.get(first).text
    )
    with story.acting(story.jordan.caseworker):
        lacking = lacking_for(one, propose(wanted_for(one)))
        assert lacking is not None
        said = {"asked": mark_of([lacking]), "children": [], "capacity": "self", "answers": [], "main": "yes"}
        said |= {"method": "signature_paper", "language": "bn", "restatement": WORDS}
        with pytest.raises(RefusalsNotAsked):
            record_answers([lacking], said | {"shown_without": [], "holds": None})
    with story.acting(story.jordan.caseworker):
        how = {"never": ["recruiter"], "never_person": "Karim Mia", "nobody": False}
        record_never(story.mother_id, NOBODY | how)
    second = caseworker.get(preview).location
    assert second == f"/cases/{story.child_case}/refusals/first?return={preview}"
    page = caseworker.get(second).text
    assert re.search(r'type="checkbox" value="recruiter" checked', page), "what its mother said comes first"
    assert 'value="Karim Mia"' in page
    assert 'value="named_person"' not in page, "a person is named, not ticked"
    how = {"never": "recruiter", "method": "signature_paper", "language": "bn"}
    assert caseworker.send_form(second, how).location == preview
    assert "Ask now, in these words" in caseworker.get(preview).text
    with story.looking(story.jordan.caseworker):
        assert {one.class_code for one in live_refusals(story.child_id)} == {"recruiter"}


def test_that_nobody_was_named_is_not_said_of_a_mother_who_refused_an_organization(
    story: Story, caseworker: Visitor
) -> None:
    refused = {"organization_id": story.dhaka.organization_id, "method": "signature_paper", "language": "bn"}
    with story.acting(story.jordan.caseworker):
        add_refusal(story.mother_id, refused)
    page = caseworker.get(f"/cases/{story.child_case}/refusals/first").text
    assert re.search(r'name="nobody"[^>]*>', page)
    assert not re.search(r'name="nobody"[^>]*checked', page)


def test_the_page_says_what_leaves_without_the_travel_plan(story: Story, caseworker: Visitor) -> None:
    story.screen()
    story.allow(categories=("identity", "contact", "migration"))
    one = story.prepare(story.mother_case, travel=tomorrow())[0]
    page = caseworker.get(f"/handoffs/{one}/preview").text
    assert "Seen before they accept" in page
    assert "Offer it without the travel plan" in page
    form = hidden(caseworker, one, "/offer") | {"without_travel": "true"}
    with story.acting(story.jordan.caseworker):
        client = get_client(story.mother_id)
        update_client(client.id, {"name": "Another Name"}, client.version)
    again = caseworker.send_form(f"/handoffs/{one}/offer", form)
    assert again.status_code == 409, again.text
    form = hidden(caseworker, one, "/offer") | {"without_travel": "true"}
    assert caseworker.send_form(f"/handoffs/{one}/offer", form).status_code == 303
    assert story.state(one) == ("offered", "none")
