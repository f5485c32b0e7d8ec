"""Refusals: recorded, sealed, taken back, lifted once."""

from __future__ import annotations

import pytest

from network.consent.operations import (
    add_refusal,
    lift_refusal_once,
    withdraw_refusal,
)
from network.consent.queries import (
    consent_record,
    find_latest_consent,
    get_consent,
    live_refusals,
    refused_persons,
)
from network.core.errors import Conflict, Invalid, UnknownCode
from network.directory.operations import add_role
from network.tenants.context import job_identity, scope
from tests.consent.conftest import Story, a_child


def test_what_she_refused_before_holds_for_her_child_as_well(story: Story) -> None:
    shelter = story.shelter.organization_id
    before = [
        {"recipient_class": "recruiter"},
        {"recipient_class": "embassy_consulate"},
        {"organization_id": shelter},
        *({"recipient_class": "named_person", "person": name} for name in ("Karim Mia", "Abdul Mia")),
    ]
    story.consent(refusals=before)
    child_id, _how = a_child(story)  # registered after she was asked
    story.consent(refusals=[{"recipient_class": "police"}], also=[child_id])
    with story.app.app_context(), scope(story.rana):
        hers, its = live_refusals(story.client_id), live_refusals(child_id)
        assert len(its) == 6
        assert {(one.class_code, one.organization_id) for one in its} == {
            (one.class_code, one.organization_id) for one in hers
        }
        assert set(refused_persons(child_id).values()) == {"Karim Mia", "Abdul Mia"}
        consent = find_latest_consent(child_id)
        assert consent is not None
        assert not consent_record(consent).asked.get("never_nobody")


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
