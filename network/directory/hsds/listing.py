"""Which listings a request means, page by page or all of them; the ids alone, in an order that does not change.

Everything that is asked must hold. What stands in the directory but is hidden from who asks is in no answer and in
no count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Select,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from network.directory.hsds import gone
from network.directory.hsds.asking import Wanted
from network.directory.hsds.placed import Condition, Found, asked_of, at_postcode, holding, km
from network.directory.hsds.records import Listing, Reader
from network.directory.models import (
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    Taxonomy,
    TaxonomyTerm,
)

MOST_WORDS: Final = 8

Key = InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Page:
    """The ids on one page, and how many there are in all."""

    ids: Sequence[UUID]
    total: int


def page_of(reader: Reader, statement: Select[Any], number: int, size: int) -> Page:
    """One page of a statement that selects ``id`` and is ordered; what lies beyond the end is empty.

    A page of the second half is read from the end, so that the last one costs what the first one does.
    """
    total = reader.session.execute(
        select(func.count()).select_from(statement.order_by(None).subquery())
    ).scalar_one()
    skipped = (number - 1) * size
    if skipped >= total:
        return Page((), total)
    found = reader.session.execute(_window(statement, skipped, min(size, total - skipped), total))
    return Page([row[0] for row in found], total)


def _window(statement: Select[Any], skipped: int, wanted: int, total: int) -> Select[Any]:
    if skipped <= total // 2 or len(statement._order_by_clauses) != 1:
        return statement.offset(skipped).limit(wanted)
    key = statement.selected_columns[0]
    last = (
        statement.order_by(None)
        .order_by(key.desc())
        .offset(total - skipped - wanted)
        .limit(wanted)
        .subquery()
    )
    return select(last.c.id).order_by(last.c.id)


def services(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The services that are meant."""
    statement = (
        select(Service.id.label("id"))
        .join(Organization, Organization.id == Service.organization_id)
        .where(*_all(reader, wanted, Service, Organization))
    )
    if wanted.organization_id is not None:
        statement = statement.where(Service.organization_id == wanted.organization_id)
    if (since := wanted.modified_after) is not None:
        changed = (Service.modified_at, Organization.modified_at)
        statement = statement.where(or_(*(at >= since for at in changed)))
    statement = statement.where(*_with_terms(wanted, Attribute.service_id == Service.id))
    if wanted.search:
        statement = statement.where(
            or_(Service.id.in_(_told_of(reader, wanted.search)), _nowhere(wanted.search))
        )
    return gone.with_withdrawn(reader, "service", wanted, _placed(reader, statement, wanted))


def at_locations(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The services at locations that are meant: those of the search table, which holds what stands in the directory."""
    if wanted.for_a_copy:
        changed = _changed_at_locations(reader, wanted)
        return gone.with_withdrawn(reader, "service_at_location", wanted, changed)
    found = Found
    statement = select(found.service_at_location_id.label("id")).where(*asked_of(wanted), *_public(reader))
    if wanted.organization_id is not None:
        statement = statement.where(found.organization_id == wanted.organization_id)
    if wanted.modified_after is not None:
        changed = _changed_at_locations(reader, wanted).order_by(None)
        statement = statement.where(found.service_at_location_id.in_(changed))
    either = or_(Attribute.service_id == found.service_id, Attribute.location_id == found.location_id)
    statement = statement.where(*_with_terms(wanted, either))
    if wanted.search:
        statement = statement.where(holding(wanted.search))
    if wanted.postcode:
        statement = statement.where(at_postcode(reader, wanted))
    if wanted.point is not None:
        return statement.order_by(km(wanted.point), found.service_at_location_id)
    return statement.order_by(found.service_at_location_id)


def _changed_at_locations(reader: Reader, wanted: Wanted) -> Select[Any]:
    """Services at locations that changed, or whose service, organization or location did; those that are gone, too."""
    parts = (ServiceAtLocation, Service, Organization, Location)
    statement = (
        select(ServiceAtLocation.id.label("id"))
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(or_(*(part.modified_at >= wanted.modified_after for part in parts)))
    )
    if reader.public:
        statement = statement.where(*(part.visibility == "public" for part in parts[1:]))
    if wanted.organization_id is not None:
        statement = statement.where(Service.organization_id == wanted.organization_id)
    return statement.order_by(ServiceAtLocation.id)


def organizations(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The organizations that are meant."""
    statement = select(Organization.id.label("id")).where(*_all(reader, wanted, Organization))
    if wanted.organization_id is not None:
        statement = statement.where(Organization.id == wanted.organization_id)
    if wanted.modified_after is not None:
        statement = statement.where(Organization.modified_at >= wanted.modified_after)
    its_services = (
        select(Service.id)
        .where(Service.organization_id == Organization.id, *reader.listed(Service))
        .correlate(Organization)
    )
    either = or_(Attribute.organization_id == Organization.id, Attribute.service_id.in_(its_services))
    statement = statement.where(*_with_terms(wanted, either))
    if wanted.search:
        named = (Organization.name, Organization.alternate_name, Organization.description)
        own = and_(*(_said(word, *named) for word in _words(wanted.search)))
        through = select(Found.organization_id).where(holding(wanted.search), *_public(reader))
        statement = statement.where(or_(own, Organization.id.in_(through)))
    return gone.with_withdrawn(reader, "organization", wanted, statement.order_by(Organization.id))


def taxonomies(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The taxonomies that are meant."""
    statement = select(Taxonomy.id.label("id"))
    for word in _words(wanted.search):
        statement = statement.where(_said(word, Taxonomy.name, Taxonomy.description))
    return statement.order_by(Taxonomy.id)


def taxonomy_terms(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The terms that are meant."""
    statement = select(TaxonomyTerm.id.label("id"))
    if wanted.taxonomy_id is not None:
        statement = statement.where(TaxonomyTerm.taxonomy_id == wanted.taxonomy_id)
    if wanted.parent_id is not None:
        statement = statement.where(TaxonomyTerm.parent_id == wanted.parent_id)
    if wanted.top_only:
        statement = statement.where(TaxonomyTerm.parent_id.is_(None))
    for word in _words(wanted.search):
        statement = statement.where(
            _said(word, TaxonomyTerm.name, TaxonomyTerm.code, TaxonomyTerm.description)
        )
    return statement.order_by(TaxonomyTerm.id)


def _all(reader: Reader, wanted: Wanted, *parts: Listing) -> tuple[Condition, ...]:
    """That all of these stand in the directory; for a copy: or stood there, and could be told."""
    if wanted.for_a_copy:
        return tuple(part.visibility == "public" for part in parts) if reader.public else ()
    return tuple(condition for part in parts for condition in reader.listed(part))


def _with_terms(wanted: Wanted, tied: Condition) -> list[Condition]:
    """That it carries the term, and any term of the taxonomy."""
    found: list[Condition] = []
    if wanted.taxonomy_term_id is not None:
        found.append(exists().where(tied, Attribute.taxonomy_term_id == wanted.taxonomy_term_id))
    if wanted.taxonomy_id is not None:
        of_it = (
            Attribute.taxonomy_term_id == TaxonomyTerm.id,
            TaxonomyTerm.taxonomy_id == wanted.taxonomy_id,
        )
        found.append(exists().where(tied, *of_it))
    return found


def _words(search: str | None) -> list[str]:
    return list(dict.fromkeys((search or "").split()))[:MOST_WORDS]


def _said(word: str, *columns: InstrumentedAttribute[Any]) -> Condition:
    """That one of the texts holds the word, whatever its letters' case."""
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _told_of(reader: Reader, search: str) -> Select[Any]:
    """The services that hold the words, of those that are offered somewhere."""
    return select(Found.service_id).where(holding(search), *_public(reader))


def _nowhere(search: str) -> Condition:
    """That a service is offered at no location, and holds the words as they are written."""
    nowhere = not_(exists().where(ServiceAtLocation.service_id == Service.id))
    told = (Service.name, Service.alternate_name, Service.description, Organization.name)
    return and_(nowhere, *(_said(word, *told) for word in _words(search)))


def _public(reader: Reader) -> list[Condition]:
    return [Found.visibility == "public"] if reader.public else []


def _placed(reader: Reader, statement: Select[Any], wanted: Wanted) -> Select[Any]:
    """Services where, when and for whom: asked of the search table; nearest first where a place is given."""
    conditions = asked_of(wanted)
    if not conditions:
        return statement.order_by(Service.id)
    conditions += _public(reader)
    if wanted.point is None:
        matching = select(Found.service_id).where(*conditions)
        return statement.where(Service.id.in_(matching)).order_by(Service.id)
    near = (
        select(Found.service_id.label("id"), func.min(km(wanted.point)).label("km"))
        .where(*conditions)
        .group_by(Found.service_id)
        .subquery("near")
    )
    return statement.join(near, near.c.id == Service.id).order_by(near.c.km, Service.id)
