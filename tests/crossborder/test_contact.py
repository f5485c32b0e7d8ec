"""Until when she may be visited: by what she told the centre that she left, kept to by the centre at home."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from network.consent.operations import add_refusal, record_consent, withdraw_grant, withdraw_refusal
from network.consent.queries import live_grants
from network.core import clock
from network.core.db import db
from network.core.errors import Conflict
from network.crossborder.models import FollowUp
from network.crossborder.operations.contact import stop_where_ended
from network.crossborder.operations.follow_up_plan import resume_follow_ups
from network.crossborder.operations.follow_ups import Contacted, record_follow_up
from network.crossborder.operations.prepare import Travel
from network.crossborder.operations.takeover import TakenOver
from network.crossborder.planning import begins
from network.crossborder.queries.contact import find_contact, may_visit
from network.crossborder.queries.receivers import CONTACT_PURPOSE
from network.exchange.queries import list_events
from network.tenants.context import Identity
from tests.crossborder.conftest import NOON, TODAY, Centres, Story, asked
from tests.factories import signed_in
from tests.support.visitor import Visitor

# Her leave ends after the visit at six months, and before the one at twelve.
SHORT = 250


def visited(story: Story, days: int = SHORT) -> TakenOver:
    """She is home and taken over, and may be contacted for so long."""
    story.screen()
    story.allow(contact=False)
    agree(story, story.jordan.caseworker, days)
    (exchange_id,) = story.prepare(travel=Travel(TODAY))
    story.offer(exchange_id)
    story.accept(exchange_id)
    story.depart(exchange_id)
    story.arrive(exchange_id)
    return story.take_over(exchange_id)


def agree(story: Story, who: Identity, days: int) -> None:
    """She tells this centre that she may be contacted, for so long from now."""
    with story.acting(who):
        client_id = story.mother_id
        record_consent(client_id, asked([story.grant(CONTACT_PURPOSE, ("contact",)) | {"days": days}]))


def take_back(story: Story) -> None:
    """She takes just this back, at the centre that she left; and every centre hears what there is to hear."""
    with story.acting(story.jordan.caseworker):
        for one in live_grants(story.mother_id):
            if one.purpose == CONTACT_PURPOSE:
                withdraw_grant(one.id)
    story.work()


def states(plan: list[FollowUp]) -> set[tuple[str, str | None]]:
    return {(one.state, one.stopped_reason) for one in plan}


@pytest.fixture(scope="module")
def coordinator(app: Flask, centres: Centres) -> Visitor:
    with clock.set_to(NOON):
        return signed_in(app, centres.dhaka.id, "coordinator")


def test_before_her_leave_ends_the_centre_at_home_is_told_to_ask_again(
    story: Story, coordinator: Visitor
) -> None:
    taken = visited(story)
    last = story.follow_ups(taken.case.id)[-1]
    by = (TODAY + timedelta(days=SHORT)).strftime("%d").lstrip("0")
    page = coordinator.get(f"/follow-ups/{last.id}").text
    assert "Ask her again before" in page
    assert by in page
    assert f"/cases/{taken.case.id}/consent/new" in page
    told = coordinator.api("GET", f"/api/v1/handoffs/{last.exchange_id}").json
    assert told["contact_until"] == (NOON + timedelta(days=SHORT)).isoformat()
    assert "Contact allowed until" in coordinator.get(f"/handoffs/{last.exchange_id}").text
    plan = f"/cases/{taken.case.id}/follow-ups"
    assert "Ask her again before" in coordinator.get(plan).text
    assert "Ask again: the permission to visit ends" not in coordinator.get("/").text
    with clock.set_to(NOON + timedelta(days=SHORT - 10)):
        soon = signed_in(story.app, story.dhaka.id, "coordinator")
        home = soon.get("/").text
        assert "Ask again: the permission to visit ends" in home
        assert plan in home
        others = {"organization_id": story.jordan.organization_id}
        with story.acting(story.dhaka.coordinator):
            record_consent(taken.client.id, asked([story.grant(CONTACT_PURPOSE, ("contact",)) | others]))
        assert plan in soon.get("/").text, "what she allows others is not allowed to us"
        assert "Ask her again before" in soon.get(plan).text
        with story.acting(story.dhaka.coordinator):
            record_consent(taken.client.id, asked([story.grant(CONTACT_PURPOSE, ("contact",))]))
        assert plan not in soon.get("/").text
        assert "Ask her again before" not in soon.get(plan).text


def test_a_visit_after_the_end_of_her_leave_is_not_made_and_one_before_it_is(story: Story) -> None:
    taken = visited(story)
    plan = story.follow_ups(taken.case.id)
    found = []
    for place in (-2, -1):
        with clock.set_to(begins(plan[place].due_on, "Asia/Dhaka") + timedelta(hours=1)):
            story.work()
        one = story.follow_ups(taken.case.id)[place]
        found.append((one.state, one.stopped_reason))
    assert found == [("due", None), ("stopped", "no_grant")]


def test_nobody_is_told_to_visit_her_once_her_leave_has_ended(story: Story) -> None:
    """What fell due before the end, and was not made, is due no more; for what is planned she can be asked again."""
    taken = visited(story, 10)
    for day, first in ((7, "due"), (11, "stopped")):
        with clock.set_to(begins(TODAY + timedelta(days=day), "Asia/Dhaka") + timedelta(hours=16)):
            story.work()
        assert [one.state for one in story.follow_ups(taken.case.id)] == [first, *["planned"] * 4]
    assert story.follow_ups(taken.case.id)[0].stopped_reason == "no_grant"


def test_what_she_takes_back_where_she_was_stops_the_visits_at_home_until_she_allows_them_again(
    story: Story,
) -> None:
    taken = visited(story, 480)
    take_back(story)
    assert states(story.follow_ups(taken.case.id)) == {("stopped", "withdrawn")}
    exchange_id = story.follow_ups(taken.case.id)[0].exchange_id
    assert exchange_id is not None
    with story.looking(story.dhaka.coordinator):
        assert [one.move for one in list_events(exchange_id)][-1] == "contact_changed"
    with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
        resume_follow_ups(taken.case.id)
    agree(story, story.jordan.caseworker, 300)
    story.work()
    with story.looking(story.dhaka.coordinator):
        told = find_contact(exchange_id)
        assert told is not None
        assert told.until == NOON + timedelta(days=300)
    with story.acting(story.dhaka.coordinator):
        assert len(resume_follow_ups(taken.case.id)) == 5


def test_where_nobody_travels_both_centres_read_until_when_as_well(
    story: Story, coordinator: Visitor
) -> None:
    agree(story, story.jordan.caseworker, SHORT)
    story.screen()
    story.allow(contact=False)
    (exchange_id,) = story.prepare(mode="follow_up")
    story.offer(exchange_id)
    assert "Contact allowed until" in coordinator.get(f"/handoffs/{exchange_id}").text
    take_back(story)
    assert "Contact was allowed until" in coordinator.get(f"/handoffs/{exchange_id}").text


def test_what_she_takes_back_at_home_stops_the_visits_whatever_she_had_allowed_before(story: Story) -> None:
    taken = visited(story, 480)
    with story.acting(story.dhaka.coordinator):
        given = record_consent(taken.client.id, asked([story.grant(CONTACT_PURPOSE, ("contact",))]))
        [one] = [grant for grant in live_grants(taken.client.id) if grant.consent_id == given.id]
    story.work()
    assert states(story.follow_ups(taken.case.id)) == {("planned", None)}
    with story.acting(story.dhaka.coordinator):
        withdraw_grant(one.id)
    story.work()
    assert states(story.follow_ups(taken.case.id)) == {("stopped", "withdrawn")}


def test_a_refusal_wins_over_what_she_had_allowed_until_she_takes_it_back(story: Story) -> None:
    taken = visited(story, 480)
    exchange_id = story.follow_ups(taken.case.id)[0].exchange_id
    assert exchange_id is not None
    never = {
        "organization_id": story.dhaka.organization_id,
        "method": "signature_screen",
        "language": "bn",
    }
    with story.acting(story.jordan.caseworker):
        refusal_id = add_refusal(story.mother_id, never).id
    story.work()
    assert states(story.follow_ups(taken.case.id)) == {("stopped", "withdrawn")}
    with story.looking(story.dhaka.coordinator):
        told = find_contact(exchange_id)
        assert told is not None
        assert told.until == NOON, "it is not said that she may be visited"
    with pytest.raises(Conflict), story.acting(story.dhaka.coordinator):
        resume_follow_ups(taken.case.id)
    with story.acting(story.jordan.caseworker):
        withdraw_refusal(refusal_id)
    story.work()
    with story.acting(story.dhaka.coordinator):
        assert len(resume_follow_ups(taken.case.id)) == 5
        add_refusal(taken.client.id, never)
        assert not may_visit(taken.client.id, exchange_id), "said at home, it counts at once"


def test_a_visit_that_is_recorded_while_her_leave_ends_stays_recorded(story: Story) -> None:
    taken = visited(story, 480)
    with story.acting(story.dhaka.coordinator):
        given = record_consent(taken.client.id, asked([story.grant(CONTACT_PURPOSE, ("contact",))]))
        [one] = [grant for grant in live_grants(taken.client.id) if grant.consent_id == given.id]
    story.work()
    with story.acting(story.dhaka.coordinator):
        withdraw_grant(one.id)
    first = story.follow_ups(taken.case.id)[0].id

    def stop() -> None:
        with story.acting(story.dhaka.coordinator):
            stop_where_ended(taken.client.id)

    stopping = threading.Thread(target=stop)
    with story.acting(story.dhaka.coordinator):
        record_follow_up(first, Contacted("call", "well"))
        stopping.start()
        waiting = text("SELECT 1 FROM pg_locks WHERE NOT granted")
        while stopping.is_alive() and db.session.execute(waiting).first() is None:
            stopping.join(0.01)
    stopping.join(60)
    assert [one.state for one in story.follow_ups(taken.case.id)] == ["done", *["stopped"] * 4]


def test_whoever_visits_cannot_write_until_when_she_may_be_visited(story: Story) -> None:
    taken = visited(story)
    exchange_id = story.follow_ups(taken.case.id)[0].exchange_id
    longer = text("UPDATE handoff_contact SET until = until + interval '1 year' WHERE exchange_id = :one")
    with story.acting(story.dhaka.coordinator):
        assert db.session.execute(longer, {"one": exchange_id}).rowcount == 0
    with pytest.raises(ProgrammingError), story.acting(story.dhaka.coordinator):
        db.session.execute(
            text(
                "INSERT INTO handoff_contact SELECT gen_random_uuid(), from_tenant_id, to_tenant_id, until "
                "FROM handoff_contact WHERE exchange_id = :one"
            ),
            {"one": exchange_id},
        )
    with story.looking(story.stranger):
        assert find_contact(exchange_id) is None if exchange_id else False
