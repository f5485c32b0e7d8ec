"""The letter to an organization that has no sign-in."""

from __future__ import annotations

import re
from pathlib import Path

import network
from network.core import vocabulary
from network.directory.printed.slip_words import slip_languages
from network.referrals.letter import print_letter
from network.referrals.letter_words import letter_languages, read_there
from tests.factories import make_listing
from tests.referrals.conftest import NEED
from tests.referrals.outside.conftest import Outside
from tests.support.pdf import pages

CATALOGUE = Path(network.__file__).parent / "translations/ar/LC_MESSAGES/messages.po"


def test_the_letter_holds_what_was_told_and_printing_is_on_record(out: Outside) -> None:
    world = out.world
    one = out.told(channel="letter", left_out=frozenset({"contact"}))
    english, arabic = (
        pages(world.act(world.sender, print_letter, one, language)) for language in ("en", "ar")
    )
    assert (len(english), len(arabic)) == (1, 1)
    page = world.page(world.sender, one)
    assert page.identity is not None
    for told in ("Casa Sin Puerta", page.identity["identity"]["name"], page.exchange.reference):
        assert told in english[0]
    assert "You may not pass it on." in english[0]
    page = world.page(world.sender, one)
    rows = world.rows(
        world.sender,
        "SELECT fields FROM audit_event WHERE action = 'printed' AND object_id = :packet",
        packet=page.packet.id,
    )
    assert len(rows) == 2
    assert all(any(name.startswith("identity.") for name in fields) for (fields,) in rows)
    assert not any("contact" in name for (fields,) in rows for name in fields)


def test_the_letter_speaks_the_language_of_the_country_in_which_it_is_read(out: Outside) -> None:
    world = out.world
    dhaka = make_listing(world.app, world.sender.tenant, needs=[NEED], country="BD", place="bd-dhaka")
    world.consent(dhaka.organization_id)
    one = world.prepare(listed=dhaka)
    world.send(one, channel="letter", priority="urgent")
    page = world.page(world.sender, one)
    assert read_there(page.listing.country, page.listing.languages, "ar") == "bn"
    assert page.identity is not None
    known = set(re.findall(r'^msgid "(.+)"$', CATALOGUE.read_text("utf-8"), re.MULTILINE))
    for name in ("priorities", "data_categories"):
        known |= {label for _code, label in vocabulary.choices(name, "en")}
    for words in letter_languages():
        [letter] = pages(world.act(world.sender, print_letter, one, words.language))
        assert page.exchange.reference in letter
        assert page.identity["identity"]["name"] in letter
        assert set(words.words) <= known, words.language
        if words.words:
            assert "Letter of referral" not in letter
            assert "How soon" not in letter
            assert "Urgent: within" not in letter
            assert "Female" not in letter
            assert set(words.groups) == set(vocabulary.terms("groups"))
    assert read_there("JO", (), "en") == "ar"
    assert (read_there("LK", (), "en"), read_there("ET", (), "en")) == ("si", "am")
    assert {words.language for words in letter_languages()} == {words.language for words in slip_languages()}
    assert read_there("MM", ("fr",), "en") == "fr"
    assert read_there("MM", (), "en") == "en"
