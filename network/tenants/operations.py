"""Writes to tenants: the rows that the headquarters steward."""

from __future__ import annotations

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.core import clock
from network.core.db import db
from network.core.errors import Invalid
from network.core.ids import new_id
from network.tenants.context import TenantKind
from network.tenants.models import Tenant


def create_tenant(
    *,
    code: str,
    kind: TenantKind,
    name: str,
    country: str,
    reference_prefix: str,
    default_language: str = "en",
    time_zone: str = "UTC",
    status: str = "live",
    organization_id: UUID | None = None,
    invented: bool = False,
    tenant_id: UUID | None = None,
) -> Tenant:
    """Insert a tenant's row; its keys and its first invitation are made in its own scope, by a job.

    Raises ``Invalid`` if the code is taken.
    """
    if db.session.scalar(select(Tenant.id).where(Tenant.code == code)):
        raise Invalid(fields={"code": [_("Another organization has this code.")]})
    tenant = Tenant(
        id=tenant_id or new_id(),
        code=code,
        kind=kind,
        name=name,
        country=country,
        status=status,
        default_language=default_language,
        time_zone=time_zone,
        reference_prefix=reference_prefix,
        organization_id=organization_id,
        invented=invented,
        created_at=clock.now(),
    )
    db.session.add(tenant)
    db.session.flush()
    return tenant
