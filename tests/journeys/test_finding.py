"""A coordinator with the client in front of her: from the client's card to a service that is open and takes her."""

from __future__ import annotations

import time

from network.cases.operations import add_need, open_case, register_client
from network.core.db import unit_of_work
from network.tenants.context import scope
from tests.factories import make_listing, staff
from tests.journeys.conftest import BEDS, Network

MOST_TAPS, MOST_SECONDS = 4, 30


def test_from_the_clients_card_to_an_open_service_that_takes_her_in_four_taps(network: Network):
    centre = network.places["centre"]
    with network.app.app_context(), scope(staff(centre.tenant_id)), unit_of_work():
        client = register_client(
            {"name": "Invented", "sex": "female", "age_basis": "adult", "nationality": "BD"}
        )
        case = open_case(client.id)
        add_need(case.id, BEDS[0], place_code="jo-irbid")
    beside = {"place": "jo-irbid", "needs": list(BEDS)}
    steward = network.places["shelter"].tenant_id
    make_listing(network.app, steward, **beside, name="Closed house", schedules=[])
    make_listing(network.app, steward, **beside, name="House for men", eligibility={"sex": ["men"]})
    make_listing(network.app, steward, **beside, name="House by telephone", referral={"accepted": False})

    her = network.at("centre")
    her.page.goto(f"/clients/{client.id}")
    her.taps, began = 0, time.monotonic()
    her.follow(her.page.locator(f"main a[href$='/cases/{case.id}']").first)
    her.press("Find a service")
    first = her.page.locator(".found > li").first
    assert "Protected shelter" in first.inner_text()
    last = her.page.locator(".found > li").last
    assert "House for men" in last.inner_text()
    assert her.say("Does not take this client") in last.inner_text()
    assert str(client.id) not in her.page.url
    her.press("Ask this service", within=first)
    assert her.taps <= MOST_TAPS
    assert time.monotonic() - began < MOST_SECONDS
