"""The booklet of an area: what stands in it, for whom, in which direction; and what never does."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from network.core.db import db, unit_of_work
from network.core.errors import Invalid
from network.directory import geo, operations, queries
from network.directory.geo import Point
from network.directory.pages import printing
from network.directory.printed.booklet import Wish, make_booklet
from network.directory.queries import Area, booklet_listings
from network.directory.queries import booklet as booklet_queries
from network.tenants.context import scope
from network.web.printing import readable
from tests.directory.conftest import Members
from tests.factories import Listed, make_account, make_listing, make_tenant, sign_in
from tests.support.demonstration import Installation
from tests.support.pdf import pages, reader, text_of

SECRET = "14 Hidden Lane"
TODAY = date(2026, 11, 22)
TAFILAH = Area("JO", "Tafilah", "jo-tafilah")
_SPOTS = count()


@dataclass(frozen=True)
class Spot:
    """A place in the desert that no other test uses, and a booklet of what lies around it."""

    app: Flask
    members: Members
    point: Point

    def listing(self, **given) -> Listed:
        steward = given.pop("steward", self.members.partner)
        at = {"latitude": self.point.latitude, "longitude": self.point.longitude}
        return make_listing(self.app, steward.tenant, **({"place": "jo-tafilah"} | at | given))

    def booklet(self, language: str = "en", **given) -> bytes:
        area = Area("JO", {"en": "Tafilah", "ar": "الطفيلة"}[language], point=self.point, radius_km=5)
        return made(self.app, self.members, area, language, **given)


@pytest.fixture
def spot(app: Flask, members: Members) -> Spot:
    return Spot(app, members, Point(29.5 + next(_SPOTS) * 0.2, 37.9))


def made(app: Flask, members: Members, area: Area, language: str = "en", **given) -> bytes:
    wish = Wish(area, given.get("groups", ()), language, given.get("public_only", False))
    with app.test_request_context(), scope(members.centre):
        listings = booklet_listings(area, given.get("needs", ()), wish.public_only)
        return make_booklet(wish, listings, TODAY)


def test_a_booklet_tells_everything_that_somebody_asks(spot: Spot):
    listed = spot.listing(
        name="Advice desk", description="Advice on wages.",
        organization_name="Desk of Tafilah", needs=["labour.wages"], languages=["bn", "ne"],
        addresses=[{"address_1": "3 Market Road", "city": "Tafilah"}],
        eligibility={"sex": ["women"], "cost": "free", "documents_required": ["passport"]},
    )  # fmt: skip
    with spot.app.app_context(), scope(spot.members.partner), unit_of_work():
        operations.add_phone("+962 3 222 3333", service_id=listed.service_id)
    text = text_of(spot.booklet())
    for said in (
        "Tafilah", "Made on 22 Nov 2026", "Desk of Tafilah (invented)", "Advice desk", "Advice on wages.", "Women",
        "3 Market Road", "Monday, Tuesday, Wednesday, Thursday, Sunday: 08:00 to 16:00", "+962 3 222 3333",
        "Bangla, Nepali", "Free", "Passport", "Tell the client first", "Police desk or guard on site",
        "nobody has said it: ask first", "does not exist", "Do not hand it out", "1 service was not verified",
    ):  # fmt: skip
        assert said in text, said
    assert "Not verified" not in text
    assert "Not stated" not in text


def test_a_confidential_address_is_in_no_booklet(spot: Spot):
    for steward in (spot.members.partner, spot.members.centre):  # whoever prints: his own too
        listed = spot.listing(
            steward=steward, name="Quiet house", confidential=True, location_name=f"House {SECRET}",
            addresses=[{"address_1": SECRET, "city": "Tafilah"}],
        )  # fmt: skip
        with spot.app.app_context(), scope(steward):
            assert queries.private_address(listed.location_id)["addresses"][0]["address_1"] == SECRET
    for language in ("en", "ar"):
        content = made(spot.app, spot.members, TAFILAH, language)
        text = text_of(content)
        assert "Quiet house" in text
        assert "Hidden" not in text
        assert b"Hidden" not in content
        assert "Hidden".encode("utf-16-be").hex().upper() not in _streams(content)


def _streams(content: bytes) -> str:
    return "".join(page.get_contents().get_data().decode("latin-1") for page in reader(content).pages)


def test_a_booklet_to_hand_out_holds_what_is_public_alone(spot: Spot):
    spot.listing(name="Members only")
    with spot.app.app_context(), scope(spot.members.partner), unit_of_work():
        shown = operations.create_organization(name="Open house", country="JO", visibility="public")
        service = operations.create_service(
            shown,
            name="Open desk",
            needs=["information.rights"],
            referral_methods=["phone"],
            visibility="public",
        )
        place = operations.create_location(
            shown, place_code="jo-tafilah", point=spot.point, visibility="public"
        )
        operations.place_service_at_location(service, place)
    handed_out, for_staff = (text_of(spot.booklet(public_only=only)) for only in (True, False))
    assert "Open desk" in handed_out
    assert "Members only" not in handed_out
    assert "It may be handed out." in handed_out
    assert "Open desk" in for_staff
    assert "Members only" in for_staff


def test_a_governorate_is_more_than_its_town_and_less_than_the_country(app: Flask, members: Members):
    for place, name in (
        ("jo-mafraq", "Town desk"),
        ("jo-al-khalidiyah", "Camp desk"),
        ("jo-aqaba", "Sea desk"),
    ):
        make_listing(app, members.partner.tenant, place=place, name=name)
    text = text_of(made(app, members, Area("JO", "Mafraq", "jo-mafraq")))
    assert ("Town desk" in text, "Camp desk" in text, "Sea desk" in text) == (True, True, False)
    near = Area("JO", "Mafraq", point=geo.get_place("jo-mafraq").point, radius_km=10)
    text = text_of(made(app, members, near))
    assert ("Town desk" in text, "Camp desk" in text) == (True, False)


def test_a_service_by_telephone_is_in_every_booklet_of_its_country_and_comes_first(
    app: Flask, members: Members
):
    with app.app_context(), scope(members.partner), unit_of_work():
        organization = operations.create_organization(name="Line", country="JO")
        service = operations.create_service(
            organization, name="Night line", needs=["labour.wages"], referral_methods=["phone"]
        )
        place = operations.create_location(organization, location_type="virtual", town="Amman", country="JO",
                                           time_zone="Asia/Amman")  # fmt: skip
        operations.place_service_at_location(service, place)
        operations.add_phone("1919", service_id=service)
    make_listing(app, members.partner.tenant, place="jo-tafilah", name="Another desk")
    text = " ".join(pages(made(app, members, TAFILAH))[2:])
    assert (
        text.index("Call first") < text.index("Night line") < text.index("1919") < text.index("Another desk")
    )


def test_only_the_needs_asked_for_are_told(spot: Spot):
    spot.listing(name="Wage desk", needs=["labour.wages"])
    spot.listing(name="Bed for a night", needs=["protection.shelter"])
    text = text_of(spot.booklet(groups=("labour",), needs=["labour.wages"]))
    assert "Wage desk" in text
    assert "Bed for a night" not in text


def test_a_service_without_a_need_stands_at_the_end(spot: Spot):
    """Feeds often don't say what need a service answers; one of them must not cost an area its booklet."""
    made = spot.listing(service="Advice", organization="Some desk")
    area = Area("JO", "Tafilah", point=spot.point, radius_km=5)
    with spot.app.test_request_context(), scope(spot.members.centre):
        listing = next(one for one in booklet_listings(area, (), False) if one.service_id == made.service_id)
        bare = replace(listing, service_id=uuid4(), service_name="Whatever it is", need_codes=[])
        told = text_of(make_booklet(Wish(area, (), "en", False), [listing, bare], TODAY))
    assert "Whatever it is" in told
    assert "Other (1)" in told


def test_arabic_reads_from_the_right_from_cover_to_cover(spot: Spot):
    spot.listing(name="مكتب المشورة", organization_name="جمعية الطفيلة")
    content = spot.booklet("ar")
    opened = reader(content)
    assert opened.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert opened.trailer["/Root"]["/Lang"] == "ar"
    assert opened.metadata.title == "دليل الخدمات"
    told = pages(content)
    assert "الطفيلة" in told[0]
    assert "المحتويات" in told[1]
    assert "مكتب المشورة" in told[2]
    assert "جمعية الطفيلة" in told[-1]
    assert re.search(rf"{len(told)} *من *2", told[1]), "as the eye finds it from the left"
    # The first column is the one at the right.
    lefts = _lefts(opened, 2)
    assert lefts[0] > 297


def _lefts(opened, page: int) -> list[float]:
    """Where each line of a page begins, in the order in which they were printed."""
    content = opened.pages[page].get_contents().get_data().decode("latin-1")
    return [float(line.split(" Tm")[0].split()[-2]) for line in content.splitlines() if " Tm " in line]


def test_every_page_has_its_number_and_the_contents_lead_to_the_right_ones(spot: Spot):
    for number in range(12):
        spot.listing(name=f"Desk {number:02}", needs=["labour.wages"],
                     description="word " * 60)  # fmt: skip
    spot.listing(name="Last resort", needs=["community.organizing"])
    told = pages(spot.booklet())
    for at, page in enumerate(told[1:], 2):
        assert f"{at} of {len(told)}" in page
    here = next(at for at, page in enumerate(told, 1) if at > 2 and "Community and organizing" in page)
    assert f"Community and organizing (1) {here}" in told[1]
    assert f"Last resort {here}" in told[-1]


def test_too_much_for_a_booklet_is_refused_with_what_to_do(spot: Spot, monkeypatch: pytest.MonkeyPatch):
    spot.listing()
    spot.listing()
    monkeypatch.setattr(booklet_queries, "LARGEST_BOOKLET", 1)
    with pytest.raises(Invalid) as refused:
        spot.booklet()
    assert "Choose a smaller area or fewer needs." in refused.value.fields["place"][0]


def test_the_page_gives_the_booklet_as_a_file_that_nobody_keeps(app: Flask, members: Members):
    make_listing(app, members.partner.tenant, place="jo-tafilah", name="Page desk")
    browser = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    assert "Make the booklet" in browser.get("/directory/booklet").text
    answer = browser.get("/directory/booklet.pdf?place=Tafilah&reach=area&language=en&readers=staff")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="directory.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Page desk" in text_of(answer.data)
    for wrong in ("place=Nowhereville", "reach=far", "groups=none", "language=xx"):
        refused = browser.get(f"/directory/booklet.pdf?{wrong}")
        assert refused.status_code == 422
        assert "Make the booklet" in refused.text


def test_every_letter_of_the_demonstration_is_printed(installation: Installation, members: Members):
    """Each in a face that the file carries along."""
    app = installation.app
    for language in ("en", "ar"):
        for country in ("BD", "ET", "JO", "KR", "LB", "LK", "NP", "TW"):
            content = made(app, members, Area(country, country), language)
            for page in reader(content).pages:
                for font in page["/Resources"]["/Font"].values():
                    assert "/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"]
            with app.app_context(), scope(members.centre):
                for one in booklet_listings(Area(country, country), (), False):
                    names = (one.service_name, one.service_alternate_name, one.organization_name)
                    for name in (*names, one.organization_alternate_name, one.description, *one.address):
                        composed = unicodedata.normalize("NFC", name or "")
                        assert readable(composed) == composed


def test_a_place_of_the_gazetteer_lies_in_its_area():
    assert TAFILAH.holds(None, "", "virtual")
    assert TAFILAH.holds(geo.get_place("jo-tafilah").point, "Tafilah", "physical")
    assert not TAFILAH.holds(Point(31.95, 35.93), "Amman", "physical")
    # Without a position it is where its town is; where nobody knows its town, in the booklet of the country alone.
    assert [TAFILAH.holds(None, town, "postal") for town in ("Tafilah", "Amman", "Nowhere at all")] == [
        True, False, False,
    ]  # fmt: skip
    assert Area("JO", "Jordan").holds(None, "Nowhere at all", "postal")


def test_one_large_booklet_is_made_at_a_time_and_holds_no_connection(
    app: Flask, members: Members, monkeypatch: pytest.MonkeyPatch
):
    make_listing(app, members.partner.tenant, place="jo-tafilah")
    browser = sign_in(app, make_account(app, make_tenant(app), "caseworker"))
    address = "/directory/booklet.pdf?place=Tafilah&reach=area&language=en&readers=staff"
    held: list[bool] = []
    made = printing.make_booklet

    def watched(*given: Any) -> bytes:
        held.append(db.session.registry.has())
        return made(*given)

    monkeypatch.setattr(printing, "make_booklet", watched)
    monkeypatch.setattr(printing, "SMALL_BOOKLET", 0)
    assert browser.get(address).status_code == 200
    assert held == [False]
    with printing._LARGE:
        refused = browser.get(address)
    assert refused.status_code == 429
    assert "Another large booklet is being made" in refused.text
    assert browser.get(address).status_code == 200
