"""Carrying an import out, a piece at a time; each piece ends with how far it came.

``pieces`` writes the rows of one entity together (``storing``); what others keep is told to them (``suggesting``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import select

from network.audit.trail import record
from network.background.outbox import enqueue
from network.core.crypto import unseal
from network.core.db import db
from network.directory.feeds.carrying.pieces import Piece
from network.directory.feeds.comparing import plan_import
from network.directory.feeds.operations import APPLY, begin_import, stop_import
from network.directory.feeds.sources.missing import settle_absent
from network.directory.feeds.standing import locked, moved_on
from network.directory.models import (
    ListingImport,
    ListingImportRow,
)
from network.directory.operations import ask_for_twins
from network.tenants.keys import tenant_key

PIECE: Final = 500

log = structlog.get_logger(__name__)


def carry_on(import_id: UUID, position: int) -> None:
    """Carry out the next piece, if ``position`` is where the import stands, and ask for the one after it."""
    one = locked(import_id)
    if one.state != "running" or one.position != position:
        return
    if carry_out(one) < one.rows:
        enqueue(APPLY, import_id, expected_version=one.position)
        return
    one.state = "done"
    settle_absent(one)
    moved_on(one)
    ask_for_twins()
    record("import.done", "listing_import", import_id)


def carry_out(one: ListingImport) -> int:
    """Carry out the next rows of an import; returns how far it came."""
    tenant, key = one.tenant_id, tenant_key(one.tenant_id)
    rows = list(
        db.session.scalars(
            select(ListingImportRow)
            .where(
                ListingImportRow.tenant_id == tenant,
                ListingImportRow.import_id == one.id,
                ListingImportRow.position > one.position,
                ListingImportRow.position <= one.position + PIECE,
            )
            .order_by(ListingImportRow.position)
        )
    )
    held = [(row, unseal(key, "listing_import_row", tenant, row.id, row.sealed)) for row in rows]
    for entity, group in groupby(held, key=lambda pair: pair[0].entity):
        Piece(one, entity).carry_out(list(group))
    one.position = min(one.position + PIECE, one.rows)
    results = Counter(row.result or row.outcome for row in rows)
    before = Counter(one.totals.get("results", {}))
    one.totals = one.totals | {"results": dict(before + results)}
    moved_on(one)
    return one.position


def carry_out_here(import_id: UUID, unit: Callable[[], Any], told: Callable[[int, int], None]) -> None:
    """Carry an import out in this process, each piece in a unit of its own; what a command does.

    What fails for an unexpected reason is not tried again: it is logged, and the import says that it failed.
    """
    try:
        _carried_out(import_id, unit, told)
    except Exception as error:  # noqa: BLE001  # whatever it is, the import is not to look as if it ran
        log.error("import_stopped", import_id=str(import_id), error=type(error).__name__)
        with unit():
            one = locked(import_id)
            stop_import(import_id, one.position if one.state == "running" else None)


def _carried_out(import_id: UUID, unit: Callable[[], Any], told: Callable[[int, int], None]) -> None:
    state = "uploaded"
    while state == "uploaded":  # a worker may be at it, too: who comes second goes on where the other stands
        plan_import(import_id, unit)
        with unit():
            state = locked(import_id).state
    with unit():
        if locked(import_id).state != "planned":
            return
        begin_import(import_id)
    while True:
        with unit():
            one = locked(import_id)
            if one.state != "running":
                return
            told(one.position, one.rows)
            carry_on(import_id, one.position)
