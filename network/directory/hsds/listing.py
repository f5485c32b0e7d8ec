"""Which listings a request means, page by page or all of them; the ids alone, in an order that does not change.

Everything that is asked must hold. What stands in the directory but is hidden from who asks is in no answer and in
no count.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    exists,
    func,
    inspect,
    not_,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from network.directory.hsds import gone
from network.directory.hsds.asking import Wanted
from network.directory.hsds.placed import Condition, asked_of, at_postcode, found_by, holding, km
from network.directory.hsds.standing import Listing, Reader
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
    statement = statement.where(
        *(Service.id.in_(carrying) for carrying in _carrying(wanted, Attribute.service_id))
    )
    if wanted.search:
        statement = statement.where(Service.id.in_(_told_of(reader, wanted.search)))
    return gone.with_withdrawn(reader, "service", wanted, _placed(reader, statement, wanted))


def counted_services(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The services that are meant, in no order: by the search table alone where that knows all that is asked."""
    found = found_by(reader)
    conditions = asked_of(found, wanted)
    elsewhere = (wanted.search, wanted.taxonomy_term_id, wanted.taxonomy_id, wanted.modified_after)
    if not conditions or any(one is not None for one in elsewhere):
        return services(reader, wanted).order_by(None)
    if wanted.organization_id is not None:
        conditions.append(found.organization_id == wanted.organization_id)
    return select(found.service_id.label("id")).where(*conditions).distinct()


def at_locations(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The services at locations that are meant: those of the search table, which holds what stands in the directory."""
    if wanted.for_a_copy:
        changed = _changed_at_locations(reader, wanted)
        return gone.with_withdrawn(reader, "service_at_location", wanted, changed)
    found = found_by(reader)
    statement = select(found.service_at_location_id.label("id")).where(*asked_of(found, wanted))
    if wanted.organization_id is not None:
        statement = statement.where(found.organization_id == wanted.organization_id)
    if wanted.modified_after is not None:
        changed = _changed_at_locations(reader, wanted).order_by(None)
        statement = statement.where(found.service_at_location_id.in_(changed))
    for of_service, of_place in zip(
        _carrying(wanted, Attribute.service_id), _carrying(wanted, Attribute.location_id), strict=True
    ):
        statement = statement.where(found.service_at_location_id.in_(_tied(found, of_service, of_place)))
    if wanted.search:
        statement = statement.where(holding(found, wanted.search))
    if wanted.postcode:
        statement = statement.where(at_postcode(reader, wanted))
    if wanted.point is not None:
        return statement.order_by(km(found, wanted.point), found.service_at_location_id)
    return statement.order_by(found.service_at_location_id)


def _tied(found: Any, of_service: Select[Any], of_place: Select[Any]) -> CompoundSelect[Any]:
    """The services at locations whose service carries a term, or whose place does; of a confidential place no term is
    told, and none can be asked for."""
    row = aliased(inspect(found).mapper.class_)
    here = select(row.service_at_location_id)
    return union(
        here.where(row.service_id.in_(of_service)),
        here.where(row.location_id.in_(of_place), not_(row.confidential)),
    )


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
    for own, of_services in zip(
        _carrying(wanted, Attribute.organization_id), _carrying(wanted, Attribute.service_id), strict=True
    ):
        whose = select(Service.organization_id).where(*reader.listed(Service), Service.id.in_(of_services))
        statement = statement.where(Organization.id.in_(union(own, whose)))
    if wanted.search:
        named = (Organization.name, Organization.alternate_name, Organization.description)
        said = and_(*(_said(word, *named) for word in _words(wanted.search)))
        found = found_by(reader)
        through = select(found.organization_id).where(holding(found, wanted.search))
        statement = statement.where(or_(said, Organization.id.in_(through)))
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


def _carrying(wanted: Wanted, whose: Key) -> list[Select[Any]]:
    """What carries the term, and what carries any term of the taxonomy: sets that hang on nothing around them."""
    found: list[Select[Any]] = []
    if wanted.taxonomy_term_id is not None:
        found.append(select(whose).where(Attribute.taxonomy_term_id == wanted.taxonomy_term_id))
    if wanted.taxonomy_id is not None:
        terms = select(TaxonomyTerm.id).where(TaxonomyTerm.taxonomy_id == wanted.taxonomy_id)
        found.append(select(whose).where(Attribute.taxonomy_term_id.in_(terms)))
    return [carrying.where(whose.is_not(None)) for carrying in found]


def _words(search: str | None) -> list[str]:
    return list(dict.fromkeys((search or "").split()))[:MOST_WORDS]


def _said(word: str, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]) -> Condition:
    """That one of the texts holds the word, whatever its letters' case."""
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _told_of(reader: Reader, search: str) -> CompoundSelect[Any]:
    """The services that hold the words: in some spelling where they are offered somewhere, else as they are written."""
    found = found_by(reader)
    placed = select(found.service_id)
    told = (Service.name, Service.alternate_name, Service.description)
    nowhere = (
        select(Service.id, *told, Organization.name.label("organization_name"))
        .join(Organization, Organization.id == Service.organization_id)
        .where(not_(exists(placed.where(found.service_id == Service.id).correlate(Service))))
        .cte("nowhere")
        .prefix_with("MATERIALIZED", dialect="postgresql")  # few are: their texts alone are read
    )
    texts = [nowhere.c[name] for name in ("name", "alternate_name", "description", "organization_name")]
    written = select(nowhere.c.id).where(*(_said(word, *texts) for word in _words(search)))
    return union(placed.where(holding(found, search)), written)


def _placed(reader: Reader, statement: Select[Any], wanted: Wanted) -> Select[Any]:
    """Services where, when and for whom: asked of the search table; nearest first where a place is given."""
    found = found_by(reader)
    conditions = asked_of(found, wanted)
    if not conditions:
        return statement.order_by(Service.id)
    if wanted.point is None:
        matching = select(found.service_id).where(*conditions)
        return statement.where(Service.id.in_(matching)).order_by(Service.id)
    near = (
        select(found.service_id.label("id"), func.min(km(found, wanted.point)).label("km"))
        .where(*conditions)
        .group_by(found.service_id)
        .subquery("near")
    )
    return statement.join(near, near.c.id == Service.id).order_by(near.c.km, Service.id)
