"""Rina's case at a centre in Jordan, a shelter that is a member, a lawyer that is not, and what she allowed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.accounts.models import Membership
from network.background.drain import drain
from network.cases.operations import add_note, open_case, register_child, register_client
from network.cases.queries import get_case, list_related
from network.consent import packets
from network.consent.disclosure import Proposal, Wanted, disclose, propose
from network.consent.models import Consent, Packet
from network.consent.operations import record_consent
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.errors import NotFound
from network.directory.operations import link_tenant
from network.exchange.operations import Given, make_move, prepare
from network.referrals import operations as referrals
from network.referrals.states import REFERRAL
from network.tenants.context import Identity, job_identity, scope
from tests.factories import Listed, Person, make_account, make_listing, make_tenant, sign_in, staff
from tests.support.visitor import Visitor

NEED = "protection.shelter"
RINA = {
    "name": "Rina Akter",
    "sex": "female",
    "age": 27,
    "nationality": "BD",
    "languages": ["bn", "kha"],
    "employer": "Invented Garments",
    "recruiter": "Invented Recruiting",
    "allergies": "penicillin",
    "health_special": "something that is hers alone",
    "contacts": [
        {
            "number": "+962790000001",
            "channels": ["call"],
            "belongs_to": "client",
            "may_leave_message": "no",
            "check": "phrase",
            "phrase": "the blue door",
            "who_else_may_see": ["nobody"],
            "if_another_answers": "hang_up",
            "hours": "any",
            "we_appear_as": "agreed_name",
            "when_not_reached": "wait",
            "slip": "no_slip",
        }
    ],
    "documents": [{"type": "passport", "holder": "employer", "number": "BX0123456"}],
}
NOTE = "a case note that nobody else may ever read"


@dataclass
class Story:
    """Rina's case, whoever acts in it, and how they act."""

    app: Flask
    worker_app: Flask
    rana: Identity
    client_id: UUID
    case_id: UUID
    shelter: Listed
    shelter_worker: Identity
    stranger: Identity

    @contextmanager
    def acting(self, who: Identity | None = None) -> Iterator[None]:
        """Act as somebody (Rana by default), in one unit of work."""
        with self.app.app_context(), scope(who or self.rana), unit_of_work():
            yield

    def consent(self, *grants: dict[str, Any], **more: Any) -> Consent:
        """Record a consent of Rina's."""
        with self.acting():
            return record_consent(self.client_id, asked(*grants, **more))

    def grant(self, *categories: str, **given: Any) -> dict[str, Any]:
        """A grant to the shelter, as a form sends it."""
        return a_grant(*categories, organization_id=self.shelter.organization_id, **given)

    def wanted(self, **given: Any) -> Wanted:
        """What a referral to the shelter asks of the door."""
        values: dict[str, Any] = {
            "case_id": self.case_id,
            "recipient_organization_id": self.shelter.organization_id,
            "purpose": "service_provision",
            "need_codes": (NEED,),
        }
        return Wanted(**(values | given))

    def propose(self, **given: Any) -> Proposal:
        """What would leave for the shelter."""
        with self.app.test_request_context(), scope(self.rana):
            return propose(self.wanted(**given))

    def disclose(self, **given: Any) -> Packet:
        """A referral to the shelter, sent."""
        with self.acting():
            exchange = prepare(
                "referral",
                "draft",
                prefix="AH",
                to_organization_id=self.shelter.organization_id,
                to_tenant_id=self.shelter_worker.tenant_id,
                case_id=self.case_id,
                client_id=self.client_id,
                restricted=get_case(self.case_id).restricted,
            )
            packet = disclose(self.wanted(**given), exchange.id)
            make_move(exchange.id, "send", REFERRAL, side="sender")
        return packet

    def refer(self) -> UUID:
        """The same through the referrals' own operations, with all that goes with it; returns its id."""
        with self.acting():
            place = self.shelter.service_at_location_id
            exchange_id = referrals.prepare_referral(self.case_id, place, (NEED,)).id
        with self.acting():
            referrals.send_referral(exchange_id, referrals.Choices())
        return exchange_id

    def accept(self, packet: Packet, *moves: str) -> None:
        """The shelter accepts, and makes these moves after it."""
        for name in ("accept", *moves):
            with self.acting(self.shelter_worker):
                make_move(packet.exchange_id, name, REFERRAL, side="receiver", given=Given())

    def seen(self, packet: Packet, who: Identity | None = None) -> dict[str, Any]:
        """What the shelter's worker reads of a packet, by part; a part that is not released is left out."""
        with self.app.app_context(), scope(who or self.shelter_worker):
            try:
                header = packets.packet_of(packet.exchange_id)
            except NotFound:
                return {}
            parts = {part: packets.find_part(header, part) for part in ("preview", "identity")}
            return {part: content for part, content in parts.items() if content is not None}

    def rows(self, statement: str, who: Identity | None = None, **values: Any) -> list[tuple[Any, ...]]:
        """What the database itself tells somebody."""
        with self.app.app_context(), scope(who or self.rana):
            return [tuple(row) for row in db.session.execute(text(statement), values)]

    def topics(self, subject_id: UUID) -> list[str]:
        """What the outbox holds about something, oldest first."""
        rows = self.rows(
            "SELECT topic FROM outbox WHERE subject_id = :id ORDER BY available_at, id", id=subject_id
        )
        return [topic for (topic,) in rows]

    def work(self) -> int:
        """Let the background do what is due."""
        with self.worker_app.app_context():
            return drain()


def asked(*grants: dict[str, Any], **more: Any) -> dict[str, Any]:
    """How she was asked, and what she allowed."""
    return {
        "capacity": "self",
        "method": "signature_screen",
        "language": "bn",
        "restatement": "The shelter may know my name and how to call me.",
        "grants": list(grants),
        "refusals": [],
    } | more


def a_grant(*categories: str, **given: Any) -> dict[str, Any]:
    """A grant as a form sends it."""
    return {
        "purpose": "service_provision",
        "need": NEED,
        "categories": list(categories) or ["identity", "contact"],
        "days": 90,
        "onward": False,
    } | given


def make_member_listing(app: Flask, **given: Any) -> tuple[Listed, Identity]:
    """A listing whose organization is a member of the network, and somebody who works there."""
    tenant_id = make_tenant(app, "partner")
    listed = make_listing(app, tenant_id, **given)
    with app.app_context(), scope(job_identity(tenant_id, "network")), unit_of_work():
        link_tenant(listed.organization_id, tenant_id)
    return listed, staff(tenant_id, kind="partner", roles=("partner_worker",))


@pytest.fixture
def story(app: Flask, worker_app: Flask) -> Story:
    """Rina came to the centre; nothing was asked yet."""
    rana = staff(make_tenant(app))
    shelter, shelter_worker = make_member_listing(app)
    with app.app_context(), scope(rana), unit_of_work():
        client = register_client(RINA)
        case = open_case(client.id, needs=[NEED], what_happened="what happened to her, in words")
        add_note(case.id, NOTE)
    return Story(
        app,
        worker_app,
        rana,
        client.id,
        case.id,
        shelter,
        shelter_worker,
        staff(make_tenant(app, country="LB")),
    )


def days(count: float) -> timedelta:
    """A span of days."""
    return timedelta(days=count)


def in_days(count: float) -> Any:
    """The application's clock, set some days ahead."""
    return clock.set_to(clock.now() + days(count))


@dataclass
class Desk:
    """A story in which Rana sits before a real browser."""

    story: Story
    browser: Visitor

    @property
    def case(self) -> str:
        return f"/cases/{self.story.case_id}"

    def ask_url(self, **more: str) -> str:
        shelter = self.story.shelter.organization_id
        extra = "".join(f"&{name}={value}" for name, value in more.items())
        return f"{self.case}/consent/new?organization={shelter}&purpose=service_provision&need={NEED}{extra}"

    def filled(self, **more: Any) -> dict[str, Any]:
        """The form as a caseworker leaves it after a minute."""
        return {
            "capacity": "self",
            "method": "signature_paper",
            "language": "bn",
            "days": "90",
            "organization_id": str(self.story.shelter.organization_id),
            "grants.0.purpose": "service_provision",
            "grants.0.need": NEED,
            "grants.0.answer": ["unanswered", "yes"],
            "grants.0.categories": ["identity", "contact"],
            "grants.1.purpose": "feedback_to_centre",
            "grants.1.answer": ["not_asked", "yes"],
            "grants.1.categories": ["service_history"],
            "grants.2.purpose": "service_provision",
            "grants.2.need": NEED,
            "grants.2.answer": ["not_asked"],
            "grants.2.categories": ["incident_account"],
            "never": ["recruiter", ""],
            "restatement": "The shelter may know my name.",
        } | more


@pytest.fixture
def desk(app: Flask, worker_app: Flask) -> Desk:
    """Rana at her desk, Rina before her."""
    tenant_id = make_tenant(app)
    person = make_account(app, tenant_id, "caseworker", name="Rana")
    browser = sign_in(app, person)
    rana = identity_of(app, person)
    shelter, shelter_worker = make_member_listing(app)
    with app.app_context(), scope(rana), unit_of_work():
        client = register_client(RINA)
        case = open_case(client.id, needs=[NEED])
    story = Story(app, worker_app, rana, client.id, case.id, shelter, shelter_worker, staff(make_tenant(app)))
    return Desk(story, browser)


def identity_of(app: Flask, person: Person) -> Identity:
    """The person herself, for acting without her browser."""
    with app.app_context(), scope(job_identity(person.tenant_id)):
        member = db.session.get_one(Membership, (person.tenant_id, person.membership_id))
        account_id: UUID | None = member.account_id
    return Identity(
        kind="staff",
        tenant_id=person.tenant_id,
        account_id=account_id,
        tenant_kind="centre",
        roles=frozenset({"caseworker"}),
    )


def a_child(story: Story, relationship: str = "son") -> tuple[Any, dict[str, Any]]:
    """Rina's child, and how his mother is asked for him."""
    with story.acting():
        child = register_child(story.client_id, {"name": "T", "sex": "male", "age": 9}, relationship)
        parent = list_related(child.id)[0]
    return child.id, {
        "capacity": "parent",
        "guardian_relationship_id": parent.id,
        "guardian_checked": True,
        "child_view": "agrees",
    }
