"""A mother and her child at a centre in Jordan, a centre in Bangladesh, and the agreement between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.accounts.queries import get_staff_member
from network.cases.models import CaseFile, Client
from network.cases.operations import open_case, register_child, register_client
from network.cases.queries.clients import list_related
from network.consent.operations import record_consent
from network.core import clock
from network.core.db import db, unit_of_work
from network.crossborder.models import FollowUp
from network.crossborder.operations.decide import accept
from network.crossborder.operations.journey import arrive, depart
from network.crossborder.operations.offer import offer
from network.crossborder.operations.prepare import Travel, prepare_family_handoff
from network.crossborder.operations.screening import screen_return
from network.crossborder.operations.takeover import TakenOver, take_over
from network.crossborder.queries.follow_ups import list_of_case
from network.crossborder.queries.receivers import wanted_for
from network.crossborder.queries.records import get_handoff
from network.directory.operations import create_organization, link_tenant
from network.exchange.models import Exchange
from network.tenants.context import Identity, job_identity, scope
from tests.factories import make_account, make_agreement, make_tenant, staff
from tests.support.background import work_off

MOTHER = {
    "name": "Rina Akter",
    "sex": "female",
    "age": 27,
    "nationality": "BD",
    "languages": ["bn"],
    "origin_district": "Tangail",
    "employer": "Invented Garments",
    "contacts": [
        {
            "number": "+962790000001",
            "channels": ["call", "whatsapp"],
            "belongs_to": "client",
            "may_leave_message": "no",
            "if_another_answers": "hang_up",
            "hours": "any",
        },
        {
            "number": "+8801700000001",
            "channels": ["call"],
            "belongs_to": "relative",
            "may_leave_message": "no",
            "if_another_answers": "wrong_number",
            "hours": "any",
        },
    ],
}
CHILD = {"name": "Invented Child", "sex": "male", "age": 2, "nationality": "BD"}
FREE = {
    "return_kind": "own_plan",
    "asked_alone": True,
    "own_choice": True,
    "pressure": False,
    "fear": False,
    "claim_explained": True,
    "words": "I want to go home to my mother.",
}
NOON = datetime(2040, 11, 23, 9, tzinfo=UTC)
TODAY = NOON.date()
TOLD = ("identity", "contact", "migration", "travel", "employment")
TABLES = ("client", "case_file", "follow_up", "exchange_side", "case_event", "client_contact", "data_key")


@dataclass(frozen=True)
class Centre:
    """A centre with the people who work there."""

    id: UUID
    organization_id: UUID
    caseworker: Identity
    coordinator: Identity


@dataclass
class Story:
    """Who is who, and what they do."""

    app: Flask
    worker_app: Flask
    jordan: Centre
    dhaka: Centre
    stranger: Identity
    mother_id: UUID
    mother_case: UUID
    child_id: UUID
    child_case: UUID

    @contextmanager
    def acting(self, who: Identity) -> Iterator[None]:
        """Act as somebody, in one unit of work."""
        with self.app.test_request_context(), scope(who), unit_of_work():
            yield

    @contextmanager
    def looking(self, who: Identity) -> Iterator[None]:
        """Look as somebody, without writing."""
        with self.app.test_request_context(), scope(who):
            yield

    def allow(
        self, *, client_id: UUID | None = None, categories: Sequence[str] = TOLD, contact: bool = True
    ) -> None:
        """Record what the mother allows the centre in Dhaka, or for her child what she allows as its mother."""
        client_id = client_id or self.mother_id
        grants = [self.grant("case_transfer", categories)]
        if contact:
            grants.append(self.grant("follow_up_contact", ("contact",)))
        with self.acting(self.jordan.caseworker):
            record_consent(client_id, asked(grants) | self.guardian(client_id))

    def grant(self, purpose: str, categories: Sequence[str]) -> dict[str, Any]:
        """A grant to the centre in Dhaka."""
        return {
            "purpose": purpose,
            "need": None,
            "categories": list(categories),
            "organization_id": self.dhaka.organization_id,
            "days": 800,
            "onward": False,
        }

    def guardian(self, client_id: UUID) -> dict[str, Any]:
        """How the child's consent was given: by its mother."""
        if client_id != self.child_id:
            return {}
        mother = next(
            one for one in list_related(client_id) if one.relationship == "mother" and one.client is not None
        )
        return {
            "capacity": "parent",
            "guardian_relationship_id": mother.id,
            "guardian_checked": True,
            "child_view": "too_young",
        }

    def screen(self, **answers: Any) -> UUID:
        """Screen the mother's return."""
        with self.acting(self.jordan.caseworker):
            return screen_return(self.mother_case, FREE | answers).id

    def a_coordinator(self) -> Identity:
        """Somebody whom the centre in Jordan has made a coordinator, with an account."""
        person = make_account(self.app, self.jordan.id, "coordinator")
        with self.looking(self.jordan.coordinator):
            account_id = get_staff_member(person.membership_id).account_id
        return replace(self.jordan.coordinator, account_id=account_id)

    def prepare(
        self,
        *case_ids: UUID,
        mode: str = "joint",
        travel: Travel | None = None,
        who: Identity | None = None,
    ) -> list[UUID]:
        """Prepare a handoff to Dhaka: of the mother, or of these cases together."""
        with self.acting(who or self.jordan.caseworker):
            made = prepare_family_handoff(case_ids or [self.mother_case], self.dhaka.id, mode, travel)
        return [one.id for one in made]

    def offer(self, exchange_id: UUID, who: Identity | None = None, **given: Any) -> Exchange:
        """Offer it, with what the purpose proposes."""
        with self.acting(who or self.jordan.caseworker):
            return offer(exchange_id, wanted_for(exchange_id, **given)).exchange

    def offered(self, *case_ids: UUID, mode: str = "joint", travel: Travel | None = None) -> list[UUID]:
        """Screened, allowed, prepared and offered."""
        self.screen()
        self.allow()
        if self.child_case in case_ids:
            self.allow(client_id=self.child_id, categories=("identity", "travel"))
        made = self.prepare(*case_ids, mode=mode, travel=travel)
        for exchange_id in made:
            self.offer(exchange_id)
        return made

    def accept(self, exchange_id: UUID) -> None:
        """Dhaka accepts."""
        with self.acting(self.dhaka.coordinator):
            accept(exchange_id)

    def depart(self, exchange_id: UUID) -> None:
        """She leaves Jordan."""
        with self.acting(self.jordan.caseworker):
            depart(exchange_id)

    def arrive(self, exchange_id: UUID) -> None:
        """She is in Dhaka."""
        with self.acting(self.dhaka.coordinator):
            arrive(exchange_id)

    def take_over(self, exchange_id: UUID) -> TakenOver:
        """Dhaka takes her over."""
        with self.acting(self.dhaka.coordinator):
            return take_over(exchange_id)

    def home(self, *case_ids: UUID, mode: str = "joint") -> list[TakenOver]:
        """The whole way: offered, accepted, departed, arrived and taken over."""
        made = self.offered(*case_ids, mode=mode, travel=Travel(TODAY))
        for exchange_id in made:
            self.accept(exchange_id)
            self.depart(exchange_id)
            self.arrive(exchange_id)
        return [self.take_over(exchange_id) for exchange_id in made]

    def work(self) -> int:
        """Let the background do what is due."""
        return work_off(self.worker_app, self.jordan.id, self.dhaka.id)

    def rows(self, who: Identity, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What the database itself tells somebody."""
        with self.app.app_context(), scope(who):
            return [tuple(row) for row in db.session.execute(text(statement), values)]

    def state(self, exchange_id: UUID, who: Identity | None = None) -> tuple[str, str]:
        """Where the decision and the journey stand."""
        with self.looking(who or self.jordan.caseworker):
            exchange = db.session.get_one(Exchange, exchange_id)
            return exchange.state, get_handoff(exchange_id).journey

    def follow_ups(self, case_id: UUID) -> list[FollowUp]:
        """What Dhaka has planned in a case."""
        with self.looking(self.dhaka.coordinator):
            return list_of_case(case_id)


def asked(grants: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """How she was asked, and what she allowed."""
    return {
        "capacity": "self",
        "method": "signature_screen",
        "language": "bn",
        "restatement": "They may know me and help me at home.",
        "grants": grants,
        "refusals": [],
    } | more


def make_centre(app: Flask, country: str, zone: str, prefix: str, recipient_class: str = "centre") -> Centre:
    """A centre with its listing, a caseworker and a coordinator."""
    tenant_id = make_tenant(app, country=country, time_zone=zone, reference_prefix=prefix)
    caseworker, coordinator = (
        Identity(**(vars(staff(tenant_id, roles=(role,))) | {"time_zone": zone}))
        for role in ("caseworker", "coordinator")
    )
    with app.app_context(), scope(coordinator), unit_of_work():
        organization_id = create_organization(
            name=f"Centre {prefix}", country=country, recipient_class=recipient_class
        )
    with app.app_context(), scope(job_identity(tenant_id, "network")), unit_of_work():
        link_tenant(organization_id, tenant_id)
    return Centre(tenant_id, organization_id, caseworker, coordinator)


def register(app: Flask, who: Identity) -> tuple[Client, CaseFile, Client, CaseFile]:
    """The mother with her case, and her child with its own."""
    with app.app_context(), scope(who), unit_of_work():
        mother = register_client(MOTHER)
        case = open_case(mother.id, needs=["return.reintegration", "labour.wages"])
        child = register_child(mother.id, CHILD, "son", travels_along=True)
        childs_case = open_case(child.id, needs=["return.reception"])
    return mother, case, child, childs_case


@dataclass(frozen=True)
class Centres:
    """The two centres, and a third that has nothing to do with them."""

    jordan: Centre
    dhaka: Centre
    stranger: Identity


@pytest.fixture(scope="module")
def centres(app: Flask) -> Centres:
    """They are the same for all tests of a module; the people who come are each test's own."""
    jordan = make_centre(app, "JO", "Asia/Amman", "AH")
    dhaka = make_centre(app, "BD", "Asia/Dhaka", "SD")
    make_agreement(app, dhaka.id, jordan.id)
    return Centres(jordan, dhaka, staff(make_tenant(app, country="BD"), roles=("coordinator",)))


@pytest.fixture
def story(app: Flask, worker_app: Flask, centres: Centres) -> Iterator[Story]:
    """They came to the centre in Jordan, and want to go home. It is noon of a Friday to come, and stays so."""
    with clock.set_to(NOON):
        mother, case, child, childs_case = register(app, centres.jordan.caseworker)
        yield Story(
            app,
            worker_app,
            centres.jordan,
            centres.dhaka,
            centres.stranger,
            mother.id,
            case.id,
            child.id,
            childs_case.id,
        )


def tomorrow() -> Travel:
    """A journey that ends tomorrow."""
    return Travel(clock.today("Asia/Amman") + timedelta(days=1))
