"""Which listings a request means, page by page or all of them; the ids alone, in an order that does not change.

Everything that is asked must hold. What stands in the directory but is hidden from who asks is in no answer and in
no count.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Double,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.orm import InstrumentedAttribute

from network.directory import geo
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.hsds.asking import Wanted
from network.directory.hsds.records import Listing, Reader
from network.directory.models import (
    Address,
    Attribute,
    Location,
    Organization,
    Service,
    ServiceAtLocation,
    ServiceSearch,
    Taxonomy,
    TaxonomyTerm,
)

MOST_WORDS: Final = 8

Condition = ColumnElement[bool]
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
    for word in _words(wanted.search):
        statement = statement.where(_said(word, Service.name, Service.alternate_name, Service.description,
                                          Organization.name, Organization.alternate_name))  # fmt: skip
    return _placed(reader, statement, wanted)


def at_locations(reader: Reader, wanted: Wanted) -> Select[Any]:
    """The services at locations that are meant: those of the search table, which holds what stands in the directory."""
    if wanted.for_a_copy:
        return _changed_at_locations(reader, wanted)
    found = ServiceSearch
    statement = select(found.service_at_location_id.label("id")).where(*_searched(wanted))
    if reader.public:
        statement = statement.where(found.visibility == "public")
    if wanted.organization_id is not None:
        statement = statement.where(found.organization_id == wanted.organization_id)
    if wanted.modified_after is not None:
        changed = _changed_at_locations(reader, wanted).order_by(None)
        statement = statement.where(found.service_at_location_id.in_(changed))
    either = or_(Attribute.service_id == found.service_id, Attribute.location_id == found.location_id)
    statement = statement.where(*_with_terms(wanted, either))
    for word in _words(wanted.search):
        said = exists().where(Service.id == found.service_id, _said(word, Service.description))
        names = (found.service_name, found.service_alternate_name, found.organization_name,
                 found.organization_alternate_name, found.town)  # fmt: skip
        statement = statement.where(or_(_said(word, *names), said))
    if wanted.postcode:
        statement = statement.where(_at_postcode(reader, wanted))
    if wanted.point is not None:
        return statement.order_by(_km(found, wanted.point), found.service_at_location_id)
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
    for word in _words(wanted.search):
        statement = statement.where(
            _said(word, Organization.name, Organization.alternate_name, Organization.description)
        )
    return statement.order_by(Organization.id)


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


def _placed(reader: Reader, statement: Select[Any], wanted: Wanted) -> Select[Any]:
    """Services where, when and for whom: asked of the search table; nearest first where a place is given."""
    conditions = _searched(wanted)
    if not conditions:
        return statement.order_by(Service.id)
    if reader.public:
        conditions.append(ServiceSearch.visibility == "public")
    if wanted.point is None:
        matching = select(ServiceSearch.service_id).where(*conditions)
        return statement.where(Service.id.in_(matching)).order_by(Service.id)
    near = (
        select(ServiceSearch.service_id.label("id"), func.min(_km(ServiceSearch, wanted.point)).label("km"))
        .where(*conditions)
        .group_by(ServiceSearch.service_id)
        .subquery("near")
    )
    return statement.join(near, near.c.id == Service.id).order_by(near.c.km, Service.id)


def _searched(wanted: Wanted) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.point is not None:
        conditions += _within(ServiceSearch, wanted.point, wanted.radius_m / 1000)
    if wanted.language is not None:
        conditions.append(literal(wanted.language, Text) == ServiceSearch.languages.any_())
    if wanted.open_at is not None:
        conditions.append(_open(wanted))
    if wanted.profile is not None:
        conditions += [not_(one) for one in _refusals(wanted.profile)]
    return conditions


def _within(table: Any, point: Point, radius_km: float) -> list[Condition]:
    """In the box, which an index knows, and in the circle within."""
    box = geo.box_around(point, radius_km)
    return [
        table.latitude.between(box.south, box.north),
        table.longitude.between(box.west, box.east),
        _km(table, point) <= radius_km,
    ]


def _km(table: Any, point: Point) -> ColumnElement[float]:
    """The haversine formula; its argument is kept within asin's domain for antipodes."""
    latitude, longitude = func.radians(table.latitude), func.radians(table.longitude)
    here, there = math.radians(point.latitude), math.radians(point.longitude)
    part = func.power(func.sin((latitude - here) / 2), 2) + func.cos(latitude) * math.cos(here) * func.power(
        func.sin((longitude - there) / 2), 2
    )
    return cast(2 * geo.EARTH_RADIUS_KM * func.asin(func.least(1.0, func.sqrt(part))), Double)


# By the clock of the location: the opening of that day, or of the day before if it runs past midnight.
_OPENING: Final = """EXISTS (
    SELECT FROM (SELECT timezone(service_search.time_zone, :at) AS there) AS wall,
        jsonb_array_elements(service_search.openings) AS opening,
        (VALUES (0), (1)) AS back (days)
    WHERE opening -> 'days' @> to_jsonb(extract(isodow FROM wall.there::date - back.days)::int - 1)
        AND extract(hour FROM wall.there) * 60 + extract(minute FROM wall.there) + back.days * 1440
            >= (opening ->> 'opens')::int
        AND extract(hour FROM wall.there) * 60 + extract(minute FROM wall.there) + back.days * 1440
            < (opening ->> 'closes')::int
        AND coalesce((opening ->> 'from')::date <= wall.there::date - back.days, true)
        AND coalesce((opening ->> 'to')::date >= wall.there::date - back.days, true))"""


def _open(wanted: Wanted) -> Condition:
    return text(_OPENING).bindparams(bindparam("at", wanted.open_at, unique=True))  # type: ignore[return-value]


def _refusals(profile: Profile) -> list[Condition]:
    """What a listing says when it does not take somebody: the same rules as ``eligibility.match``.

    Each is false, never null, where the listing says nothing.
    """
    said = ServiceSearch.eligibility
    found: list[Condition] = []
    if profile.sex in ("female", "male"):
        known = "women" if profile.sex == "female" else "men"
        sexes = said["sex"]
        takes = or_(sexes.has_key("any"), sexes.has_key(known))
        found.append(and_(said.has_key("sex"), not_(takes)))
    if profile.age is not None:
        low, high = said["age"]["min"].as_integer(), said["age"]["max"].as_integer()
        found.append(func.coalesce(low > profile.age, false()))
        found.append(func.coalesce(high < profile.age, false()))
    if profile.nationality is not None:
        include, exclude = said["nationality"]["include"], said["nationality"]["exclude"]
        named = and_(func.jsonb_array_length(include) > 0, not_(include.has_key(profile.nationality)))
        found.append(func.coalesce(exclude.has_key(profile.nationality), false()))
        found.append(func.coalesce(named, false()))
    status = None if profile.legal_status == "unknown" else profile.legal_status
    for criterion, code in (("legal_status", status), ("sector", profile.sector)):
        if code is not None:
            listed = said[criterion]
            takes = or_(listed.has_key("any"), listed.has_key(code))
            found.append(and_(said.has_key(criterion), not_(takes)))
    if profile.has_documents is False:
        demands = func.coalesce(func.jsonb_array_length(said["documents_required"]) > 0, false())
        without = func.coalesce(said["works_without_documents"].as_boolean(), None)
        found.append(or_(demands, func.coalesce(not_(without), false())))
    return found


def _at_postcode(reader: Reader, wanted: Wanted) -> Condition:
    """At a location with this postal code; or around the middle of those that have it."""
    same = (
        func.upper(func.replace(Address.postal_code, " ", ""))
        == (wanted.postcode or "").replace(" ", "").upper()
    )
    if wanted.proximity is None:
        return exists().where(Address.location_id == ServiceSearch.location_id, same)
    middle = (
        select(func.avg(Location.latitude), func.avg(Location.longitude))
        .join(Address, Address.location_id == Location.id)
        .where(*reader.listed(Location), same)
    )
    latitude, longitude = reader.session.execute(middle).one()
    if latitude is None:
        return false()
    return and_(*_within(ServiceSearch, Point(latitude, longitude), wanted.proximity / 1000))
