"""The gazetteer: one file a country, read when somebody first asks for a place there.

Areas stand at their main town; an area that has the name of its main town is that town's row. ``tools/places/``
builds the files from facts of GeoNames (CC BY 4.0) and from what was written by hand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import cache, lru_cache
from importlib import resources

import msgspec
from flask_babel import gettext as _

from network.core.errors import UnknownCode
from network.directory.geo.points import Point, sphere_km

# Areas repeat a town's spot, so they are nobody's nearest place.
AREA_KINDS = frozenset({"region"})
ONE_DEGREE_KM = 111.2
# A place of the short lists says where something is better than a quarter of it does.
WELL_KNOWN_KM = 8.0


class Place(msgspec.Struct, frozen=True, gc=False):
    """A place of the gazetteer.

    ``kind``: capital, city, town, district, region, camp, industrial_zone, airport or crossing. ``size``: 5 from a
    million people, 4 from 250,000, 3 from 50,000, 2 from 15,000, 1 fewer, 0 not known. ``area``: the code of the
    first-level area (or of the main town of that name) that it lies in. ``names``: (language, name), its own first.
    ``listed``: short lists to choose from hold it.
    """

    code: str
    country: str
    name: str
    kind: str
    latitude: float
    longitude: float
    time_zone: str
    size: int = 0
    area: str = ""
    names: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    listed: bool = False

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.latitude, self.longitude)

    @property
    def own_name(self) -> str | None:
        """Its name in the language of the place, where that is not written as in English."""
        return self.names[0][1] if self._has_own else None

    @property
    def own_language(self) -> str | None:
        """The language of ``own_name``."""
        return self.names[0][0] if self._has_own else None

    @property
    def ar(self) -> str | None:
        """Its name in Arabic, where one is in common use."""
        return next((name for language, name in self.names if language == "ar"), None)

    @property
    def _has_own(self) -> bool:
        return bool(self.names) and (self.names[0][0] != "ar" or _country_defaults()[self.country][1] == "ar")

    def label(self, language: str = "en") -> str:
        """Its name in the reader's language where the gazetteer has one."""
        wanted = language.split("-")[0]
        return next((name for one, name in self.names if one.split("-")[0] == wanted), self.name)

    def full_label(self, language: str = "en") -> str:
        """Its name with its first-level area, which tells namesakes of a country apart."""
        area = find_place(self.area) if self.area else None
        told, around = self.label(language), area.label(language) if area else ""
        mark = "، " if language.startswith("ar") else ", "
        return f"{told}{mark}{around}" if around and around not in told else told


@cache
def _country_defaults() -> dict[str, tuple[str, str]]:
    """By country: its usual time zone, and the language of names in it ('' where that is written like English)."""
    return {country: (zone, language) for country, zone, language in _rows("countries")}


def _rows(name: str) -> list[list[str]]:
    text = (resources.files("network.directory") / "data" / "places" / f"{name}.tsv").read_text("utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


def countries() -> tuple[str, ...]:
    """The countries of which the gazetteer knows places."""
    return tuple(_country_defaults())


@cache
def _of_country(country: str) -> dict[str, Place]:
    if country not in _country_defaults():
        return {}
    usual = _country_defaults()[country][0]
    return {row[0]: _place(country, usual, row) for row in _rows(country.lower())}


def _place(country: str, usual: str, row: list[str]) -> Place:
    code, kind, name, latitude, longitude, size, area, zone, names, aliases, source = row
    return Place(
        code=code,
        country=country,
        name=name,
        kind=kind,
        latitude=float(latitude),
        longitude=float(longitude),
        time_zone=zone or usual,
        size=int(size),
        area=area,
        names=tuple((one[0], one[2]) for one in (told.partition("=") for told in names.split("|")) if one[1]),
        aliases=tuple(aliases.split("|")) if aliases else (),
        listed=source.startswith("h"),
    )


def places(country: str | None = None) -> tuple[Place, ...]:
    """Every place, or every place of a country: thousands, so nothing for a page."""
    if country is not None:
        return tuple(_of_country(country).values())
    return tuple(place for one in countries() for place in _of_country(one).values())


def listed_places(country: str) -> tuple[Place, ...]:
    """The places of a country that short lists offer: its capital, districts or large towns, ways in and out."""
    return tuple(place for place in _of_country(country).values() if place.listed)


def find_place(code: str) -> Place | None:
    """A place by its code, if the gazetteer has it."""
    return _of_country(code[:2].upper()).get(code)


@lru_cache(maxsize=4096)
def find_town(name: str, country: str) -> Place | None:
    """A place by the very name that the gazetteer gives it in a country, be it in its own script; the larger of two."""
    there = _of_country(country).values()
    same = [one for one in there if one.name == name]
    if not same and not name.isascii():
        same = [one for one in there if any(own == name for _language, own in one.names)]
    return max(same, key=lambda one: (one.listed, one.size), default=None)


def get_place(code: str) -> Place:
    """A place by its code; raises UnknownCode."""
    found = find_place(code)
    if found is None:
        raise UnknownCode(
            _("We do not know this place."),
            fields={"place_code": [_("We do not know this place.")]},
            list_name="places",
            given=code[:80],
        )
    return found


@cache
def _cells() -> dict[tuple[int, int], tuple[Place, ...]]:
    """The places by the degree square they lie in."""
    found: dict[tuple[int, int], list[Place]] = defaultdict(list)
    for place in places():
        if place.kind not in AREA_KINDS:
            found[math.floor(place.latitude), math.floor(place.longitude)].append(place)
    return {cell: tuple(ones) for cell, ones in found.items()}


@lru_cache(maxsize=4096)
def is_of_a_place(point: Point) -> bool:
    """Whether a position is the very one of a place of the gazetteer: of what stands there only the town is known."""
    around = _cells().get((math.floor(point.latitude), math.floor(point.longitude)), ())
    return any(one.point == point for one in around)


def nearest_place(point: Point) -> Place:
    """The place of the gazetteer that lies nearest; one of the short lists where it is hardly further."""
    south, west = math.floor(point.latitude), math.floor(point.longitude)
    narrow = max(math.cos(math.radians(min(abs(point.latitude) + 1, 89))), 0.02)
    for reach in (1, 3):
        around = [
            place
            for lat in range(south - reach, south + reach + 1)
            for lon in range(west - reach, west + reach + 1)
            for place in _cells().get((lat, lon), ())
        ]
        found = _nearest_of(around, point)
        if found is not None and sphere_km(point, found.point) < reach * ONE_DEGREE_KM * narrow:
            return found
    return _nearest_of([place for ones in _cells().values() for place in ones], point) or places()[0]


def _nearest_of(around: list[Place], point: Point) -> Place | None:
    away = sorted(
        ((sphere_km(point, place.point), place.code, place) for place in around), key=lambda one: one[:2]
    )
    if not away:
        return None
    nearest = away[0][0]
    known = (place for km, _code, place in away if place.listed and km <= nearest + WELL_KNOWN_KM)
    return next(known, away[0][2])
