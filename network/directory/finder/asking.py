"""What somebody has said so far, from the fields of the form that she sent: what is missing is the next question.

Nothing here is refused: a field that cannot be understood counts as not said.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from network.core import vocabulary
from network.directory import geo, queries
from network.directory.geo import Place, Point

RADII_KM = (50, 100, 200, 300)
LAST_PAGE = 5
# About a kilometre: enough to find what is near, too coarse to find her.
DIGITS = 2
LONGEST_PLACE = 80
PLACES_OFFERED = 6
_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")

Step = Literal["start", "need", "where", "country", "towns", "which", "found", "numbers", "sheet"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known. ``point``: where she is or wants to look; ``places``: those that her word for it may mean.

    ``listing``: of what a sheet is wanted.
    ``unknown_place``: what she typed is no place that we know. ``near``: the point is her own, rounded.
    """

    group: str = ""
    needs: tuple[str, ...] = ()
    point: Point | None = None
    place: Place | None = None
    near: bool = False
    country: str = ""
    typed: str = ""
    places: tuple[Place, ...] = ()
    radius_km: int = RADII_KM[0]
    open_now: bool = False
    spoken: str = ""
    page: int = 1
    wish: str = ""
    listing: UUID | None = None

    @property
    def unknown_place(self) -> bool:
        """Whether she typed a place that nobody knows."""
        return bool(self.typed) and not self.places and self.point is None

    @property
    def step(self) -> Step:
        """The next question, or the answer."""
        if self.wish == "sheet" and self.listing is not None:
            return "sheet"
        if self.wish == "numbers":
            return "numbers" if self.country else "country"
        if not self.needs:
            return "need" if self.group else "start"
        if self.wish == "where":
            return "where"
        if self.point is not None:
            return "found"
        if self.places:
            return "which"
        return "towns" if self.country and not self.typed else "where"

    def fields(self, **other: object) -> dict[str, str]:
        """What a form carries along, so that nothing has to be remembered here; ``other`` replaces some of it."""
        kept: dict[str, object] = {
            "group": self.group,
            "need": self.needs[0] if len(self.needs) == 1 else "all" if self.needs else "",
            "place_code": self.place.code if self.place and not self.near else "",
            "latitude": self.point.latitude if self.point and self.near else "",
            "longitude": self.point.longitude if self.point and self.near else "",
            "country": self.country,
            "radius_km": self.radius_km if self.radius_km != RADII_KM[0] else "",
            "open_now": "yes" if self.open_now else "",
            "spoken": self.spoken,
        } | other
        return {name: str(value) for name, value in kept.items() if value not in ("", None)}


def asked(form: Mapping[str, str]) -> Asked:
    """What a form says."""
    group = form.get("group", "")
    codes = {one.code for one in vocabulary.groups()}
    group = group if group in codes else ""
    point, place, near, places = _where(form)
    country = form.get("country", "")
    if place is not None:
        country = place.country
    return Asked(
        group=group,
        needs=_needs(form.get("need", ""), group),
        point=point,
        place=place,
        near=near,
        country=country if country in geo.countries() else "",
        typed=form.get("place", "").strip()[:LONGEST_PLACE],
        places=places,
        radius_km=_number(form.get("radius_km", ""), RADII_KM, RADII_KM[0]),
        open_now=form.get("open_now") == "yes",
        spoken=form.get("spoken", "") if _LANGUAGE.match(form.get("spoken", "")) else "",
        page=_number(form.get("page", ""), range(1, LAST_PAGE + 1), 1),
        wish=form.get("wish", ""),
        listing=as_id(form.get("listing", "")),
    )


def _needs(need: str, group: str) -> tuple[str, ...]:
    """One need, or with "all" every need of the group."""
    if need == "all":
        return tuple(one.code for one in vocabulary.needs(group)) if group else ()
    return (need,) if need in vocabulary.terms("needs") else ()


def _number(text: str, allowed: tuple[int, ...] | range, otherwise: int) -> int:
    found = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else otherwise
    return found if found in allowed else otherwise


def _where(form: Mapping[str, str]) -> tuple[Point | None, Place | None, bool, tuple[Place, ...]]:
    """The point, the place there, whether it is her own position, and the places that may be meant."""
    if (own := _position(form)) is not None:
        return own, geo.nearest_place(own), True, ()
    code = form.get("place_code", "")
    place = geo.find_place(code) if code[:2].upper() in geo.countries() else None
    if place is not None:
        return place.point, place, False, ()
    typed = form.get("place", "").strip()[:LONGEST_PLACE]
    found = queries.find_places(typed, limit=PLACES_OFFERED) if typed else ()
    if len(found) == 1:
        return found[0].point, found[0], False, found
    return None, None, False, found


def _position(form: Mapping[str, str]) -> Point | None:
    """Her position as her browser told it, rounded again: what is kept nowhere need not be exact."""
    try:
        latitude, longitude = float(form.get("latitude", "")), float(form.get("longitude", ""))
    except ValueError:
        return None
    if not (math.isfinite(latitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return Point(round(latitude, DIGITS), round(longitude, DIGITS))


def as_id(text: str) -> UUID | None:
    """An id that a form names, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None
