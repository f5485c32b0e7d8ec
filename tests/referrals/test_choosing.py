"""The page on which a service is chosen: who is refused is marked, and who takes none says how it is reached."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from flask import Flask

from network.cases.operations import add_need, update_client
from network.consent.operations import add_refusal
from network.core.db import db, unit_of_work
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant
from tests.factories import make_case, make_listing, make_tenant
from tests.referrals.conftest import NEED, Desks, World, fields_of, form_of, make_world

NAME = "Invented"


def card_of(html: str, name: str) -> str:
    """The card of one service among those that were found."""
    return next(card for card in html.split('<li class="card">') if name in card)


@pytest.fixture
def world(app: Flask, worker_app: Flask, place: str) -> World:
    return make_world(app, worker_app, place)


def test_without_consent_the_page_says_why_and_leads_to_asking(desks: Desks) -> None:
    desks.names_nobody()
    one = desks.draft()
    preview = desks.caseworker.get(f"{one}/preview")
    assert "Send referral" not in preview.text.replace("Send a referral", "")
    assert "There is no consent to tell" in preview.text
    assert "The answer is yes: send the referral" in preview.text
    assert f"/cases/{desks.world.case_id}/consent/new" in preview.text
    form = form_of(preview)
    answer = desks.caseworker.send_form(f"{one}/send", form)
    assert answer.status_code == 409
    assert "There is no consent to tell" in answer.text


def test_a_refused_organization_is_marked_before_it_is_asked_and_refused_when_it_is(
    desks: Desks, place: str
) -> None:
    world = desks.world
    boarded = make_listing(
        world.app,
        world.sender.tenant,
        needs=[NEED],
        board=["recruiter"],
        name="House of the board",
        place=place,
    )
    make_tenant(world.app, "partner", organization_id=boarded.organization_id)
    world.consent(boarded.organization_id)
    world.act(world.sender, add_refusal, world.client_id, {"recipient_class": "recruiter"})
    choose = desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    marked = card_of(choose, "House of the board")
    assert "Nothing can be sent there" in marked
    assert "One of them sits on its board." in marked
    assert "Ask this service" not in marked
    draft = world.prepare(listed=boarded)
    preview = desks.caseworker.get(f"/referrals/{draft}/preview").text
    assert "sits on the board" in preview
    assert "Ask this service" in preview  # the next best, which she does not refuse


def test_an_authority_of_her_country_is_marked_where_she_fears_return(desks: Desks, place: str) -> None:
    world = desks.world
    authority = make_listing(
        world.app,
        world.sender.tenant,
        needs=[NEED],
        country="BD",
        recipient_class="authority_origin",
        run_by=["authority_origin"],
        name="Desk of the ministry",
        place=place,
    )
    make_tenant(world.app, "partner", organization_id=authority.organization_id)
    world.act(world.sender, update_client, world.client_id, {"nationality": "BD"}, 1)
    choose = f"/cases/{world.case_id}/referrals/choose"
    assert "Ask this service" in card_of(desks.caseworker.get(choose).text, "Desk of the ministry")
    added = desks.caseworker.send_form(f"/cases/{world.case_id}/needs/new", need_code="legal.asylum")
    assert added.status_code == 303, added.text
    marked = card_of(desks.caseworker.get(choose).text, "Desk of the ministry")
    assert "A fear of return is recorded" in marked
    assert "Ask this service" not in marked


def test_a_service_without_a_sign_in_says_that_it_is_told_and_how_it_is_reached(
    desks: Desks, place: str
) -> None:
    world = desks.world
    make_listing(world.app, world.sender.tenant, needs=[NEED], name="Unclaimed house", place=place)
    choose = desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    card = card_of(choose, "Unclaimed house")
    assert "You tell them yourself." in card
    assert choose.count("nobody signs in here") == 1
    assert "nobody signs in here" not in card
    assert "How to reach it" in card
    assert "Ask this service" in card


def test_services_of_the_own_centre_come_after_the_others_and_are_asked_of_nobody(
    desks: Desks, place: str
) -> None:
    world = desks.world
    ours = make_listing(world.app, world.sender.tenant, needs=[NEED], name="Our canteen", place=place)
    make_listing(world.app, world.sender.tenant, needs=[NEED], name="Their house", place=place)
    network = job_identity(world.sender.tenant, "network")
    with world.app.app_context(), scope(network), unit_of_work():
        db.session.get_one(Tenant, world.sender.tenant).organization_id = ours.organization_id
    choose = desks.caseworker.get(f"/cases/{world.case_id}/referrals/choose").text
    assert 0 < choose.index("Their house") < choose.index("Our canteen")
    card = card_of(choose, "Our canteen")
    assert "Record it in the case" in card
    assert "Ask this service" not in card
    assert "Cannot be asked from here" not in card


def test_searching_otherwise_keeps_everything_of_her_out_of_the_address(desks: Desks) -> None:
    where = f"/cases/{desks.world.case_id}/referrals/choose"
    answer = desks.caseworker.send_form(
        where, {"needs": NEED, "place": "Amman", "radius_km": "100", "language": "ar"}
    )
    assert answer.status_code == 303
    assert re.fullmatch(rf"{where}\?search=[0-9a-f-]+", answer.location)
    assert "Amman" in desks.caseworker.get(answer.location).text
    wrong = desks.caseworker.send_form(
        where, {"needs": NEED, "place": "Nowhere at all xyz", "radius_km": "50"}
    )
    assert wrong.status_code == 422
    assert "Nowhere at all xyz" in wrong.text


def test_a_service_chosen_in_the_directory_is_asked_for_what_it_offers(desks: Desks) -> None:
    place = desks.world.listed.service_at_location_id
    page = desks.caseworker.get(f"/cases/{desks.world.case_id}/referrals/new?service_at_location_id={place}")
    answer = desks.caseworker.send_form(f"/cases/{desks.world.case_id}/referrals", form_of(page))
    assert answer.location.endswith("/preview")


def test_asking_a_service_for_nothing_comes_back_with_what_was_typed(desks: Desks) -> None:
    place = desks.world.listed.service_at_location_id
    ask = f"/cases/{desks.world.case_id}/referrals"
    page = desks.caseworker.get(f"{ask}/new?service_at_location_id={place}")
    nothing = desks.caseworker.send_form(ask, form_of(page) | {"need_codes": []})
    assert nothing.status_code == 422
    assert "Choose what is needed there." in nothing.text
    assert fields_of(nothing)["service_at_location_id"] == [str(place)]
    unknown = desks.caseworker.send_form(ask, {"service_at_location_id": "anything", "need_codes": NEED})
    assert unknown.status_code == 422
    assert "Find a service" in unknown.text
    missing = desks.caseworker.send_form(ask, {"service_at_location_id": str(uuid.uuid4()), "need_codes": []})
    assert missing.status_code == 422


def test_the_map_of_a_choice_has_the_numbers_of_its_list_and_is_searched_from_by_a_pin(
    desks: Desks, place: str
) -> None:
    world = desks.world
    for given in ({"name": "House by the road"}, {"name": "Secret house", "confidential": True},
                  {"name": "For men", "eligibility": {"sex": ["men"]}}):  # fmt: skip
        make_listing(world.app, world.sender.tenant, needs=[NEED], **({"place": place} | given))
    choose = f"/cases/{world.case_id}/referrals/choose"
    page = desks.caseworker.get(choose).text
    drawn = json.loads(re.findall(r"data-map-data>(.*?)</script>", page, re.S)[0])
    cards = re.findall(r'<li class="card">.*?</li>\n(?=<li class="card">|</ol>)', page, re.S)
    pinned = sorted(number for _, _, numbers in drawn["pins"] for number in numbers)
    secret = [number for number, card in enumerate(cards, 1) if "address is confidential" in card]
    assert len(cards) >= 3
    assert all(
        re.search(r"<bdi>(in this town|(about )?[\d.]+ km[^<]*)</bdi>", card) for card in cards
    )  # in Arabic the unit stays beside its number
    assert secret
    assert pinned == [number for number in range(1, len(cards) + 1) if number not in secret]
    assert f'action="{choose}"' in page[page.index("data-map-frame") :]
    answer = desks.caseworker.send_form(
        choose, needs=NEED, radius_km="50", latitude="31.7012", longitude="35.8021"
    )
    assert answer.status_code == 303
    assert "31.70" not in answer.headers["Location"]
    assert "31.701, 35.802" in desks.caseworker.get(answer.headers["Location"]).text


def test_without_a_place_or_a_language_on_her_card_the_choice_begins_at_the_centre(desks: Desks) -> None:
    """Card, case, "Find a service", "Ask this service": four taps, also where nothing but the need is known."""
    world = desks.world
    bare, case_id = make_case(world.app, world.sender)
    world.act(world.sender, add_need, case_id, NEED)
    beside = make_listing(world.app, world.sender.tenant, needs=[NEED], place="jo-amman")
    make_tenant(world.app, "partner", organization_id=beside.organization_id)
    card = desks.caseworker.get(f"/clients/{bare}").text
    assert f'href="/cases/{case_id}"' in card
    case = desks.caseworker.get(f"/cases/{case_id}").text
    assert f'href="/cases/{case_id}/referrals/choose"' in case
    first = re.findall(
        r'<li class="card">.*?</li>\n', desks.caseworker.get(f"/cases/{case_id}/referrals/choose").text, re.S
    )[0]
    assert "Ask this service" in first
    assert "Does not take this client" not in first


def test_a_search_for_her_is_read_whole_or_refused(desks: Desks) -> None:
    address = f"/cases/{desks.world.case_id}/referrals/choose"
    form = {"needs": NEED, "place": "Amman", "radius_km": "50"}
    kept = desks.caseworker.send_form(address, form | {"kinds": "service_provider"})
    assert kept.status_code == 303
    assert "service_provider" in desks.caseworker.get(kept.location).text  # goes on with the next search
    wrong = desks.caseworker.send_form(address, form | {"open_time": "Something plausible"})
    assert wrong.status_code == 422
