"""Every answer is what the standard says; what does not conform is kept apart, what is confidential is not told."""

from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest
from flask import Flask

from network.core.db import unit_of_work
from network.directory.hsds import document, standard
from network.directory.hsds.values import email, uri
from network.directory.operations import create_location, place_service_at_location
from network.tenants.context import job_identity, scope
from tests.directory.conftest import Members
from tests.directory.hsds import facts
from tests.directory.hsds.conftest import make_public
from tests.factories import Listed
from tests.support.visitor import Visitor

PATHS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}


def test_the_table_of_the_standard_is_the_facts_that_the_tests_know():
    for entity, required in facts.REQUIRED.items():
        fields = {field.name: field for field in standard.fields(entity)}
        assert {field.name for field in fields.values() if field.required} == set(required.split())
        formats = {
            f"{field.name}:{field.type}"
            for field in fields.values()
            if field.type in ("uri", "email", "date-time")
        }
        assert formats == set(facts.FORMATS.get(entity, "").split())
        numbers = {field.name for field in fields.values() if field.type == "number"}
        assert numbers == set(facts.NUMBERS.get(entity, "").split())
        for field in fields.values():
            if field.of is not None:
                assert (facts.LISTS if field.is_list else facts.OBJECTS)[field.name] == field.of
        for name, codes in facts.CODES.get(entity, {}).items():
            assert fields[name].schema()["enum"] == codes
    assert set(standard.ENTITIES) == set(facts.REQUIRED) | {"meta_table_description"}


@pytest.mark.parametrize("query", ["", "&full=true", "&full_service=true", "&minimal=true"])
@pytest.mark.parametrize("path", ["services", "organizations", "service_at_locations"])
def test_a_list_holds_what_the_standard_says(rich: Listed, stranger: Visitor, path: str, query: str):
    answer = stranger.get(f"/hsds/v3/{path}?organization_id={rich.organization_id}{query}")
    if answer.status_code == 422:  # that list has no such parameter
        assert list(answer.json["errors"]) == [query[1:].partition("=")[0]]
        return
    [one] = answer.json["contents"]
    assert facts.faults(PATHS[path], one) == []
    assert ours(PATHS[path], one) == []


def test_single_ones_hold_everything_where_the_standard_nests_it(rich: Listed, stranger: Visitor):
    service = stranger.get(f"/hsds/v3/services/{rich.service_id}").json
    organization = stranger.get(f"/hsds/v3/organizations/{rich.organization_id}?full_service=true").json
    placed = stranger.get(f"/hsds/v3/service_at_locations/{rich.service_at_location_id}").json
    for entity, one in (
        ("service", service),
        ("organization", organization),
        ("service_at_location", placed),
    ):
        assert facts.faults(entity, one) == []
        assert ours(entity, one) == []
    assert placed["location"]["addresses"][0]["postal_code"] == ""
    assert placed["service"]["organization"]["locations"][0]["id"] == str(rich.location_id)
    assert organization["services"][0]["service_at_locations"][0]["location"]["id"] == str(rich.location_id)
    [there] = service["service_at_locations"]
    assert service["capacities"][0]["unit"]["name"].startswith("beds")
    assert service["capacities"][0]["available"] == 3
    assert service["cost_options"][0] | {"id": ""} == {
        "id": "", "service_id": str(rich.service_id), "valid_from": "2026-01-01", "currency": "JOD", "amount": 2.5,
    }  # fmt: skip
    assert service["assured_date"] == "2026-01-02"
    assert service["program"]["name"] == "Shelters"
    assert there["contacts"][0]["phones"][0]["languages"][0]["name"] == "Arabic"
    assert service["attributes"][0]["taxonomy_term"]["code"] == "protection.shelter"
    assert service["eligibility"] == {"sex": ["women"]}
    assert service["practices"] == {"police_on_site": "yes"}
    assert {kind for kind, found in service.items() if found == []} <= {"phones", "other_referral_methods"}


def test_hours_carry_the_offset_of_their_place_and_its_own_clock(rich: Listed, stranger: Visitor):
    service = stranger.get(f"/hsds/v3/services/{rich.service_id}").json
    [weekly] = service["schedules"]
    assert (weekly["opens_at"], weekly["closes_at"]) == ("08:00+03:00", "16:00+03:00")
    assert (weekly["local_opens_at"], weekly["time_zone"], weekly["timezone"]) == ("08:00", "Asia/Amman", 3)
    [whole_day] = service["service_at_locations"][0]["schedules"]
    assert (whole_day["opens_at"], whole_day["closes_at"]) == ("00:00+03:00", "23:59+03:00")
    assert whole_day["local_closes_at"] == "24:00"
    assert whole_day["nonconforming"] == {"schedule_link": "there"}
    assert service["schedule_exceptions"][0]["first_on"] == "2026-12-25"


def test_what_does_not_conform_is_kept_apart(rich: Listed, stranger: Visitor):
    found = stranger.get(f"/hsds/v3/organizations/{rich.organization_id}").json
    assert "email" not in found
    assert found["nonconforming"] == {"email": "no mail", "website": "www.example.org"}
    assert found["additional_websites"][0]["url"] == "about:blank"
    assert found["additional_websites"][0]["nonconforming"] == {"url": "not one"}
    service = stranger.get(f"/hsds/v3/services/{rich.service_id}").json
    assert service["email"] == "desk@example.org"
    assert re.fullmatch(r"https://xn--[a-z0-9.-]+/[%A-F0-9]+", service["url"])


def test_a_confidential_place_shows_its_town_and_nothing_of_its_door(
    app: Flask, members: Members, stranger: Visitor
):
    steward_id = members.partner.tenant
    listed = make_public(app, steward_id)
    secret = {"address_1": "Secret lane 9", "city": "Irbid"}
    with app.app_context(), scope(job_identity(steward_id)), unit_of_work():
        hidden = create_location(
            listed.organization_id,
            place_code="jo-irbid",
            confidential=True,
            addresses=[secret],
            visibility="public",
        )
        placed = place_service_at_location(listed.service_id, hidden, description="Behind the bakery")
    for address in (
        f"services/{listed.service_id}", f"organizations/{listed.organization_id}?full_service=true",
        f"service_at_locations/{placed}", f"service_at_locations?organization_id={listed.organization_id}&full=true",
        f"services?organization_id={listed.organization_id}&format=ndjson&full=true",
    ):  # fmt: skip
        answer = stranger.get(f"/hsds/v3/{address}")
        assert answer.status_code == 200
        assert str(hidden) in answer.text, address
        assert "Secret lane" not in answer.text
        assert "bakery" not in answer.text
    place = stranger.get(f"/hsds/v3/service_at_locations/{placed}").json["location"]
    assert place["confidential"] is True
    assert place["town"] == "Irbid"
    assert not {"latitude", "longitude", "name", "description"} & place.keys()
    assert place["addresses"] == []


def test_an_address_on_the_web_or_for_mail_is_one():
    for good in (
        "http://example.com",
        "https://example.org:8080/a/b?c=d#e",
        "mailto:a@b.org",
        "https://[::1]/x",
        "tel:+1",
    ):
        assert uri(good) == good
    for bad in (
        "www.example.org",
        "http://",
        "http:/x",
        "http:// x",
        "//example.org",
        "http://ex ample.org",
        "",
        "x:{}",
    ):
        assert uri(bad) is None
    assert email("a.b+c@example.co") == "a.b+c@example.co"
    for bad in (
        "a",
        "a@b",
        "a b@example.org",
        "a@@example.org",
        ".a@example.org",
        "a@-x.org",
        "ü@example.org",
    ):
        assert email(bad) is None


def ours(entity: str, answer: object) -> list[str]:
    """What in an answer our own document does not allow."""
    whole = document.openapi("http://example.org/hsds/v3")
    text = json.dumps(whole["components"]["schemas"]).replace("#/components/schemas/", "#/$defs/")
    validator = jsonschema_rs.Draft202012Validator(
        {"$ref": f"#/$defs/{entity}", "$defs": json.loads(text)}, validate_formats=True
    )
    return [f"{one.instance_path}: {one.message[:200]}" for one in validator.iter_errors(answer)]
