"""What a new installation needs before anybody can sign in: the taxonomy, and the headquarters."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from network.accounts.operations.opening import first_invitation_token, invite_first_again, open_tenant
from network.core.db import db, unit_of_work
from network.core.ids import new_id
from network.directory.operations import load_taxonomy
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant

CODE = "headquarters"
REFERENCE_PREFIX = "HQ"


def load_reference_data(app: Flask) -> None:
    """Bring what the database mirrors of the vocabulary in step with it: the taxonomy of needs."""
    with app.app_context(), scope(job_identity(new_id(), "network")), unit_of_work():
        load_taxonomy()


def open_headquarters(app: Flask, name: str, country: str) -> str:
    """Open the headquarters, which opens every other organization; returns its first invitation's token.

    Open already, its first invitation is made valid again. Once somebody has joined, the token opens nothing.
    """
    with app.test_request_context(), scope(job_identity(new_id(), "network")), unit_of_work():
        known: UUID | None = db.session.scalar(select(Tenant.id).where(Tenant.kind == "network"))
        if known is not None:
            return first_invitation_token(invite_first_again(known))
        tenant_id = new_id()
    with app.test_request_context(), scope(job_identity(tenant_id, "network")), unit_of_work():
        opened = open_tenant(
            tenant_id=tenant_id,
            code=CODE,
            kind="network",
            name=name,
            country=country,
            reference_prefix=REFERENCE_PREFIX,
        )
        return first_invitation_token(opened)
