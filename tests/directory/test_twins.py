"""Listings that may be one are proposed in whatever spelling; branches of a network and bearers of a title are not."""

from __future__ import annotations

from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from network.background.models import OutboxRow
from network.core.db import db, unit_of_work
from network.directory import geo, jobs, operations
from network.directory.geo import Point
from network.directory.models import ListingTwin, Location
from network.directory.operations import twins
from network.directory.queries import duplicates
from network.directory.queries.duplicates import find_duplicates
from network.directory.twins import pairing
from network.directory.twins.pairing import Twin, find_twins
from network.tenants.context import Identity, job_identity, scope
from tests.factories import fill_taxonomy, make_tenant, signed_in


def shown(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text[:2000]
    return unescape(answer.text)


@pytest.fixture
def steward(app: Flask) -> Identity:
    fill_taxonomy(app)
    return job_identity(make_tenant(app))


def listed(name: str, *spots: tuple[str, float], country: str = "JO", **given: Any) -> UUID:
    """An organization with a place so many metres from a spot a mile off the middle of each town."""
    one = operations.create_organization(name=name, country=country, **given)
    for code, metres in spots:
        placed(one, code, metres)
    return one


def placed(organization_id: UUID, code: str, metres: float, name: str | None = None) -> UUID:
    town = geo.get_place(code)
    point = Point(town.latitude + 0.015 + metres / 111_200, town.longitude)
    return operations.create_location(organization_id, place_code=code, point=point, name=name)


def offered(organization_id: UUID, name: str, at: UUID) -> UUID:
    service = operations.create_service(
        organization_id, name=name, needs=("legal.advice",), referral_methods=("phone",)
    )
    operations.place_service_at_location(service, at)
    return service


def proposed(kind: str) -> dict[frozenset[str], tuple[tuple[str, ...], int | None]]:
    return {frozenset((one.name, one.other)): (one.why, one.metres) for one in find_duplicates(kind)}


def test_organizations_are_proposed_by_names_numbers_addresses_and_nearness(app: Flask, steward: Identity):
    with app.app_context(), scope(steward), unit_of_work():
        listed("Al Hassan Workers' Center", ("jo-irbid", 0))
        listed("مركز الحسن للعمال", ("jo-irbid", 120))
        listed("The Al-Hassan workers center", ("jo-irbid", 9_000))
        listed("Mizan Law Group", ("jo-zarqa", 0))
        listed("Mizan Law Office for Workers", ("jo-zarqa", 100))  # alike by half, next door
        phoned = listed("Bread and Roses", email="Bread@roses.example")
        again = listed("Roza wa Khubz", email="bread@roses.example")
        for one, number in ((phoned, "+962 6 555 0101"), (again, "06 5550101")):
            operations.add_part("phone", {"number": number}, organization_id=one)
        # Two branches of one network, with one site; the same name in two towns, and in two countries; a title.
        listed("Caritas Amman", ("jo-amman", 0), website="https://caritas.example")
        listed("Caritas Irbid", ("jo-irbid", 3_000), website="https://caritas.example")
        listed("Union of Weavers", ("jo-amman", 0))
        listed("Weavers' Union", ("jo-irbid", 5_000))
        listed("Ministry of Labour", ("jo-amman", 0))
        listed("Ministry of Labour", ("lb-beirut", 0), country="LB")
        found = proposed("organization")
    hassan = ("Al Hassan Workers' Center", "مركز الحسن للعمال", "The Al-Hassan workers center")
    assert found == {
        frozenset(hassan[:2]): (("name", "near"), 120),
        frozenset((hassan[0], hassan[2])): (("name",), 9_000),
        frozenset(hassan[1:]): (("name",), 8_880),
        frozenset(("Mizan Law Group", "Mizan Law Office for Workers")): (("name", "near"), 100),
        frozenset(("Bread and Roses", "Roza wa Khubz")): (("mail", "phone"), None),
    }


def test_services_and_places_of_two_organizations_at_one_place_are_proposed(app: Flask, steward: Identity):
    with app.app_context(), scope(steward), unit_of_work():
        one, other, third = listed("House of Hope"), listed("دار الأمل"), listed("Weavers' Union")
        here, there = (
            placed(one, "jo-mafraq", 0, "Silwan Hall"),
            placed(other, "jo-mafraq", 60, "قاعة سلوان"),
        )
        hall = placed(third, "jo-mafraq", 30, "Kitchen of the North")
        offered(one, "Warsha sewing course", here)
        offered(other, "Sewing course (Warsha)", there)
        offered(one, "Legal aid", here)
        offered(third, "Legal aid", hall)  # what many offer, of others
        offered(third, "Legal help for men", hall)
        offered(third, "Legal help for women", hall)
        for name in ("Weavers", "Potters", "Bakers"):  # a camp: its name and its middle are nobody's sign
            owner = listed(f"{name} of Mafraq")
            offered(owner, "Silwan course", placed(owner, "jo-mafraq", 5_000, "Sakan Camp"))
        services, places = find_duplicates("service"), proposed("location")
    [pair] = services
    assert (pair.name, pair.other, pair.apart) in (
        ("Warsha sewing course", "Sewing course (Warsha)", True),
        ("Sewing course (Warsha)", "Warsha sewing course", True),
    )
    assert (pair.why, pair.metres) == (("name", "near"), 60)
    assert set(pair.of.split(" / ")) == {"House of Hope", "دار الأمل"}
    assert places == {frozenset(("Silwan Hall", "قاعة سلوان")): (("name", "near"), 60)}


def test_the_page_says_why_and_leads_to_the_organizations_first(app: Flask, monkeypatch: pytest.MonkeyPatch):
    fill_taxonomy(app)
    tenant = make_tenant(app, "partner")
    manager = signed_in(app, tenant, "partner_manager")
    with app.app_context(), scope(job_identity(tenant)), unit_of_work():
        one, other = listed("House of Hope", ("jo-irbid", 0)), listed("Hope House", ("jo-irbid", 240))
        here, there = placed(one, "jo-mafraq", 0), placed(other, "jo-mafraq", 240)
        first, second = sorted((offered(one, "Warsha", here), offered(other, "Al-Warsha", there)))
    assert "Alike by name, 240 metres from each other" in shown(manager.get("/listings/duplicates"))
    with app.app_context(), scope(job_identity(tenant)), unit_of_work():
        listed("Weavers of Ajloun", ("jo-ajloun", 0)), listed("Ajloun weavers", ("jo-ajloun", 700))
    monkeypatch.setattr("network.directory.pages.joining.AT_ONCE", 1)
    assert "They come once these are decided." in shown(manager.get("/listings/duplicates"))
    monkeypatch.undo()
    page = shown(manager.get("/listings/duplicates?kind=services"))
    assert "240 metres" in page
    assert "Of two organizations" in page
    compared = shown(manager.get(f"/listings/duplicates/services/{first}/{second}"))
    assert "/listings/duplicates/organizations/" in compared
    assert "Merge them" not in compared


def test_of_a_steward_with_many_they_are_found_at_night_or_when_asked_and_no_other_member_sees_them(
    app: Flask, worker_app: Flask, steward: Identity, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 2)
    with app.app_context(), scope(steward), unit_of_work():
        ids = [listed(f"{name} of Kindness", ("jo-irbid", 0)) for name in ("House", "Home", "The House")]
        assert find_duplicates("organization") == []
    with app.app_context(), scope(steward), unit_of_work():
        assert operations.look_for_twins() == operations.look_for_twins() == 3
    with app.app_context(), scope(steward):
        assert duplicates.last_looked("organization") is not None
        assert len(find_duplicates("organization")) == 3
    with app.app_context(), scope(job_identity(make_tenant(app))):
        assert db.session.scalars(select(ListingTwin)).all() == []
    with app.app_context(), scope(steward), unit_of_work():
        first, second, third = sorted(ids)
        operations.mark_not_duplicate("organization", first, second)
        operations.merge("organization", first, third)
    with app.app_context(), scope(steward):  # decided, or not standing any more
        assert find_duplicates("organization") == []
    monkeypatch.undo()
    with worker_app.app_context():
        jobs.find_all_twins()
    with app.app_context(), scope(steward):
        assert db.session.scalars(select(ListingTwin)).all() == []  # two are few


def test_of_places_of_which_the_town_is_known_nobody_says_that_they_are_one_place(
    app: Flask, steward: Identity
):
    with app.app_context(), scope(steward), unit_of_work():
        one, other = listed("House of Kindness"), listed("Kindness House")
        for owner in (one, other):
            operations.create_location(owner, place_code="jo-irbid")
        desks = [
            operations.create_location(one, place_code="jo-irbid", name=name)
            for name in ("Legal desk", "Clinic of Salwa", "The clinic of Salwa")
        ]
        found, places = proposed("organization"), proposed("location")
    assert found == {frozenset(("House of Kindness", "Kindness House")): (("name",), None)}
    assert len(desks) == 3
    assert places == {frozenset(("Clinic of Salwa", "The clinic of Salwa")): (("name",), None)}


def test_a_place_that_is_hidden_takes_along_how_far_it_was_from_others(
    app: Flask, steward: Identity, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 1)
    with app.app_context(), scope(steward), unit_of_work():
        ids = [listed(f"{name} of Mercy") for name in ("House", "Home")]
        here, there = placed(ids[0], "jo-irbid", 0), placed(ids[1], "jo-irbid", 40)
        offered(ids[0], "Sewing (Warsha)", here), offered(ids[1], "Warsha of sewing", there)
        operations.look_for_twins()
    with app.app_context(), scope(steward), unit_of_work():
        told = db.session.scalars(select(ListingTwin)).all()
        assert {(one.entity, one.metres) for one in told} >= {("organization", 40), ("service", 40)}
        place = db.session.get_one(Location, here)
        operations.hide_location(here, place.version)
    with app.app_context(), scope(steward), unit_of_work():
        assert db.session.scalars(select(ListingTwin)).all() == []
        operations.look_for_twins()
        assert {one.metres for one in db.session.scalars(select(ListingTwin))} <= {None}


def test_whoever_looks_while_somebody_looks_meets_no_fault(
    app: Flask, steward: Identity, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 1)
    looking = []

    def find(kind: str, decided: set[tuple[UUID, UUID]]) -> list[Twin]:
        if not looking:
            looking.append(kind)
            with app.app_context(), scope(steward), unit_of_work():
                assert twins.look_for_twins() == 1
        return find_twins(kind, decided)

    with app.app_context(), scope(steward), unit_of_work():
        for name in ("House", "Home"):
            listed(f"{name} of Patience", ("jo-irbid", 0))
    monkeypatch.setattr(twins, "find_twins", find)
    with app.app_context(), scope(steward), unit_of_work():
        assert twins.look_for_twins() == 1
    with app.app_context(), scope(steward):
        assert len(find_duplicates("organization")) == 1


def test_however_often_somebody_asks_they_are_looked_for_once_more(
    app: Flask, steward: Identity, monkeypatch: pytest.MonkeyPatch
):
    def waiting() -> int:
        with app.app_context(), scope(steward):
            rows = db.session.scalars(select(OutboxRow).where(OutboxRow.topic == twins.LOOK)).all()
            return sum(one.done_at is None for one in rows)

    def ask() -> None:
        with app.app_context(), scope(steward), unit_of_work():
            operations.ask_for_twins()

    monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", 1)
    with app.app_context(), scope(steward), unit_of_work():
        for name in ("House", "Home"):
            listed(f"{name} of Diligence", ("jo-irbid", 0))
    ask(), ask()
    assert waiting() == 1
    with app.app_context(), scope(steward), unit_of_work():  # as a worker that has begun
        db.session.scalars(select(OutboxRow).where(OutboxRow.topic == twins.LOOK).with_for_update()).all()
        ask(), ask()
    assert waiting() == 2


def test_what_was_decided_leaves_room_for_the_next(
    app: Flask, steward: Identity, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pairing, "MOST", 1)
    seen = []
    for many in (100, 100, 1, 1):
        monkeypatch.setattr(duplicates, "COMPARED_AT_ONCE", many)
        with app.app_context(), scope(steward), unit_of_work():
            if not seen:
                for name in ("of Valour House", "of Weavers Union", "Silwan Hall", "Mizan Law"):
                    listed(name), listed(" ".join(reversed(name.split())))
            operations.look_for_twins()
            [pair] = find_duplicates("organization")
            operations.mark_not_duplicate("organization", pair.first, pair.second)
            seen.append({pair.first, pair.second})
    assert len({one for pair in seen for one in pair}) == 8
