"""Mother and child are asked and offered by one send: what is missing of each, the mother answering for the child."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from network.consent.queries import live_grants
from network.core import clock
from tests.crossborder.conftest import NOON, Centres, Story, tomorrow
from tests.factories import signed_in
from tests.support.visitor import Visitor

SHOWN = ("version", "seen", "asked", "together")
WORDS = "They may know us, and help us."


@pytest.fixture(scope="module")
def caseworker(app: Flask, centres: Centres) -> Visitor:
    with clock.set_to(NOON):
        return signed_in(app, centres.jordan.id, "caseworker")


def both(story: Story) -> UUID:
    """Mother and child, prepared together; the mother's handoff."""
    story.screen()
    return story.prepare(story.mother_case, story.child_case, travel=tomorrow())[0]


def asking(caseworker: Visitor, exchange_id: UUID, **typed: Any) -> dict[str, Any]:
    """The form that asks, filled in as it must be."""
    html = caseworker.get(f"/handoffs/{exchange_id}/preview").text
    form = html[html.index("/ask-and-offer") :]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    hidden = {name: value for name, value in found if name in SHOWN or name.startswith("children.")}
    child = {"children.0.guardian_checked": "true", "children.0.child_view": "too_young"}
    said = {"capacity": "self", "method": "signature_paper", "language": "bn", "restatement": WORDS}
    return {**hidden, **child, **said, **typed}


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
        "asked_alone": "true",
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
    free = caseworker.send_form(screening, answers)
    assert free.headers["Location"].endswith("/preview")


def test_nothing_of_a_screening_is_answered_beforehand(story: Story, caseworker: Visitor) -> None:
    page = caseworker.get(f"/cases/{story.mother_case}/return-screening").text
    for name in ("asked_alone", "choice", "fear", "claim_explained"):
        assert re.search(rf'name="{name}"', page), name
        assert not re.search(rf'name="{name}"[^>]*checked', page), name
