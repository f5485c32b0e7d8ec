"""Positions on the earth and what lies between them: the box of a circle, and distances."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext as _
from geopy.distance import geodesic

from network.core.errors import Invalid

EARTH_RADIUS_KM = 6371.0088
# The sphere of the SQL filter and the ellipsoid of the shown distance differ by less than this.
SPHERE_MARGIN = 1.006
DEGREE_KM = math.pi * EARTH_RADIUS_KM / 180


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees, WGS 84."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise Invalid(fields={"place": [_("There is no such position on earth.")]})


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees that surely hold a circle; a belt around the earth where it reaches a pole or the antimeridian."""

    south: float
    north: float
    west: float
    east: float


@lru_cache(maxsize=65536)
def distance_km(start: Point, end: Point) -> float:
    """The distance that is shown: geopy's geodesic on the WGS 84 ellipsoid."""
    return float(geodesic((start.latitude, start.longitude), (end.latitude, end.longitude)).km)


def sphere_km(start: Point, end: Point) -> float:
    """The distance on a sphere, as the SQL filter computes it: off by half a per cent at most."""
    lat_1, lat_2 = math.radians(start.latitude), math.radians(end.latitude)
    half_lat = math.sin((lat_2 - lat_1) / 2) ** 2
    half_lon = math.sin(math.radians(end.longitude - start.longitude) / 2) ** 2
    part = half_lat + math.cos(lat_1) * math.cos(lat_2) * half_lon
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(part)))


def box_around(point: Point, radius_km: float) -> Box:
    """A box in degrees that holds the circle."""
    reach = radius_km * SPHERE_MARGIN / DEGREE_KM
    south, north = point.latitude - reach, point.latitude + reach
    if south <= -90 or north >= 90:
        return Box(max(south, -90.0), min(north, 90.0), -180.0, 180.0)
    ratio = math.sin(math.radians(reach)) / math.cos(math.radians(point.latitude))
    if ratio >= 1:
        return Box(south, north, -180.0, 180.0)
    west = point.longitude - math.degrees(math.asin(ratio))
    east = point.longitude + math.degrees(math.asin(ratio))
    if west < -180 or east > 180:
        return Box(south, north, -180.0, 180.0)
    return Box(south, north, west, east)
