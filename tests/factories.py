"""Factories: the one place where tests make records, through operations wherever there is one."""

from __future__ import annotations

import secrets
from uuid import UUID

from flask import Flask

from network.cases.models import CaseFile, Client, ClientTeam
from network.core import clock
from network.core.crypto import seal
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


def make_case(app: Flask, identity: Identity, *, restricted: bool = False) -> tuple[UUID, UUID]:
    """A client and a case of hers; returns their ids. If restricted, ``identity`` is her team."""
    client_id, case_id, tenant_id, now = new_id(), new_id(), identity.tenant, clock.now()
    with app.app_context(), scope(identity), unit_of_work():
        key = create_key(tenant_id, client_id, "client")
        client = Client(
            tenant_id=tenant_id,
            id=client_id,
            reference=f"C-{secrets.token_hex(5)}",
            restricted=False,
            is_child=False,
            sex="female",
            sealed=seal(key, "client", tenant_id, client_id, {"names": [{"text": "Invented"}]}),
            version=1,
            created_at=now,
            created_by=identity.account,
        )
        db.session.add(client)
        db.session.flush()
        db.session.add(
            ClientTeam(tenant_id=tenant_id, client_id=client_id, account_id=identity.account, added_at=now)
        )
        db.session.flush()
        client.restricted = restricted
        db.session.flush()
        db.session.add(
            CaseFile(
                tenant_id=tenant_id,
                id=case_id,
                client_id=client_id,
                restricted=restricted,
                reference=f"K-{secrets.token_hex(5)}",
                state="open",
                opened_on=now.date(),
                assignee_account_id=identity.account,
                priority="routine",
                custody="held",
                sealed=seal(key, "case_file", tenant_id, case_id, {"summary": ""}),
                version=1,
                created_at=now,
                created_by=identity.account,
            )
        )
    return client_id, case_id
