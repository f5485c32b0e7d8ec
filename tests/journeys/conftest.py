"""A small network of its own: a centre in Jordan, three partners, a centre in Bangladesh, and those who have
nothing to do with her."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser

from network.app import create_app
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.core.settings import Settings
from network.directory import geo
from network.directory.operations import link_tenant
from network.stack.migrations import install_context_key
from network.tenants.context import job_identity, scope
from network.tenants.models import Site
from tests.factories import Person, make_account, make_agreement, make_listing, make_tenant
from tests.support.background import work_off
from tests.support.servers import Database, Server, copy_of, network_environment
from tests.support.walker import Walker
from tests.support.web import serving

ALL_WEEK = [{"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR,SA,SU", "opens_at": "00:00", "closes_at": "00:00"}]
ELIGIBILITY = {
    "cost": "free",
    "sex": ["any"],
    "age": {"min": 0, "max": None},
    "children_along": {"accepted": True, "girls_up_to": 18, "boys_up_to": 12},
    "nationality": {"include": [], "exclude": []},
    "legal_status": ["any"],
    "person_kind": ["migrant_worker", "family_member", "child"],
    "sector": [],
    "works_without_documents": True,
}
BEDS = ["protection.shelter", "protection.accommodation"]
PRACTICES = dict.fromkeys(("reports_status", "police_on_site", "informs_embassy", "informs_employer"), "no")


@dataclass(frozen=True)
class Place:
    """An organization of this network and the person who works there."""

    tenant_id: UUID
    service_at_location_id: UUID | None
    name: str
    person: Person


@dataclass
class Network:
    """The places, and how somebody at one of them is given a screen."""

    app: Flask
    worker_app: Flask
    settings: Settings
    database: Database
    browser: Browser
    address: str
    language: str
    width: int
    places: dict[str, Place] = field(default_factory=dict)
    walkers: dict[str, Walker] = field(default_factory=dict)

    def at(self, place: str) -> Walker:
        """Whoever works there, signed in by the form; the same person every time."""
        if place not in self.walkers:
            self.walkers[place] = self._signed_in(place)
        return self.walkers[place]

    def anybody(self) -> Walker:
        """A screen at which nobody is signed in."""
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 780}, base_url=self.address
        )
        context.set_default_timeout(60_000)  # a busy machine is no fault of a page's
        context.add_cookies([{"name": "language", "value": self.language, "url": self.address}])
        return Walker(self.app, context.new_page(), self.language, "visitor")

    def jobs(self) -> None:
        """Have everything done that is due by now, as the worker does it."""
        work_off(self.worker_app, *(place.tenant_id for place in self.places.values()))

    def _signed_in(self, place: str) -> Walker:
        walker, person = self.anybody(), self.places[place].person
        walker.name = place
        walker.page.goto("/")
        walker.write("E-mail address", person.email)
        walker.write("Password", person.password)
        walker.press("Sign in")
        return walker


# Every language and every width once; the other two pairs where somebody asks for all of them.
SHAPES = [("en", 360), ("ar", 1280)]
if os.environ.get("NETWORK_TEST_SHAPES") == "all":
    SHAPES += [("ar", 360), ("en", 1280)]


@pytest.fixture(params=SHAPES, ids=lambda shape: f"{shape[0]}-{shape[1]}")
def network(
    request: pytest.FixtureRequest,
    postgres: Server,
    database_template: str,
    redis_url: str,
    browser: Browser,
    tmp_path: Path,
) -> Iterator[Network]:
    """The network, in a database of its own: what stands in the directory is only what is named here."""
    language, width = request.param
    with copy_of(postgres, database_template) as database:
        settings = Settings.from_environ(network_environment(database, redis_url, tmp_path))
        install_context_key(settings.owner_database_url, settings.context_key)
        app, worker_app = create_app(settings), create_app(settings, worker=True)
        with serving(app) as address:
            made = Network(app, worker_app, settings, database, browser, address, language, width)
            _fill(made)
            yield made
            for walker in made.walkers.values():
                walker.page.context.close()
        for one in (app, worker_app):
            with one.app_context():
                db.engine.dispose()


def _fill(made: Network) -> None:
    shared: dict[str, Any] = {
        "schedules": ALL_WEEK,
        "languages": ["ar", "en", "bn"],
        "eligibility": ELIGIBILITY,
        "partner_practices": PRACTICES,
        "house_rules": {"keeps_phone": "yes"},
    }
    for code, kind, country, name, role, place, class_code, board, service, needs in (
        ("centre", "centre", "JO", "Invented Workers' Centre", "caseworker", "jo-al-hassan-industrial-estate",
         "centre", [], "Advice for workers", ["legal.advice"]),
        ("shelter", "partner", "JO", "Invented Women's Shelter", "partner_worker", "jo-irbid",
         "service_provider", ["lawyer_legal_aid"], "Protected shelter", BEDS),
        ("residence", "partner", "JO", "Invented Guest Residence", "partner_manager", "jo-husn",
         "service_provider", ["recruiter"], "Beds between jobs", BEDS),
        ("inspectorate", "partner", "JO", "Invented Labour Inspectorate", "partner_manager", "jo-irbid",
         "authority_destination", ["authority_destination"], "Inspection and complaints",
         ["documents.recovery", "labour.wages"]),
        ("origin", "centre", "BD", "Invented Migrants' Centre", "coordinator", "bd-tangail",
         "centre", [], "Reception and reintegration", ["return.reception", "return.reintegration"]),
        ("stranger", "centre", "JO", "Invented Other Centre", "coordinator", "jo-aqaba",
         "centre", [], "Advice elsewhere", ["legal.advice"]),
    ):  # fmt: skip
        zone = "Asia/Dhaka" if country == "BD" else "Asia/Amman"
        tenant_id = make_tenant(
            made.app, kind, country, name=name, time_zone=zone, default_language=made.language
        )
        listed = make_listing(
            made.app, tenant_id, organization_name=name, country=country, place=place,
            recipient_class=class_code, run_by=[class_code], board=board, name=service, needs=needs, **shared,
        )  # fmt: skip
        with made.app.app_context(), scope(job_identity(tenant_id, "network")), unit_of_work():
            link_tenant(listed.organization_id, tenant_id)
        point = geo.get_place(place).point
        with made.app.app_context(), scope(job_identity(tenant_id, "network")), unit_of_work():
            town = geo.get_place(place).name
            db.session.add(
                Site(
                    id=new_id(),
                    tenant_id=tenant_id,
                    name=name,
                    town=town,
                    latitude=point.latitude,
                    longitude=point.longitude,
                )
            )
        person = make_account(made.app, tenant_id, role)
        made.places[code] = Place(tenant_id, listed.service_at_location_id, name, person)
    headquarters = make_tenant(
        made.app, "network", name="Invented Headquarters", default_language=made.language
    )
    made.places["headquarters"] = Place(
        headquarters,
        None,
        "Headquarters",
        make_account(made.app, headquarters, "network_administrator"),
    )
    make_agreement(made.app, made.places["origin"].tenant_id, made.places["centre"].tenant_id)
