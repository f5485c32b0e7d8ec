"""Two sides of a referral: a centre whose client needs a place, and the partner that has one."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import floor
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from network.accounts.permissions import permissions_of
from network.cases.operations import add_need
from network.consent.operations import record_consent, record_never
from network.core.db import db, unit_of_work
from network.directory import geo
from network.directory.models import ServiceSearch
from network.exchange.models import ExchangeSide
from network.exchange.operations import Reason
from network.exchange.queries import get_exchange, get_side
from network.referrals import operations
from network.referrals.operations import Choices
from network.referrals.queries.page import ReferralPage, referral_page
from network.tenants.context import Identity, TenantKind, scope
from tests.factories import NOBODY, Listed, make_account, make_case, make_listing, make_tenant, sign_in, staff
from tests.support.background import work_off
from tests.support.visitor import Visitor

NEED = "protection.accommodation"


def worker_of(tenant_id: UUID, kind: TenantKind, *roles: str) -> Identity:
    """Somebody who works there, with what her roles allow."""
    identity = staff(tenant_id, kind=kind, roles=roles)
    return replace(identity, permissions=permissions_of(roles, kind), time_zone="Asia/Amman")


@dataclass
class World:
    """A caseworker with a client; a partner with two workers; another centre; and the listing between them."""

    app: Flask
    worker_app: Flask
    sender: Identity
    receiver: Identity
    colleague: Identity
    stranger: Identity
    listed: Listed
    client_id: UUID
    case_id: UUID

    def act(self, who: Identity, operation: Callable[..., Any], *args: Any, **given: Any) -> Any:
        """Carry out an operation as this person, in a unit of its own."""
        with self.app.app_context(), scope(who), unit_of_work():
            return operation(*args, **given)

    def prepare(self, *needs: str, listed: Listed | None = None, **given: Any) -> UUID:
        """A draft; returns its id."""
        place = (listed or self.listed).service_at_location_id
        made = self.act(
            self.sender, operations.prepare_referral, self.case_id, place, needs or (NEED,), **given
        )
        return made.id

    def send(self, exchange_id: UUID, **choices: Any) -> None:
        """Send a draft."""
        self.act(self.sender, operations.send_referral, exchange_id, Choices(**choices))

    def sent(self, *needs: str, **given: Any) -> UUID:
        """A referral that was sent and delivered; returns its id."""
        exchange_id = self.prepare(*needs, **given)
        self.send(exchange_id)
        self.jobs()
        return exchange_id

    def accepted(self, *needs: str, **given: Any) -> UUID:
        """A referral that was accepted, and both sides know; returns its id."""
        exchange_id = self.sent(*needs, **given)
        self.act(self.receiver, operations.accept_referral, exchange_id)
        self.jobs()
        return exchange_id

    def jobs(self) -> None:
        """Have everything done that is due by now."""
        work_off(self.worker_app, self.sender.tenant, self.receiver.tenant)

    def page(self, who: Identity, exchange_id: UUID) -> ReferralPage:
        """The referral as this person sees it."""
        with self.app.app_context(), scope(who):
            return referral_page(exchange_id)

    def state(self, exchange_id: UUID, who: Identity | None = None) -> str:
        """The state it is in."""
        with self.app.app_context(), scope(who or self.sender):
            return get_exchange(exchange_id).state

    def side(self, who: Identity, exchange_id: UUID) -> ExchangeSide:
        """Somebody's mailbox row."""
        with self.app.app_context(), scope(who):
            return get_side(exchange_id)

    def rows(self, who: Identity, statement: str, **given: Any) -> list[Any]:
        """What a query tells this person."""
        with self.app.app_context(), scope(who):
            return list(db.session.execute(text(statement), given).all())

    def timeline(self) -> list[str]:
        """The kinds of event on the sender's case that are about referrals, oldest first."""
        rows = self.rows(
            self.sender,
            "SELECT kind FROM case_event WHERE case_id = :case AND kind LIKE 'referral.%' ORDER BY at, id",
            case=self.case_id,
        )
        return [kind for (kind,) in rows]

    def consent(self, organization_id: UUID | None = None, *needs: str, feedback: bool = True) -> None:
        """Record that she allows this organization to know, for these needs."""
        allow(self, organization_id or self.listed.organization_id, needs or (NEED,), feedback=feedback)


def allow(world: World, organization_id: UUID, needs: tuple[str, ...], *, feedback: bool) -> None:
    """A consent with a grant for each need, and for feedback where she allows that as well."""
    grants = [
        {
            "purpose": "service_provision",
            "need": need,
            "categories": ["identity", "contact"],
            "organization_id": organization_id,
            "days": 90,
        }
        for need in needs
    ]
    if feedback:
        grants.append(
            {
                "purpose": "feedback_to_centre",
                "categories": ["service_history"],
                "organization_id": organization_id,
                "days": 90,
            }
        )
    data = {
        "case_id": world.case_id,
        "capacity": "self",
        "method": "signature_paper",
        "language": "bn",
        "notice_version": "1",
        "grants": grants,
    }
    world.act(world.sender, record_consent, world.client_id, data)


@pytest.fixture
def world(app: Flask, worker_app: Flask) -> World:
    """A world of its own for each test."""
    return make_world(app, worker_app)


def make_world(app: Flask, worker_app: Flask, place: str = "jo-irbid") -> World:
    """A centre with a client, and a partner whose service stands at a place of the gazetteer."""
    centre = make_tenant(app)
    needs = [NEED, "protection.shelter", "legal.advice", "violence.police"]
    listed = make_listing(app, centre, needs=needs, place=place)
    partner = make_tenant(app, "partner", organization_id=listed.organization_id)
    sender = worker_of(centre, "centre", "caseworker")
    client_id, case_id = make_case(app, sender)
    return World(
        app,
        worker_app,
        sender,
        worker_of(partner, "partner", "partner_worker"),
        worker_of(partner, "partner", "partner_worker"),
        worker_of(make_tenant(app), "centre", "coordinator"),
        listed,
        client_id,
        case_id,
    )


def reason(list_name: str, code: str) -> Reason:
    """A coded reason."""
    return Reason(list_name, code)


@dataclass
class Desks:
    """Who sits where, each with a browser."""

    world: World
    caseworker: Visitor
    worker: Visitor
    stranger: Visitor

    def names_nobody(self) -> None:
        """She was asked whom she does not want to be told, and names nobody."""
        self.world.act(self.world.sender, record_never, self.world.client_id, NOBODY)

    def draft(self, *needs: str) -> str:
        """Ask the service; returns the address of the referral."""
        answer = self.caseworker.send_form(
            f"/cases/{self.world.case_id}/referrals",
            {
                "service_at_location_id": str(self.world.listed.service_at_location_id),
                "need_codes": list(needs or (NEED,)),
            },
        )
        assert answer.status_code == 303, answer.text
        return answer.location.removesuffix("/preview")

    def sent(self, *needs: str) -> str:
        """Send one; returns its address."""
        one = self.draft(*needs)
        answer = self.caseworker.send_form(f"{one}/send", form_of(self.caseworker.get(f"{one}/preview")))
        assert (answer.status_code, answer.location) == (303, one), answer.text
        self.world.jobs()
        return one


def form_of(page: TestResponse, **typed: Any) -> dict[str, Any]:
    """What the page's last form holds as it was served."""
    assert page.status_code == 200, page.text
    return fields_of(page, **typed)


def fields_of(page: TestResponse, **typed: Any) -> dict[str, Any]:
    """The same, also of a form that came back."""
    html = page.text.split('<form method="post"')[-1]
    held: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = found.get("type") not in ("checkbox", "radio") or " checked" in tag
        if "name" in found and ticked and found["name"] not in ("csrf_token", "idempotency_key"):
            held.setdefault(found["name"], []).append(found.get("value", ""))
    return {**held, **typed}


@pytest.fixture
def place(app: Flask) -> str:
    """A town far from every listing of other tests: they share one directory."""
    with app.app_context():
        listed = db.session.execute(select(ServiceSearch.latitude, ServiceSearch.longitude).distinct()).all()
    taken = {
        (floor(latitude) + north, floor(longitude) + east)
        for latitude, longitude in listed
        if latitude is not None
        for north in (-1, 0, 1)
        for east in (-1, 0, 1)
    }
    towns = [one for one in geo.places() if one.country not in ("JO", "BD")]
    alone = [one for one in towns if (floor(one.point.latitude), floor(one.point.longitude)) not in taken]
    return secrets.choice(alone or towns).code


@pytest.fixture
def desks(app: Flask, world: World, place: str) -> Desks:
    return desks_of(app, world, place)


def desks_of(app: Flask, world: World, place: str) -> Desks:
    """A need at that place, and somebody with a browser on each side."""
    world.act(world.sender, add_need, world.case_id, NEED, place_code=place)

    def somebody(tenant_id: UUID, role: str) -> Visitor:
        return sign_in(app, make_account(app, tenant_id, role))

    return Desks(
        world,
        somebody(world.sender.tenant, "caseworker"),
        somebody(world.receiver.tenant, "partner_worker"),
        somebody(world.stranger.tenant, "coordinator"),
    )
