"""Writes to tenants: the rows that the headquarters steward."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.core import clock
from network.core.db import db
from network.core.errors import Conflict, Invalid, NotFound
from network.core.ids import new_id
from network.tenants.context import TenantKind, acting
from network.tenants.models import Agreement, Corridor, Tenant


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


def create_corridor(
    origin: str, destination: str, *, sector: str | None = None, inferred: bool = False
) -> Corridor:
    """Open a corridor between two countries (ISO 3166-1 alpha-2). Raises ``Invalid`` if it is open already."""
    taken = select(Corridor.id).where(Corridor.origin == origin, Corridor.destination == destination)
    if db.session.scalar(taken):
        raise Invalid(fields={"destination": [_("This corridor is there already.")]})
    if origin == destination:
        raise Invalid(fields={"destination": [_("A corridor joins two countries.")]})
    corridor = Corridor(id=new_id(), origin=origin, destination=destination, sector=sector, inferred=inferred)
    db.session.add(corridor)
    db.session.flush()
    return corridor


def create_agreement(
    corridor_id: UUID,
    origin_tenant_id: UUID,
    destination_tenant_id: UUID,
    from_on: date,
    until_on: date | None = None,
) -> Agreement:
    """Let two centres of a corridor exchange cases. Raises ``Invalid`` where a centre is not of the
    corridor's country, or the agreement would end before it begins."""
    corridor = db.session.get(Corridor, corridor_id)
    if corridor is None:
        raise Invalid(fields={"corridor_id": [_("There is no such corridor.")]})
    wrong: dict[str, list[str]] = {}
    sides = (
        ("origin", origin_tenant_id, corridor.origin),
        ("destination", destination_tenant_id, corridor.destination),
    )
    for side, tenant_id, country in sides:
        tenant = db.session.get(Tenant, tenant_id)
        if tenant is None or tenant.kind != "centre" or tenant.country != country:
            wrong[f"{side}_tenant_id"] = [_("Choose a centre of the corridor's country.")]
    twice = select(Agreement.id).where(
        Agreement.corridor_id == corridor_id,
        Agreement.origin_tenant_id == origin_tenant_id,
        Agreement.destination_tenant_id == destination_tenant_id,
        Agreement.from_on == from_on,
    )
    if db.session.scalar(twice):
        wrong["from_on"] = [_("These two centres have an agreement from this day on already.")]
    if until_on is not None and until_on < from_on:
        wrong["until_on"] = [_("An agreement ends after it begins.")]
    if wrong:
        raise Invalid(fields=wrong)
    agreement = Agreement(
        id=new_id(),
        corridor_id=corridor_id,
        origin_tenant_id=origin_tenant_id,
        destination_tenant_id=destination_tenant_id,
        from_on=from_on,
        until_on=until_on,
    )
    db.session.add(agreement)
    db.session.flush()
    return agreement


def end_agreement(agreement_id: UUID, until_on: date) -> Agreement:
    """Let an agreement end on a day that has not passed. Raises ``NotFound``, ``Invalid``, and ``Conflict`` where it
    has ended already."""
    agreement = db.session.scalars(
        select(Agreement).where(Agreement.id == agreement_id).with_for_update()
    ).first()
    if agreement is None:
        raise NotFound
    today = clock.today(acting().time_zone)
    if agreement.until_on is not None and agreement.until_on < today:
        raise Conflict(_("This agreement has ended already."))
    if until_on < max(today, agreement.from_on):
        raise Invalid(fields={"until_on": [_("Enter a day that has not passed, and not before it begins.")]})
    agreement.until_on = until_on
    db.session.flush()
    return agreement
