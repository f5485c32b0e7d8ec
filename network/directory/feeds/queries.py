"""Reading imports: which there are, how far one has come, what becomes of its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from network.core.crypto import unseal
from network.core.db import db
from network.core.errors import NotFound
from network.directory import geo
from network.directory.feeds import wording
from network.directory.feeds.writing import safe
from network.directory.geo import Place
from network.directory.models import ListingImport, ListingImportRow
from network.tenants.context import acting
from network.tenants.keys import tenant_key
from network.web.paging import Page, page_of

PAGE = 50
# What somebody had better look at before the import is started, besides what cannot be used or was set aside.
TO_LOOK_AT = (
    *("maybe_same", "changed_here", "withheld_here", "confidential_here", "confidential_place"),
    *("confidential_without_town", "removed_here", "not_yours"),
)


@dataclass(frozen=True)
class ImportRow:
    """A row of an import, opened. ``changes``: field, what stood here, what the feed says. ``meant``: by field, the
    place that a town with a slip may be."""

    number: int
    line: str
    entity: str
    foreign_id: str
    label: str
    outcome: str
    reasons: list[str]
    changes: dict[str, Any]
    doubts: list[list[str]]
    meant: dict[str, Place]


def list_imports(cursor: str | None = None) -> Page[ListingImport]:
    """The imports of this tenant, newest first."""
    asked = select(ListingImport).where(ListingImport.tenant_id == acting().tenant)
    return page_of(
        asked, (ListingImport.created_at, ListingImport.id), name="imports", cursor=cursor, size=20
    )


def get_import(import_id: UUID) -> ListingImport:
    """An import of this tenant. Raises NotFound."""
    one = db.session.get(ListingImport, (acting().tenant, import_id))
    if one is None:
        raise NotFound
    return one


def file_name_of(one: ListingImport) -> str:
    """What the file was called."""
    return str(
        unseal(tenant_key(one.tenant_id), "listing_import", one.tenant_id, one.id, one.sealed)["file_name"]
    )


def list_rows(
    one: ListingImport,
    *,
    outcome: str | None = None,
    entity: str | None = None,
    doubtful: bool = False,
    to_look_at: bool = False,
    cursor: str | None = None,
    size: int = PAGE,
) -> Page[ImportRow]:
    """Rows in the order in which they are written; only those of an outcome or entity, or with values set aside.

    ``to_look_at``: only those that somebody had better look at: refused, in doubt, or another's.
    """
    asked = _rows(one)
    if outcome is not None:
        asked = asked.where(ListingImportRow.outcome == outcome)
    if entity is not None:
        asked = asked.where(ListingImportRow.entity == entity)
    if doubtful:
        asked = asked.where(ListingImportRow.doubtful > 0)
    if to_look_at:
        asked = asked.where(
            (ListingImportRow.doubtful > 0)
            | (func.coalesce(ListingImportRow.result, ListingImportRow.outcome) == "refused")
            | ListingImportRow.reasons.overlap(list(TO_LOOK_AT))
        )
    return page_of(
        asked,
        (ListingImportRow.position,),
        name=f"rows {one.id} {outcome} {entity} {doubtful} {to_look_at}",
        cursor=cursor,
        size=size,
        descending=False,
        make=_opened,
    )


def _rows(one: ListingImport) -> Any:
    return select(ListingImportRow).where(
        ListingImportRow.tenant_id == one.tenant_id, ListingImportRow.import_id == one.id
    )


def _opened(row: ListingImportRow) -> ImportRow:
    held = unseal(tenant_key(row.tenant_id), "listing_import_row", row.tenant_id, row.id, row.sealed)
    return ImportRow(
        number=row.position,
        line=held["line"],
        entity=row.entity,
        foreign_id=held["foreign_id"],
        label=held["label"],
        outcome=row.result or row.outcome,
        reasons=row.reasons,
        changes=held["changes"],
        doubts=held["doubts"],
        meant=_meant(held),
    )


def _meant(held: Mapping[str, Any]) -> dict[str, Place]:
    """The one town of the gazetteer that may be meant where it does not know what is written; it is not taken."""
    country = held.get("values", {}).get("country")
    for name, value, reason in held["doubts"]:
        if (name, reason) == ("town", "unknown_code") and value and country:
            place = geo.place_meant(value, country)
            return {} if place is None else {name: place}
    return {}


def set_aside_csv(one: ListingImport) -> str:
    """Every value and row that was set aside, with its reason, as a table for a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("line", "entity", "id", "field", "value", "reason", "meaning"))
    for cells in _set_aside(one):
        writer.writerow([safe(cell) for cell in cells])
    return "\ufeff" + text.getvalue()


def _set_aside(one: ListingImport) -> Iterator[tuple[Any, ...]]:
    concerned = (ListingImportRow.doubtful > 0) | (ListingImportRow.outcome == "refused")
    concerned |= ListingImportRow.result == "refused"
    for row in db.session.scalars(_rows(one).where(concerned).order_by(ListingImportRow.position)):
        opened = _opened(row)
        about = (opened.line, opened.entity, opened.foreign_id)
        for field, value, reason in opened.doubts:
            meaning = wording.reason(reason)
            if field in opened.meant:
                meaning += " " + wording.meant(opened.meant[field])
            yield (*about, field, value, reason, meaning)
        if opened.outcome == "refused":
            for reason in opened.reasons:
                yield (*about, "", "", reason, wording.reason(reason))
