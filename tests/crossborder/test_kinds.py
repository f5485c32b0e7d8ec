"""A referral is no handoff and a handoff no referral: whatever door of the one is tried with the other's id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from network.core import clock
from network.referrals.operations import accept_referral
from tests.crossborder.conftest import NOON, Centres, Story, tomorrow
from tests.factories import make_case, make_listing, make_tenant, signed_in
from tests.referrals.conftest import NEED, World, worker_of
from tests.support.visitor import Visitor

API = {"referral": "referrals_api", "handoff": "crossborder_api"}
PAGES = {"referral": "referrals_pages", "handoff": "crossborder_pages"}
SOON = (NOON + timedelta(days=1)).isoformat()
DAY = (NOON + timedelta(days=1)).date().isoformat()
# What a door takes, by the end of its address: well formed, so that the id alone is in the way.
BODIES: dict[str, dict[str, dict[str, Any]]] = {
    "referral": {
        "decline": {"reason": "no_capacity"},
        "question": {"text": "Who is it?"},
        "questions": {"text": "Who is it?"},
        "answer": {"text": "She."},
        "answers": {"text": "She."},
        "appointment": {"on": SOON, "place": "Gate"},
        "change": {"on": SOON, "place": "Gate"},
        "outcome": {"outcomes": ["served_full"]},
        "not-served": {"reason": "did_not_come"},
        "closure": {"helped": "yes"},
        "withdrawal": {"reason": "need_gone"},
        "heard": {"move": "accept", "channel": "phone"},
        "accept": {"channel": "phone"},
        "ending-told": {"channel": "phone"},
        "letter": {"language": "en"},
    },
    "handoff": {
        "decline": {"reason": "no_capacity"},
        "question": {"text": "Who is it?"},
        "questions": {"text": "Who is it?"},
        "answer": {"text": "She."},
        "answers": {"text": "She."},
        "journey": {"arrival_on": DAY},
        "recall": {"reason": "possible_coercion"},
        "kept-record": {"legal_basis": "legal_obligation"},
        "non-departure": {"reason": "changed_mind"},
        "non-arrival": {"reason": "no_news"},
        "arrival-correction": {"reason": "did_not_arrive"},
    },
}


def doors(app: Flask, kind: str) -> Iterator[tuple[bool, str, str]]:
    """Every door that takes the id of one: (by API, method, address with a place for the id)."""
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.split(".")[0]
        if "exchange_id" in rule.arguments and room in (API[kind], PAGES[kind]):
            path = rule.rule.replace("<uuid:exchange_id>", "{}").replace("<answer>", "accept")
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield room == API[kind], method, path


def knocked(who: Visitor, kind: str, exchange_id: UUID) -> tuple[int, list[tuple[str, str, int]]]:
    """How many doors there are, and what answered otherwise than that there is no such one."""
    count, found = 0, []
    for by_api, method, path in doors(who.application, kind):
        address, body = path.format(exchange_id), BODIES[kind].get(path.rsplit("/", 1)[1], {})
        if by_api:
            said = None if method in ("GET", "DELETE") else body
            answer = who.api(method, address, said, version=1)
        elif method == "GET":
            answer = who.get(address)
        else:
            answer = who.send_form(address, body | {"version": "1"})
        count += 1
        if answer.status_code != 404:
            found.append((method, path, answer.status_code))
    return count, found


@pytest.fixture(scope="module")
def jordan(app: Flask, centres: Centres) -> Visitor:
    with clock.set_to(NOON):
        return signed_in(app, centres.jordan.id, "coordinator", "caseworker")


def test_a_handoff_is_no_referral_at_any_door(story: Story, jordan: Visitor) -> None:
    """Drafted, offered and accepted; by who offers it and by who is asked."""
    dhaka = signed_in(story.app, story.dhaka.id, "coordinator", "caseworker")
    story.screen()
    (exchange_id,) = story.prepare(travel=tomorrow())
    count, otherwise = knocked(jordan, "referral", exchange_id)
    assert count > 50, "the doors were found"
    assert otherwise == []
    story.allow()
    story.offer(exchange_id)
    assert knocked(dhaka, "referral", exchange_id)[1] == []
    story.accept(exchange_id)
    assert knocked(jordan, "referral", exchange_id)[1] == []
    assert knocked(dhaka, "referral", exchange_id)[1] == []
    assert story.state(exchange_id) == ("accepted", "planned")


def test_a_referral_is_no_handoff_at_any_door(story: Story, jordan: Visitor) -> None:
    """Between two centres, so that both sides have the rights that a handoff takes."""
    world = between_centres(story)
    there = signed_in(story.app, world.receiver.tenant, "coordinator", "caseworker")
    exchange_id = world.prepare()
    count, otherwise = knocked(jordan, "handoff", exchange_id)
    assert count > 40, "the doors were found"
    assert otherwise == []
    world.send(exchange_id)
    world.jobs()
    assert knocked(there, "handoff", exchange_id)[1] == []
    world.act(world.receiver, accept_referral, exchange_id)
    assert knocked(jordan, "handoff", exchange_id)[1] == []
    assert knocked(there, "handoff", exchange_id)[1] == []
    assert world.state(exchange_id) == "accepted"


def between_centres(story: Story) -> World:
    """A client of the centre in Jordan, and another centre that has what she needs."""
    listed = make_listing(story.app, story.jordan.id, needs=[NEED])
    other = make_tenant(story.app, "centre", organization_id=listed.organization_id)
    sender, receiver = (worker_of(one, "centre", "coordinator") for one in (story.jordan.id, other))
    client_id, case_id = make_case(story.app, sender)
    people = (sender, receiver, receiver, story.stranger)
    world = World(story.app, story.worker_app, *people, listed, client_id, case_id)
    world.consent()
    return world
