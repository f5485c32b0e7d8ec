"""The public finder: what anybody finds on a telephone, and that nothing of her is kept."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.settings import Settings
from network.directory.finder import asking
from network.directory.models import Service
from network.tenants.context import job_identity, scope
from network.web.i18n import LANGUAGES
from tests.factories import Listed, make_account, make_listing, make_tenant, sign_in, visitor
from tests.support.pdf import text_of

NEED = "health.disability"
AT = {"need": NEED, "place_code": "jo-tafilah"}
# One form for each question and answer.
STEPS: list[dict[str, str]] = [
    {},
    {"group": "health"},
    {"group": "health", "need": NEED},
    {"need": NEED, "place": "Nowhere at all"},
    {"need": NEED, "place": "San"},
    {"need": NEED, "country": "JO"},
    AT,
    AT | {"open_now": "yes", "spoken": "ne"},
    {"need": "all", "group": "health", "latitude": "30.84", "longitude": "35.60"},
    {"wish": "numbers"},
    {"wish": "numbers", "country": "JO"},
]


@pytest.fixture(scope="module")
def steward(app: Flask) -> UUID:
    return make_tenant(app, "partner")


def listed(app: Flask, steward: UUID, **given: object) -> Listed:
    """A public listing in Tafilah, with a number to call."""
    phones = [{"number": "+962 6 555 0100"}]
    about = {"visibility": "public", "place": "jo-tafilah", "needs": [NEED], "phones": phones}
    return make_listing(app, steward, **(about | given))


def ask(app: Flask, fields: dict[str, str], reader: str = "en") -> TestResponse:
    answer = visitor(app).post(f"/info/{reader}", data=fields)
    assert answer.status_code == 200
    return answer


def test_a_stranger_finds_whom_to_call_and_what_to_know(app: Flask, steward: UUID) -> None:
    name = f"Clinic {secrets.token_hex(4)}"
    listed(
        app, steward, name=name,
        eligibility={"sex": ["women"], "documents_required": ["passport"]},
        partner_practices={"informs_employer": "yes", "informs_embassy": "no"},
    )  # fmt: skip
    page = ask(app, {"need": NEED, "place": "at tafila"}).text
    card = page[page.index(name) :]
    for told in ('href="tel:+96265550100"', "They contact your employer", "They do not tell your embassy", "Women",
                 "Tafilah", "Arabic, English"):  # fmt: skip
        assert told in card, told
    own = f"عيادة {secrets.token_hex(4)}"
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        db.session.execute(update(Service).where(Service.name == name).values(alternate_name=own))
    for reader, first, second in (("en", name, own), ("ar", own, name)):
        page = ask(app, AT, reader).text
        assert page.index(first) < page.index(second), reader


@pytest.mark.parametrize(
    "given",
    [{"visibility": "network"}, {"status": "inactive"}, {"needs": ["work.job"]}, {"place": "jo-irbid"}],
    ids=str,
)
def test_what_is_not_for_the_public_or_not_near_is_not_shown(
    app: Flask, steward: UUID, given: dict[str, object]
) -> None:
    name = f"Clinic {secrets.token_hex(4)}"
    listed(app, steward, name=name, **given)
    assert name not in ask(app, AT).text


@pytest.mark.parametrize("change", ["do_not_list", "removed_at", "verified_on"])
def test_what_was_withdrawn_or_nobody_looked_at_for_a_year_is_not_shown(
    app: Flask, steward: UUID, change: str
) -> None:
    name = f"Clinic {secrets.token_hex(4)}"
    made = listed(app, steward, name=name)
    assert name in ask(app, AT).text
    new = {
        "do_not_list": True,
        "removed_at": clock.now(),
        "verified_on": (clock.now() - timedelta(days=366)).date(),
    }
    with app.app_context(), scope(job_identity(steward)), unit_of_work():
        db.session.execute(update(Service).where(Service.id == made.service_id).values({change: new[change]}))
    assert name not in ask(app, AT).text
    assert name not in ask(app, {"wish": "numbers", "country": "JO"}).text


def test_no_page_names_a_confidential_place_but_its_number_can_be_called(app: Flask, steward: UUID) -> None:
    code = secrets.token_hex(4)
    listed(
        app, steward, name=f"Shelter {code}", location_name=f"House {code}", confidential=True, place="jo-maan",
        addresses=[{"address_type": "physical", "address_1": f"{code} Rose Street", "city": "Maan"}],
        description=f"Behind the mosque of {code}.", application_process=f"Ring twice at {code}.",
        alert=f"The door of {code} is green.", partner_practices={}, latitude=30.19, longitude=35.73,
    )  # fmt: skip
    shown = 0
    for fields in [*STEPS, AT | {"place_code": "jo-maan"}]:
        for reader in LANGUAGES:
            page = ask(app, fields, reader).text
            shown += f"Shelter {code}" in page
            for place in (
                f"House {code}",
                f"{code} Rose",
                f"mosque of {code}",
                f"at {code}",
                f"door of {code}",
            ):
                assert place not in page
            for card in re.findall(r'<li class="card">.*?</li>\n', page, re.S):
                if code in card:
                    assert "Maan" not in card
                    assert " km" not in card
                    assert "tel:+96265550100" in card
    assert shown >= 4


def test_nothing_is_kept_at_any_step(app: Flask) -> None:
    """No cookie, one title, one address, nothing for a cache or the next site; and no word of hers in the log."""
    stranger = visitor(app)
    titles = set()
    with capture_logs() as lines:
        answers = [stranger.get("/info"), stranger.get("/info/en"), stranger.get("/info/xx")]
        answers += [stranger.post("/info/en", data=fields) for fields in STEPS]
        answers.append(stranger.post("/info/en", data=AT, headers={"Cookie": "language=ar; network=gone"}))
    for answer in answers:
        assert answer.status_code in (200, 404)
        assert "Set-Cookie" not in answer.headers
        if answer.status_code == 200:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "csrf" not in answer.text
            titles |= set(re.findall(r"<title>(.*?)</title>", answer.text))
            # Words travel in forms: every address in a page is ours without a question, a file, a call, or the exit.
            for href in re.findall(r'(?:href|src|action)="([^"]*)"', answer.text):
                assert re.fullmatch(
                    r"/info(/\w+(/sheet)?)?|/assets/[\w.]+|tel:[+\d]+|data:,|https://www.wikipedia.org/", href
                )
    assert titles == {"Information"}
    assert not stranger._cookies
    told = str(lines)
    assert "health" not in told
    assert "afila" not in told


def test_a_signed_in_visitor_is_nobody_here(app: Flask, steward: UUID) -> None:
    name = f"Clinic {secrets.token_hex(4)}"
    listed(app, steward, name=name, visibility="network")
    member = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    assert name in member.get(f"/directory?needs={NEED}&place_code=jo-tafilah").text
    answer = member.post("/info/en", data=AT)
    assert answer.status_code == 200
    assert name not in answer.text


def test_whatever_is_sent_is_answered_with_a_question(app: Flask) -> None:
    odd = ["", "x" * 5000, "\0", "-1", "NaN", "1e999", "½", "<script>", "٣", "/../"]
    names = ("group", "need", "place_code", "latitude", "longitude", "country", "radius_km", "spoken", "page", "wish",
             "place")  # fmt: skip
    for one in odd:
        assert "<script>alert" not in ask(app, dict.fromkeys(names, one)).text
        ask(app, AT | {"page": one, "radius_km": one, "spoken": one, "country": one, "longitude": one})
    for path in ("/info/", "/info/en/more"):
        answer = visitor(app).get(path)
        assert answer.status_code == 404
        assert 'href="/info/en"' in answer.text
        assert "Set-Cookie" not in answer.headers


def test_her_position_is_rounded_before_it_is_used_and_put_into_the_next_form(app: Flask) -> None:
    known = asking.asked({"need": NEED, "latitude": "30.837654", "longitude": "35.604321"})
    assert known.point is not None
    assert (known.point.latitude, known.point.longitude) == (30.84, 35.6)
    page = ask(app, {"need": NEED, "latitude": "30.837654", "longitude": "35.604321"}).text
    assert "30.84" in page
    assert "30.837" not in page


def test_a_crowd_behind_one_address_is_served_and_told_to_wait_on_a_page_without_a_cookie(
    settings: Settings,
) -> None:
    from network.app import create_app

    app = create_app(settings)
    assert app.config["RATE_LIMIT_OPEN_TO_ALL"]
    app.config["RATE_LIMIT_OPEN_TO_ALL"] = "3 per minute"
    crowd = visitor(app)
    answers = [crowd.post("/info/en", data={"group": "health"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert "Set-Cookie" not in answers[-1].headers
    assert "Wait one minute" in answers[-1].text
    assert crowd.get("/sign-in").status_code == 200


def test_the_first_page_is_light(app: Flask) -> None:
    """All that a telephone fetches for it, as it is sent: at most 50 KB, in three requests."""
    stranger = visitor(app)
    sent = {"Accept-Encoding": "gzip"}
    page = stranger.get("/info/en", headers=sent)
    text = stranger.get("/info/en").text
    files = set(re.findall(r'(?:href|src)="(/assets/[^"]*)"', text))
    assert len(files) == 2
    sizes = [len(page.data)]
    for one in files:
        with stranger.get(one, headers=sent) as answer:
            sizes.append(len(answer.data))
    assert sum(sizes) < 15_000
    assert len(stranger.post("/info/en", data=AT, headers=sent).data) < 25_000


def test_a_sheet_is_made_in_any_language_of_what_is_public_and_says_no_place_that_is_secret(
    app: Flask, steward: UUID
) -> None:
    stranger, code = visitor(app), secrets.token_hex(4)
    open_to_all = listed(
        app, steward, name="Clinic", organization_name=f"House {code}"
    ).service_at_location_id
    card = stranger.post("/info/en", data=AT).text
    assert str(open_to_all) in card
    step = stranger.post("/info/en", data=AT | {"wish": "sheet", "listing": str(open_to_all)}).text
    assert 'value="am"' in step
    about = {"listing": str(open_to_all), "language": "en"}
    answer = stranger.post("/info/en/sheet", data=about)
    assert answer.mimetype == "application/pdf"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="information.pdf"'
    told = text_of(answer.data)
    assert f"House {code}" in told
    assert "+962 6 555 0100" in told
    assert "Tafilah" in told
    secret = listed(
        app, steward, confidential=True, organization_name=f"Hidden {code}"
    ).service_at_location_id
    told = text_of(stranger.post("/info/en/sheet", data=about | {"listing": str(secret)}).data)
    assert "+962 6 555 0100" in told
    for never in ("Tafilah", "Hidden", "Ask for the address", "km"):
        assert never not in told
    for wrong in (
        about | {"listing": str(listed(app, steward, visibility="network").service_at_location_id)},
        about | {"listing": "x"}, about | {"language": "xx"}, {},
    ):  # fmt: skip
        assert stranger.post("/info/en/sheet", data=wrong).status_code == 404
