"""What a booklet of an area holds: every running service there that answers one of the needs chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from network.core.db import db
from network.core.errors import Invalid
from network.directory import geo
from network.directory.geo import Point
from network.directory.models import ServiceSearch
from network.directory.queries.listing import Listing, listings_where
from network.directory.states import RUNNING

LARGEST_BOOKLET = 2000


@dataclass(frozen=True, slots=True)
class Area:
    """A country; or its first-level area, by the code under which the gazetteer has it; or a circle around a point.

    ``name`` is what the cover calls it.
    """

    country: str
    name: str
    code: str | None = None
    point: Point | None = None
    radius_km: float = 0

    def holds(self, point: Point | None, town: str, location_type: str) -> bool:
        """Whether something of its country lies in it. What is reached from afar serves the whole country.

        What has no position is where its town is; where nobody knows its town either, it is in the country alone.
        """
        if point is None and location_type == "virtual":
            return True
        if point is None:
            place = geo.find_town(town, self.country)
            if place is None:
                return self.code is None and self.point is None
            point = place.point
        if self.point is not None:
            return geo.sphere_km(self.point, point) <= self.radius_km
        return self.code is None or self.code in _around(self.country, town, point)


@lru_cache(maxsize=16_384)
def _around(country: str, town: str, point: Point) -> tuple[str, str]:
    """The place of the gazetteer where a listing stands, and the first-level area of that."""
    place = geo.find_town(town, country) or geo.nearest_place(point)
    return place.code, place.area


def booklet_listings(area: Area, need_codes: Sequence[str], public_only: bool) -> tuple[Listing, ...]:
    """The running services of an area at all their locations there, by name. No needs chosen: every need.

    Raises Invalid where they are too many for one booklet.
    """
    conditions = [
        ServiceSearch.country == area.country,
        ServiceSearch.status.in_(sorted(RUNNING)),
        *([ServiceSearch.need_codes.overlap(list(need_codes))] if need_codes else []),
        *([ServiceSearch.visibility == "public"] if public_only else []),
    ]
    rows = db.session.execute(
        select(
            ServiceSearch.service_at_location_id,
            ServiceSearch.service_id,
            ServiceSearch.latitude,
            ServiceSearch.longitude,
            ServiceSearch.town,
            ServiceSearch.location_type,
        ).where(*conditions)
    ).all()
    found = [
        (row.service_at_location_id, row.service_id)
        for row in rows
        if area.holds(_point(row.latitude, row.longitude), row.town, row.location_type)
    ]
    count = len({service_id for _, service_id in found})
    if count > LARGEST_BOOKLET:
        raise Invalid(fields={"place": [_too_many(count)]})
    ids: list[UUID] = [place_id for place_id, _ in found]
    return listings_where(ServiceSearch.service_at_location_id.in_(ids)) if ids else ()


def _point(latitude: float | None, longitude: float | None) -> Point | None:
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def _too_many(count: int) -> str:
    return _(
        "%(count)s services are too many for a booklet, which holds %(most)s. Choose a smaller area or fewer needs.",
        count=count,
        most=LARGEST_BOOKLET,
    )
