"""A small drawing of where a place lies: the towns around it, the border, and how far ten or more kilometres are.

From the outlines and the gazetteer that the platform holds; nobody is asked for a map. A confidential place has none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from network.directory import geo, wording
from network.directory.finder.pictures import shapes_of
from network.directory.geo import Place, Point
from network.directory.printed.slip_words import SlipWords
from network.directory.queries import Listing
from network.web.assets import FOLDER, manifest
from network.web.printing import Paper, set_lines

# How far it reaches from the place to each side: the nearest that shows some towns, in km.
REACHES: Final = (12.0, 25.0, 50.0, 100.0, 200.0)
FEWEST_TOWNS, MOST_TOWNS = 3, 6
_SHOWN: Final = frozenset({"capital", "city", "town", "camp"})
SMALL: Final = 6.2
LARGE: Final = 8.5
_KM_A_DEGREE: Final = 111.3
_PIN: Final = 15.0


def has_way(listing: Listing) -> bool:
    """Whether it can be drawn: there is a place, and it may be told."""
    return not listing.confidential and listing.latitude is not None and listing.longitude is not None


def draw_way(
    paper: Paper, listing: Listing, words: SlipWords, left: float, top: float, width: float, height: float
) -> None:
    """Draw it into this rectangle, the place in its middle."""
    _Way(paper, listing, words, (left, top, width, height)).draw()


class _Way:
    """One drawing in the making."""

    def __init__(
        self, paper: Paper, listing: Listing, words: SlipWords, box: tuple[float, float, float, float]
    ) -> None:
        assert listing.latitude is not None
        assert listing.longitude is not None
        self.paper, self.words, self.country = paper, words, listing.country
        self.centre = centre = Point(listing.latitude, listing.longitude)
        self.town = wording.town_in(listing.town, listing.country, words.language)
        self.left, self.top, self.width, self.height = box
        known = [
            place for place in geo.places(self.country)
            if place.kind in _SHOWN and abs(place.latitude - centre.latitude) < 2.5
        ]  # fmt: skip
        self.reach_km, self.towns = next(
            (
                found
                for reach in REACHES
                if len((found := (reach, self._near(known, reach)))[1]) >= FEWEST_TOWNS
            ),
            (REACHES[-1], self._near(known, REACHES[-1])),
        )

    def draw(self) -> None:
        """The frame, the border, towns with names that do not run into each other, the place, the scale."""
        left, top, right, bottom = self.left, self.top, self.left + self.width, self.top + self.height
        with self.paper.within(left, top, self.width, self.height):
            for ring in _rings(self.country):
                points = [self._at(Point(latitude, longitude)) for longitude, latitude in ring]
                if any(self._holds(x, y, 40) for x, y in points):
                    self.paper.stroke(points, 0.9, 0.6)
            self._names()
        self.paper.stroke([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], 0.5, 0.5)
        x, y = self._at(self.centre)
        self.paper.drawing(shapes_of("pin"), x - _PIN / 2, y - _PIN * 21 / 24, _PIN)
        self._scale()

    def _names(self) -> None:
        """The place's own town first, then others, largest first, where there is room."""
        x, y = self._at(self.centre)
        self.taken = [(x - _PIN / 2, y - _PIN, x + _PIN / 2, y + 2)]
        self._name(self.town, x + _PIN / 2 - 2, x - _PIN / 2 + 2, y - _PIN / 2, LARGE)
        for town in self.towns:
            x, y = self._at(town.point)
            name = town.label(self.words.language)
            if name != self.town and self._name(name, x + 3, x - 3, y, SMALL):
                self.taken.append((x - 2, y - 2, x + 2, y + 2))
                self.paper.dot(x, y, 1.3, 0.25)

    def _name(self, name: str, after: float, before: float, y: float, size: float) -> bool:
        """Put a name to the right of something, or else to its left; False where there is no room."""
        lines = set_lines(name, 1_000_000, self.words.direction)
        if not lines:
            return False
        wide = lines[0].width * size / 1000
        for start in (after, before - wide):
            box = (start - 1, y - size, start + wide + 1, y + 3)
            inside = start >= self.left + 2 and start + wide <= self.left + self.width - 2
            if inside and not any(_meet(box, other) for other in self.taken):
                self.taken.append(box)
                self.paper.put(lines[0], start, y + size * 0.35, size, 0.15)
                return True
        return False

    def _scale(self) -> None:
        """How long so many kilometres are: a line in the corner with its length."""
        km = next(one for one in (5, 10, 20, 50, 100) if one >= self.reach_km / 3)
        long = km * self._per_km
        x, y = self.left + 5, self.top + self.height - 5
        self.paper.stroke([(x, y - 2), (x, y), (x + long, y), (x + long, y - 2)], 0.7, 0.2)
        [line, *_more] = set_lines(f"{km} km", 1_000_000, "ltr")
        self.paper.put(line, x + long + 3, y, SMALL, 0.2)

    @property
    def _per_km(self) -> float:
        return min(self.width, self.height) / 2 / self.reach_km

    def _at(self, point: Point) -> tuple[float, float]:
        """Where a point lies on the sheet."""
        east = (point.longitude - self.centre.longitude) * math.cos(math.radians(self.centre.latitude))
        north = point.latitude - self.centre.latitude
        scale = self._per_km * _KM_A_DEGREE
        return self.left + self.width / 2 + east * scale, self.top + self.height / 2 - north * scale

    def _holds(self, x: float, y: float, beyond: float) -> bool:
        return (
            self.left - beyond <= x <= self.left + self.width + beyond
            and self.top - beyond <= y <= self.top + self.height + beyond
        )

    def _near(self, known: list[Place], reach_km: float) -> list[Place]:
        near = [one for one in known if geo.sphere_km(self.centre, one.point) <= reach_km]
        near.sort(key=lambda one: (-one.size, not one.listed, one.code))
        return near[:MOST_TOWNS]


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@cache
def _rings(country: str) -> tuple[Any, ...]:
    """The border of a country as rows of (longitude, latitude); none where we have no outline."""
    name = f"map-{country.lower()}.json"
    if name not in manifest():
        return ()
    drawn = json.loads((FOLDER / manifest()[name]).read_text("utf-8"))
    return tuple(ring for feature in drawn["features"] for ring in _parts(feature["geometry"]))


def _parts(geometry: dict[str, Any]) -> Iterator[Any]:
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon
