"""The pages on which a steward keeps her listings."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.models import Location, Phone, Schedule, Service, ServiceCapacity, Unit
from network.directory.queries import keeping
from network.directory.schemas.keeping import PARTS_OF, SECTIONS
from network.tenants.context import job_identity, scope
from tests.directory.keeping.conftest import SECRET, fields_of, service, shown
from tests.factories import Listed, make_listing, make_tenant, signed_in
from tests.support.visitor import Visitor


def test_the_list_finds_by_name_and_by_what_is_due(
    manager: Visitor, listed: Listed, app: Flask, steward: UUID
):
    make_listing(app, steward, name="Legal desk")
    page = shown(manager.get("/listings?name=night"))
    assert "Night shelter" in page
    assert "Legal desk" not in page
    assert "Not verified" in page
    assert "Night shelter" not in shown(manager.get("/listings?wanted=due"))
    for kind in ("organizations", "locations"):
        assert "Dar Al Amal" in shown(manager.get(f"/listings?kind={kind}&name=Amal"))
    shown(manager.get("/listings?kind=castles"), 404)


@pytest.mark.parametrize("kind", SECTIONS)
def test_every_section_saved_as_it_stands_changes_nothing(
    app: Flask, manager: Visitor, steward: UUID, listed: Listed, kind: str
):
    listing_id = getattr(listed, f"{kind}_id")
    with app.app_context(), scope(job_identity(steward)):
        before = len(keeping.history_of(kind, listing_id).items)
    shown(manager.get(f"/listings/{kind}s/{listing_id}"))
    for section in SECTIONS[kind]:
        address = f"/listings/{kind}s/{listing_id}/edit/{section}"
        page = shown(manager.get(address))
        answer = manager.send_form(address, fields_of(page))
        assert answer.status_code == 303, (section, re.findall(r'href="#(\w+)">(.*?)<', answer.text))
    with app.app_context(), scope(job_identity(steward)):
        changed = keeping.history_of(kind, listing_id).items
        assert len(changed) == before, [(one.change.field, one.change.new_value) for one in changed[:3]]


def test_a_section_is_saved_and_a_stale_one_shows_both(
    app: Flask, manager: Visitor, steward: UUID, listed: Listed
):
    address = f"/listings/services/{listed.service_id}/edit/about"
    typed = fields_of(shown(manager.get(address))) | {"name": "Day shelter", "alert": "Full this week"}
    assert manager.send_form(address, typed).status_code == 303
    assert service(app, steward, listed).name == "Day shelter"
    stale = shown(manager.send_form(address, typed | {"name": "Another"}), 409)
    assert "Day shelter" in stale
    assert 'value="Another"' in stale
    wrong = shown(manager.send_form(address, fields_of(shown(manager.get(address))) | {"name": ""}), 422)
    assert "This field is required." in wrong


def test_the_week_and_the_days_with_other_hours(app: Flask, manager: Visitor, steward: UUID, listed: Listed):
    address = f"/listings/services/{listed.service_id}/hours"
    week = fields_of(shown(manager.get(address)))
    assert week["su_opens"] == ["08:00"]
    assert manager.send_form(address, week | {"fr_opens": "22:00", "fr_closes": "00:00"}).status_code == 303
    with app.app_context(), scope(job_identity(steward)):
        hours = {
            (one.byday, one.opens_at, one.closes_at)
            for one in db.session.scalars(select(Schedule).filter_by(service_id=listed.service_id))
        }
    assert hours == {("MO,TU,WE,TH,SU", "08:00", "16:00"), ("FR", "22:00", "24:00")}
    assert "Enter both times, or none." in shown(
        manager.send_form(address, fields_of(shown(manager.get(address))) | {"sa_opens": "09:00"}), 422
    )
    shown(manager.send_form(address, week), 409)
    add = f"/listings/services/{listed.service_id}/add/schedule_exception"
    day = {"first_on": "2027-03-01", "last_on": "2027-03-30", "kind": "ramadan", "opens_at": "10:00"}
    assert "from when to when" in shown(manager.send_form(add, day), 422)
    assert manager.send_form(add, day | {"closed": "true"}).status_code == 303
    assert "Ramadan" in shown(manager.get(f"/listings/services/{listed.service_id}"))


def test_every_kind_of_part_has_its_form(manager: Visitor, listed: Listed):
    for kind, entities in PARTS_OF.items():
        for entity in entities:
            shown(manager.get(f"/listings/{kind}s/{getattr(listed, f'{kind}_id')}/add/{entity}"))
    shown(manager.get(f"/listings/services/{listed.service_id}/add/address"), 404)


def test_a_part_is_added_changed_and_removed(app: Flask, manager: Visitor, steward: UUID, listed: Listed):
    add = f"/listings/services/{listed.service_id}/add/phone"
    assert "Enter a phone number." in shown(manager.send_form(add, number="call us"), 422)
    assert manager.send_form(add, number="+962 6 111").status_code == 303
    with app.app_context(), scope(job_identity(steward)):
        phone = db.session.scalars(select(Phone.id).filter_by(service_id=listed.service_id)).one()
    address = f"/listings/parts/phone/{phone}"
    seen = fields_of(shown(manager.get(address)))
    assert manager.send_form(address, seen | {"number": "+962 6 222"}).status_code == 303
    assert "+962 6 222" in shown(manager.send_form(address, seen | {"number": "+962 6 333"}), 409)
    assert manager.send_form(f"{address}/remove").status_code == 303
    shown(manager.get(address), 404)


def test_nobody_else_keeps_a_listing(app: Flask, listed: Listed):
    other = signed_in(app, make_tenant(app, "partner"), "partner_manager")
    for path in ("", "/edit/about", "/hours", "/withhold", "/add/phone"):
        shown(other.get(f"/listings/services/{listed.service_id}{path}"), 404)
    shown(other.send_form(f"/listings/services/{listed.service_id}/verify"), 403)


def test_verified_in_two_taps_from_home(app: Flask, manager: Visitor, steward: UUID, listed: Listed):
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        db.session.get_one(Service, listed.service_id).verification_due_on = operations.trust.clock.today(
            "UTC"
        )
    home = shown(manager.get("/"))
    assert "Verify a listing" in home
    assert f"/listings/due/{listed.service_id}" in home
    due = home[home.index("Verify a listing") :]
    assert "Dar Al Amal" in due[: due.index("</li>")], "many a shelter is called Shelter"
    page = shown(manager.get(f"/listings/due/{listed.service_id}", follow_redirects=True))
    assert "No telephone number is known." in page
    number = {"number": "+962 6 555"}
    assert (
        manager.send_form(f"/listings/organizations/{listed.organization_id}/add/phone", number).status_code
        == 303
    )
    page = shown(manager.get(f"/listings/due/{listed.service_id}", follow_redirects=True))
    assert page.index("Is it right?") < page.index("tel:+9626555") < page.index("I have called, it is right")
    done = manager.send_form(f"/listings/services/{listed.service_id}/verify", how="phone")
    assert done.status_code == 303
    assert service(app, steward, listed).verified_how == "phone"
    past = shown(manager.get(f"/listings/services/{listed.service_id}/history"))
    assert "Verified on" in past
    assert not re.search(r">\s*\d{4}-\d\d-\d\d\s*<", past), "a day is told as everywhere"
    assert "account id" not in past
    assert "tenant id" not in past
    assert "Verify a listing" not in shown(manager.get("/"))


def test_what_is_free_is_said_in_two_taps_by_whoever_works_there(app: Flask, steward: UUID, listed: Listed):
    worker = signed_in(app, steward, "partner_worker")
    home = shown(worker.get("/"))
    address = f"/listings/services/{listed.service_id}/capacity"
    assert address in home
    with app.app_context(), scope(job_identity(steward)):
        bed = db.session.scalars(select(Unit.id).where(Unit.identifier == "bed")).one()
    assert 'name="available" value="3"' in shown(worker.get(address))
    assert worker.send_form(address, unit_id=str(bed), available="3").status_code == 303
    assert "3 beds free" in shown(worker.get("/"))
    reader = signed_in(app, make_tenant(app), "caseworker")
    assert "3 beds free" in shown(reader.get(f"/directory/services/{listed.service_id}"))
    assert worker.send_form(address, unit_id=str(bed), available="0").status_code == 303
    assert "No bed free" in shown(reader.get(f"/directory/services/{listed.service_id}"))
    shown(reader.send_form(address, unit_id=str(bed), available="9"), 404)
    with app.app_context(), scope(job_identity(steward)):
        assert db.session.scalars(select(ServiceCapacity.available)).all().count(9) == 0


def test_what_is_free_is_asked_in_what_such_a_service_gives(app: Flask, steward: UUID, manager: Visitor):
    for need, said in (
        ("assistance.food", "Places free now"),
        ("legal.advice", "Appointments free now"),
        ("protection.shelter", "Beds free now"),
    ):
        listed = make_listing(app, steward, needs=[need])
        assert said in shown(manager.get(f"/listings/services/{listed.service_id}/capacity"))


def test_a_hidden_place_shows_its_door_to_its_steward_alone(
    app: Flask, manager: Visitor, caseworker: Visitor, steward: UUID
):
    listed = make_listing(
        app, steward, addresses=[{"address_1": SECRET, "city": "Irbid"}], location_name="House of hope"
    )
    hide = f"/listings/locations/{listed.location_id}/hide"
    shown(manager.get(hide))
    assert manager.send_form(hide, version="1").status_code == 303
    private = f"/listings/locations/{listed.location_id}/edit/private"
    typed = fields_of(shown(manager.get(private)))
    assert typed["address_1"] == [SECRET]
    assert manager.send_form(private, typed | {"address_1": "13 Other Alley"}).status_code == 303
    assert "13 Other Alley" in shown(manager.get(f"/listings/locations/{listed.location_id}"))
    town = f"/listings/locations/{listed.location_id}/edit/town"
    assert manager.send_form(town, fields_of(shown(manager.get(town)))).status_code == 303
    for path in (
        f"/directory/services/{listed.service_id}",
        f"/listings/locations/{listed.location_id}/history",
    ):
        page = shown(caseworker.get(path))
        for told in (SECRET, "Other Alley", "House of hope"):
            assert told not in page
    with app.app_context(), scope(job_identity(steward)):
        assert db.session.get_one(Location, listed.location_id).name is None


def test_a_listing_is_withheld_removed_and_put_back(
    app: Flask, manager: Visitor, steward: UUID, listed: Listed
):
    address = f"/listings/services/{listed.service_id}"
    shown(manager.get(f"{address}/withhold"))
    assert manager.send_form(f"{address}/withhold", reason="asked_not_to_be").status_code == 303
    assert "It asked not to be listed" in shown(manager.get(address))
    assert manager.send_form(f"{address}/list-again").status_code == 303
    version = str(service(app, steward, listed).version)
    assert manager.send_form(f"{address}/remove", version=version).status_code == 303
    assert "Put it back" in shown(manager.get(address))
    for act, given, said in (
        ("withhold", {"reason": "unsafe"}, "whatever is imported"),
        ("restore", {"version": version}, "it is still withheld"),
        ("remove", {"version": version}, "It was removed"),
        ("list-again", {}, "It is still removed"),
        ("restore", {"version": version}, "It is listed again."),
    ):
        assert manager.send_form(f"{address}/{act}", given).status_code == 303
        assert said in shown(manager.get(address))


def test_an_organization_is_listed_with_its_services_and_places(manager: Visitor):
    form = shown(manager.get("/listings/organizations/new"))
    # In words of the directory, not of a client who says to whom nothing may be told.
    assert "Service provider" in form
    assert "A service I am referred to" not in form
    assert 'value="family"' not in form
    added = manager.send_form(
        "/listings/organizations/new", name="New house", country="JO", recipient_class="service_provider",
        visibility="network",
    )  # fmt: skip
    assert added.status_code == 303
    organization = added.location
    for plural, given in (
        ("services", {"name": "Counsel", "needs": ["protection.shelter"], "referral_method": "phone"}),
        ("locations", {"place": "Irbid", "name": "Desk"}),
    ):
        shown(manager.get(f"{organization}/new/{plural}"))
        wrong = shown(manager.send_form(f"{organization}/new/{plural}", visibility="network"), 422)
        assert "This field is required." in wrong
        answer = manager.send_form(f"{organization}/new/{plural}", {**given, "visibility": "network"})
        assert answer.status_code == 303, shown(answer, answer.status_code)
        if plural == "services":
            made = answer.location
    page = shown(manager.get(made))
    assert "Nowhere yet" in page
    place = re.search(r'<option value="([0-9a-f-]{36})">Desk', page)
    assert place
    assert manager.send_form(f"{made}/places", location_id=place[1]).status_code == 303
    assert "Nowhere yet" not in shown(manager.get(made))
