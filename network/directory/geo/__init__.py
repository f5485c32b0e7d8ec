"""Places without a map service: a gazetteer, found by any of its names, and distances.

Nothing asked here leaves the machine. A name may be English, Arabic or in the place's own script, cut short or
with a slip of the finger.
"""

from network.core.spelling import fold_name as fold
from network.directory.geo.gazetteer import (
    Place,
    countries,
    find_place,
    find_town,
    get_place,
    is_of_a_place,
    listed_places,
    nearest_place,
    places,
)
from network.directory.geo.lookup import LONGEST, find_places, place_meant, places_named, warm
from network.directory.geo.points import (
    DEGREE_KM,
    EARTH_RADIUS_KM,
    SPHERE_MARGIN,
    Box,
    Point,
    box_around,
    distance_km,
    sphere_km,
)

__all__ = [
    "DEGREE_KM",
    "EARTH_RADIUS_KM",
    "LONGEST",
    "SPHERE_MARGIN",
    "Box",
    "Place",
    "Point",
    "box_around",
    "countries",
    "distance_km",
    "find_place",
    "find_places",
    "find_town",
    "fold",
    "get_place",
    "is_of_a_place",
    "listed_places",
    "nearest_place",
    "place_meant",
    "places",
    "places_named",
    "sphere_km",
    "warm",
]
