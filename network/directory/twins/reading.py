"""What is compared of a steward's listings: names, where they are, and what tells who they are. Plain rows, no objects.

What is removed or merged is no listing. Of a confidential place the town is known, and nothing else is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from network.core.db import db
from network.directory import geo
from network.directory.models import Location, Organization, Phone, Service, ServiceAtLocation
from network.directory.twins.names import Name, names_of
from network.tenants.context import acting

MOST_SPOTS = 20
MOST_AT_A_SPOT = 2
FEWEST_DIGITS = 7
Standing = type[Organization] | type[Service] | type[Location]
KINDS: dict[str, Standing] = {"organization": Organization, "service": Service, "location": Location}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a listing is. ``exact``: the place itself, not the middle of its town."""

    location_id: UUID
    point: geo.Point
    exact: bool


@dataclass(slots=True)
class Listing:
    """What is compared of a listing. ``signs``: (phone, site or mail; which), as they are compared."""

    id: UUID
    organization_id: UUID
    country: str | None
    names: tuple[Name, ...]
    signs: set[tuple[str, str]] = field(default_factory=set)
    spots: list[Spot] = field(default_factory=list)
    town: str = ""
    named: bool = True


def count_of(kind: str) -> int:
    """How many listings of a kind the acting member keeps."""
    return db.session.scalar(_standing(KINDS[kind], func.count())) or 0


def read_of(kind: str) -> list[Listing]:
    """The listings of a kind that the acting member keeps, in the order of their ids."""
    readers: dict[str, Callable[[], list[Listing]]] = {
        "organization": _organizations,
        "service": _services,
        "location": _locations,
    }
    found = sorted(readers[kind](), key=lambda one: one.id)
    _leave_out_crowds(found)
    return found


def _leave_out_crowds(listings: Iterable[Listing]) -> None:
    """Where many organizations stand on one spot (a camp, the middle of a district), it is a sign of none."""
    at: dict[geo.Point, set[UUID]] = defaultdict(set)
    for one in listings:
        for spot in one.spots:
            at[_rounded(spot.point)].add(one.organization_id)
    crowds = {point for point, organizations in at.items() if len(organizations) > MOST_AT_A_SPOT}
    for one in listings if crowds else ():
        one.spots = [
            replace(spot, exact=False) if _rounded(spot.point) in crowds else spot for spot in one.spots
        ]


def _rounded(point: geo.Point) -> geo.Point:
    """A spot of some ten metres."""
    return geo.Point(round(point.latitude, 4), round(point.longitude, 4))


def called(organizations: Iterable[UUID]) -> dict[UUID, tuple[Name, ...]]:
    """The names of some organizations."""
    asked = select(Organization.id, Organization.name, Organization.alternate_name, Organization.country)
    rows = db.session.execute(asked.where(Organization.id.in_(set(organizations))))
    return {one: names_of(name, other, country=country) for one, name, other, country in rows}


def _standing(model: Standing, *columns: Any) -> Select[Any]:
    return select(*columns).where(
        model.steward_tenant_id == acting().tenant, model.removed_at.is_(None), model.merged_into_id.is_(None)
    )


def _organizations() -> list[Listing]:
    it = Organization
    asked = _standing(it, it.id, it.name, it.alternate_name, it.country, it.email, it.website)
    found: dict[UUID, Listing] = {}
    for one, name, other, country, mail, site in db.session.execute(asked):
        found[one] = Listing(one, one, country, names_of(name, other, country=country))
        if mail:
            found[one].signs.add(("mail", mail.lower()))
        if site:
            found[one].signs.add(("site", _plain(site)))
    _with_numbers(found, "organization")
    asked = _standing(Location, Location.organization_id, *_SPOT)
    for row in db.session.execute(asked.order_by(Location.id)):
        if row[0] in found:
            _stand(found[row[0]], *row[1:])
    return list(found.values())


def _services() -> list[Listing]:
    it = Service
    asked = _standing(it, it.id, it.organization_id, it.name, it.alternate_name, Organization.country)
    asked = asked.join(Organization, Organization.id == it.organization_id)
    found = {
        one: Listing(one, organization_id, country, names_of(name, other, country=country))
        for one, organization_id, name, other, country in db.session.execute(asked)
    }
    _with_numbers(found, "service")
    offered = (
        _standing(Location, ServiceAtLocation.service_id, *_SPOT)
        .join(ServiceAtLocation, ServiceAtLocation.location_id == Location.id)
        .where(ServiceAtLocation.removed_at.is_(None))
    )
    for row in db.session.execute(offered.order_by(Location.id)):
        if row[0] in found:
            _stand(found[row[0]], *row[1:])
    return list(found.values())


def _locations() -> list[Listing]:
    it = Location
    asked = _standing(it, it.organization_id, it.country, it.name, it.alternate_name, *_SPOT)
    found = []
    for organization_id, country, name, other, *spot in db.session.execute(
        asked.where(Location.confidential.is_(False)).order_by(Location.id)
    ):
        one, town = spot[0], spot[-1]
        listing = Listing(one, organization_id, country, names_of(name or town, other, country=country))
        listing.named = bool(name)
        _stand(listing, *spot)
        found.append(listing)
    return found


_SPOT = (Location.id, Location.latitude, Location.longitude, Location.confidential, Location.town)


def _stand(
    listing: Listing,
    location_id: UUID,
    latitude: float | None,
    longitude: float | None,
    secret: bool,
    town: str,
) -> None:
    listing.town = geo.fold(town or "")
    if latitude is None or longitude is None or len(listing.spots) == MOST_SPOTS:
        return
    point = geo.Point(latitude, longitude)
    listing.spots.append(Spot(location_id, point, not secret and not geo.is_of_a_place(point)))


def _with_numbers(found: dict[UUID, Listing], kind: str) -> None:
    """The ends of their numbers: an organization's are those of its services and places, too."""
    ends = func.right(func.regexp_replace(Phone.number, "[^0-9]", "", "g"), 8)
    of: Any = Phone.service_id
    asked = select(of, ends)
    if kind == "organization":
        of = func.coalesce(Phone.organization_id, Service.organization_id, Location.organization_id)
        asked = (
            select(of, ends)
            .outerjoin(Service, Service.id == Phone.service_id)
            .outerjoin(Location, Location.id == Phone.location_id)
        )
    numbers: dict[UUID, set[str]] = defaultdict(set)
    for one, digits in db.session.execute(
        asked.where(Phone.steward_tenant_id == acting().tenant, of.is_not(None))
    ):
        if digits and len(digits) >= FEWEST_DIGITS:
            numbers[one].add(digits)
    for one, held in numbers.items():
        if one in found:
            found[one].signs |= {("phone", number) for number in held}


def _plain(address: str) -> str:
    """An address on the web as it is compared."""
    plain = address.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return plain.rstrip("/")
