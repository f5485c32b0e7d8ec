"""Bringing a file in, as the worker would: compared, then carried out a piece at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from network.core.crypto import unseal
from network.core.db import db, unit_of_work
from network.directory.feeds import carrying, operations
from network.directory.models import ListingImport, ListingImportRow
from network.tenants.context import Identity, scope
from network.tenants.keys import tenant_key
from tests.directory.conftest import Members


class Brought:
    """An import that ran to its end."""

    def __init__(self, app: Flask, identity: Identity, import_id: UUID):
        with app.app_context(), scope(identity):
            self.one = db.session.get_one(ListingImport, (identity.tenant, import_id))
            rows = db.session.scalars(
                select(ListingImportRow)
                .where(ListingImportRow.import_id == import_id)
                .order_by(ListingImportRow.position)
            ).all()
            key = tenant_key(identity.tenant)
            self.rows = [
                (row, unseal(key, "listing_import_row", identity.tenant, row.id, row.sealed)) for row in rows
            ]
        self.totals: dict[str, Any] = self.one.totals
        self.results: dict[str, int] = self.totals.get("results", {})

    def rows_of(self, entity: str) -> list[tuple[str, list[str], dict[str, Any]]]:
        """(result, reasons, payload) of every row of an entity."""
        return [
            (row.result or row.outcome, row.reasons, held) for row, held in self.rows if row.entity == entity
        ]

    def doubts(self) -> set[tuple[str, str, str]]:
        """(entity, field, reason) of every value that was set aside."""
        return {
            (row.entity, name, reason) for row, held in self.rows for name, _said, reason in held["doubts"]
        }


Bring = Callable[..., Brought]


@pytest.fixture
def bring(app: Flask, members: Members) -> Bring:
    """Bring a file in for the partner, to its end."""

    def run(data: Any, *, source: str = "feed", identity: Identity | None = None, **options: Any) -> Brought:
        who = identity or members.partner
        body = data if isinstance(data, bytes) else orjson.dumps(data)
        name = options.pop("file_name", "feed.json")
        with app.app_context(), scope(who), unit_of_work():
            import_id = operations.start_import(body, file_name=name, source=source, **options)
        with app.app_context(), scope(who):
            carrying.carry_out_here(import_id, unit_of_work, lambda _done, _all: None)
        return Brought(app, who, import_id)

    return run
