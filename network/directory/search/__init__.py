"""Searching the directory: who answers a need near a place, the best fitting first.

``find(criteria)`` answers pages, programs and the public finder alike, from one statement over tables that the
database fills (``service_search``, or the narrower ``public_search``). It never goes without a bound: a radius, a
country, an organization or words. Distances are on the ellipsoid, within a metre of the geodesic.
"""

from network.directory.search.criteria import (
    LARGEST_RADIUS_KM,
    LIMIT,
    RADIUS_KM,
    SMALLEST_RADIUS_KM,
    Criteria,
    as_kept,
    from_kept,
)
from network.directory.search.finding import count, find
from network.directory.search.results import Facet, Findings, Found, Looser

__all__ = [
    "LARGEST_RADIUS_KM",
    "LIMIT",
    "RADIUS_KM",
    "SMALLEST_RADIUS_KM",
    "Criteria",
    "Facet",
    "Findings",
    "Found",
    "Looser",
    "as_kept",
    "count",
    "find",
    "from_kept",
]
