"""From what somebody asks to what is searched: which place is meant, and where a centre starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, select

from network.core.db import db
from network.core.errors import Invalid
from network.directory import geo, queries
from network.directory.geo import Place, Point
from network.directory.models import Location
from network.directory.search import LIMIT, RADIUS_KM, Criteria
from network.tenants.context import acting
from network.tenants.models import Site, Tenant

SAME_PLACE_KM = 1.0
_AS_GIVEN = ("language", "organization_id", "text", "open_at", "interpreters", "capacity", "verified", "stale",
             "referrals", "page")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Start:
    """Where a search starts: a point with a name, and other places that may have been meant."""

    point: Point
    name: str
    country: str | None
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is searched, and the other places that the name given might mean."""

    criteria: Criteria
    others: tuple[Place, ...] = ()


def asked(given: Mapping[str, Any]) -> Asked:
    """The search that somebody asks for.

    ``given`` may hold needs, place (typed), place_code, latitude and longitude, radius_km, and the other fields of
    ``Criteria``. Without a place, an organization, words or countries a search starts at home, and without a home it
    must be given a place.
    """
    start = _start(given)
    if start is None and not any(given.get(name) for name in ("organization_id", "text", "countries")):
        start = home()
    criteria = Criteria(
        needs=tuple(dict.fromkeys(given.get("needs") or ())),
        point=start.point if start else None,
        place=start.name if start else "",
        country=start.country if start else None,
        radius_km=given.get("radius_km") or RADIUS_KM,
        limit=given.get("limit") or LIMIT,
        kinds=tuple(given.get("kinds") or ()),
        countries=tuple(given.get("countries") or ()),
        **{name: given[name] for name in _AS_GIVEN if given.get(name) is not None},
    )
    return Asked(criteria, start.others if start else ())


def _start(given: Mapping[str, Any]) -> Start | None:
    if given.get("latitude") is not None and given.get("longitude") is not None:
        point = Point(given["latitude"], given["longitude"])
        return _pinned(point)
    if given.get("place_code"):
        return _at(geo.get_place(given["place_code"]))
    typed = given.get("place")
    return _named(typed) if typed else None


def _pinned(point: Point) -> Start:
    """A pin: by the name of the place that it stands on, else by its position."""
    nearest = geo.nearest_place(point)
    there = geo.sphere_km(point, nearest.point) < SAME_PLACE_KM
    name = nearest.name if there else f"{point.latitude:.3f}, {point.longitude:.3f}"
    return Start(point, name, nearest.country)


def _named(typed: str) -> Start:
    found = queries.find_places(typed)
    if not found and (own := home()) is not None and own.name == typed:
        return own  # a centre's own town may be none of the gazetteer's
    if not found:
        raise Invalid(
            fields={
                "place": [_("We do not know this place. Check the spelling, or name the next larger town.")]
            }
        )
    here = _own_country()
    best, *others = sorted(found, key=lambda place: place.country != here)
    return _at(best, tuple(others[:4]))


def _at(place: Place, others: tuple[Place, ...] = ()) -> Start:
    return Start(place.point, place.name, place.country, others)


def _own_country() -> str | None:
    """The country of the acting tenant, which a signed-in person's identity brings along."""
    if acting().country:
        return acting().country
    return db.session.scalar(select(Tenant.country).where(Tenant.id == acting().tenant))


def home() -> Start | None:
    """Where the acting tenant receives people: its first site on the map, else its own listing in the directory."""
    return _own_site() or _own_listing()


def _own_site() -> Start | None:
    found = db.session.execute(
        select(Site.latitude, Site.longitude, Site.town, Tenant.country)
        .join(Tenant, Tenant.id == Site.tenant_id)
        .where(Site.tenant_id == acting().tenant, Site.latitude.is_not(None), Site.longitude.is_not(None))
        .order_by(Site.id)
        .limit(1)
    ).first()
    return _start_at(found)


def _own_listing() -> Start | None:
    found = db.session.execute(
        select(Location.latitude, Location.longitude, Location.town, Location.country)
        .join(Tenant, Tenant.organization_id == Location.organization_id)
        .where(Tenant.id == acting().tenant, Location.latitude.is_not(None), Location.longitude.is_not(None))
        .order_by(Location.id)
        .limit(1)
    ).first()
    return _start_at(found)


def _start_at(found: Row[float | None, float | None, str, str] | None) -> Start | None:
    if found is None or found.latitude is None or found.longitude is None:
        return None
    return Start(Point(found.latitude, found.longitude), found.town, found.country)
