"""What a place needs to be a place: country, town, zone and position; and what hangs on a confidential one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from network.directory import geo
from network.directory.feeds.entities import ENTITIES, TELLING
from network.directory.feeds.records import Settings
from network.directory.feeds.tidying.rows import Row

FAR_KM: Final = 100  # a place of the gazetteer that is further away says nothing


def settle(rows: Sequence[Row], settings: Settings) -> None:
    """Say of each place where it is, and keep what would lead to the door of a confidential one."""
    addresses: dict[str, Row] = {}
    organizations: dict[str, Row] = {}
    for row in rows:
        if row.refused or row.again:
            continue
        if row.entity == "address" and "location_id" in row.values:
            addresses.setdefault(row.values["location_id"], row)
        elif row.entity == "organization":
            organizations[row.foreign_id] = row
    hidden = set()
    for row in rows:
        if row.entity == "location" and not row.refused and not row.again:
            address = addresses.get(row.foreign_id)
            _locate(row, address.values if address else {}, organizations, settings)
            if row.confidential:
                hidden.add(row.foreign_id)
        elif row.entity == "location" and (settings.confidential or row.values.get("confidential")):
            row.confidential = True
    for row in rows if settings.confidential else ():
        if row.entity not in ENTITIES or (row.entity in TELLING and "location_id" in row.values):
            row.confidential = True  # wherever it leads: what it says is shown to nobody
    for row in (one for one in rows if one.entity in ENTITIES):
        if row.values.get("location_id") in hidden and row.entity != "service_at_location":
            row.confidential = True
            if row.entity in TELLING and row.entity != "address":
                row.refused = "confidential_place"
        elif row.values.get("location_id") in hidden:
            row.confidential = True
            row.values.pop("description", None)
        if row.entity in ("address",) and not row.refused and not row.again:
            row.values.setdefault("address_type", "physical")
            if "country" not in row.values and settings.country:
                row.values["country"] = settings.country


def _locate(
    row: Row, address: Mapping[str, Any], organizations: Mapping[str, Row], settings: Settings
) -> None:
    """Country, town and time zone of a place, and where it is: what is not said comes from the gazetteer."""
    values = row.values
    row.confidential = bool(values.get("confidential")) or settings.confidential
    owner = organizations.get(values.get("organization_id", ""))
    country = (
        values.get("country")
        or address.get("country")
        or (owner.values.get("country") if owner else None)
        or settings.country
    )
    place = geo.find_place(values["place_code"]) if "place_code" in values else None
    town = values.get("town") or address.get("city")
    if place is None and town and country:
        place = next(iter(geo.places_named(town, country, _point(values))), None)
        place = place or geo.find_place(settings.towns.get((country, geo.fold(town)), ""))
    point = _point(values)
    if place is not None and point is not None and _is_turned_round(point, place.point):
        for name in ("latitude", "longitude"):
            row.doubt(name, values.pop(name), "out_of_range")
    if place is None and point is not None:
        near = geo.nearest_place(point)
        place = near if geo.sphere_km(near.point, point) < FAR_KM else None
    if place is not None:
        values.setdefault("town", town or place.name)
        values.setdefault("country", country or place.country)
        values.setdefault("time_zone", place.time_zone)
        if "latitude" not in values and values.get("location_type") != "virtual":
            values |= {"latitude": place.latitude, "longitude": place.longitude}
            values.setdefault("place_code", place.code)
    values.setdefault("town", town or values.get("name") or "")
    if country:
        values.setdefault("country", country)
    values.setdefault("time_zone", settings.time_zone or "UTC")
    values.setdefault("location_type", "physical")
    if values["location_type"] == "physical" and "latitude" not in values:
        values["location_type"] = "postal"  # nobody can be sent there
        if town and place is None:
            row.doubt("town", town, "unknown_code")  # it stands there as a word, and is on no map
    if row.confidential:
        values["confidential"] = True
        if place is None:
            row.refused = "confidential_without_town"
        else:
            values["place_code"] = place.code


def _is_turned_round(point: geo.Point, town: geo.Point) -> bool:
    """Whether a position is far from its town, and would not be if its two numbers changed places."""
    if abs(point.longitude) > 90 or geo.sphere_km(town, point) < FAR_KM:
        return False
    return geo.sphere_km(town, geo.Point(point.longitude, point.latitude)) < FAR_KM


def _point(values: Mapping[str, Any]) -> geo.Point | None:
    if values.get("latitude") is None or values.get("longitude") is None:
        return None
    return geo.Point(values["latitude"], values["longitude"])
