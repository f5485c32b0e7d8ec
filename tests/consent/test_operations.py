"""Consent given, confirmed, extended, refused and taken back, and its end by the clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from network.cases.envelopes import opened
from network.cases.operations import (
    add_relative,
    link_clients,
    register_child,
    register_client,
    restrict_client,
)
from network.cases.queries import list_related
from network.consent.operations import (
    add_refusal,
    confirm_consent,
    extend_grant,
    lift_refusal_once,
    record_consent,
    withdraw_all,
    withdraw_grant,
    withdraw_refusal,
)
from network.consent.queries import (
    expiring,
    get_consent,
    live_grants,
    live_refusals,
)
from network.core import clock
from network.core.errors import Conflict, IllegalTransition, Invalid, NotFound, UnknownCode
from network.directory.operations import add_role
from network.exchange.operations import Given, make_move
from network.referrals import operations as referrals
from network.referrals.states import REFERRAL
from network.tenants.context import job_identity, scope
from tests.consent.conftest import Story, a_grant, asked, in_days
from tests.factories import staff


def wrong_fields(story: Story, data: dict[str, Any]) -> set[str]:
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as refused:
        record_consent(story.client_id, data)
    return set(refused.value.fields)


def test_consent_keeps_her_words_sealed_and_its_grants_plain(story: Story) -> None:
    consent = story.consent(story.grant(), witness="Omar")
    assert (consent.state, consent.version) == ("given", 1)
    with story.app.app_context(), scope(story.rana):
        assert opened(get_consent(consent.id))["restatement"].startswith("The shelter may know")
        (grant,) = live_grants(story.client_id)
    assert grant.categories == {"identity", "contact"}
    assert grant.expires_at - grant.created_at == timedelta(days=90)
    assert b"shelter may know" not in consent.sealed
    assert story.rows("SELECT kind FROM consent_event ORDER BY at, id") == [("given",), ("given",)]
    assert ("consent.given",) in story.rows("SELECT kind FROM case_event")
    assert story.rows("SELECT count(*) FROM audit_event WHERE object_kind = 'consent'") == [(1,)]


def test_a_no_is_on_record_too(story: Story) -> None:
    assert story.consent().state == "refused"
    assert ("consent.refused",) in story.rows("SELECT kind FROM case_event")


@pytest.mark.parametrize(
    ("method", "field"),
    [
        ("thumbprint", "witness"),
        ("verbal_witnessed", "witness"),
        ("verbal_phone", "identity_check"),
        ("message", "identity_check"),
        ("sign_language_or_supported", "supporter"),
        ("via_lawyer", "carrier"),
    ],
)
def test_a_way_of_asking_is_valid_only_with_what_it_needs(story: Story, method: str, field: str) -> None:
    assert wrong_fields(story, asked(story.grant(), method=method)) == {field}
    assert story.consent(story.grant(), method=method, **{field: "Omar"}).method == method


def test_an_interpreter_is_named_with_her_ties_and_never_the_recruiters(story: Story) -> None:
    assert wrong_fields(story, asked(story.grant(), interpreter=True)) == {"interpreter_tie"}
    tied = {"interpreter": True, "interpreter_name": "X", "interpreter_tie": "recruiter"}
    assert wrong_fields(story, asked(story.grant(), **tied)) == {"interpreter_tie"}
    assert story.consent(story.grant(), **{**tied, "interpreter_tie": "none"}).state == "given"


@pytest.mark.parametrize(
    ("grant", "field"),
    [
        ({"categories": ["case_notes"]}, "categories"),
        ({"categories": ["financial"]}, "categories"),
        ({"categories": ["identity", "health_special"]}, "categories"),
        ({"categories": []}, "categories"),
        ({"need": None}, "need"),
        ({"organization_id": None}, "organization_id"),
        ({"organization_id": None, "recipient_class": "police"}, "organization_id"),
        ({"purpose": "protection_authority", "categories": ["identity"]}, "purpose"),
    ],
)
def test_a_grant_that_its_purpose_cannot_carry_is_refused(
    story: Story, grant: dict[str, Any], field: str
) -> None:
    found = wrong_fields(story, asked(story.grant() | {"categories": ["identity"]} | grant))
    assert found == {f"grants.0.{field}"}
    assert story.rows("SELECT count(*) FROM consent") == [(0,)]


def test_reporting_to_the_police_needs_that_it_was_understood(story: Story) -> None:
    police = a_grant(
        "identity", purpose="protection_authority", recipient_class="police", recipient_country="JO"
    )
    assert story.consent(police, understood=True).state == "given"


def test_unknown_codes_are_errors(story: Story) -> None:
    for grant in ({"purpose": "anything"}, {"categories": ["everything"]}):
        with story.acting(), pytest.raises(UnknownCode):
            record_consent(story.client_id, asked(story.grant() | grant))
    with story.acting(), pytest.raises(UnknownCode):
        record_consent(story.client_id, asked(story.grant(), method="telepathy"))


def test_nobody_records_consent_for_another_centres_client(story: Story) -> None:
    with story.acting(story.stranger), pytest.raises(NotFound):
        record_consent(story.client_id, asked(story.grant()))


def a_child(story: Story, relationship: str = "son") -> tuple[Any, dict[str, Any]]:
    """Rina's child, and how his mother is asked for him."""
    with story.acting():
        child = register_child(story.client_id, {"name": "T", "sex": "male", "age": 9}, relationship)
        parent = list_related(child.id)[0]
    return child.id, {
        "capacity": "parent",
        "guardian_relationship_id": parent.id,
        "guardian_checked": True,
        "child_view": "agrees",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"capacity": "self"}, "capacity"),
        ({"capacity": "child_assent"}, "capacity"),
        ({"guardian_relationship_id": None}, "guardian_relationship_id"),
        ({"guardian_checked": False}, "guardian_relationship_id"),
        ({"child_view": None}, "child_view"),
        ({"child_view": "disagrees"}, "child_view"),
    ],
)
def test_for_a_child_a_checked_guardian_speaks_and_the_child_agrees(
    story: Story, change: dict[str, Any], field: str
) -> None:
    child_id, how = a_child(story)
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as refused:
        record_consent(child_id, asked(story.grant(), **{**how, **change}))
    assert set(refused.value.fields) == {field}
    with story.acting():
        assert record_consent(child_id, asked(story.grant(), **how)).capacity == "parent"


@pytest.mark.parametrize("tie", ["employer", "recruiter", "alleged_perpetrator", "landlord"])
def test_somebody_with_power_over_the_child_is_never_a_guardian(story: Story, tie: str) -> None:
    child_id, how = a_child(story)
    with story.acting():
        link_clients(child_id, story.client_id, tie)
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as refused:
        record_consent(child_id, asked(story.grant(), **how))
    assert set(refused.value.fields) == {"guardian_relationship_id"}


def test_a_guardian_under_another_spelling_of_the_name_is_the_same_person(story: Story) -> None:
    with story.acting():
        child = register_client({"name": "T", "sex": "male", "age": 9})
        uncle = add_relative(child.id, {"name": "Karim Mia", "relationship": "aunt_uncle"})
        add_relative(child.id, {"name": "KARIM  Mia", "relationship": "sub_agent"})
    how = {"capacity": "guardian", "guardian_relationship_id": uncle.id, "guardian_checked": True}
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as refused:
        record_consent(child.id, asked(story.grant(), child_view="agrees", **how))
    assert set(refused.value.fields) == {"guardian_relationship_id"}


def test_nobody_consents_as_a_parent_for_an_adult(story: Story) -> None:
    assert wrong_fields(story, asked(story.grant(), capacity="parent")) == {"capacity"}
    assert wrong_fields(story, asked(story.grant(), capacity="next_of_kin")) == {"capacity"}


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
        assert withdraw_all(story.client_id, "service") == 2
    assert story.seen(packet) == {}
    with story.app.app_context(), scope(story.rana):
        assert live_grants(story.client_id) == ()
        assert [one.class_code for one in live_refusals(story.client_id)] == ["recruiter"]
        assert get_consent(first.id).state == "withdrawn"
    assert ("consent.left",) in story.rows("SELECT kind FROM case_event")


def test_a_refusal_seals_what_already_lies_with_whom_it_covers(story: Story) -> None:
    story.consent(story.grant())
    packet = story.disclose()
    with story.acting(job_identity(story.shelter_worker.tenant, "partner")):
        add_role(story.shelter.organization_id, "run_by", "employer", country="JO")
    with story.acting():
        add_refusal(story.client_id, {"recipient_class": "recruiter"})
    assert set(story.seen(packet)) == {"preview"}
    with story.acting():
        add_refusal(story.client_id, {"recipient_class": "employer"})
    assert story.seen(packet) == {}
    assert story.rows("SELECT seal_reason FROM packet") == [("refused",)]
    assert "exchange.sealed" in story.topics(packet.exchange_id)


def test_a_refusal_stands_once_and_can_be_taken_back(story: Story) -> None:
    story.consent()
    with story.acting():
        refusal = add_refusal(story.client_id, {"recipient_class": "family"})
    with story.acting(), pytest.raises(Conflict):
        add_refusal(story.client_id, {"recipient_class": "family"})
    with story.acting():
        withdraw_refusal(refusal.id)
    with story.acting(), pytest.raises(Conflict):
        lift_refusal_once(refusal.id, "travel_document")
    with story.app.app_context(), scope(story.rana):
        assert live_refusals(story.client_id) == ()


def test_a_refusal_before_any_consent_is_recorded_with_how_it_was_said(story: Story) -> None:
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as wrong:
        add_refusal(story.client_id, {"recipient_class": "family"})
    assert set(wrong.value.fields) == {"method", "language"}
    with story.acting():
        refusal = add_refusal(
            story.client_id, {"recipient_class": "family", "method": "signature_screen", "language": "bn"}
        )
        assert get_consent(refusal.consent_id).state == "refused"


def test_a_child_may_refuse_alone(story: Story) -> None:
    child_id, _how = a_child(story)
    with story.acting():
        add_refusal(child_id, {"recipient_class": "family", "method": "verbal_witnessed", "language": "bn"})
    with story.app.app_context(), scope(story.rana):
        assert [one.class_code for one in live_refusals(child_id)] == ["family"]


def test_a_person_is_refused_by_name_and_the_name_is_sealed(story: Story) -> None:
    story.consent(story.grant(), refusals=[{"recipient_class": "named_person", "person": "Karim Mia"}])
    ((sealed,),) = story.rows("SELECT sealed FROM consent_refusal")
    assert b"Karim" not in bytes(sealed)
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid):
        add_refusal(story.client_id, {"recipient_class": "named_person"})


def test_her_embassy_is_the_embassy_of_her_country(story: Story) -> None:
    story.consent(
        refusals=[{"recipient_class": "embassy_consulate"}, {"recipient_class": "authority_destination"}]
    )
    assert set(story.rows("SELECT recipient_class, country FROM consent_refusal")) == {
        ("embassy_consulate", "BD"),
        ("authority_destination", "JO"),
    }


def test_a_refusal_is_not_lifted_twice_for_the_same_purpose(story: Story) -> None:
    story.consent()
    with story.acting():
        refusal = add_refusal(story.client_id, {"recipient_class": "embassy_consulate"})
        lift_refusal_once(refusal.id, "travel_document")
    with story.acting(), pytest.raises(Conflict):
        lift_refusal_once(refusal.id, "travel_document")
    with story.acting(), pytest.raises(UnknownCode):
        lift_refusal_once(refusal.id, "anything")


def test_provisional_consent_ends_by_the_clock_with_what_left_under_it(story: Story) -> None:
    story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    packet = story.disclose()
    assert packet.readable_until - packet.created_at <= timedelta(hours=72)
    story.work()
    assert set(story.seen(packet)) == {"preview"}
    with in_days(3.01):
        assert not story.propose().ok
        story.work()
    assert story.seen(packet) == {}
    assert story.rows("SELECT seal_reason FROM packet") == [("expired",)]
    assert ("consent.not_confirmed",) in story.rows("SELECT kind FROM case_event")


def test_a_confirmed_consent_goes_on_and_so_does_its_packet(story: Story) -> None:
    consent = story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    packet = story.disclose()
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as wrong:
        confirm_consent(consent.id, {"method": "message", "language": "bn", "identity_check": "phrase"})
    assert set(wrong.value.fields) == {"method"}
    with story.acting():
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with story.acting(), pytest.raises(Conflict):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with in_days(3.01):
        story.work()
        assert story.propose().ok
    ((until,),) = story.rows("SELECT readable_until FROM packet")
    assert until - packet.created_at > timedelta(days=89)
    assert set(story.seen(packet)) == {"preview"}


def test_a_childs_consent_by_telephone_is_confirmed_by_the_same_guardian(story: Story) -> None:
    child_id, how = a_child(story)
    phone = {"method": "verbal_phone", "identity_check": "agreed phrase"}
    with story.acting():
        consent = record_consent(child_id, asked(story.grant(), **how | phone))
    sent = {
        "method": "thumbprint",
        "language": "bn",
        "witness": "",
        "child_view": None,
        "guardian_checked": False,
    }
    with story.app.test_request_context(), scope(story.rana), pytest.raises(Invalid) as wrong:
        confirm_consent(consent.id, sent)
    assert set(wrong.value.fields) == {"witness"}
    with story.acting():
        assert confirm_consent(consent.id, sent | {"witness": "Omar"}).confirmed_at is not None


def test_confirming_comes_too_late_once_the_time_is_over(story: Story) -> None:
    consent = story.consent(story.grant(), method="verbal_phone", identity_check="agreed phrase")
    with in_days(4), story.acting(), pytest.raises(Conflict):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})
    with story.acting():
        withdraw_all(story.client_id)
    with story.acting(), pytest.raises(IllegalTransition):
        confirm_consent(consent.id, {"method": "signature_paper", "language": "bn"})


def test_the_end_is_announced_and_carried_out_on_the_date(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    with in_days(10):
        story.work()
        assert ("consent.expiring",) not in story.rows("SELECT kind FROM case_event")
    with in_days(17):
        story.work()
        assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expiring'") == [(1,)]
        with story.app.app_context(), scope(story.rana):
            assert [one.purpose for one in expiring(story.client_id)] == ["service_provision"]
    with in_days(28):
        story.work()
        assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expiring'") == [(2,)]
    assert set(story.seen(packet)) == {"preview"}
    with in_days(30.01):
        story.work()
    assert story.seen(packet) == {}
    assert ("consent.expired",) in story.rows("SELECT kind FROM case_event")
    assert "exchange.sealed" in story.topics(packet.exchange_id)


def test_a_service_that_runs_is_not_cut_off_in_the_night(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    story.accept(packet, "start")
    with in_days(30.01):
        story.work()
        ((until, sealed_at),) = story.rows("SELECT readable_until, sealed_at FROM packet")
        assert until > clock.now()
        assert sealed_at is None
        assert not story.propose().ok
    with story.acting(story.shelter_worker):
        make_move(packet.exchange_id, "complete", REFERRAL, side="receiver", given=Given(outcome=True))
    with in_days(31.02):
        story.work()
    assert story.rows("SELECT seal_reason FROM packet") == [("expired",)]
    assert story.rows("SELECT count(*) FROM case_event WHERE kind = 'consent.expired'") == [(1,)]


def test_extending_asks_anew_and_moves_nothing_but_the_end(story: Story) -> None:
    story.consent(story.grant(days=30))
    packet = story.disclose()
    grant = story.propose().grants[0]
    with story.app.test_request_context(), scope(story.rana):
        for wrong in ({"days": 10}, {"days": 90, "method": "verbal_phone", "identity_check": "phrase"}):
            with pytest.raises(Invalid):
                extend_grant(grant.id, asked() | {"days": 90} | wrong)
    with story.acting():
        extend_grant(grant.id, asked() | {"days": 180})
    with in_days(31):
        story.work()
        proposal = story.propose()
    assert proposal.ok
    assert proposal.grants[0].categories == grant.categories
    assert ("consent.expired",) not in story.rows("SELECT kind FROM case_event")
    ((until,),) = story.rows("SELECT readable_until FROM packet WHERE id = :id", id=packet.id)
    assert until - packet.created_at > timedelta(days=179)
    assert story.rows("SELECT count(*) FROM consent_event WHERE kind = 'extended'") == [(1,)]


def test_what_has_ended_is_not_extended(story: Story) -> None:
    story.consent(story.grant(days=30))
    grant = story.propose().grants[0]
    with in_days(31), story.acting(), pytest.raises(Conflict):
        extend_grant(grant.id, asked() | {"days": 90})


def test_a_grant_cannot_be_widened_even_by_the_database(story: Story) -> None:
    story.consent(story.grant())
    for change in (
        "categories = '{health}'",
        "purpose = 'claim_pursuit'",
        "recipient_organization_id = gen_random_uuid()",
        "onward = true",
    ):
        with pytest.raises(Exception, match="permission denied"):
            story.rows(f"UPDATE consent_grant SET {change}")
    with pytest.raises(Exception, match="permission denied"):
        story.rows("DELETE FROM consent_event")


def test_a_colleague_off_the_team_sees_nothing_of_a_restricted_clients_consent(story: Story) -> None:
    story.consent(story.grant(), refusals=[{"recipient_class": "family"}])
    story.disclose()
    with story.acting():
        restrict_client(story.client_id)
    colleague = staff(story.rana.tenant)
    for table in (
        "consent",
        "consent_event",
        "consent_grant",
        "consent_refusal",
        "disclosure",
        "disclosure_grant",
    ):
        assert story.rows(f"SELECT count(*) FROM {table}", colleague) == [(0,)], table
        assert story.rows(f"SELECT count(*) FROM {table}") != [(0,)], table
        assert story.rows(f"SELECT count(*) FROM {table}", story.stranger) == [(0,)], table
