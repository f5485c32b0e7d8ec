"""Times, names and guards, in the reader's language and the centre's own zone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, g
from werkzeug.datastructures import MultiDict

from network.core import clock
from network.core.errors import UnknownCode
from network.web import templating, wording
from tests.web.gallery import IDENTITY, NOW


@pytest.fixture
def reading(gallery: Flask) -> Callable[[str], object]:
    """A request of somebody who reads this language."""

    @contextmanager
    def _reading(language: str) -> Iterator[None]:
        with gallery.test_request_context(headers={"Cookie": f"language={language}"}), clock.set_to(NOW):
            g.acting = IDENTITY
            yield

    return _reading


def test_a_time_is_shown_in_the_zone_of_the_centre_that_reads(reading) -> None:
    with reading("en"):
        assert templating.local_time(datetime(2026, 11, 3, 12, 5, tzinfo=UTC)) == "3 Nov 2026, 15:05"
        assert (
            templating.local_time(datetime(2026, 11, 3, 12, 5, tzinfo=UTC), "Asia/Dhaka")
            == "3 Nov 2026, 18:05"
        )
    with reading("ar"):
        assert templating.local_time(datetime(2026, 11, 3, 12, 5, tzinfo=UTC)) == "3 نوفمبر 2026، 15:05"


def test_a_date_after_midnight_is_the_next_day_there(reading) -> None:
    with reading("en"):
        assert templating.local_date(datetime(2026, 11, 3, 22, 30, tzinfo=UTC)) == "4 Nov 2026"
        assert templating.local_date(date(2026, 11, 3)) == "3 Nov 2026"


@pytest.mark.parametrize(
    ("hours", "text", "tone"),
    [
        (3, "3 hours left", "soon"),
        (50, "2 days left", ""),
        (-2, "2 hours late", "late"),
        (-0.1, "6 minutes late", "late"),
        (-0.005, "due now", "late"),
    ],
)
def test_a_clock_says_how_long_is_left_or_how_late_it_is(reading, hours: float, text: str, tone: str) -> None:
    with reading("en"):
        assert templating.countdown(NOW + timedelta(hours=hours)) == (text, tone)


def test_age_speaks_the_readers_language(reading) -> None:
    with reading("en"):
        assert templating.age_of(NOW - timedelta(hours=3)) == "3 hours ago"
        assert templating.age_of(NOW) == templating.age_of(NOW - timedelta(seconds=59)) == "just now"
    with reading("ar"):
        assert templating.age_of(NOW - timedelta(hours=3)) == "قبل 3 ساعات"


def test_countries_and_languages_have_names_and_unknown_ones_show_their_code(reading) -> None:
    with reading("en"):
        assert templating.country_name("BD") == "Bangladesh"
        assert templating.country_name("QX") == "QX"
        assert templating.language_name("bn-BD") == "Bangla"
        assert templating.language_name("qqq") == "qqq"
    with reading("ar"):
        assert templating.country_name("jo") == "الأردن"


def test_a_code_outside_the_vocabulary_is_an_error(reading) -> None:
    with reading("en"), pytest.raises(UnknownCode):
        templating.need_label("shelter.castle")


def test_every_form_gets_a_token_and_a_new_key_each_time(reading) -> None:
    with reading("en"):
        first, second = templating.form_guard(), templating.form_guard()
    keys = [re.search(r'name="idempotency_key" value="([0-9a-f-]{36})"', guard) for guard in (first, second)]
    assert all(keys)
    assert keys[0][1] != keys[1][1]
    assert re.search(r'name="csrf_token" value="[^"]{20,}"', first)


def test_a_code_from_outside_is_escaped_in_its_bdi() -> None:
    assert templating.code("<b>") == "<bdi>&lt;b&gt;</bdi>"
    assert templating.telephone("+962 7") == '<bdi dir="ltr">+962 7</bdi>'


def test_a_number_inside_what_was_typed_keeps_its_order_and_the_rest_is_escaped() -> None:
    shown = templating.typed("اتصل <b> على +962 7 9000 1234 قبل 18:00")
    assert shown == 'اتصل &lt;b&gt; على <bdi dir="ltr">+962 7 9000 1234</bdi> قبل 18:00'


def test_messages_of_a_field_are_found_however_deep_they_lie() -> None:
    assert templating.messages({"phones": {0: {"number": ["Too short."]}}}, "phones") == ["Too short."]
    assert templating.messages({}, "phone") == []
    assert templating.messages(["Wrong."], "phone") == ["Wrong."]


def test_what_was_typed_comes_back() -> None:
    form = MultiDict([("kinds", "a"), ("kinds", "b"), ("age", "27")])
    assert templating.given(None, form, "age") == "27"
    assert templating.given(0, form, "age") == "0"
    assert templating.given_list(None, form, "kinds") == ["a", "b"]
    assert templating.given_list(None, {"kinds": ["a"]}, "kinds") == ["a"]
    assert templating.given_list(None, {}, "kinds") == []


def test_a_state_that_nobody_named_is_an_error() -> None:
    with pytest.raises(KeyError):
        wording.state_tone("teleported")


@pytest.mark.parametrize(("language", "line"), [("en", "a, &lt;b&gt;"), ("ar", "a، &lt;b&gt;")])
def test_a_list_has_the_comma_of_the_readers_script_and_escapes_its_things(
    reading, language: str, line: str
) -> None:
    with reading(language):
        assert templating.listed(["a", "<b>"]) == line
