"""The directory of the invented network: services at locations around real towns, by the operation that loads them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from network.bench.seeding.tenants import Member, places_of
from network.core import vocabulary
from network.core.db import unit_of_work
from network.directory.geo import Place
from network.directory.operations import link_tenant, load_listing
from network.tenants.context import job_identity, scope

SERVICES, LOCATIONS = 2, 2
KINDS = ("Shelter", "Clinic", "Legal aid desk", "Workers' desk", "Counselling", "Community house")
LANGUAGES = ("ar", "en", "bn", "ne", "si", "id", "fil", "am", "hi")


def list_services(
    headquarters: UUID, centres: Sequence[Member], partners: Sequence[Member], listings: int, seed: int = 7
) -> None:
    """Make so many services at locations, a few with each organization, stewarded by the centres in turn.

    The first organizations are those of the partners with a sign-in: they take referrals in the platform.
    """
    dice = random.Random(seed)  # noqa: S311  # the same network every time
    number, made = 0, 0
    while made < listings:
        partner = partners[number] if number < len(partners) else None
        steward = centres[number % len(centres)]
        count = min(SERVICES * LOCATIONS, listings - made)
        with scope(job_identity(steward.tenant_id)), unit_of_work():
            country = partner.country if partner else steward.country
            organization = load_listing(_organization(dice, number, country, count, partner is not None))
            organization_id = organization.id
        if partner is not None:
            with scope(job_identity(headquarters, "network")), unit_of_work():
                link_tenant(organization_id, partner.tenant_id)
        number, made = number + 1, made + count


def _organization(
    dice: random.Random, number: int, country: str, listings: int, in_platform: bool
) -> dict[str, Any]:
    """An organization in the shape of the demonstration's partners."""
    towns = dice.choices(places_of(country)[:20], k=LOCATIONS)
    codes = [f"{number}-{place}" for place in range(LOCATIONS)]
    services: list[dict[str, Any]] = []
    while listings > 0:
        here = codes[:listings]
        services.append(_service(dice, len(services), here, in_platform))
        listings -= len(here)
    return {
        "name": f"{dice.choice(KINDS)} number {number} (invented)",
        "country": country,
        "description": "Invented for a measurement. Offers help to migrant workers and their families.",
        "run_by": ["service_provider"],
        "board": [dice.choice(("service_provider", "union", "lawyer_legal_aid"))],
        "invented": True,
        "phones": [{"number": "+96220000011", "type": "voice"}],
        "locations": [_location(dice, code, town) for code, town in zip(codes, towns, strict=True)],
        "services": services,
    }


def _location(dice: random.Random, code: str, town: Place) -> dict[str, Any]:
    return {
        "code": code,
        "place": town.code,
        "town": town.name,
        "time_zone": town.time_zone,
        "latitude": round(town.latitude + dice.uniform(-0.1, 0.1), 5),
        "longitude": round(town.longitude + dice.uniform(-0.1, 0.1), 5),
        "addresses": [
            {"address_1": f"Street {dice.randint(1, 90)}", "city": town.name, "country": town.country}
        ],
    }


def _service(dice: random.Random, number: int, locations: list[str], in_platform: bool) -> dict[str, Any]:
    needs = dice.sample([need.code for need in vocabulary.needs()], 3)
    return {
        "name": f"Help with {vocabulary.need(needs[0]).en.lower()}",
        "description": "Invented for a measurement.",
        "needs": sorted({*needs, "protection.shelter"}) if in_platform and number == 0 else needs,
        "locations": locations,
        "languages": dice.sample(LANGUAGES, 3),
        "schedules": [{"byday": "SU,MO,TU,WE,TH", "opens_at": "08:00", "closes_at": "16:00"}],
        "phones": [{"number": "+96220000012", "type": "voice"}],
        "eligibility": {
            "cost": "free",
            "sex": ["women", "men"],
            "age": {"min": 16, "max": None},
            "legal_status": ["any"],
            "works_without_documents": dice.random() < 0.8,
        },
        "partner_practices": {"checks_identity": "no", "reports_status": "no"},
        "referral": {
            "accepted": True,
            "methods": ["in_platform"] if in_platform else ["phone"],
            "usual_response_hours": 24,
        },
    }
