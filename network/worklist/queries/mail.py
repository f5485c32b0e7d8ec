"""What is open in the mailboxes: referrals and handoffs whose next step is ours, or about which there is news."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    bindparam,
    func,
    or_,
    select,
)

from network.accounts.permissions import Permission
from network.core.db import db
from network.crossborder.models import Handoff
from network.exchange.models import Exchange
from network.referrals.models import Referral
from network.tenants.context import Identity
from network.worklist.queries.columns import (
    EXCHANGE,
    HANDOFF,
    MINE,
    MOST,
    ORGANIZATION,
    REFERRAL,
    SIDE,
    TENANT,
)
from network.worklist.tasks import Task, exchange_task

# The mailboxes that a permission opens, as (kind, role).
MAILBOXES = (
    (Permission.REFERRAL_VIEW, "referral", "sender"),
    (Permission.INBOX_VIEW, "referral", "receiver"),
    (Permission.HANDOFF_VIEW, "handoff", "sender"),
    (Permission.HANDOFF_VIEW, "handoff", "receiver"),
)


def list_mail(identity: Identity) -> Iterator[Task]:
    """Open referrals and handoffs whose next step is ours, or about which there is news."""
    allowed = tuple((kind, role) for needed, kind, role in MAILBOXES if needed in identity.permissions)
    if not allowed:
        return
    asked = {"tenant": identity.tenant, "most": MOST * 2}
    for row in db.session.execute(_mail(allowed), asked).mappings():
        task = exchange_task(row)
        if task is not None:
            yield task


@cache
def _mail(allowed: tuple[tuple[str, str], ...]) -> Select[Any]:
    """What is open in these mailboxes, what is due first on top: chosen first, and only then looked up."""
    first = (
        select(
            *(SIDE.tenant_id, SIDE.exchange_id, SIDE.kind, SIDE.role),
            *(SIDE.due_at, SIDE.due_kind, SIDE.unread, SIDE.updated_at),
        )
        .where(
            SIDE.tenant_id == MINE,
            SIDE.open.is_(True),
            or_(*((SIDE.kind == kind) & (SIDE.role == role) for kind, role in allowed)),
        )
        .order_by(SIDE.due_at.asc().nulls_last(), SIDE.updated_at)
        .limit(bindparam("most", type_=Integer))
        .subquery("side")
    )
    side, exchange = first.c, Exchange.__table__
    other = func.coalesce(
        func.nullif(EXCHANGE.to_tenant_id, side.tenant_id),
        func.nullif(EXCHANGE.from_tenant_id, side.tenant_id),
    )
    # Each name by its key, and that of an organization only where nobody there signs in: a join would read them all.
    name = func.coalesce(
        select(TENANT.name).where(TENANT.id == other).scalar_subquery(),
        select(ORGANIZATION.name).where(ORGANIZATION.id == EXCHANGE.to_organization_id).scalar_subquery(),
    )
    return (
        select(
            side.exchange_id,
            side.kind,
            side.role,
            side.due_at,
            side.due_kind,
            side.unread,
            side.updated_at,
            EXCHANGE.reference,
            EXCHANGE.state,
            REFERRAL.priority,
            HANDOFF.journey,
            HANDOFF.arrival_on,
            name.label("name"),
        )
        .select_from(
            first.join(exchange, EXCHANGE.id == side.exchange_id)
            .outerjoin(Referral.__table__, REFERRAL.exchange_id == EXCHANGE.id)
            .outerjoin(Handoff.__table__, HANDOFF.exchange_id == EXCHANGE.id)
        )
        .order_by(side.due_at.asc().nulls_last(), side.updated_at)
    )
