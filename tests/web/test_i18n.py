"""The language of a page: the choice on this browser, then the person's own, then what the browser asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from network.web import i18n
from tests.web.gallery import IDENTITY, make_app


def _language(app: Flask, path: str = "/", **headers: str) -> str:
    html = app.test_client().get(path, headers=headers).get_data(as_text=True)
    return html.split('<html lang="')[1].split('"')[0]


def test_a_signed_in_person_reads_her_own_language() -> None:
    assert _language(make_app(replace(IDENTITY, language="ar")), **{"Accept-Language": "en"}) == "ar"


def test_somebody_signed_out_reads_what_the_browser_asks_for() -> None:
    app = make_app(identity=None)
    assert _language(app, **{"Accept-Language": "ar-JO, en;q=0.5"}) == "ar"
    assert _language(app, **{"Accept-Language": "fr"}) == "en"


def test_the_switch_keeps_the_choice_and_goes_back_to_the_page(gallery: Flask) -> None:
    gallery.config["WTF_CSRF_ENABLED"] = False
    client = gallery.test_client()
    answer = client.post("/language", data={"language": "ar", "next": "/records"})
    assert (answer.status_code, answer.location) == (303, "/records")
    assert 'dir="rtl"' in client.get("/records").get_data(as_text=True)


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "", "/\r\nX: y"]
)
def test_the_switch_never_leads_to_another_site(gallery: Flask, target: str) -> None:
    gallery.config["WTF_CSRF_ENABLED"] = False
    answer = gallery.test_client().post("/language", data={"language": "ar", "next": target})
    assert answer.location == "/"


def test_a_language_that_we_do_not_speak_changes_nothing(gallery: Flask) -> None:
    gallery.config["WTF_CSRF_ENABLED"] = False
    answer = gallery.test_client().post("/language", data={"language": "xx"})
    assert "Set-Cookie" not in answer.headers or "language=" not in answer.headers["Set-Cookie"]


def test_the_switch_names_each_language_in_its_own_script_and_direction(gallery: Flask) -> None:
    html = gallery.test_client().get("/").get_data(as_text=True)
    assert 'value="ar" lang="ar" dir="rtl" aria-pressed="false">العربية<' in html
    assert 'value="en" lang="en" dir="ltr" aria-pressed="true">English<' in html


def test_right_to_left_languages_get_the_mirrored_stylesheet(gallery: Flask) -> None:
    client = gallery.test_client()
    client.set_cookie("language", "ar")
    assert "/assets/app.rtl." in client.get("/").get_data(as_text=True)
    assert i18n.direction("ar") == "rtl"
    assert i18n.direction("bn") == "ltr"
