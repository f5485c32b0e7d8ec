"""Searching the directory: who answers a need near a place, nearest first.

SQL bounds the search by a box and a radius on a sphere; what is shown is the geodesic. A search never goes without
a radius, and reads ``service_search`` alone, so that it costs the same whether the network has six centres or six
hundred.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Literal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Double,
    Integer,
    Select,
    Subquery,
    Text,
    bindparam,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from network.core import clock, vocabulary
from network.core.db import db
from network.core.errors import Invalid
from network.directory import eligibility, geo
from network.directory.eligibility import Match, Profile
from network.directory.geo import Point
from network.directory.hours import Hours, OpenState, from_search
from network.directory.models import ServiceHold, ServiceNeedSearch, ServiceSearch
from network.directory.practices import ToHear, to_hear
from network.directory.states import RUNNING

LIMIT = 50
# With a client in mind those that cannot take her come last, so more are looked at than are shown.
CANDIDATES = 300
RADIUS_KM = 50.0
SMALLEST_RADIUS_KM, LARGEST_RADIUS_KM = 1.0, 300.0
WIDER_KM = (100.0, 200.0, 300.0)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is searched. Any of ``needs`` will do; without a ``point`` an organization must be named.

    ``country``: where the point lies; services by telephone that serve the whole country are found there. Raises
    UnknownCode for a need that does not exist, Invalid for a radius or language that cannot be.
    """

    needs: tuple[str, ...] = ()
    point: Point | None = None
    place: str = ""
    country: str | None = None
    radius_km: float = RADIUS_KM
    language: str | None = None
    organization_id: UUID | None = None
    limit: int = LIMIT

    def __post_init__(self) -> None:
        for code in self.needs:
            vocabulary.need(code)
        if not SMALLEST_RADIUS_KM <= self.radius_km <= LARGEST_RADIUS_KM:
            raise Invalid(fields={"radius_km": [_("Choose a distance of 1 to 300 kilometres.")]})
        if self.language is not None and not _LANGUAGE.match(self.language):
            raise Invalid(fields={"language": [_("We do not know this language.")]})
        if not 1 <= self.limit <= LIMIT:
            raise Invalid(fields={"limit": [_("Ask for 1 to 50 services.")]})
        if self.point is None and self.organization_id is None:
            raise Invalid(fields={"place": [_("Enter a town or an area to search around.")]})


@dataclass(frozen=True, slots=True)
class Found:
    """A service at a location as a list shows it. ``distance_km`` is None for what serves a whole country."""

    service_at_location_id: UUID
    service_id: UUID
    organization_id: UUID
    service_name: str
    service_alternate_name: str | None
    organization_name: str
    organization_alternate_name: str | None
    need_codes: tuple[str, ...]
    languages: tuple[str, ...]
    town: str
    country: str
    confidential: bool
    distance_km: float | None
    hours: Hours
    open: OpenState
    eligibility: Mapping[str, Any]
    practices: Mapping[str, str]
    house_rules: Mapping[str, str]
    referral_method: str
    other_referral_methods: tuple[str, ...]
    response_hours: int | None
    cost: str | None
    status: str
    alert: str | None
    held: bool
    invented: bool
    verified_on: date | None
    match: Match | None = None

    @property
    def takes_referrals(self) -> bool:
        """Whether a new referral may be offered: it takes them, runs, and this centre has not put it on hold."""
        return self.referral_method != "not_accepted" and self.status == "active" and not self.held

    @property
    def to_hear(self) -> ToHear:
        """What a client must hear of it before she agrees."""
        return to_hear(self.practices)


@dataclass(frozen=True, slots=True)
class Looser:
    """What would find something: the criterion to loosen, the criteria then, and how many they find."""

    what: Literal["radius", "language"]
    criteria: Criteria
    count: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search found, nearest first, those that a client cannot be referred to last. ``more``: there is more."""

    found: tuple[Found, ...]
    more: bool = False
    looser: tuple[Looser, ...] = ()


def find(criteria: Criteria, profile: Profile | None = None, at: datetime | None = None) -> Findings:
    """Search. ``at`` is the instant for which open or closed is told (now). At most ``criteria.limit`` are found.

    With a client in mind what takes no referrals comes after what does, however near it is: it is shown, because a
    telephone call may help. What cannot take her, or is on hold, comes last.
    """
    fetch = criteria.limit + 1 if profile is None else CANDIDATES
    ranked: list[tuple[int, Mapping[Any, Any], Match | None]] = []
    for row in _rows(criteria, fetch):
        match = eligibility.match(row["eligibility"], profile) if profile is not None else None
        ranked.append((_rank(row, match), row, match))
    # The rows come nearest first, and sorting keeps that order within each part.
    ranked.sort(key=lambda one: one[0])
    instant = at or clock.now()
    shown = []
    for rank, row, match in ranked[: criteria.limit]:
        distance = _distance(row, criteria.point)
        if distance is None or distance <= criteria.radius_km:
            shown.append(
                (rank, math.inf if distance is None else distance, _found(row, match, distance, instant))
            )
    shown.sort(key=lambda one: one[:2])
    found = tuple(one for _, _, one in shown)
    return Findings(found, more=len(ranked) > criteria.limit, looser=() if found else loosen(criteria))


def _rank(row: Mapping[Any, Any], match: Match | None) -> int:
    """0: to be asked; 1: takes no referrals at present; 2: cannot take her, or is on hold."""
    if row["held"] or (match is not None and match.verdict == "not_eligible"):
        return 2
    takes = row["referral_method"] != "not_accepted" and row["status"] == "active"
    return 0 if match is None or takes else 1


def loosen(criteria: Criteria) -> tuple[Looser, ...]:
    """What could be given up to find something: the language, or a wider radius; both only if one is not enough."""
    without = replace(criteria, language=None)
    wider = [
        radius_km for radius_km in WIDER_KM if criteria.point is not None and radius_km > criteria.radius_km
    ]
    looser: list[Looser] = []
    if criteria.language is not None and (count := _count(without)):
        looser.append(Looser("language", without, count))
    for kept in dict.fromkeys((criteria, without)):
        for radius_km in wider:
            if not looser or kept is criteria:
                other = replace(kept, radius_km=radius_km)
                if count := _count(other):
                    return (*looser, Looser("radius", other, count))
    return tuple(looser)


def _count(criteria: Criteria) -> int:
    distances = [_distance(row, criteria.point) for row in _rows(criteria, criteria.limit)]
    return sum(distance is None or distance <= criteria.radius_km for distance in distances)


def _distance(row: Mapping[Any, Any], start: Point | None) -> float | None:
    if start is None or row["latitude"] is None:
        return None
    return geo.distance_km(start, Point(row["latitude"], row["longitude"]))


def _found(row: Mapping[Any, Any], match: Match | None, distance: float | None, instant: datetime) -> Found:
    hours = from_search(row["openings"], row["time_zone"])
    return Found(
        distance_km=None if distance is None else round(distance, 1),
        hours=hours,
        open=hours.at(instant),
        match=match,
        need_codes=tuple(row["need_codes"]),
        languages=tuple(row["languages"]),
        other_referral_methods=tuple(row["other_referral_methods"]),
        **{name: row[name] for name in _AS_THEY_ARE},
    )


def _rows(criteria: Criteria, fetch: int) -> Sequence[Mapping[Any, Any]]:
    statement = _statement(
        min(len(criteria.needs), 2),
        criteria.point is not None,
        criteria.language is not None,
        criteria.organization_id is not None,
    )
    return db.session.execute(statement, _parameters(criteria) | {"fetch": fetch}).mappings().all()


_AS_THEY_ARE = (
    "service_at_location_id", "service_id", "organization_id", "service_name", "service_alternate_name",
    "organization_name", "organization_alternate_name", "town", "country", "confidential", "eligibility",
    "practices", "house_rules", "referral_method", "response_hours", "cost", "status", "alert", "held", "invented",
    "verified_on",
)  # fmt: skip
_READ = (*_AS_THEY_ARE, "need_codes", "languages", "other_referral_methods", "openings", "time_zone", "latitude",
         "longitude")  # fmt: skip


@cache
def _statement(needs: int, near: bool, language: bool, organization: bool) -> Select[Any]:
    """The search for this combination of criteria, built once: the narrow index first, then the rows to show."""
    found = _near(needs) if near else _anywhere(needs)
    held = exists().where(
        ServiceHold.service_id == ServiceSearch.service_id, ServiceHold.released_at.is_(None)
    )
    columns = [getattr(ServiceSearch, name) for name in _READ if name != "held"]
    statement = (
        select(*columns, held.label("held"))
        .join_from(found, ServiceSearch, ServiceSearch.service_at_location_id == found.c.id)
        .where(or_(found.c.km.is_(None), found.c.km <= bindparam("reach", type_=Double)))
        .order_by(found.c.km, found.c.id)
        .limit(bindparam("fetch", type_=Integer))
    )
    if not needs:
        statement = statement.where(ServiceSearch.status.in_(sorted(RUNNING)))
    if language:
        statement = statement.where(bindparam("language", type_=Text) == ServiceSearch.languages.any_())
    if organization:
        statement = statement.where(ServiceSearch.organization_id == bindparam("organization"))
    return statement


def _near(needs: int) -> Subquery:
    """Ids with their distance on the sphere, within the box; and what has no place but serves the country."""
    table = _source(needs)
    boxed = (
        select(table.service_at_location_id.label("id"), _sphere_km(table).label("km"))
        .where(*_needed(needs))
        .where(table.latitude.between(_number("south"), _number("north")))
        .where(table.longitude.between(_number("west"), _number("east")))
    )
    everywhere = (
        select(table.service_at_location_id, null())
        .where(*_needed(needs))
        .where(table.latitude.is_(None), table.country == bindparam("country", type_=Text))
    )
    # UNION takes out a service that answers several of the needs; with one need there is nothing to take out.
    return (union(boxed, everywhere) if needs > 1 else union_all(boxed, everywhere)).subquery("found")


def _anywhere(needs: int) -> Subquery:
    table = _source(needs)
    wanted = select(table.service_at_location_id.label("id"), cast(null(), Double).label("km"))
    return wanted.where(*_needed(needs)).distinct().subquery("found")


def _source(needs: int) -> type[ServiceNeedSearch] | type[ServiceSearch]:
    return ServiceNeedSearch if needs else ServiceSearch


def _needed(needs: int) -> list[ColumnElement[bool]]:
    if needs == 0:
        return []
    if needs == 1:
        return [ServiceNeedSearch.need_code == bindparam("need", type_=Text)]
    return [ServiceNeedSearch.need_code == func.any(bindparam("needs", type_=ARRAY(Text)))]


def _sphere_km(table: type[ServiceNeedSearch] | type[ServiceSearch]) -> ColumnElement[float]:
    """The haversine formula; its argument is kept within asin's domain for antipodes."""
    latitude, longitude = func.radians(table.latitude), func.radians(table.longitude)
    part = func.power(func.sin((latitude - _number("latitude_rad")) / 2), 2) + func.cos(latitude) * _number(
        "latitude_cos"
    ) * func.power(func.sin((longitude - _number("longitude_rad")) / 2), 2)
    return 2 * geo.EARTH_RADIUS_KM * func.asin(func.least(1.0, func.sqrt(part)))


def _number(name: str) -> BindParameter[float]:
    return bindparam(name, type_=Double)


def _parameters(criteria: Criteria) -> dict[str, Any]:
    given: dict[str, Any] = {"reach": criteria.radius_km * geo.SPHERE_MARGIN}
    if len(criteria.needs) == 1:
        given["need"] = criteria.needs[0]
    elif criteria.needs:
        given["needs"] = list(criteria.needs)
    if criteria.language is not None:
        given["language"] = criteria.language
    if criteria.organization_id is not None:
        given["organization"] = criteria.organization_id
    if criteria.point is not None:
        box = geo.box_around(criteria.point, criteria.radius_km)
        given |= {"south": box.south, "north": box.north, "west": box.west, "east": box.east}
        given |= {
            "latitude_rad": math.radians(criteria.point.latitude),
            "latitude_cos": math.cos(math.radians(criteria.point.latitude)),
            "longitude_rad": math.radians(criteria.point.longitude),
            "country": criteria.country,
        }
    return given
