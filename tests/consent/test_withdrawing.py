"""Consent taken back is carried out before the answer comes."""

from __future__ import annotations

import pytest

from network.consent.operations import (
    withdraw_all,
    withdraw_from,
    withdraw_grant,
)
from network.consent.queries import (
    get_consent,
    get_recipient,
    live_grants,
    live_refusals,
)
from network.core.errors import Conflict, Invalid, NotFound
from network.referrals import operations as referrals
from network.tenants.context import scope
from tests.consent.conftest import NEED, Story, a_grant, make_member_listing
from tests.factories import Listed


def test_withdrawing_seals_the_packet_before_it_returns(story: Story) -> None:
    story.consent(story.grant())
    packet = story.disclose()
    story.accept(packet)
    assert set(story.seen(packet)) == {"preview", "identity"}
    grant_id = story.propose().grants[0].id
    with story.acting():
        withdraw_grant(grant_id)
    assert story.seen(packet) == {}
    receiver = story.shelter_worker
    assert story.rows("SELECT count(*) FROM packet_part", receiver) == [(0,)]
    assert story.rows("SELECT count(*) FROM packet_key", receiver) == [(0,)]
    assert story.rows("SELECT seal_reason FROM packet", receiver) == [("withdrawn",)]
    assert story.rows("SELECT count(*) FROM packet_key") == [(0,)]
    assert "exchange.sealed" in story.topics(packet.exchange_id)
    assert not story.propose().ok
    audit = story.rows("SELECT action, object_kind FROM audit_event WHERE action IN ('sealed', 'withdrawn')")
    assert set(audit) == {("sealed", "packet"), ("withdrawn", "grant")}
    events = {kind for (kind,) in story.rows("SELECT kind FROM case_event")}
    assert {"consent.withdrawn", "packet.sealed"} <= events


def test_withdrawing_one_grant_leaves_what_left_under_another(story: Story) -> None:
    story.consent(story.grant(), story.grant("health_special", days=30))
    plain, special = story.disclose(), story.disclose(added=frozenset({"health_special"}))
    own = next(
        one
        for one in story.propose(added=frozenset({"health_special"})).grants
        if one.categories == {"health_special"}
    )
    with story.acting():
        withdraw_grant(own.id)
    assert story.seen(special) == {}
    assert set(story.seen(plain)) == {"preview"}


@pytest.mark.parametrize(("leaves", "state"), [("sharing", "in_progress"), ("service", "recalled")])
def test_a_service_that_has_begun_goes_on_unless_she_leaves_it(story: Story, leaves: str, state: str) -> None:
    story.consent(story.grant())
    exchange_id = story.refer()
    for move in (referrals.accept_referral, referrals.start_service):
        with story.acting(story.shelter_worker):
            move(exchange_id)
    with story.acting():
        withdraw_all(story.client_id, leaves)
    story.work()
    assert story.rows("SELECT state FROM exchange WHERE id = :id", id=exchange_id) == [(state,)]


def test_what_has_not_begun_is_recalled(story: Story) -> None:
    story.consent(story.grant())
    exchange_id = story.refer()
    with story.acting():
        withdraw_all(story.client_id)
    story.work()
    moved = story.rows(
        "SELECT to_state, reason_code FROM exchange_event WHERE move = 'recall' AND exchange_id = :id",
        id=exchange_id,
    )
    assert moved == [("recalled", "consent_withdrawn")]


def test_a_grant_is_withdrawn_once(story: Story) -> None:
    story.consent(story.grant())
    grant_id = story.propose().grants[0].id
    with story.acting():
        withdraw_grant(grant_id)
    with story.acting(), pytest.raises(Conflict):
        withdraw_grant(grant_id)
    with story.acting(), pytest.raises(Invalid):
        withdraw_grant(grant_id, "everything")
    with story.acting(story.stranger), pytest.raises(NotFound):
        withdraw_grant(grant_id)


def test_withdrawing_everything_ends_every_grant_and_keeps_her_refusals(story: Story) -> None:
    first = story.consent(story.grant(), refusals=[{"recipient_class": "recruiter"}])
    story.consent(story.grant("health_special"))
    packet = story.disclose()
    with story.acting():
        assert len(withdraw_all(story.client_id, "service")) == 2
    assert story.seen(packet) == {}
    with story.app.app_context(), scope(story.rana):
        assert live_grants(story.client_id) == ()
        assert [one.class_code for one in live_refusals(story.client_id)] == ["recruiter"]
        assert get_consent(first.id).state == "withdrawn"
    assert ("consent.left",) in story.rows("SELECT kind FROM case_event")


def other_shelter(story: Story) -> Listed:
    return make_member_listing(story.app, needs=[NEED], place="jo-irbid")[0]


def test_everything_for_one_organization_stops_in_one_act_and_nothing_for_another(story: Story) -> None:
    elsewhere = other_shelter(story)
    story.consent(story.grant(), a_grant(organization_id=elsewhere.organization_id))
    story.consent(story.grant("health_special"))
    packet = story.disclose()
    with story.acting():
        assert len(withdraw_from(story.client_id, story.shelter.organization_id)) == 2
    assert story.seen(packet) == {}
    with story.app.app_context(), scope(story.rana):
        assert [one.organization_id for one in live_grants(story.client_id)] == [elsewhere.organization_id]
        assert live_refusals(story.client_id) == ()
    assert not story.propose().ok
    with story.acting(), pytest.raises(Conflict):
        withdraw_from(story.client_id, story.shelter.organization_id)
    with story.acting(story.stranger), pytest.raises(NotFound):
        withdraw_from(story.client_id, story.shelter.organization_id)


def test_a_grant_to_every_shelter_goes_on_for_the_others_and_this_one_is_refused(story: Story) -> None:
    with story.app.app_context(), scope(story.rana):
        kind = get_recipient(story.shelter.organization_id)
    every = a_grant(recipient_class=kind.class_code, recipient_country=kind.country)
    story.consent(every)
    packet = story.disclose()
    with story.acting():
        assert len(withdraw_from(story.client_id, story.shelter.organization_id)) == 0
    assert story.seen(packet) == {}
    assert not story.propose().ok
    with story.app.app_context(), scope(story.rana):
        assert len(live_grants(story.client_id)) == 1
        assert [one.organization_id for one in live_refusals(story.client_id)] == [
            story.shelter.organization_id
        ]
    with story.acting(), pytest.raises(Conflict):
        withdraw_from(story.client_id, story.shelter.organization_id)
