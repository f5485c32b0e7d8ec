"""Consent given: how she was asked, what she answered, and who may speak for a child."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from network.cases.envelopes import opened
from network.cases.operations import (
    add_relative,
    link_clients,
    register_client,
    restrict_client,
)
from network.consent.operations import (
    record_consent,
)
from network.consent.queries import (
    get_consent,
    live_grants,
)
from network.core.errors import Invalid, NotFound, UnknownCode
from network.tenants.context import scope
from tests.consent.conftest import Story, a_child, a_grant, asked
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
