"""Words in any spelling: with slips and accents, in Arabic and transliterated."""

from __future__ import annotations

import secrets
import threading
from itertools import count
from uuid import UUID

import pytest
from flask import Flask

from network.core.db import db, unit_of_work
from network.directory import operations
from network.directory.geo import Point
from network.directory.models import SearchWord
from network.directory.search import Criteria, Findings, find, lexicon
from network.tenants.context import scope
from tests.directory.conftest import Members
from tests.factories import make_listing

_spots = count()


@pytest.fixture
def here() -> Point:
    """A place of the test's own, in the empty south of the Atlantic."""
    return Point(-55.0, -20.0 + 2 * next(_spots))


def listed(app: Flask, members: Members, here: Point, **given: object) -> UUID:
    return make_listing(
        app, members.partner.tenant, latitude=here.latitude, longitude=here.longitude, **given
    ).service_id


def look(app: Flask, members: Members, here: Point | None, words: str) -> Findings:
    with app.app_context(), scope(members.centre):
        return find(Criteria(point=here, text=words), counts=True)


@pytest.mark.parametrize(
    "typed", ["Al Hassan", "Al-Hasan", "al hasan", "alhassan", "الحسن", "حسن", "EL HASSAN"]
)
@pytest.mark.parametrize("written", ["Al-Hassan Foundation", "مؤسسة الحسن"])
def test_a_name_is_found_however_it_is_written(
    app: Flask, members: Members, here: Point, written: str, typed: str
):
    service = listed(app, members, here, organization_name=written)
    listed(app, members, here, organization_name="Another house")
    assert [one.service_id for one in look(app, members, here, typed).found] == [service]


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Counselling room", "conselling"),
        ("Counselling room", "counsleling romo"),
        ("Café Libertà", "cafe liberta"),
        ("Clínica São José", "clinica sao jose"),
        ("Workers' desk", "workers desk"),
        ("Rehabilitation centre", "rehabiltaton"),
        ("سكن آمن للنساء", "سكن امن"),
        ("Psychosocial support", "psychoso"),
    ],
)
def test_slips_accents_and_beginnings_are_forgiven(
    app: Flask, members: Members, here: Point, written: str, typed: str
):
    service = listed(app, members, here, name=written)
    listed(app, members, here, name="Quite different")
    assert [one.service_id for one in look(app, members, here, typed).found] == [service]


def test_the_very_word_comes_before_what_sounds_alike(app: Flask, members: Members, here: Point):
    alike = listed(app, members, here, organization_name="Hasan house")
    exact = listed(app, members, here, organization_name="Hassan house")
    described = listed(app, members, here, description="Next to the house of Hassan.")
    assert [one.service_id for one in look(app, members, here, "hassan").found] == [exact, alike, described]


def test_every_word_must_be_met_and_small_ones_need_not(app: Flask, members: Members, here: Point):
    both = listed(app, members, here, name="Help with passports", organization_name="Sunrise")
    listed(app, members, here, name="Help with passports", organization_name="Sunset")
    assert [one.service_id for one in look(app, members, here, "passports at the sunrise").found] == [both]


@pytest.mark.parametrize("typed", ["shelter", "shleter", "مأوى"])
def test_the_labels_of_needs_are_words_too(app: Flask, members: Members, here: Point, typed: str):
    service = listed(app, members, here, name="House of rest", needs=["protection.shelter"])
    listed(app, members, here, name="Desk", needs=["legal.advice"])
    assert [one.service_id for one in look(app, members, here, typed).found] == [service]


def test_words_alone_are_enough_to_search_everywhere(app: Flask, members: Members, here: Point):
    name = f"Qx{secrets.token_hex(5)}"
    service = listed(app, members, here, organization_name=f"{name} society")
    [found] = look(app, members, None, name).found
    assert (found.service_id, found.distance_km) == (service, None)


def test_a_correction_is_told(app: Flask, members: Members, here: Point):
    listed(app, members, here, name="Zanzibari kitchen")
    assert look(app, members, here, "zanzibati").corrected == {"zanzibati": "zanzibari"}
    assert look(app, members, here, "zanzibari").corrected == {}


def test_words_that_nobody_has_find_nothing_and_can_be_left_out(app: Flask, members: Members, here: Point):
    listed(app, members, here)
    found = look(app, members, here, "xqzwvkj")
    assert found.found == ()
    assert [(one.what, one.count) for one in found.looser] == [("text", 1)]


@pytest.mark.parametrize(
    "typed", ["' | !", "a & b", "\\", "<->", ":*", "%", "()", "'); DROP", "   ", "\u0301"]
)
def test_no_sign_breaks_a_search(app: Flask, members: Members, here: Point, typed: str):
    listed(app, members, here)
    look(app, members, here, typed)


def test_a_new_word_is_known_at_once_and_a_changed_listing_by_its_new_words(
    app: Flask, members: Members, here: Point
):
    word = f"zw{secrets.token_hex(4)}".translate(str.maketrans("0123456789", "klmnpqrstv"))
    assert look(app, members, here, word).found == ()
    service = listed(app, members, here, name=f"Desk {word}")
    assert [one.service_id for one in look(app, members, here, word).found] == [service]
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.set_languages(service, ["ne"])
    assert [one.service_id for one in look(app, members, here, word).found] == [service]


def test_a_word_of_a_transaction_that_ends_late_is_not_missed(app: Flask, members: Members, here: Point):
    early, late = (
        f"k{secrets.token_hex(6)}".translate(str.maketrans("0123456789", "bcdfghjlmn")) for _ in "12"
    )
    with app.app_context(), scope(members.partner), unit_of_work():
        organization = operations.create_organization(name=f"House {late}", country="JO")
        service = operations.create_service(
            organization, name="Desk", needs=["legal.advice"], referral_methods=["phone"]
        )
        place = operations.create_location(organization, place_code="jo-irbid", point=here)
        operations.place_service_at_location(service, place)
        db.session.flush()

        def meanwhile() -> None:
            listed(app, Members(members.centre, members.stranger, members.stranger, members.headquarters), here,
                   name=f"Desk {early}")  # fmt: skip
            assert look(app, members, here, early).total == 1

        other = threading.Thread(target=meanwhile)
        other.start()
        other.join()
    assert [one.service_id for one in look(app, members, here, late).found] == [service]


def test_the_lexicon_holds_no_word_of_a_confidential_place(app: Flask, members: Members, here: Point):
    secret = f"hideout{secrets.token_hex(4)}"
    make_listing(app, members.partner.tenant, confidential=True, location_name=f"House {secret}",
                 addresses=[{"address_1": f"14 {secret} lane", "city": "Irbid"}])  # fmt: skip
    open_one = make_listing(app, members.partner.tenant, location_name=f"House {secret}",
                            addresses=[{"address_1": f"15 {secret} lane", "city": "Irbid"}])  # fmt: skip
    with app.app_context(), scope(members.partner):
        assert db.session.query(SearchWord).filter(SearchWord.word.contains(secret)).count() == 0
        assert lexicon.read(secret).words == ""
    assert open_one.service_id is not None
