"""What the vocabulary wants known before a choice stands on the page of the choice."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask

from tests.factories import make_case, make_tenant, signed_in, staff


@pytest.fixture
def case(app: Flask) -> tuple[UUID, UUID]:
    tenant = make_tenant(app)
    return tenant, make_case(app, staff(tenant))[1]


def test_a_claim_says_which_forum_tells_the_origin_and_whose_the_claim_is(
    app: Flask, case: tuple[UUID, UUID]
) -> None:
    tenant, case_id = case
    page = signed_in(app, tenant, "caseworker").get(f"/cases/{case_id}/claims/new").text
    assert "Going there tells an authority of the country of origin." in page
    assert "Known to exist: Jordan." in page
    assert "Ask somebody of that country whether this still holds." in page
    assert "The claim belongs to the heirs." in page
    assert "this is a defence" in page


def test_a_need_says_what_to_record_with_it(app: Flask, case: tuple[UUID, UUID]) -> None:
    tenant, case_id = case
    page = signed_in(app, tenant, "caseworker").get(f"/cases/{case_id}/needs/new").text
    assert "Limitation periods are short in several destinations" in page


def test_who_asks_for_consent_reads_what_limits_the_purpose(app: Flask, case: tuple[UUID, UUID]) -> None:
    tenant, case_id = case
    asking = signed_in(app, tenant, "caseworker").get(
        f"/cases/{case_id}/consent/new?purpose=story_publication"
    )
    assert asking.status_code == 200
    assert "What is published cannot be called back" in asking.text
    assert "One staff alone at night" in asking.text
