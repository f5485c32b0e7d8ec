"""What stewards, the headquarters and others do to the same listing, and who has the last word."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from werkzeug.test import TestResponse

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import Conflict, Forbidden
from network.directory import operations
from network.directory.models import Location, Phone, Service, ServiceSearch
from network.tenants.context import Identity, scope
from tests.directory.conftest import Members
from tests.directory.keeping.conftest import fields_of
from tests.factories import Listed, make_listing, signed_in


def act(app: Flask, identity: Identity, operation):
    with app.app_context(), scope(identity), unit_of_work():
        return operation()


def shown(answer: TestResponse, status: int = 200) -> str:
    assert answer.status_code == status, answer.text[:3000]
    return unescape(answer.text)


def found(app: Flask, identity: Identity, listed: Listed) -> int:
    with app.app_context(), scope(identity):
        return db.session.query(ServiceSearch).filter_by(service_id=listed.service_id).count()


@pytest.mark.parametrize("kind", ["organization", "service", "location"])
def test_what_the_headquarters_withhold_no_steward_puts_back(app: Flask, members: Members, kind: str):
    listed = make_listing(app, members.partner.tenant)
    listing_id = getattr(listed, f"{kind}_id")
    act(app, members.partner, lambda: operations.withhold(kind, listing_id, "other"))
    act(app, members.headquarters, lambda: operations.withhold(kind, listing_id, "fraud"))
    assert found(app, members.centre, listed) == 0
    with pytest.raises(Forbidden):
        act(app, members.partner, lambda: operations.list_again(kind, listing_id))
    with pytest.raises(Conflict):
        act(app, members.partner, lambda: operations.withhold(kind, listing_id, "other"))
    for change in ("do_not_list = false", "do_not_list_by_tenant_id = NULL"):
        with pytest.raises(DBAPIError, match="headquarters"):
            act(
                app,
                members.partner,
                lambda change=change: db.session.execute(
                    text(f"UPDATE {kind} SET {change} WHERE id = :id"), {"id": listing_id}
                ),
            )
    with pytest.raises(DBAPIError, match="steward"):
        act(
            app,
            members.headquarters,
            lambda: db.session.execute(
                text(f"UPDATE {kind} SET name = 'Ours' WHERE id = :id"), {"id": listing_id}
            ),
        )
    manager = signed_in(app, members.partner.tenant, "partner_manager")
    page = shown(manager.get(f"/listings/{kind}s/{listing_id}"))
    assert "It takes money or cheats" in page
    assert "The headquarters have taken this listing out." in page
    officer = signed_in(app, members.headquarters.tenant, "network_administrator")
    again = f"/listings/{kind}s/{listing_id}/list-again"
    kept_back = shown(officer.get(f"/directory/withheld?kind={kind}s"))
    assert again in kept_back
    assert int(re.search(rf'kind={kind}s"[^>]*>[^<(]*\((\d+)\)', kept_back)[1]) >= 1
    assert officer.send_form(again).status_code == 303
    assert found(app, members.centre, listed) == 1
    shown(manager.get("/directory/withheld"), 403)


def test_a_country_keeps_its_holidays_and_a_service_may_stay_open(app: Flask, members: Members):
    listed = make_listing(
        app,
        members.partner.tenant,
        schedules=[{"byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "24:00"}],
    )
    act(app, members.partner, lambda: operations.change("location", listed.location_id, {"country": "FJ"}))
    officer = signed_in(app, members.headquarters.tenant, "network_administrator")
    manager = signed_in(app, members.partner.tenant, "partner_manager")
    reader = signed_in(app, members.centre.tenant, "caseworker")
    service = f"/directory/services/{listed.service_id}"
    assert "Open" in tag_of(shown(reader.get(service)))
    today = clock.today("Asia/Amman")
    days = {"country": "FJ", "first_on": str(today - timedelta(days=1)), "kind": "holiday", "closed": "true"}
    shown(reader.send_form("/directory/holidays/new", days), 403)
    wrong = days | {"last_on": str(today - timedelta(days=9))}
    shown(officer.send_form("/directory/holidays/new", wrong), 422)
    whole = days | {"last_on": str(today + timedelta(days=1)), "description": "Day of the flag"}
    assert officer.send_form("/directory/holidays/new", whole).status_code == 303
    assert "Day of the flag" in shown(reader.get("/directory/holidays"))
    assert "Closed" in tag_of(shown(reader.get(service)))
    kept = f"/listings/services/{listed.service_id}"
    assert "Day of the flag" in shown(manager.get(kept))
    edit = re.search(r"/directory/holidays/[0-9a-f-]{36}", shown(officer.get("/directory/holidays")))
    assert edit
    version = re.search(r'name="version" value="(\d+)"', shown(officer.get(edit[0])))
    assert version
    renamed = {name: one for name, one in whole.items() if name != "country"} | {"description": "Flag day"}
    assert officer.send_form(edit[0], renamed, version=version[1]).status_code == 303
    assert "Flag day" in shown(officer.send_form(edit[0], renamed, version=version[1]), 409)
    own = f"{kept}/edit/holidays"
    version = re.search(r'name="version" value="(\d+)"', shown(manager.get(own)))
    assert version
    assert manager.send_form(own, open_on_holidays="true", version=version[1]).status_code == 303
    assert "Open" in tag_of(shown(reader.get(service)))
    assert "Flag day" not in shown(manager.get(kept))
    assert officer.send_form(f"{edit[0]}/remove").status_code == 303
    assert "Day of the flag" in shown(reader.get("/directory/holidays/history"))


def tag_of(page: str) -> str:
    """The tag of the first place of a service's page: open or not."""
    first = page[page.index('class="card"') :]
    told = re.search(r"<strong[^>]*>(.*?)</strong>", first, re.S)
    assert told
    return told[1]


def test_two_stewards_at_one_number_lose_nothing(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    first, second = (signed_in(app, members.partner.tenant, "partner_manager") for _ in range(2))
    add = f"/listings/services/{listed.service_id}/add/phone"
    assert first.send_form(add, number="+962 6 111").status_code == 303
    with app.app_context(), scope(members.partner):
        phone = db.session.scalars(select(Phone.id).filter_by(service_id=listed.service_id)).one()
    address = f"/listings/parts/phone/{phone}"
    page = shown(second.get(address))
    seen = dict(re.findall(r'type="hidden"[^>]*name="(version|of)" value="([^"]+)"', page))
    assert first.send_form(address, seen | {"number": "+962 6 222"}).status_code == 303
    late = shown(second.send_form(address, seen | {"number": "+962 6 333"}), 409)
    assert "Somebody else changed this meanwhile." in late
    assert "+962 6 222" in late
    assert 'value="+962 6 333"' in late
    anew = dict(re.findall(r'type="hidden"[^>]*name="(version|of)" value="([^"]+)"', late))
    assert first.send_form(f"{address}/remove").status_code == 303
    gone = shown(second.send_form(address, anew | {"number": "+962 6 333"}), 409)
    assert "Somebody else removed this meanwhile." in gone
    assert f'action="{add}"' in gone
    assert 'value="+962 6 333"' in gone
    assert second.send_form(add, number="+962 6 333").status_code == 303


def test_one_meaning_of_old_in_search_list_and_print(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    today = clock.today("Asia/Amman")
    manager = signed_in(app, members.partner.tenant, "partner_manager")
    for days, told in ((170, "Verified"), (190, "Not verified"), (370, "Not verified for a year")):
        with app.app_context(), scope(members.partner), unit_of_work():
            for model, row in ((Service, listed.service_id), (Location, listed.location_id)):
                db.session.execute(
                    update(model).where(model.id == row).values(verified_on=today - timedelta(days=days))
                )
        page = shown(manager.get(f"/listings/services/{listed.service_id}"))
        assert f">{told}</strong>" in re.sub(r">\s+|\s+<", lambda m: m[0].strip(), page)


def test_any_field_can_be_suggested_and_is_written_as_its_section_would(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    reader = signed_in(app, members.centre.tenant, "caseworker")
    manager = signed_in(app, members.partner.tenant, "partner_manager")
    service = f"/directory/services/{listed.service_id}/suggest"
    place = f"/directory/locations/{listed.location_id}/suggest"
    assert f"{service}/whom" in shown(reader.get(service))
    said = {
        f"{service}/needs": {"needs": ["protection.shelter", "health.primary"]},
        f"{service}/languages": {"languages": ["ar", "bn"], "interpreted": ["ne"]},
        f"{service}/whom": {"sex": ["women"], "age_min": "18", "boys_up_to": "7", "children_accepted": "yes"},
        f"{service}/practices": {"police_on_site": "no"},
        f"{service}/hours": {"mo_opens": "09:00", "mo_closes": "13:00"},
        f"{place}/place": {"place": "Mafraq"},
        service: {},
    }
    for address, given in said.items():
        typed = fields_of(shown(reader.get(address))) | given
        if address == service:
            typed |= {"phone-new": "+962 2 700"}
        answer = reader.send_form(address, typed)
        assert answer.status_code == 303, (address, answer.text[:2000])
        assert "Change at least one field." in shown(
            reader.send_form(address, fields_of(shown(reader.get(address)))), 422
        )
    shown(reader.send_form(f"{service}/needs", needs=["made.up"]), 422)
    shown(reader.get(f"/directory/organizations/{listed.organization_id}/suggest/hours"), 404)
    reports = re.findall(r'href="(/listings/reports/[0-9a-f-]+)"', shown(manager.get("/listings/reports")))
    assert len(reports) == len(said)
    for report in reports:
        one = shown(manager.get(report))
        taken = dict.fromkeys(set(re.findall(r'name="(taken\.[0-9a-f-]+)"', one)), "yes")
        answer = manager.send_form(report, taken)
        assert answer.status_code == 303, answer.text[:2000]
    kept = shown(manager.get(f"/listings/services/{listed.service_id}"))
    for told in ("Nepali", "Bangla", "09:00–13:00", "+962 2 700", "18"):
        assert told in kept, told
    assert "Mafraq" in shown(manager.get(f"/listings/locations/{listed.location_id}"))
    phone = f"/directory/services/{listed.service_id}/suggest"
    gone = fields_of(shown(reader.get(phone)))
    [number] = [name for name in gone if name.startswith("phone-") and name != "phone-new"]
    assert reader.send_form(phone, gone | {number: ""}).status_code == 303
    [report] = re.findall(
        r'href="(/listings/reports/[0-9a-f-]+)"', shown(manager.get("/listings/reports?state=open"))
    )[:1]
    one = shown(manager.get(report))
    assert "To be removed" in one
    [taken] = re.findall(r'name="(taken\.[0-9a-f-]+)" value="yes"|id="(taken\.[0-9a-f-]+)"', one)[:1]
    assert manager.send_form(report, {next(filter(None, taken)): "yes"}).status_code == 303
    assert "+962 2 700" not in shown(manager.get(f"/listings/services/{listed.service_id}"))


def test_a_shelter_that_moved_is_told_from_its_place_and_seen_at_its_service(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant)
    reader = signed_in(app, members.centre.tenant, "caseworker")
    third = signed_in(app, members.stranger.tenant, "caseworker")
    manager = signed_in(app, members.partner.tenant, "partner_manager")
    service = f"/directory/services/{listed.service_id}"
    for kind, listing_id in (("locations", listed.location_id), ("organizations", listed.organization_id)):
        address = f"/directory/{kind}/{listing_id}/report"
        assert address in shown(
            reader.get(service if kind == "locations" else f"/directory/organizations/{listing_id}")
        )
        assert reader.send_form(address, problem="moved").status_code == 303
        assert "It has moved" in shown(third.get(service))
        [report] = re.findall(r"/listings/reports/[0-9a-f-]{36}", shown(manager.get("/")))[:1]
        assert manager.send_form(report, right="yes").location.endswith(str(listing_id))
        assert "It has moved" not in shown(third.get(service))


def test_nothing_sealed_can_be_suggested(app: Flask, members: Members):
    listed = make_listing(app, members.partner.tenant, confidential=True)
    reader = signed_in(app, members.centre.tenant, "caseworker")
    address = f"/directory/locations/{listed.location_id}/suggest"
    assert "/suggest/private" not in shown(reader.get(address))
    shown(reader.get(f"{address}/private"), 404)
    shown(reader.send_form(address, {"phone-new": "+962 6 1"}), 422)
