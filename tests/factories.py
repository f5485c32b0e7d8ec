"""Factories: the one place where tests make records, through operations wherever there is one."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import Flask

from network.core import clock
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.tenants.context import Identity, TenantKind, job_identity, scope
from network.tenants.keys import create_key
from network.tenants.models import Tenant


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
        "reference_prefix": "T" + secrets.token_hex(1).upper(),
        "invented": True,
        "created_at": clock.now(),
    }
    with app.app_context():
        with scope(job_identity(tenant_id, "network")), unit_of_work():
            db.session.add(Tenant(**(values | given)))
        with scope(job_identity(tenant_id)), unit_of_work():
            create_key(tenant_id, tenant_id, "tenant")
    return tenant_id


def staff(
    tenant_id: UUID, *, kind: TenantKind = "centre", roles: tuple[str, ...] = ("caseworker",)
) -> Identity:
    """A signed-in member of staff of this tenant, with an account of her own."""
    return Identity(
        kind="staff", tenant_id=tenant_id, account_id=new_id(), roles=frozenset(roles), tenant_kind=kind
    )
