"""Where, when, for whom and in which words: what is asked of the search table, which has no row security.

The rules are those of the search itself: its words in any spelling, its eligibility, its hours with holidays.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Double,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import InstrumentedAttribute, aliased

from network.directory import geo
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.hsds.asking import Wanted
from network.directory.hsds.standing import Reader
from network.directory.models import Address, Location, PublicSearch, ServiceArea, ServiceSearch
from network.directory.search import fitting, lexicon

Condition = ColumnElement[bool]

# Under the name that the search's own conditions give it. What anybody may read stands in a table of its own, an
# eighth of the other: the same rows and columns as there, of what is public.
_OF_MEMBERS, _OF_ANYBODY = aliased(ServiceSearch, name="s"), aliased(PublicSearch, name="s")
Found = type[ServiceSearch] | type[PublicSearch]


def found_by(reader: Reader) -> Found:
    """The search table of who reads."""
    return _OF_ANYBODY if reader.public else _OF_MEMBERS


_DAY: Final = timedelta(days=1)
# Open by the clock of the location; on days that are unlike others, by what is said of them there and in the country.
_OPEN: Final = """(CASE
    WHEN s.unusual OR s.country IN (SELECT off.country FROM schedule_exception AS off
        WHERE off.country IS NOT NULL AND off.first_on <= (:until_day)::date AND off.last_on >= (:from_day)::date)
        AND s.service_id NOT IN (SELECT id FROM service WHERE open_on_holidays)
    THEN open_despite(s.openings, s.exceptions || (
        SELECT coalesce(jsonb_agg(exception_as_json(off.*)), '[]') FROM schedule_exception AS off
        WHERE off.country = s.country AND off.first_on <= (:until_day)::date AND off.last_on >= (:from_day)::date
            AND s.service_id NOT IN (SELECT id FROM service WHERE open_on_holidays)),
        (:at)::timestamptz AT TIME ZONE s.time_zone)
    WHEN s.hours IS NULL THEN 1
    WHEN s.hours @> (((extract(epoch FROM (:at)::timestamptz AT TIME ZONE s.time_zone))::bigint / 60 + 4320)
        % 10080)::integer THEN 0
    ELSE 2 END) = 0"""
_NOT_REFUSED: Final = re.sub(r"%\((\w+)\)s", r"(:\1)", fitting.FITS) + " < 2"


def asked_of(found: Found, wanted: Wanted) -> list[Condition]:
    """What a request asks of a service at a location."""
    conditions: list[Condition] = []
    if wanted.point is not None:
        conditions += within(found, wanted.point, wanted.radius_m / 1000)
    if wanted.language is not None:
        conditions.append(literal(wanted.language, Text) == found.languages.any_())
    if wanted.open_at is not None:
        conditions.append(_open(wanted))
    if wanted.profile is not None:
        conditions.append(_not_refused(wanted.profile))
    return conditions


def holding(found: Found, search: str) -> Condition:
    """That it holds every word in some spelling: of its names, its description, its needs."""
    query = lexicon.read(search)
    return found.words.bool_op("@@")(cast(query.words, TSQUERY)) if query.words else false()


def within(found: Found, point: Point, radius_km: float) -> list[Condition]:
    """In the box, which an index knows, and in the circle within."""
    box = geo.box_around(point, radius_km)
    return [
        found.latitude.between(box.south, box.north),
        found.longitude.between(box.west, box.east),
        km(found, point) <= radius_km,
    ]


def km(found: Found, point: Point) -> ColumnElement[float]:
    """The haversine formula; its argument is kept within asin's domain for antipodes."""
    latitude, longitude = func.radians(found.latitude), func.radians(found.longitude)
    here, there = math.radians(point.latitude), math.radians(point.longitude)
    part = func.power(func.sin((latitude - here) / 2), 2) + func.cos(latitude) * math.cos(here) * func.power(
        func.sin((longitude - there) / 2), 2
    )
    return cast(2 * geo.EARTH_RADIUS_KM * func.asin(func.least(1.0, func.sqrt(part))), Double)


def at_postcode(reader: Reader, wanted: Wanted) -> Condition:
    """At a location or in a service area of this postal code; or around the middle of the locations that have it."""
    found, code = found_by(reader), _code(wanted.postcode)
    there = _as_code(Address.postal_code) == code
    if wanted.proximity is None:
        covers = or_(*(_as_code(told) == code for told in (ServiceArea.name, ServiceArea.extent)))
        of_service, of_place = (
            select(owner).where(owner.is_not(None), covers)
            for owner in (ServiceArea.service_id, ServiceArea.service_at_location_id)
        )
        return or_(
            found.location_id.in_(select(Address.location_id).where(there)),
            found.service_id.in_(of_service),
            and_(not_(found.confidential), found.service_at_location_id.in_(of_place)),
        )
    middle = (
        select(func.avg(Location.latitude), func.avg(Location.longitude))
        .join(Address, Address.location_id == Location.id)
        .where(*reader.listed(Location), there)
    )
    latitude, longitude = reader.session.execute(middle).one()
    if latitude is None:
        return false()
    return and_(*within(found, Point(latitude, longitude), wanted.proximity / 1000))


def _code(postcode: str | None) -> str:
    return (postcode or "").replace(" ", "").upper()


def _as_code(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return func.upper(func.replace(column, " ", ""))


def _open(wanted: Wanted) -> Condition:
    at = wanted.open_at
    if at is None or not 1900 < at.year < 2200:
        return false()
    day = at.date()
    return _sql(_OPEN, {"at": at, "from_day": day - 2 * _DAY, "until_day": day + 2 * _DAY})


def _not_refused(profile: Profile) -> Condition:
    return _sql(_NOT_REFUSED, fitting.parameters(profile))


def _sql(condition: str, values: dict[str, Any]) -> Condition:
    return text(condition).bindparams(*(bindparam(name, value) for name, value in values.items()))  # type: ignore[return-value]  # SQLAlchemy takes a text for a condition
