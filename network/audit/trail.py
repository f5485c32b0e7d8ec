"""Writing the trail. Entries are buffered and inserted last: a chain locked earlier serialises a tenant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from flask import g
from sqlalchemy import Table, insert

from network.audit.models import AuditEvent
from network.core import clock
from network.core.db import at_end, unit_of_work, unit_store, write_later
from network.core.ids import new_id
from network.tenants.context import Identity, acting, find_acting

_BUFFER = "audit_entries"
_CODE = re.compile(r"[a-z0-9_.:-]{1,80}\Z")
_INSERT = insert(cast(Table, AuditEvent.__table__))  # nobody reads them back: the ORM need not watch them


def record(
    action: str,
    object_kind: str,
    object_id: UUID | None,
    *,
    fields: Iterable[str] = (),
    outcome: str = "ok",
    reason: str | None = None,
) -> None:
    """Note an act of whoever acts now. ``fields`` are names, never values; ``reason`` is a code."""
    entry = _entry(acting(), action, object_kind, object_id, tuple(fields), outcome, reason)
    unit_store(_BUFFER).append(entry)
    at_end("audit", _write)


def record_refusal(action: str, object_kind: str, object_id: UUID | None, reason: str) -> None:
    """Note that something was refused, in a unit of its own after the refused one was rolled back."""
    identity = find_acting()
    if identity is None or identity.tenant_id is None or identity.kind not in ("staff", "job"):
        return
    with unit_of_work():
        record(action, object_kind, object_id, outcome="refused", reason=reason)


def _entry(
    identity: Identity,
    action: str,
    object_kind: str,
    object_id: UUID | None,
    fields: tuple[str, ...],
    outcome: str,
    reason: str | None,
) -> dict[str, Any]:
    for code in (action, object_kind, outcome, reason or "none", *fields):
        if not _CODE.match(code):
            raise ValueError("the audit trail holds codes and field names, never values")
    return {
        "tenant_id": identity.tenant,
        "id": new_id(),
        "at": clock.now(),
        "actor_kind": identity.kind,
        "account_id": identity.account_id,
        "roles": sorted(identity.roles),
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "fields": list(fields),
        "outcome": outcome,
        "reason": reason,
        "request_id": g.get("request_id"),
    }


def _write() -> None:
    write_later(_INSERT, *unit_store(_BUFFER))
