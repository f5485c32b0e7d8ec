"""Reads of the chains, each inside the scope of its own tenant."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Row, Table, func, or_, select

from network.audit.anchors import Head
from network.audit.models import AuditEvent, AuditHead
from network.core.db import db
from network.tenants.context import acting
from network.tenants.models import Tenant

BATCH = 2_000
EVENT = cast(Table, AuditEvent.__table__).c


def list_tenant_ids() -> list[UUID]:
    """Every tenant of the installation, whatever its kind and state."""
    return list(db.session.scalars(select(Tenant.id).order_by(Tenant.id)))


def codes_of_tenants() -> dict[UUID, str]:
    """The code of each tenant."""
    return {row.id: row.code for row in db.session.execute(select(Tenant.id, Tenant.code))}


def find_head() -> Head | None:
    """The head of the acting tenant's chain; None where it has no entry yet."""
    row = db.session.execute(
        select(AuditHead.seq, AuditHead.hash).where(AuditHead.tenant_id == acting().tenant)
    ).first()
    return Head(row.seq, row.hash) if row else None


def last_place() -> int:
    """The highest place in the acting tenant's chain; 0 where there is none."""
    return db.session.scalar(select(func.max(EVENT.seq)).where(EVENT.tenant_id == acting().tenant)) or 0


def entries(until: int) -> Iterator[Row[Any]]:
    """The acting tenant's entries in the order of the chain, a batch in memory at a time."""
    last = 0
    while True:
        batch = db.session.execute(
            select(AuditEvent.__table__)
            .where(EVENT.tenant_id == acting().tenant, EVENT.seq > last, EVENT.seq <= until)
            .order_by(EVENT.seq)
            .limit(BATCH)
        ).all()
        db.session.rollback()  # no transaction is held for as long as the walk takes
        if not batch:
            return
        yield from batch
        last = batch[-1].seq


def count_entries(until: int) -> int:
    """How many entries there are up to a place in the chain, those without a place included."""
    counted = db.session.scalar(
        select(func.count()).where(
            EVENT.tenant_id == acting().tenant, or_(EVENT.seq <= until, EVENT.seq.is_(None))
        )
    )
    return counted or 0


def find_hash(seq: int) -> bytes | None:
    """The hash of the entry at a place in the chain."""
    return db.session.scalar(select(EVENT.hash).where(EVENT.tenant_id == acting().tenant, EVENT.seq == seq))


def hash_of(entry: Row[Any]) -> bytes:
    """What the entry's hash must be: computed here, as the database's own function could have been replaced."""
    parts = [
        str(entry.tenant_id),
        str(entry.id),
        entry.seq,
        (entry.prev_hash or b"").hex(),
        entry.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f"),
        entry.actor_kind,
        str(entry.account_id) if entry.account_id else None,
        entry.roles,
        entry.action,
        entry.object_kind,
        str(entry.object_id) if entry.object_id else None,
        entry.fields,
        entry.outcome,
        entry.reason,
        entry.request_id,
    ]
    # As PostgreSQL writes jsonb: a blank after each comma, letters as they are.
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).digest()
