"""A case crosses a border: offered, accepted, arrived, taken over, and what each side sees of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from network.cases.queries.cards import card_of
from network.cases.queries.cases import get_case, list_notes
from network.cases.queries.clients import get_client, list_contacts, list_related
from network.consent import packets
from network.consent.operations import add_refusal
from network.consent.queries import live_refusals
from network.core import clock
from network.core.errors import IllegalTransition
from network.crossborder.operations import takeover
from network.crossborder.operations.takeover import take_over
from network.crossborder.queries import handoff_page, list_milestones
from network.exchange.queries import get_side
from tests.crossborder.conftest import TABLES, Story, tomorrow

MADE = "SELECT count(*) FROM client WHERE origin_exchange_id = :id"


def test_mother_and_child_are_offered_together_each_under_a_consent_of_her_own(story: Story) -> None:
    mother, child = story.offered(story.mother_case, story.child_case, travel=tomorrow())
    with story.looking(story.dhaka.coordinator):
        page = handoff_page(mother)
        assert [member.exchange.id for member in page.members] == [child]
        assert page.exchange.state == "offered"
    packets_made = story.rows(
        story.jordan.caseworker,
        "SELECT client_id FROM disclosure WHERE exchange_id = ANY(:ids) ORDER BY client_id",
        ids=[mother, child],
    )
    assert packets_made == [(one,) for one in sorted([story.mother_id, story.child_id])]


def test_the_preview_names_nobody_and_the_identity_waits_for_the_acceptance(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    with story.looking(story.dhaka.coordinator):
        page = handoff_page(exchange_id)
        assert page.identity is None
        assert page.preview is not None
        assert page.preview["age_band"] == "25-34"
        told = str(page.preview)
        for secret in ("Rina", "Akter", "790000001", "Tangail", "Garments"):
            assert secret not in told
    story.accept(exchange_id)
    with story.looking(story.dhaka.coordinator):
        identity = handoff_page(exchange_id).identity
        assert identity is not None
        assert identity["identity"]["name"] == "Rina Akter"
        assert identity["migration"]["origin_district"] == "Tangail"


def test_taking_over_makes_a_client_of_the_receivers_own(story: Story) -> None:
    (taken,) = story.home()
    with story.looking(story.dhaka.coordinator):
        client = get_client(taken.client.id)
        assert client.tenant_id == story.dhaka.id
        assert client.id != story.mother_id
        assert card_of(client).name == "Rina Akter"
        assert get_case(taken.case.id).origin_exchange_id == taken.moved.exchange.id
        side = get_side(taken.moved.exchange.id)
        assert (side.client_id, side.case_id) == (client.id, taken.case.id)
    keys = "SELECT count(*) FROM data_key WHERE purpose = 'client' AND id = :id"
    assert story.rows(story.dhaka.coordinator, keys, id=taken.client.id) == [(1,)]
    assert story.rows(story.jordan.coordinator, keys, id=taken.client.id) == [(0,)]


def test_the_sender_sees_milestones_and_nothing_else(story: Story) -> None:
    (taken,) = story.home()
    exchange_id = taken.moved.exchange.id
    for table in TABLES:
        found = story.rows(
            story.jordan.caseworker,
            f"SELECT count(*) FROM {table} WHERE tenant_id = :other",
            other=story.dhaka.id,
        )
        assert found == [(0,)], table
    with story.looking(story.jordan.caseworker):
        assert [one.code for one in list_milestones(exchange_id)] == ["arrived_safely", "registered"]
        assert get_side(exchange_id).case_id == story.mother_case


def test_a_stranger_sees_nothing_of_it(story: Story) -> None:
    (taken,) = story.home()
    for table in ("exchange", "handoff", "handoff_milestone", "packet", "packet_part", "exchange_event"):
        column = "id" if table == "exchange" else "exchange_id"
        found = story.rows(
            story.stranger,
            f"SELECT count(*) FROM {table} WHERE {column} = :id",
            id=taken.moved.exchange.id,
        )
        assert found == [(0,)], table


def test_mother_and_child_are_mother_and_child_at_the_receiver_too(story: Story) -> None:
    mother, child = story.home(story.mother_case, story.child_case)
    with story.looking(story.dhaka.coordinator):
        of_child = {(one.relationship, one.client.id) for one in list_related(child.client.id) if one.client}
        of_mother = {
            (one.relationship, one.client.id) for one in list_related(mother.client.id) if one.client
        }
    assert ("mother", mother.client.id) in of_child
    assert ("son", child.client.id) in of_mother


def test_a_transfer_leaves_the_senders_case_to_be_read_and_changed_no_more(story: Story) -> None:
    story.home(mode="transfer")
    story.work()
    with story.looking(story.jordan.caseworker):
        assert get_case(story.mother_case).custody == "handed_over"


def test_in_joint_work_both_go_on_with_their_own_case(story: Story) -> None:
    (taken,) = story.home(mode="joint")
    story.work()
    with story.looking(story.jordan.caseworker):
        assert get_case(story.mother_case).custody == "held"
    with story.looking(story.dhaka.coordinator):
        assert get_case(taken.case.id).custody == "held"


def test_taking_over_twice_makes_one_client(story: Story) -> None:
    (taken,) = story.home()
    with pytest.raises(IllegalTransition), story.acting(story.dhaka.coordinator):
        take_over(taken.moved.exchange.id)
    assert story.rows(story.dhaka.coordinator, MADE, id=taken.moved.exchange.id) == [(1,)]


def test_a_take_over_that_is_cut_short_leaves_nothing_half_done(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    (exchange_id,) = story.offered()
    story.accept(exchange_id)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(takeover, "plan_after_handoff", killed)
    with pytest.raises(KeyboardInterrupt), story.acting(story.dhaka.coordinator):
        take_over(exchange_id)
    assert story.state(exchange_id) == ("accepted", "none")
    assert story.rows(story.dhaka.coordinator, MADE, id=exchange_id) == [(0,)]
    assert story.rows(story.dhaka.coordinator, MADE.replace("client", "case_file"), id=exchange_id) == [(0,)]
    monkeypatch.undo()
    story.take_over(exchange_id)
    assert story.rows(story.dhaka.coordinator, MADE, id=exchange_id) == [(1,)]


def test_numbers_of_the_country_that_she_left_are_used_by_neither_side(story: Story) -> None:
    (taken,) = story.home()
    with story.looking(story.jordan.caseworker):
        states = {one.number: one.state for one in list_contacts(story.mother_id)}
        assert states["+962790000001"] == "do_not_use"
        assert states["+8801700000001"] == "in_use"
    with story.looking(story.dhaka.coordinator):
        usable = [one.number for one in list_contacts(taken.client.id) if one.usable]
        assert usable == ["+8801700000001"]


def test_the_packet_cannot_be_taken_over_once_it_is_sealed(story: Story) -> None:
    (exchange_id,) = story.offered()
    story.accept(exchange_id)
    with story.acting(story.jordan.caseworker):
        packets.seal(packets.packet_of(exchange_id).id, "withdrawn")
    with pytest.raises(Exception, match="seal"), story.acting(story.dhaka.coordinator):
        take_over(exchange_id)


def test_somebody_deported_arrives_before_anybody_has_accepted(story: Story) -> None:
    (exchange_id,) = story.offered(mode="joint")
    story.arrive(exchange_id)
    assert story.state(exchange_id) == ("offered", "arrived")
    story.accept(exchange_id)
    taken = story.take_over(exchange_id)
    assert [one.state for one in story.follow_ups(taken.case.id)] == ["planned"] * 5


def test_follow_ups_begin_with_the_arrival_also_where_the_case_was_taken_over_before(story: Story) -> None:
    (exchange_id,) = story.offered(travel=tomorrow())
    story.accept(exchange_id)
    taken = story.take_over(exchange_id)
    assert story.follow_ups(taken.case.id) == []
    story.depart(exchange_id)
    story.arrive(exchange_id)
    today = clock.today("Asia/Dhaka")
    assert story.follow_ups(taken.case.id)[0].due_on == today + timedelta(days=7)
    assert isinstance(today, date)


def test_whom_she_refuses_she_refuses_at_the_receiver_too(story: Story) -> None:
    with story.acting(story.jordan.caseworker):
        add_refusal(
            story.mother_id,
            {"recipient_class": "recruiter", "method": "signature_screen", "language": "bn"},
        )
    (taken,) = story.home()
    with story.looking(story.dhaka.coordinator):
        assert [one.class_code for one in live_refusals(taken.client.id)] == ["recruiter"]
        assert "recruiter" not in str(list_notes(taken.case.id))
