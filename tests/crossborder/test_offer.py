"""Preparing and offering: over a corridor, under an agreement, with what she allowed; and taking it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from network.cases.queries.cases import list_notes
from network.consent import packets
from network.consent.operations import withdraw_all
from network.core import clock
from network.core.errors import Conflict, Forbidden, Invalid, NotCovered, NotFound, StaleVersion
from network.crossborder.operations.decide import accept, ask, decline, review
from network.crossborder.operations.offer import answer, offer, offer_without_travel, recall
from network.crossborder.operations.prepare import Travel, let_rest, prepare_handoff
from network.crossborder.queries import (
    handoff_page,
    handoffs_of_case,
    list_receivers,
    offers_inbox,
    wanted_for,
)
from network.exchange.queries import get_side
from tests.crossborder.conftest import TODAY, TOLD, Story, make_centre, tomorrow
from tests.factories import make_agreement


def test_a_draft_is_its_own_centres_alone(story: Story) -> None:
    (exchange_id,) = story.prepare(mode="follow_up")
    with story.looking(story.dhaka.coordinator), pytest.raises(NotFound):
        handoff_page(exchange_id)
    with story.looking(story.jordan.caseworker):
        assert handoff_page(exchange_id).exchange.state == "prepared"


def test_no_handoff_without_an_agreement_in_force(story: Story, app: Flask) -> None:
    ended = make_centre(app, "BD", "Asia/Dhaka", "ME")
    make_agreement(app, ended.id, story.jordan.id, until_on=clock.today("Asia/Amman") - timedelta(days=1))
    elsewhere = make_centre(app, "NP", "Asia/Kathmandu", "KT")
    said = {}
    for centre in (ended, elsewhere, story.jordan):
        with pytest.raises(Invalid) as refused, story.acting(story.jordan.caseworker):
            prepare_handoff(story.mother_case, centre.id, "follow_up")
        said[centre.id] = refused.value.fields["to_tenant_id"][0]
    assert "agreement" in said[ended.id]
    assert "corridor" in said[elsewhere.id]
    with story.looking(story.jordan.caseworker):
        offered = {one.tenant.id for one in list_receivers(story.mother_case)}
        assert story.dhaka.id in offered
        assert not {ended.id, elsewhere.id} & offered


def test_an_agreement_that_ends_before_the_offer_stops_it(story: Story, app: Flask) -> None:
    until = clock.today("Asia/Amman") + timedelta(days=3)
    brief = make_centre(app, "BD", "Asia/Dhaka", "BR")
    make_agreement(app, brief.id, story.jordan.id, until_on=until)
    with story.acting(story.jordan.caseworker):
        exchange_id = prepare_handoff(story.mother_case, brief.id, "follow_up").id
    with clock.set_to(clock.now() + timedelta(days=5)), pytest.raises(Invalid):
        story.offer(exchange_id)


def test_an_agreement_that_has_ended_stops_the_acceptance(story: Story, app: Flask) -> None:
    until = clock.today("Asia/Amman") + timedelta(days=3)
    brief = make_centre(app, "BD", "Asia/Dhaka", "BR")
    make_agreement(app, brief.id, story.jordan.id, until_on=until)
    story.dhaka = brief
    story.allow()
    with story.acting(story.jordan.caseworker):
        exchange_id = prepare_handoff(story.mother_case, brief.id, "follow_up").id
    story.offer(exchange_id)
    with clock.set_to(clock.now() + timedelta(days=5)):
        with pytest.raises(Conflict), story.acting(brief.coordinator):
            accept(exchange_id)
        with story.acting(brief.coordinator):
            decline(exchange_id, "agreement_not_in_force")


def test_a_corridor_is_for_people_of_its_own_country(story: Story, app: Flask) -> None:
    nepal = make_centre(app, "NP", "Asia/Kathmandu", "KT")
    make_agreement(app, nepal.id, story.jordan.id)
    with pytest.raises(Invalid) as refused, story.acting(story.jordan.caseworker):
        prepare_handoff(story.mother_case, nepal.id, "follow_up")
    assert list(refused.value.fields) == ["to_tenant_id"]


def test_nothing_leaves_that_no_grant_covers(story: Story) -> None:
    (exchange_id,) = story.prepare(mode="follow_up")
    with pytest.raises(NotCovered):
        story.offer(exchange_id)
    assert story.state(exchange_id) == ("prepared", "none")
    assert story.rows(
        story.jordan.caseworker, "SELECT count(*) FROM packet WHERE exchange_id = :id", id=exchange_id
    ) == [(0,)]


def test_each_of_a_family_needs_a_consent_of_its_own(story: Story) -> None:
    story.screen()
    story.allow()
    _mother, child = story.prepare(story.mother_case, story.child_case, travel=tomorrow())
    with pytest.raises(NotCovered):
        story.offer(child)


def test_the_travel_plan_is_told_only_where_she_allowed_it(story: Story) -> None:
    story.screen()
    story.allow(categories=[one for one in TOLD if one != "travel"])
    (exchange_id,) = story.prepare(travel=tomorrow())
    with pytest.raises(NotCovered) as refused:
        story.offer(exchange_id)
    assert [line.category for line in refused.value.lines if line.blocks] == ["travel"]
    with story.acting(story.jordan.caseworker):
        offer_without_travel(exchange_id)
        offer(exchange_id, wanted_for(exchange_id))
    with story.looking(story.dhaka.coordinator):
        page = handoff_page(exchange_id)
        assert (page.handoff.journey, page.handoff.arrival_on) == ("none", None)


def test_one_centre_is_asked_at_a_time(story: Story) -> None:
    story.offered(travel=tomorrow())
    with pytest.raises(Conflict):
        story.prepare(travel=tomorrow())


def test_a_stale_offer_is_a_conflict_and_sends_nothing(story: Story) -> None:
    story.allow()
    (exchange_id,) = story.prepare(mode="follow_up")
    with pytest.raises(StaleVersion), story.acting(story.jordan.caseworker):
        offer(exchange_id, wanted_for(exchange_id), expected_version=7)


def test_before_departure_is_for_who_goes_abroad(story: Story) -> None:
    with pytest.raises(Invalid) as refused:
        story.prepare(mode="pre_departure")
    assert list(refused.value.fields) == ["mode"]


def test_an_arrival_is_planned_for_a_day_to_come_with_needs_that_fit(story: Story) -> None:
    story.screen()
    today = clock.today("Asia/Amman")
    wrong = [
        ("arrival_on", Travel(today - timedelta(days=1))),
        ("arrival_on", Travel(date(9999, 12, 31))),
        ("arrival_needs", Travel(today, ("family_may_know", "family_must_not_know"))),
        ("medicine_runs_out_on", Travel(today, ("medicine_runs_out",))),
    ]
    for field, travel in wrong:
        with pytest.raises(Invalid) as refused:
            story.prepare(travel=travel)
        assert list(refused.value.fields) == [field]
    story.prepare(travel=Travel(today, ("medicine_runs_out",), {"medicine_runs_out": date(2030, 1, 1)}))


def test_a_question_is_answered_and_leads_back_to_the_review(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.dhaka.coordinator):
        review(exchange_id)
        ask(exchange_id, "Does her brother know?")
    with story.looking(story.jordan.caseworker):
        page = handoff_page(exchange_id)
        assert page.question is not None
        assert page.question.text == "Does her brother know?"
        assert get_side(exchange_id).unread
    with story.acting(story.jordan.caseworker):
        answer(exchange_id, "He does.")
    assert story.state(exchange_id) == ("in_review", "planned")


def test_a_decline_needs_a_reason_of_the_list(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with pytest.raises(Invalid), story.acting(story.dhaka.coordinator):
        decline(exchange_id, "other")
    with pytest.raises(Invalid), story.acting(story.dhaka.coordinator):
        decline(exchange_id, "conflict_of_interest", "a name, which must not be here")
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "other", "The office moves that week.")
    story.work()
    with story.looking(story.jordan.caseworker):
        page = handoff_page(exchange_id)
        assert page.packet is not None
        assert page.packet.seal_reason == "declined"
        assert page.decline is not None
        assert get_side(exchange_id).due_kind == "redirect"
        assert [note.text for note in list_notes(story.mother_case)] == ["The office moves that week."]


def test_a_declined_case_is_offered_to_another_centre_of_the_corridor(story: Story, app: Flask) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "outside_area")
    story.work()
    other = make_centre(app, "BD", "Asia/Dhaka", "CM")
    make_agreement(app, other.id, story.jordan.id)
    with story.acting(story.jordan.caseworker):
        asked_before = frozenset({story.dhaka.id})
        left = {one.tenant.id for one in list_receivers(story.mother_case, asked_before)}
        assert other.id in left
        assert story.dhaka.id not in left
        second = prepare_handoff(story.mother_case, other.id, "joint", tomorrow(), parent_id=exchange_id)
        assert second.parent_id == exchange_id
        assert not get_side(exchange_id).open


def test_an_alarm_comes_to_the_top_of_the_senders_list(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.dhaka.coordinator):
        decline(exchange_id, "safety_at_home")
    story.work()
    with story.looking(story.jordan.caseworker):
        side = get_side(exchange_id)
        assert (side.due_kind, side.open) == ("alarm", True)
        (row,) = handoffs_of_case(story.mother_case)
        assert row.due_kind == "alarm"


def test_a_recall_seals_at_once(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    with story.acting(story.jordan.caseworker):
        recall(exchange_id, "data_incident")
    with story.looking(story.dhaka.coordinator):
        page = handoff_page(exchange_id)
        assert (page.exchange.state, page.identity, page.preview) == ("recalled", None, None)
    incidents = story.rows(
        story.jordan.caseworker, "SELECT kind FROM incident WHERE exchange_id = :id", id=exchange_id
    )
    assert incidents == [("recall.data_incident",)]


def test_withdrawal_recalls_what_nobody_has_taken_over(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    with story.acting(story.jordan.caseworker):
        withdraw_all(story.mother_id)
    with story.looking(story.dhaka.coordinator):
        assert handoff_page(exchange_id).identity is None
    story.work()
    assert story.state(exchange_id)[0] == "recalled"
    with story.looking(story.dhaka.coordinator):
        step = handoff_page(exchange_id).latest("recall")
        assert step is not None
        assert (step.side, step.reason) == ("system", ("recall", "consent_withdrawn"))


def test_possible_coercion_is_told_to_nobody_else(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.acting(story.jordan.caseworker):
        recall(exchange_id, "possible_coercion")
    with story.looking(story.dhaka.coordinator):
        step = handoff_page(exchange_id).latest("recall")
        assert step is not None
        assert step.reason is None


def test_a_draft_that_is_not_offered_comes_off_the_list(story: Story) -> None:
    (exchange_id,) = story.prepare(mode="follow_up")
    with story.acting(story.jordan.caseworker):
        let_rest(exchange_id)
        assert not get_side(exchange_id).open


def test_the_inbox_names_nobody(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.looking(story.dhaka.coordinator):
        row = next(one for one in offers_inbox().items if one.id == exchange_id)
        assert (row.age_band, row.sex, row.other_country) == ("25-34", "female", "JO")
        assert "Rina" not in str(row)


def test_what_was_sent_to_one_named_colleague_is_hers_alone(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.looking(story.dhaka.coordinator):
        packet = packets.packet_of(exchange_id)
    assert packet.named_account_id is None
    with pytest.raises((Forbidden, NotFound)), story.acting(story.stranger):
        accept(exchange_id)


def test_the_journey_leaves_under_the_grant_that_names_it_and_stands_in_the_disclosure(story: Story) -> None:
    (exchange_id,) = story.offered(travel=Travel(TODAY, ("pregnant",)))
    told = story.rows(
        story.jordan.caseworker,
        "SELECT fields, categories FROM disclosure WHERE exchange_id = :id",
        id=exchange_id,
    )
    ((fields, categories),) = told
    assert {"travel.arrival_on", "travel.arrival_needs"} <= set(fields)
    assert "travel" in categories
    with story.looking(story.dhaka.coordinator):
        assert "pregnant" not in str(handoff_page(exchange_id).preview)
    story.accept(exchange_id)
    with story.looking(story.dhaka.coordinator):
        identity = handoff_page(exchange_id).identity
        assert identity is not None
        assert identity["travel"] == {"arrival_on": TODAY.isoformat(), "arrival_needs": ["pregnant"]}
