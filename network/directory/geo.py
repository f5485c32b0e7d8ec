"""Places without a map service: a small gazetteer, found by any of its names, and distances.

Nothing asked here leaves the machine. A name may be English, Arabic or in the place's own script, cut short or
with a slip of the finger.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

import msgspec
from anyascii import anyascii
from flask_babel import gettext as _
from geopy.distance import geodesic
from rapidfuzz import fuzz, process

from network.core.errors import Invalid, UnknownCode

EARTH_RADIUS_KM = 6371.0088
# The sphere of the SQL filter and the ellipsoid of the shown distance differ by less than this.
SPHERE_MARGIN = 1.006
DEGREE_KM = math.pi * EARTH_RADIUS_KM / 180
ALIKE = 78.0


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place of the gazetteer. A district stands at its main town."""

    code: str
    country: str
    name: str
    own_name: str | None
    own_language: str | None
    ar: str | None
    kind: str
    latitude: float
    longitude: float
    time_zone: str
    aliases: tuple[str, ...] = ()

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.latitude, self.longitude)

    def label(self, language: str = "en") -> str:
        """Its name in the reader's language where the gazetteer has one."""
        if language.startswith("ar") and self.ar:
            return self.ar
        if self.own_name and self.own_language == language.split("-")[0]:
            return self.own_name
        return self.name


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


class _Gazetteer(msgspec.Struct, frozen=True):
    places: tuple[Place, ...]


@cache
def _places() -> dict[str, Place]:
    text = (resources.files("network.directory") / "data" / "places.json").read_bytes()
    return {place.code: place for place in msgspec.json.decode(text, type=_Gazetteer).places}


@cache
def _names() -> dict[str, list[tuple[str, str]]]:
    """(folded name, place code), by country, and under '' for all countries; best-known places first."""
    order = {"capital": 0, "city": 1}
    found: dict[str, list[tuple[str, str]]] = {"": []}
    for place in sorted(_places().values(), key=lambda one: order.get(one.kind, 2)):
        folded = {fold(name) for name in (place.name, place.own_name, place.ar, *place.aliases) if name}
        # Somebody who writes in Latin letters what stands in another script comes near its transliteration.
        folded |= {fold(anyascii(name)) for name in (place.own_name, place.ar) if name}
        for name in sorted(folded - {""}):
            found[""].append((name, place.code))
            found.setdefault(place.country, []).append((name, place.code))
    return found


def places() -> tuple[Place, ...]:
    """The whole gazetteer."""
    return tuple(_places().values())


def find_place(code: str) -> Place | None:
    """A place by its code, if the gazetteer has it."""
    return _places().get(code)


@lru_cache(maxsize=4096)
def find_town(name: str, country: str) -> Place | None:
    """A place by the very name that the gazetteer gives it in a country."""
    return next((one for one in places() if one.country == country and one.name == name), None)


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


def find_places(text: str, country: str | None = None, limit: int = 8) -> tuple[Place, ...]:
    """Places by name, best first: exact names, then beginnings of words, then near misses."""
    wanted = fold(text[:80])
    names = _names().get(country or "", [])
    if not wanted or not names:
        return ()
    found = [code for name, code in names if name == wanted]
    if not found:  # most who search choose a name that is there: only others pay for the comparing
        found = [code for name, code in names if name.startswith(wanted)]
        found += [code for name, code in names if _each_begins_a_word(wanted, name)]
        if len(wanted) >= 4:
            near = process.extract(
                wanted, [name for name, _ in names], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=limit
            )
            found += [names[index][1] for _, _, index in near]
    return tuple(_places()[code] for code in list(dict.fromkeys(found))[:limit])


def _each_begins_a_word(wanted: str, name: str) -> bool:
    words = name.split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


def nearest_place(point: Point) -> Place:
    """The place of the gazetteer that lies nearest."""
    return min(_places().values(), key=lambda place: sphere_km(point, place.point))


_ALIF = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None}
)
_ARTICLE = re.compile(r"^(?:al|el|ad|ash|as|az|ar|at|an)[ -]+(?=\w{3})|^ال(?=\w{3})")


def fold(name: str) -> str:
    """A name without case, accents, Arabic vowel marks, article and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKC", name).translate(_ALIF).casefold().strip()
    plain = _ARTICLE.sub("", plain.replace("'", "").replace("’", ""))
    kept: list[str] = []
    base = ""
    for letter in unicodedata.normalize("NFKD", plain):
        kind = unicodedata.category(letter)[0]
        if kind == "M":
            # Marks carry the vowels of Indic scripts; in Latin and Arabic a name is known without them.
            if not _is_latin_or_arabic(base):
                kept.append(letter)
        else:
            base = letter
            kept.append(letter if kind in "LN" else " ")
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _is_latin_or_arabic(letter: str) -> bool:
    return letter < "\u0250" or "\u0600" <= letter < "\u0700"


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
