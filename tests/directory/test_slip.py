"""The slip that a client takes along: in her language, large enough to read, and silent about her."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp
from flask import Flask

from network.cases.operations import add_contact, open_case, register_client
from network.core.db import unit_of_work
from network.directory import operations, queries
from network.directory.printed.slip import FULL, NAMED, SILENT, make_slip
from network.directory.printed.slip_words import SlipWords, find_slip_words, slip_languages
from network.tenants.context import scope
from network.web.printing import set_lines
from tests.directory.conftest import Members
from tests.factories import Listed, Person, make_account, make_listing, make_tenant, sign_in, staff
from tests.support.pdf import reader, text_of

SECRET = "14 Hidden Lane"
# What would tell why she goes there.
TELLING = ("violence", "trafficking", "shelter", "Trafficking", "Violence", "Shelter", "عنف", "اتجار")
LANGUAGES = [words.language for words in slip_languages()]


def house(app: Flask, members: Members, **given) -> Listed:
    listed = make_listing(
        app, members.partner.tenant, **({"name": "Shelter for women", "organization_name": "Amal House",
        "description": "For women after violence or trafficking.", "needs": ["protection.shelter"],
        "eligibility": {"cost": "free", "documents_required": ["passport"]}} | given)
    )  # fmt: skip
    with app.app_context(), scope(members.partner), unit_of_work():
        operations.add_phone("+962 2 111 2222", service_id=listed.service_id)
    return listed


def slip(app: Flask, members: Members, listed: Listed, language: str = "en", *how) -> bytes:
    words = find_slip_words(language)
    assert words is not None
    with app.app_context(), scope(members.centre):
        return make_slip(queries.listing(listed.service_at_location_id), words, *how)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slip_is_one_page_in_the_clients_language(app: Flask, members: Members, language: str):
    listed = house(app, members, addresses=[{"address_1": "3 Market Road", "city": "Irbid"}])
    words = find_slip_words(language)
    assert words is not None
    content = slip(app, members, listed, language)
    opened = reader(content)
    assert len(opened.pages) == 1
    assert opened.trailer["/Root"]["/Lang"] == language
    text = text_of(content)
    assert "Amal House" in text
    assert "+962 2 111 2222" in text
    assert "3 Market Road" in text
    assert "08:00–16:00" in text
    assert opened.metadata.title == words["information"]


@pytest.mark.parametrize("words", slip_languages(), ids=LANGUAGES)
def test_every_word_of_a_slip_is_there_and_has_its_letters(words: SlipWords):
    english = find_slip_words("en")
    assert english is not None
    assert set(words.words) == set(english.words)
    assert all(word.strip() for word in words.words.values())
    for word in words.words.values():
        for line in set_lines(word, 1_000_000, words.direction):
            assert all(glyph.number for piece in line.pieces for glyph in piece.shaped.glyphs)
    if words.language != "en":
        assert not words.read, "say in slip.json who has read them, then change this"


@pytest.mark.parametrize("shows", [SILENT, NAMED])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_neutral_slip_does_not_tell_why_she_goes_there(
    app: Flask, members: Members, language: str, shows: str
):
    content = slip(app, members, house(app, members), language, shows)
    text = text_of(content)
    for telling in TELLING:
        assert telling not in text
    assert ("Amal House" in text) == (shows == NAMED)
    assert "+962 2 111 2222" in text
    assert reader(content).metadata.subject is None


def test_a_slip_begins_with_the_name_that_its_reader_can_read(app: Flask, members: Members):
    listed = house(app, members)
    with app.app_context(), scope(members.centre):
        here = replace(
            queries.listing(listed.service_at_location_id),
            organization_alternate_name="دار الأمل",
            service_alternate_name="سكن للنساء",
        )
        first = {}
        for language in ("en", "ar"):
            words = find_slip_words(language)
            assert words is not None
            told = text_of(make_slip(here, words, FULL))
            first[language] = told[:5]
            assert ("Shelter for women" in told) == (language == "en")
    assert first["en"] == "Amal "
    assert not first["ar"].isascii()


def test_a_full_slip_tells_what_she_asked_for(app: Flask, members: Members):
    text = text_of(slip(app, members, house(app, members), "en", FULL))
    assert "Shelter for women" in text
    assert "Protected shelter" in text


@pytest.mark.parametrize("shows", [SILENT, NAMED, FULL])
def test_a_confidential_address_is_on_no_slip(app: Flask, members: Members, shows: str):
    for steward in (members.partner, members.centre):
        listed = make_listing(
            app, steward.tenant, confidential=True, location_name=f"House {SECRET}",
            addresses=[{"address_1": SECRET, "city": "Irbid"}],
        )  # fmt: skip
        text = text_of(slip(app, members, listed, "en", shows))
        assert "Hidden" not in text
        assert "Irbid" in text
        assert "Ask for the address by telephone" in text


def test_a_long_slip_still_is_one_page(app: Flask, members: Members):
    hours = [{"byday": day, "opens_at": "08:00", "closes_at": f"{16 + n}:00"} for n, day in enumerate(
        ("SU", "MO", "TU", "WE", "TH", "FR", "SA"))]  # fmt: skip
    listed = house(
        app, members, schedules=hours, organization_name="A very long name of an organization " * 5,
        addresses=[{"address_1": "Behind the old bakery, second floor, the green door " * 6, "city": "Irbid"}],
        languages=["ar", "en", "bn", "ne", "si", "ta", "hi", "ur", "fil", "id"],
    )  # fmt: skip
    for receipt in (False, True):
        content = slip(app, members, listed, "ta", FULL, receipt)
        assert len(reader(content).pages) == 1
        assert "+962 2 111 2222" in text_of(content)


def test_the_page_gives_the_slip_and_its_address_tells_nothing(app: Flask, members: Members):
    listed = house(app, members)
    browser = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    page = f"/directory/services/{listed.service_id}/slip"
    assert page in browser.get(f"/directory/services/{listed.service_id}").text
    assert "Make the slip" in browser.get(page).text
    answer = browser.send_form(page, service_at_location_id=listed.service_at_location_id, language="bn")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="slip.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Amal House" in text_of(answer.data)
    assert browser.send_form(page, service_at_location_id=listed.service_at_location_id).status_code == 422
    other = house(app, members)
    wrong = browser.send_form(page, service_at_location_id=other.service_at_location_id, language="bn")
    assert wrong.status_code == 404


def test_from_a_clients_search_the_slip_is_in_her_language_and_minds_her_wish(app: Flask, members: Members):
    person = make_account(app, make_tenant(app), "caseworker")
    browser = sign_in(app, person)
    listed = house(app, members)
    case_id = _case(app, person, ["ti", "ne", "en"], "no_slip")
    started = browser.send_form(
        "/directory/searches", needs="protection.shelter", place="Irbid", case_id=case_id
    )
    search_id = started.headers["Location"].rsplit("/", 1)[-1]
    page = browser.get(f"/directory/services/{listed.service_id}/slip?search={search_id}").text
    assert 'value="ne" selected' in page
    assert "The client wants no paper at all." in page
    assert 'value="silent" checked' in page
    stranger = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    refused = stranger.get(f"/directory/services/{listed.service_id}/slip?search={search_id}")
    assert refused.status_code == 404


def _case(app: Flask, person: Person, languages: list[str], paper: str) -> UUID:
    """A case of somebody who reads these languages and takes along this paper."""
    with app.app_context(), scope(staff(person.tenant_id)), unit_of_work():
        client = register_client(
            {"name": "Invented", "sex": "female", "age_basis": "adult", "languages": languages}
        )
        add_contact(client.id, {"channels": ["at_centre"], "slip": paper})
        case_id: UUID = open_case(client.id).id
    return case_id


def test_a_service_whose_address_is_secret_is_not_named_by_itself(app: Flask, members: Members):
    listed = house(app, members, confidential=True)
    browser = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    assert 'value="silent" checked' in browser.get(f"/directory/services/{listed.service_id}/slip").text


@pytest.mark.parametrize("language", ["en", "ar", "ta"])
@pytest.mark.parametrize("receipt", [False, True], ids=["a5", "receipt"])
def test_a_phone_reads_the_number_from_the_code_and_nothing_else(
    app: Flask, members: Members, language: str, receipt: bool
):
    content = slip(app, members, house(app, members), language, FULL, receipt)
    [page] = pypdfium2.PdfDocument(content)
    codes = zxingcpp.read_barcodes(page.render(scale=2).to_pil())
    assert [code.text for code in codes] == ["tel:+96221112222"]


def test_the_way_is_drawn_between_the_towns_around_it_and_never_to_a_secret_place(
    app: Flask, members: Members
):
    around = {"place": "jo-irbid", "addresses": []}
    assert "Hakama" in text_of(slip(app, members, house(app, members, **around), "en"))
    assert "حكما" in text_of(slip(app, members, house(app, members, **around), "ar"))
    secret = slip(app, members, house(app, members, **around, confidential=True), "en")
    assert "Hakama" not in text_of(secret)
    assert "5 km" not in text_of(secret)
    nowhere = slip(app, members, house(app, members, latitude=10.0, longitude=-140.0, country="JO"), "en")
    assert len(reader(nowhere).pages) == 1  # far from every town, there still is a sheet


def test_from_a_referral_the_slip_is_in_her_language_and_not_of_a_case_of_others(
    app: Flask, members: Members
):
    person = make_account(app, make_tenant(app), "caseworker")
    case_id = _case(app, person, ["ne", "en"], "number_only")
    listed = house(app, members)
    page = f"/directory/services/{listed.service_id}/slip?case={case_id}"
    assert 'value="ne" selected' in sign_in(app, person).get(page).text
    stranger = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    assert stranger.get(page).status_code == 404
