"""Taking listings out: HSDS JSON, lines, tables (a datapackage of CSV, zipped), a workbook; and our own one, empty.

What may be read by who asks, and nothing more: of a confidential place its town. The days of a country are told once,
not with each of its places. Everything is written as it is read: however much it is, no more is held than a batch.

``tables`` are the rows, ``files`` what they become, ``template`` our own workbook, ``sending`` the way to who asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any, Final
from uuid import UUID

import orjson
from sqlalchemy import func, select

from network.core.db import db
from network.directory.feeds.writing.files import safe, workbook, zipped
from network.directory.feeds.writing.tables import Tables
from network.directory.feeds.writing.template import template
from network.directory.hsds.nesting import Writer
from network.directory.hsds.records import Whole, whole_organizations
from network.directory.hsds.standing import Reader
from network.directory.hsds.writing import exception
from network.directory.models import Organization, Service
from network.tenants.context import acting

__all__ = ["FORMS", "export", "safe", "template"]

FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "json": ("application/json", "json"),
    "ndjson": ("application/x-ndjson", "ndjson"),
    "csv": ("application/zip", "zip"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
MOST_ORGANIZATIONS: Final = 200  # of a batch
MOST_SERVICES: Final = 1000  # of a batch, unless one organization has more


def export(form: str, out: IO[bytes], *, own: bool) -> None:
    """Write the listings that may be read, or only those of which the acting tenant is the steward."""
    if form in ("json", "ndjson"):
        _write_objects(out, own, lines=form == "ndjson")
        return
    with Tables() as tables:
        tables.take(_wholes(own))
        (zipped if form == "csv" else workbook)(list(tables.by_entity.values()), out)


def _write_objects(out: IO[bytes], own: bool, *, lines: bool) -> None:
    national: dict[UUID, dict[str, Any]] = {}
    between = b"" if lines else b'{"organizations":['
    for whole in _wholes(own):
        writer = Writer(whole, public=False, national=False)
        for one in whole.organizations:
            out.write(between + orjson.dumps(writer.organization(one, full_service=True)))
            between = b"\n" if lines else b","
        for country, days in whole.national.items():
            national |= {row["id"]: exception(row) | {"country": country} for row in days}
    if lines:
        out.write(b"".join(between + orjson.dumps(day) for day in national.values()) + b"\n")
        return
    started = b"" if between == b"," else between
    out.write(started + b'],"schedule_exceptions":' + orjson.dumps(list(national.values())) + b"}")


def _wholes(own: bool) -> Iterator[Whole]:
    """Everything, a batch of organizations at a time; read over a cursor of the server."""
    for ids in _batches(own):
        yield whole_organizations(Reader(db.session, public=False), ids, full_service=True)


def _batches(own: bool) -> Iterator[list[UUID]]:
    reader = Reader(db.session, public=False)
    services = select(func.count()).where(Service.organization_id == Organization.id).scalar_subquery()
    asked = select(Organization.id, services).where(*reader.listed(Organization)).order_by(Organization.id)
    if own:
        asked = asked.where(Organization.steward_tenant_id == acting().tenant)
    batch: list[UUID] = []
    held = 0
    with db.session.execute(
        asked, execution_options={"stream_results": True, "max_row_buffer": 1000}
    ) as rows:
        for one, count in rows:
            if batch and (len(batch) == MOST_ORGANIZATIONS or held + count > MOST_SERVICES):
                yield batch
                batch, held = [], 0
            batch.append(one)
            held += count
    if batch:
        yield batch
