"""The life of an import: a file is sent and kept sealed, started, stopped, or given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core import clock
from network.core.crypto import seal, seal_bytes
from network.core.db import db
from network.core.errors import Conflict, Invalid
from network.core.ids import new_id
from network.directory.feeds import mapping, reading
from network.directory.feeds.records import Unreadable
from network.directory.feeds.standing import forget, locked, moved_on
from network.directory.models import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
)
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.tenants.models import Tenant

PLAN: Final = "listing.import.plan"
APPLY: Final = "listing.import.apply"
PART_BYTES: Final = 1024 * 1024
LONGEST_SOURCE: Final = 80
# An import that failed for no fault of its file, by where it stood: started again, it goes on there.
STOPPED: Final[Mapping[str, str]] = {"uploaded": "not_compared", "running": "not_carried_out"}


def start_import(
    data: bytes,
    *,
    file_name: str,
    source: str,
    mapped: Mapping[str, Any] | None = None,
    visibility: str = "network",
    confidential: bool = False,
    worker_after: timedelta = timedelta(0),
) -> UUID:
    """Keep a file and have it compared with the directory; returns the import. Raises Invalid where it is no feed.

    ``worker_after``: when a worker is to see to it, where who calls this compares it as well.
    """
    source = " ".join(source.split())
    if not source or len(source) > LONGEST_SOURCE:
        raise Invalid(fields={"source": [_("Name where this comes from, in 1 to 80 letters.")]})
    try:
        reading.kind_of(data)
    except Unreadable as wrong:
        raise Invalid(fields={"file": [mapping.told(wrong)]}) from None
    tenant = acting().tenant
    own = db.session.get_one(Tenant, tenant)
    import_id, now, key = new_id(), clock.now(), tenant_key(tenant)
    held = {"file_name": file_name[:200], "mapping": mapped}
    db.session.add(
        ListingImport(
            tenant_id=tenant,
            id=import_id,
            account_id=acting().account_id,
            source=source,
            options={
                "country": own.country,
                "time_zone": own.time_zone,
                "visibility": visibility,
                "confidential": confidential,
            },
            sealed=seal(key, "listing_import", tenant, import_id, held),
            size_bytes=len(data),
            totals={},
            created_at=now,
            modified_at=now,
        )
    )
    db.session.flush()
    for number, start in enumerate(range(0, len(data), PART_BYTES)):
        part = new_id()
        sealed = seal_bytes(key, "listing_import_part", tenant, part, data[start : start + PART_BYTES])
        db.session.add(
            ListingImportPart(tenant_id=tenant, id=part, import_id=import_id, position=number, sealed=sealed)
        )
    enqueue(PLAN, import_id, available_at=now + worker_after)
    record("import.started", "listing_import", import_id)
    return import_id


def begin_import(import_id: UUID, *, version: int | None = None) -> None:
    """Have a plan carried out, or one that stopped gone on with. Raises Conflict where there is none."""
    one = locked(import_id)
    if one.state == "running":
        return
    stopped = one.state == "failed" and one.problem in STOPPED.values()
    if (one.state != "planned" and not stopped) or (version is not None and version != one.version):
        raise Conflict(_("This import cannot be started now."))
    if one.problem == STOPPED["uploaded"]:
        one.state, one.problem = "uploaded", None
        moved_on(one)
        enqueue(PLAN, import_id)
    else:
        one.state, one.problem = "running", None
        moved_on(one)
        enqueue(APPLY, import_id, expected_version=one.position)
    record("import.begun", "listing_import", import_id)


def stop_import(import_id: UUID, position: int | None) -> None:
    """Say of an import that it failed for good, at the piece after ``position`` or while it was compared."""
    one = locked(import_id)
    if one.state != ("uploaded" if position is None else "running") or position not in (None, one.position):
        return
    one.problem, one.state = STOPPED[one.state], "failed"
    moved_on(one)
    record("import.stopped", "listing_import", import_id)


def give_up_import(import_id: UUID) -> None:
    """Give up an import; of its file and its rows nothing is kept. What was carried out stays."""
    one = locked(import_id)
    if one.state in ("done", "given_up"):
        return
    one.state = "given_up"
    forget(ListingImportPart, one)
    forget(ListingImportRow, one)
    moved_on(one)
    record("import.given_up", "listing_import", import_id)
