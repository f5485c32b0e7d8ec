"""Listings as they leave: pages of them, single ones, and all of them without holding them all."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select

from network.directory.hsds import gone, listing, paging, records, standing, writing
from network.directory.hsds.asking import Wanted
from network.directory.hsds.gone import Gone
from network.directory.hsds.nesting import Made, Writer
from network.directory.hsds.standing import Reader, among, every
from network.directory.models import (
    Service,
    Taxonomy,
    TaxonomyTerm,
)

BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Fullness:
    """How much of each listing is told."""

    full: bool = False
    full_service: bool = False
    minimal: bool = False


Told = dict[UUID, Made]


def _services(reader: Reader, ids: Sequence[UUID], fullness: Fullness) -> Told:
    if fullness.minimal:
        rows = reader.rows(standing.services_of(reader).where(among(Service.id, ids)))
        return {row["id"]: writing.minimal(row) for row in rows}
    if fullness.full:
        whole = records.whole_services(reader, ids)
        writer = Writer(whole, public=reader.public)
        return {one: writer.service(one) for one in whole.services}
    whole = records.simple_services(reader, ids)
    writer = Writer(whole, public=reader.public)
    return {one: writer.simple_service(one) for one in whole.services}


def _at_locations(reader: Reader, ids: Sequence[UUID], fullness: Fullness) -> Told:
    read = records.whole_at_locations if fullness.full else records.simple_at_locations
    whole = read(reader, ids)
    writer = Writer(whole, public=reader.public)
    tell = writer.at_location if fullness.full else writer.simple_at_location
    return {one: tell(one) for one in ids if one in whole.at_locations}


def _organizations(reader: Reader, ids: Sequence[UUID], fullness: Fullness) -> Told:
    if fullness.full or fullness.full_service:
        whole = records.whole_organizations(reader, ids, full_service=fullness.full_service)
        writer = Writer(whole, public=reader.public)
        return {
            one: writer.organization(one, full_service=fullness.full_service) for one in whole.organizations
        }
    whole = records.simple_organizations(reader, ids)
    writer = Writer(whole, public=reader.public)
    return {one: writer.simple_organization(one) for one in whole.organizations}


def _taxonomies(reader: Reader, ids: Sequence[UUID], fullness: Fullness) -> Told:
    rows = reader.rows(every(Taxonomy).where(among(Taxonomy.id, ids)))
    return {row["id"]: writing.flat("taxonomy", row) for row in rows}


def _terms(reader: Reader, ids: Sequence[UUID], fullness: Fullness) -> Told:
    return {row["id"]: writing.term(row) for row in reader.rows(standing.terms_of(TaxonomyTerm.id, ids))}


Tell = Callable[[Reader, Sequence[UUID], Fullness], Told]
Find = Callable[[Reader, Wanted], Select[Any]]
FEEDS: Final[Mapping[str, tuple[Find, Tell]]] = {
    "service": (listing.services, _services),
    "organization": (listing.organizations, _organizations),
    "service_at_location": (listing.at_locations, _at_locations),
    "taxonomy": (listing.taxonomies, _taxonomies),
    "taxonomy_term": (listing.taxonomy_terms, _terms),
}
COUNTED: Final[Mapping[str, Find]] = {"service": listing.counted_services}


def page(reader: Reader, entity: str, wanted: Wanted, fullness: Fullness, number: int, size: int) -> Made:
    """One page, in the standard's envelope."""
    find, _tell = FEEDS[entity]
    counted = COUNTED.get(entity, find)
    found = paging.page_of(reader, find(reader, wanted), counted(reader, wanted), number, size)
    contents = told(reader, entity, found.ids, wanted, fullness)
    pages = -(-found.total // size)
    return {
        "total_items": found.total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": contents,
    }


def everything(
    reader: Reader, entity: str, wanted: Wanted, fullness: Fullness
) -> Generator[list[Made], None, None]:
    """All that is meant, some at a time. Consistent where the reader's transaction is (REPEATABLE READ)."""
    find, _tell = FEEDS[entity]
    statement = find(reader, wanted).execution_options(stream_results=True, max_row_buffer=10 * BATCH)
    with reader.session.execute(statement) as found:
        for batch in found.partitions(BATCH):
            yield told(reader, entity, [row[0] for row in batch], wanted, fullness)


def told(reader: Reader, entity: str, ids: Sequence[UUID], wanted: Wanted, fullness: Fullness) -> list[Made]:
    """These, in this order; those that are gone as tombstones, where they are asked for."""
    _find, tell = FEEDS[entity]
    found = tell(reader, ids, fullness) if ids else {}
    missing = [one for one in ids if one not in found]
    if missing and wanted.for_a_copy and entity in gone.PARTS:
        found |= gone.tombstones(reader, entity, missing)
    return [found[one] for one in ids if one in found]


def one(reader: Reader, entity: str, record_id: UUID, fullness: Fullness) -> Made | Gone | None:
    """A single one with everything; where it went; or None where nothing is known of it to who asks."""
    _find, tell = FEEDS[entity]
    found = tell(reader, [record_id], fullness).get(record_id)
    if found is not None or entity not in gone.PARTS:
        return found
    return gone.find(reader, entity, record_id)
