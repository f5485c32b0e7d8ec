"""Writing listings: what a listing tells, what is refused, and who writes it."""

from __future__ import annotations

import json
from functools import partial
from importlib import resources
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from network.app import create_app
from network.core import vocabulary
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Forbidden, Invalid, UnknownCode
from network.core.settings import Settings
from network.directory import operations, queries
from network.directory.models import ServiceSearch, TaxonomyTerm
from network.opening import load_reference_data
from network.stack.migrations import install_context_key
from network.tenants.context import Identity, job_identity, scope
from tests.directory.conftest import Members
from tests.factories import a_listing, make_listing, make_tenant
from tests.support.servers import Database, network_environment


def as_steward(app: Flask, who: Identity, write):
    with app.app_context(), scope(who), unit_of_work():
        return write()


def test_the_taxonomy_is_the_vocabulary_and_loading_it_again_changes_nothing(app: Flask, members: Members):
    with app.app_context(), scope(job_identity(members.headquarters.tenant, "network")):
        with unit_of_work():
            count = operations.load_taxonomy()
        terms = db.session.scalars(select(TaxonomyTerm).where(TaxonomyTerm.steward_tenant_id.is_(None))).all()
    assert count == len(terms) == len(vocabulary.needs()) + len(vocabulary.groups())
    by_id = {one.id: one for one in terms}
    shelter = next(one for one in terms if one.code == "protection.shelter")
    assert by_id[shelter.parent_id].code == "protection"


def test_only_the_headquarters_load_the_taxonomy(app: Flask, members: Members):
    with app.app_context(), scope(members.centre), pytest.raises(Forbidden), unit_of_work():
        operations.load_taxonomy()


def test_every_partner_of_the_demonstration_can_be_listed(app: Flask, members: Members):
    file = resources.files("network.demonstration") / "data" / "partners.json"
    partners = json.loads(file.read_bytes())["organizations"]
    for partner in partners:
        as_steward(app, members.partner, partial(operations.load_listing, partner))
    services = sum(len(service["locations"]) for partner in partners for service in partner["services"])
    with app.app_context(), scope(members.centre):
        found = db.session.scalars(select(ServiceSearch).where(ServiceSearch.invented)).all()
        listed = [one for one in found if one.organization_name in {partner["name"] for partner in partners}]
        assert len(listed) == services
        shelter = next(one for one in listed if one.service_name.startswith("Protected shelter"))
        shown = queries.listing(shelter.service_at_location_id)
    assert shown.confidential
    assert shown.address == ()
    assert shown.town == "Irbid"
    assert shown.eligibility["children_along"]["boys_up_to"] == 12
    assert (shown.cost, shown.house_rules["longest_stay_days"]) == ("free", "90")
    assert shown.hours.openings[0].opens == 0
    assert shown.hours.openings[0].closes == 1440


def test_a_listing_tells_everything_that_its_page_needs(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant, needs=["legal.advice", "labour.wages"],
                          addresses=[{"address_1": "Gate 2", "city": "Irbid"}])  # fmt: skip
    as_steward(app, members.partner, lambda: operations.add_phone("+962 6 1", service_id=listed.service_id))
    as_steward(
        app, members.partner, lambda: operations.add_phone("+962 6 2", organization_id=listed.organization_id)
    )
    with app.app_context(), scope(members.centre):
        shown = queries.listing(listed.service_at_location_id)
        assert queries.listings_of_service(listed.service_id) == (shown,)
        assert queries.listings_of_organization(listed.organization_id) == (shown,)
    assert shown.need_codes == ("labour.wages", "legal.advice")
    assert [one.number for one in shown.phones] == ["+962 6 1", "+962 6 2"]
    assert shown.address == ("Gate 2", "Irbid")
    assert shown.to_hear.warnings == ("police_on_site",)
    assert "reports_status" in shown.to_hear.unknown
    assert (shown.tenant_id, shown.takes_referrals, shown.zone) == (None, True, "Asia/Amman")


def test_hours_of_the_service_at_a_location_go_before_the_services_and_those_before_the_locations(
    app: Flask, members: Members
):
    listed = make_listing(app, members.partner.tenant, schedules=[])

    def hours() -> list[int]:
        with app.app_context(), scope(members.centre):
            return [one.opens // 60 for one in queries.listing(listed.service_at_location_id).hours.openings]

    assert hours() == []
    for hour, owner in ((9, {"location_id": listed.location_id}), (10, {"service_id": listed.service_id}),
                        (11, {"service_at_location_id": listed.service_at_location_id})):  # fmt: skip
        opening = {"byday": "MO", "opens_at": f"{hour:02d}:00", "closes_at": "16:00"}
        as_steward(app, members.partner, partial(operations.set_schedule, [opening], **owner))
        assert hours() == [hour]


@pytest.mark.parametrize(
    ("openings", "week"),
    [
        ([{"byday": "MO", "opens_at": "08:00", "closes_at": "16:00"}], "{[480,960)}"),
        ([{"byday": "SU", "opens_at": "20:00", "closes_at": "06:00"}], "{[0,360),[9840,10080)}"),
        ([{"byday": "MO,TU", "opens_at": "00:00", "closes_at": "24:00"}], "{[0,2880)}"),
        ([{"byday": "SA", "opens_at": "09:00", "closes_at": "09:00"}], "{[7740,9180)}"),
        ([], None),
    ],
)
def test_the_search_table_keeps_open_minutes_of_the_local_week(app: Flask, members: Members, openings, week):
    listed = make_listing(app, members.partner.tenant, schedules=openings)
    with app.app_context(), scope(members.centre):
        kept = db.session.execute(
            text("SELECT hours::text FROM service_search WHERE service_id = :id"), {"id": listed.service_id}
        )
        assert kept.scalar_one() == week


@pytest.mark.parametrize(
    "opening",
    [
        {"byday": "MO", "opens_at": "8", "closes_at": "16:00"},
        {"byday": "MO", "opens_at": "24:00", "closes_at": "16:00"},
        {"byday": "MON", "opens_at": "08:00", "closes_at": "16:00"},
        {"byday": "", "opens_at": "08:00", "closes_at": "16:00"},
        {"opens_at": "08:00", "closes_at": "16:00"},
        {"byday": "MO", "opens_at": "08:00"},
        {"byday": "1MO", "opens_at": "08:00", "closes_at": "16:00", "freq": "MONTHLY"},
        {"byday": "MO", "opens_at": "08:00", "closes_at": "16:00", "valid_from": "soon"},
        {
            "byday": "MO",
            "opens_at": "08:00",
            "closes_at": "16:00",
            "valid_from": "2027-02-01",
            "valid_to": "2027-01-01",
        },
    ],
)
def test_hours_that_cannot_be_are_refused_and_the_old_ones_stay(app: Flask, members: Members, opening):
    listed = make_listing(app, members.partner.tenant)
    with pytest.raises(Invalid):
        as_steward(
            app, members.partner, lambda: operations.set_schedule([opening], service_id=listed.service_id)
        )
    with app.app_context(), scope(members.centre):
        assert queries.listing(listed.service_at_location_id).hours.known


@pytest.mark.parametrize(
    "change",
    [
        {"needs": ["protection.castle"]},
        {"needs": []},
        {"eligibility": {"sex": ["ladies"]}},
        {"eligibility": {"cost": "cheap"}},
        {"partner_practices": {"police_on_site": "maybe"}},
        {"partner_practices": {"polite": "yes"}},
        {"house_rules": {"longest_stay_days": "long"}},
        {"house_rules": {"keeps_phone": "sometimes"}},
        {"languages": ["english"]},
        {"status": "open"},
        {"referral": {"methods": ["pigeon"]}},
        {"referral": {"methods": []}},
        {"referral": {"methods": ["email", "not_accepted"]}},
        {"referral": {"methods": ["email"], "usual_response_hours": 0}},
        {"board": ["cousin"]},
        {"country": "Jordan"},
        {"place": "xx-nowhere"},
        {"time_zone": "Mars/Olympus"},
        {"latitude": 95.0, "longitude": 35.0},
        {"name": "  "},
        {"name": "x" * 201},
        {"recipient_class": "friend"},
    ],
)  # fmt: skip
def test_a_listing_with_something_unknown_or_impossible_is_refused_whole(
    app: Flask, members: Members, change
):
    before = _organizations(app, members)
    with pytest.raises(Invalid):
        as_steward(app, members.partner, lambda: operations.load_listing(a_listing(**change)))
    assert _organizations(app, members) == before


def _organizations(app: Flask, members: Members) -> int:
    with app.app_context(), scope(members.partner):
        return db.session.execute(text("SELECT count(*) FROM organization")).scalar_one()


def test_nobody_but_the_steward_writes_a_listing(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    writes = (
        lambda: operations.set_needs(listed.service_id, ["legal.advice"]),
        lambda: operations.set_eligibility(listed.service_id, {}),
        lambda: operations.set_practices(listed.service_id, {}),
        lambda: operations.set_languages(listed.service_id, ["en"]),
        lambda: operations.set_schedule([], location_id=listed.location_id),
        lambda: operations.add_phone("+962 6 1", service_at_location_id=listed.service_at_location_id),
        lambda: operations.create_location(listed.organization_id, place_code="jo-irbid"),
        lambda: operations.place_service_at_location(listed.service_id, listed.location_id),
        lambda: operations.create_service(
            listed.organization_id, name="Mine", needs=["legal.advice"], referral_methods=["phone"]
        ),
    )
    for who in (members.centre, members.headquarters):
        for write in writes:
            with pytest.raises(Forbidden):
                as_steward(app, who, write)


def test_a_confidential_location_has_no_telephone(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant, confidential=True)
    with pytest.raises(Invalid):
        as_steward(
            app, members.partner, lambda: operations.add_phone("+962 6 1", location_id=listed.location_id)
        )


def test_a_service_is_offered_only_at_its_own_organizations_locations(app: Flask, members: Members):
    one, other = (make_listing(app, members.partner.tenant) for _ in "ab")
    with pytest.raises(Invalid):
        as_steward(
            app,
            members.partner,
            lambda: operations.place_service_at_location(one.service_id, other.location_id),
        )


def test_the_headquarters_link_a_tenant_once_and_nobody_else_does(app: Flask, members: Members):
    listed = make_listing(app, members.centre.tenant)

    def link(tenant: UUID) -> partial[None]:
        return partial(operations.link_tenant, listed.organization_id, tenant)

    with pytest.raises(Forbidden):
        as_steward(app, members.centre, link(members.partner.tenant))
    as_steward(app, members.headquarters, link(members.partner.tenant))
    as_steward(app, members.headquarters, link(members.partner.tenant))
    with pytest.raises(Conflict):
        as_steward(app, members.headquarters, link(make_tenant(app, "partner")))
    with app.app_context(), scope(members.centre):
        assert queries.tenant_of_organization(listed.organization_id) == members.partner.tenant
        assert queries.organization_of_tenant(members.partner.tenant) == listed.organization_id
        assert queries.organization_of_tenant(members.centre.tenant) is None


def test_an_unknown_code_is_an_error_of_its_own_kind(app: Flask, members: Members):
    with pytest.raises(UnknownCode):
        as_steward(app, members.partner, lambda: operations.load_listing(a_listing(needs=["x.y"])))


def test_a_new_installation_has_the_taxonomy_before_anybody_signs_in(
    fresh_database: Database, redis_url: str, tmp_path: Path
):
    settings = Settings.from_environ(network_environment(fresh_database, redis_url, tmp_path))
    install_context_key(settings.owner_database_url, settings.context_key)
    app = create_app(settings)
    for _ in "ab":
        load_reference_data(app)
    with app.app_context():
        assert len(queries.taxonomy_terms()) == len(vocabulary.needs()) + len(vocabulary.groups())
