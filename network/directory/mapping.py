"""What the map beside a list of services shows: pins with the numbers of the list, rings, outlines and towns.

It carries nothing that the list does not. A confidential place has no pin, not even at its town. Nothing here asks
anybody: the base is drawn from our own files, or from the server of tiles that the settings name.
"""

from __future__ import annotations

from typing import Any, Final

from network.directory import geo
from network.directory.search import Criteria, Findings, Found
from network.tenants.keys import settings
from network.web.assets import asset, manifest
from network.web.i18n import language

MOST_TOWNS: Final = 40
RINGS_KM: Final = (5, 10, 25, 50, 100, 200, 300)
MOST_OUTLINES: Final = 3
# Pins at one door are one pin: about ten metres.
DIGITS: Final = 4


def map_of(criteria: Criteria | None, findings: Findings | None) -> dict[str, Any] | None:
    """The map of a page of results, as JSON for its script; None where nothing has a place."""
    if criteria is None or findings is None:
        return None
    pins = _pins(findings.found)
    if not pins and criteria.point is None:
        return None
    centre = [criteria.point.latitude, criteria.point.longitude] if criteria.point else None
    countries = _countries(criteria, findings.found)
    held = settings()
    return {
        "pins": pins,
        "centre": centre,
        "radius_km": criteria.radius_km,
        "rings_km": [km for km in RINGS_KM if criteria.radius_km / 6 <= km < criteria.radius_km]
        if centre
        else [],
        "towns": [] if held.map_tiles else _towns(criteria, countries),
        "outlines": [asset(f"map-{code.lower()}.json") for code in countries],
        "tiles": held.map_tiles,
        "credit": held.map_credit,
    }


def _pins(found: tuple[Found, ...]) -> list[list[Any]]:
    """[latitude, longitude, numbers in the list] of each place that may be shown."""
    places: dict[tuple[float, float], list[int]] = {}
    for number, one in enumerate(found, start=1):
        if one.confidential or one.latitude is None or one.longitude is None:
            continue
        at = round(one.latitude, DIGITS), round(one.longitude, DIGITS)
        places.setdefault(at, []).append(number)
    return [[*at, numbers] for at, numbers in places.items()]


def _countries(criteria: Criteria, found: tuple[Found, ...]) -> list[str]:
    """The countries to be drawn: where is searched, then where something was found."""
    named = [criteria.country or "", *criteria.countries, *(one.country for one in found)]
    drawn = [code for code in dict.fromkeys(named) if f"map-{code.lower()}.json" in manifest()]
    return drawn[:MOST_OUTLINES]


def _towns(criteria: Criteria, countries: list[str]) -> list[list[Any]]:
    """[latitude, longitude, name] of the larger towns, those within the radius first."""
    towns = [place for code in countries for place in geo.listed_places(code)]
    if criteria.point is not None:
        box = geo.box_around(criteria.point, criteria.radius_km * 1.3)
        towns = [
            place
            for place in (one for code in countries for one in geo.places(code))
            if box.south <= place.latitude <= box.north and box.west <= place.longitude <= box.east
        ]
    towns.sort(key=lambda place: (-place.size, not place.listed, place.code))
    return [[place.latitude, place.longitude, place.label(language())] for place in towns[:MOST_TOWNS]]
