"""Factories: the one place where tests make records, through operations wherever there is one."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask import Flask

from network.accounts.gate import accept_invitation
from network.accounts.operations.staff import invite
from network.accounts.permissions import FIRST_ROLE
from network.accounts.queries import find_open_invitation_of
from network.accounts.tokens import invitation_token
from network.cases.operations import open_case, register_client
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.ids import new_id
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
