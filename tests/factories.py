"""Factories: the one place where tests make records, through operations wherever there is one."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from network.accounts.gate import accept_invitation
from network.accounts.operations.staff import invite
from network.accounts.permissions import FIRST_ROLE
from network.accounts.queries import find_open_invitation_of
from network.accounts.tokens import invitation_token
from network.cases.operations import open_case, register_client
from network.core import clock, vocabulary
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.models import ServiceSearch, Taxonomy
from network.directory.operations import load_listing, load_taxonomy
from network.tenants.context import Identity, TenantKind, job_identity, scope
from network.tenants.keys import create_key
from network.tenants.models import Tenant
from network.tenants.operations import create_agreement, create_corridor
from network.tenants.queries import corridors_between, list_tenants
from tests.support.visitor import Visitor


def make_tenant(app: Flask, kind: TenantKind = "centre", country: str = "JO", **given: object) -> UUID:
    """A live tenant with its key; returns its id."""
    tenant_id = new_id()
    code = f"t-{secrets.token_hex(4)}"
    values: dict[str, object] = {
        "id": tenant_id,
        "code": code,
        "kind": kind,
        "name": f"Centre {code}",
        "country": country,
        "status": "live",
        "default_language": "en",
        "time_zone": "Asia/Amman",
        "reference_prefix": "".join(secrets.choice(string.ascii_uppercase) for _ in range(3)),
        "invented": True,
        "created_at": clock.now(),
    }
    with app.app_context():
        with scope(job_identity(tenant_id, "network")), unit_of_work():
            db.session.add(Tenant(**(values | given)))
        with scope(job_identity(tenant_id)), unit_of_work():
            create_key(tenant_id, tenant_id, "tenant")
    return tenant_id


def make_agreement(
    app: Flask,
    origin_tenant_id: UUID,
    destination_tenant_id: UUID,
    *,
    from_on: date = date(2020, 1, 1),
    until_on: date | None = None,
) -> UUID:
    """An agreement between two centres, over the corridor of their countries; returns its id."""
    with app.app_context(), scope(job_identity(origin_tenant_id, "network")), unit_of_work():
        tenants = list_tenants({origin_tenant_id, destination_tenant_id})
        origin, destination = tenants[origin_tenant_id].country, tenants[destination_tenant_id].country
        corridor = next(
            (found for found in corridors_between(origin, destination) if found.origin == origin), None
        ) or create_corridor(origin, destination)
        return create_agreement(corridor.id, origin_tenant_id, destination_tenant_id, from_on, until_on).id


def staff(
    tenant_id: UUID, *, kind: TenantKind = "centre", roles: tuple[str, ...] = ("caseworker",)
) -> Identity:
    """A signed-in member of staff of this tenant, with an account of her own."""
    return Identity(
        kind="staff", tenant_id=tenant_id, account_id=new_id(), roles=frozenset(roles), tenant_kind=kind
    )


def make_case(app: Flask, identity: Identity, *, restricted: bool = False) -> tuple[UUID, UUID]:
    """A client and a case of hers; returns their ids. If restricted, ``identity`` is her team."""
    with app.app_context(), scope(identity), unit_of_work():
        client = register_client({"name": "Invented", "sex": "female", "age_basis": "adult"})
        case = open_case(client.id, restricted=restricted)
    return client.id, case.id


PASSWORD = "hyrax umbrella staircase"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in: what she types, and where she works."""

    tenant_id: UUID
    membership_id: UUID
    email: str
    password: str


def make_account(
    app: Flask,
    tenant_id: UUID,
    *roles: str,
    password: str = PASSWORD,
    email: str = "",
    name: str = "",
) -> Person:
    """Somebody with these roles in the tenant, invited and joined as everybody is."""
    with app.app_context(), scope(job_identity(tenant_id)):
        kind = db.session.get_one(Tenant, tenant_id).kind
        roles = roles or (FIRST_ROLE[kind],)
        email = email or f"{secrets.token_hex(6)}@example.org"
    with app.app_context():
        with scope(replace(job_identity(tenant_id), tenant_kind=kind)), unit_of_work():
            membership_id = invite(name or f"Person {secrets.token_hex(3)}", email, roles)
            token = invitation_token(find_open_invitation_of(membership_id))
        accept_invitation(token, password, address="127.0.0.1")
    return Person(tenant_id, membership_id, email, password)


def visitor(app: Flask) -> Visitor:
    """A browser in which nobody is signed in."""
    return Visitor(app, app.response_class)


def sign_in(app: Flask, person: Person) -> Visitor:
    """A browser in which this person is signed in; its forms carry CSRF tokens and keys by themselves."""
    client = visitor(app)
    answer = client.send_form("/sign-in", email=person.email, password=person.password)
    assert answer.status_code == 303, answer.text
    return client


def signed_in(app: Flask, tenant_id: UUID, *roles: str) -> Visitor:
    """A browser in which somebody new with these roles is signed in."""
    return sign_in(app, make_account(app, tenant_id, *roles))


def fill_taxonomy(app: Flask) -> None:
    """The taxonomy of needs, as `network db upgrade` leaves it."""
    with app.app_context(), scope(job_identity(new_id())):
        if db.session.scalar(select(Taxonomy.version)) == vocabulary.version():
            return
    with app.app_context(), scope(job_identity(new_id(), "network")), unit_of_work():
        load_taxonomy()


@dataclass(frozen=True)
class Listed:
    """What a test needs to know of a listing: its ids."""

    organization_id: UUID
    service_id: UUID
    location_id: UUID
    service_at_location_id: UUID


# Asked whom she does not want to be told, and she names nobody.
NOBODY: dict[str, Any] = {
    "never": [],
    "never_more": None,
    "never_person": "",
    "nobody": True,
    "also": [],
    "method": "signature_paper",
    "language": "bn",
}
LOCATION_PARTS = frozenset(
    {"place", "latitude", "longitude", "town", "time_zone", "confidential", "addresses", "location_type"}
)
ORGANIZATION_PARTS = frozenset({"country", "run_by", "board", "recipient_class", "website", "visibility"})


def a_listing(**given: Any) -> dict[str, Any]:
    """A description of a women's shelter in Irbid, for ``load_listing``; ``given`` replaces parts of it.

    ``organization_name`` and ``location_name`` name these; every other name is a part of the service.
    """
    code = secrets.token_hex(4)
    organization: dict[str, Any] = {
        "name": given.pop("organization_name", f"Organization {code}"),
        "country": "JO",
        "run_by": ["service_provider"],
        "board": [],
        "invented": True,
    }
    location: dict[str, Any] = {
        "code": "house",
        "place": "jo-irbid",
        "name": given.pop("location_name", f"House {code}"),
    }
    service: dict[str, Any] = {
        "name": f"Shelter {code}",
        "description": "A bed for the night.",
        "needs": ["protection.shelter"],
        "locations": ["house"],
        "languages": ["ar", "en"],
        "schedules": [{"byday": "SU,MO,TU,WE,TH", "opens_at": "08:00", "closes_at": "16:00"}],
        "eligibility": {"sex": ["women"]},
        "partner_practices": {"police_on_site": "yes"},
        "house_rules": {"keeps_phone": "yes"},
        "referral": {"accepted": True, "methods": ["in_platform"], "usual_response_hours": 4},
    }
    for name, value in given.items():
        part = location if name in LOCATION_PARTS else organization if name in ORGANIZATION_PARTS else service
        part[name] = value
    return organization | {"services": [service], "locations": [location]}


def make_listing(app: Flask, steward_id: UUID, **given: Any) -> Listed:
    """A listing with one service at one location, written by its steward; see ``a_listing``."""
    fill_taxonomy(app)
    with app.app_context(), scope(job_identity(steward_id)):
        with unit_of_work():
            organization_id = load_listing(a_listing(**given)).id
        found = db.session.scalars(
            select(ServiceSearch).where(ServiceSearch.organization_id == organization_id)
        ).one()
        return Listed(organization_id, found.service_id, found.location_id, found.service_at_location_id)
