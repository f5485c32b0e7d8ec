"""Confidential places: what leads to the door goes from the shared tables into the steward's own, sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import cast, delete, func, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import aliased

from network.audit.trail import record
from network.core import clock
from network.core.crypto import seal
from network.core.db import db
from network.core.errors import Conflict
from network.core.versions import expect_version
from network.directory import fields, geo
from network.directory.geo import Point
from network.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    ListingMerge,
    ListingQuarantine,
    ListingSource,
    Location,
    LocationPrivate,
    Phone,
    Schedule,
    ScheduleException,
    ServiceAtLocation,
)
from network.directory.operations.trust import get_listing
from network.directory.operations.twins import forget_twins
from network.directory.policies import require_own
from network.directory.queries import private_address
from network.tenants.context import acting
from network.tenants.keys import tenant_key

ADDRESS = ("attention", "address_1", "address_2", "city", "region", "state_province", "postal_code")
TOLD = ("name", "alternate_name", "description", "transportation", "url", "external_identifier")


# What a merge of places keeps of a field that was taken; which place led where stays known.
_TAKEN = 'strict $[*] ? (@[0] == "location" && @[2] != "merged_into_id")'


@dataclass(frozen=True, slots=True)
class _Town:
    """What the directory keeps of where a confidential place is; ``point`` is the middle of the town."""

    code: str | None
    name: str
    country: str
    point: Point | None


def hide_location(location_id: UUID, version: int) -> UUID:
    """Make a place confidential: name, address, position and numbers go into the steward's sealed record.

    The directory keeps the town. What hangs on the place and could lead there goes; hours stay without their words.
    What was merged with it is the same door, whichever of them was kept: all are hidden, and their merges forget what
    they took.
    """
    location = _place(location_id, version)
    if location.confidential:
        raise Conflict(_("This place is confidential already."))
    _hide_all(_same_door(location))
    record("location.hidden", "location", location_id)
    return location_id


def hide_left_open() -> int:
    """As the steward: hide what earlier versions left open of confidential places; returns how many were.

    A place may have been hidden without what was merged into it, or without the one that it was merged into.
    """
    trace, kept = aliased(Location), aliased(Location)
    half_open = db.session.scalars(
        select(kept)
        .join(trace, trace.merged_into_id == kept.id)
        .where(kept.steward_tenant_id == acting().tenant, trace.confidential != kept.confidential)
        .order_by(kept.id)
    ).unique()
    hidden = 0
    for one in half_open.all():
        for place in _hide_all(_same_door(one)):
            record("location.hidden", "location", place.id)
            hidden += 1
    for merge in db.session.scalars(
        _telling_merges().where(ListingMerge.steward_tenant_id == acting().tenant)
    ):
        _forget(merge)
    db.session.flush()
    return hidden


def stewards_of_open_doors() -> Sequence[UUID]:
    """Whose confidential places are told by something that was merged with them."""
    trace, kept = aliased(Location), aliased(Location)
    half_open = (
        select(kept.steward_tenant_id)
        .join(trace, trace.merged_into_id == kept.id)
        .where(trace.confidential != kept.confidential)
    )
    telling = _telling_merges().with_only_columns(ListingMerge.steward_tenant_id)
    return db.session.scalars(half_open.union(telling)).all()


def keep_private(location_id: UUID, values: Mapping[str, Any], version: int) -> UUID:
    """Change what the steward keeps of a confidential place: name, description, position, one address."""
    location = _place(location_id, version)
    if not location.confidential:
        raise Conflict(_("This place is not confidential."))
    kept = dict(private_address(location_id) or {})
    address = {name: values[name] for name in ADDRESS if values.get(name)}
    kept["addresses"] = [address] if address else []
    for name in ("name", "description", "transportation", "phones"):
        kept[name] = values.get(name)
    _seal(location, {name: value for name, value in kept.items() if value})
    _move_on(location)
    record("location.private_changed", "location", location_id)
    return location_id


def _hide_all(door: Sequence[Location]) -> list[Location]:
    """Hide those of one door that are open still; returns them."""
    open_ones = [one for one in door if not one.confidential]
    town = _town(door)
    for one in open_ones:
        _hide(one, town)
    return open_ones


def _town(door: Sequence[Location]) -> _Town:
    """The town of a door, by the one that was kept, or else by what was merged into it."""
    for one in door:
        position = _position(one)
        found = geo.find_place(one.place_code or "") or (geo.nearest_place(position) if position else None)
        if found is not None:
            return _Town(found.code, found.name, found.country, found.point)
    if not door[0].confidential:
        raise fields.wrong("place_code", _("Name its town first."))
    return _Town(door[0].place_code, door[0].town, door[0].country, None)  # a place that is listed no more


def _same_door(location: Location) -> list[Location]:
    """The place that is kept, and all that were merged into it, and into those."""
    while location.merged_into_id is not None:
        kept = get_listing("location", location.merged_into_id, lock=True)
        assert isinstance(kept, Location)
        require_own(acting(), kept.steward_tenant_id)
        location = kept
    found, into = [location], [location.id]
    while into:
        merged = db.session.scalars(
            select(Location).where(Location.merged_into_id.in_(into)).order_by(Location.id).with_for_update()
        ).all()
        found += merged
        into = [one.id for one in merged]
    return found


def _telling_merges() -> Any:
    """Merges of a confidential place that know still what a field of it read."""
    hidden = select(Location.id).where(Location.confidential)
    return select(ListingMerge).where(
        ListingMerge.entity == "location",
        or_(ListingMerge.kept_id.in_(hidden), ListingMerge.merged_id.in_(hidden)),
        func.jsonb_path_exists(ListingMerge.moved, cast(_TAKEN, JSONPATH)),
    )


def _hide(location: Location, town: _Town) -> None:
    position = _position(location)
    kept = {name: value for name in TOLD if (value := getattr(location, name))}
    if position is not None:
        kept |= {"latitude": position.latitude, "longitude": position.longitude}
    kept |= _hanging(location.id)
    _seal(location, kept)
    _forget_set_aside(location.id)
    _clear(location.id)
    _forget_taken(location.id)
    offered = select(ServiceAtLocation.service_id).where(ServiceAtLocation.location_id == location.id)
    forget_twins({location.id, location.organization_id, *db.session.scalars(offered)})
    for name in (*TOLD, "external_identifier_type"):
        setattr(location, name, None)
    location.place_code, location.town, location.country = town.code, town.name, town.country
    if location.latitude is not None:
        middle = town.point
        location.latitude = None if middle is None else middle.latitude
        location.longitude = None if middle is None else middle.longitude
    db.session.flush()
    location.confidential = True
    _move_on(location)


def _forget_set_aside(location_id: UUID) -> None:
    """What imports could not use of the place and of what hangs on it; that there was something stays known."""
    hanging: tuple[Any, ...] = (
        Phone,
        Contact,
        Address,
        Accessibility,
        Attribute,
        Schedule,
        ServiceAtLocation,
    )
    rows = union_all(*(select(one.id).where(one.location_id == location_id) for one in hanging))
    of_it = select(ListingSource.id).where(
        ListingSource.tenant_id == acting().tenant,
        or_(ListingSource.entity_id == location_id, ListingSource.entity_id.in_(rows)),
    )
    db.session.execute(
        update(ListingQuarantine)
        .where(ListingQuarantine.tenant_id == acting().tenant, ListingQuarantine.source_id.in_(of_it))
        .values(value=None)
    )


def _forget_taken(location_id: UUID) -> None:
    """Of merges, standing or undone, what a field read before; which rows moved stays known."""
    merges = db.session.scalars(
        select(ListingMerge)
        .where(or_(ListingMerge.kept_id == location_id, ListingMerge.merged_id == location_id))
        .with_for_update()
    )
    for one in merges:
        _forget(one)


def _forget(merge: ListingMerge) -> None:
    merge.moved = [move for move in merge.moved if move[0] != "location" or move[2] == "merged_into_id"]


def _place(location_id: UUID, version: int) -> Location:
    location = get_listing("location", location_id, lock=True)
    assert isinstance(location, Location)
    require_own(acting(), location.steward_tenant_id)
    expect_version(location, version, theirs=location.version)
    return location


def _position(location: Location) -> Point | None:
    if location.latitude is None or location.longitude is None:
        return None
    return Point(location.latitude, location.longitude)


def _hanging(location_id: UUID) -> dict[str, Any]:
    addresses = db.session.scalars(select(Address).where(Address.location_id == location_id))
    numbers = db.session.scalars(select(Phone.number).where(Phone.location_id == location_id))
    found: dict[str, Any] = {
        "addresses": [
            {name: value for name in ADDRESS if (value := getattr(one, name))} for one in addresses
        ],
        "phones": ", ".join(numbers),
    }
    return {name: value for name, value in found.items() if value}


def _clear(location_id: UUID) -> None:
    """Before the place is hidden, so that history closes over all that hung on it."""
    contacts = select(Contact.id).where(Contact.location_id == location_id)
    offered = select(ServiceAtLocation.id).where(ServiceAtLocation.location_id == location_id)
    gone = (
        delete(Phone).where(Phone.contact_id.in_(contacts) | (Phone.location_id == location_id)),
        delete(Contact).where(Contact.location_id == location_id),
        delete(Address).where(Address.location_id == location_id),
        delete(Accessibility).where(Accessibility.location_id == location_id),
        delete(Attribute).where(Attribute.location_id == location_id),
        update(Schedule)
        .where((Schedule.location_id == location_id) | Schedule.service_at_location_id.in_(offered))
        .values(description=None, notes=None, schedule_link=None),
        update(ScheduleException)
        .where(
            (ScheduleException.location_id == location_id)
            | ScheduleException.service_at_location_id.in_(offered)
        )
        .values(description=None),
        update(ServiceAtLocation)
        .where(ServiceAtLocation.location_id == location_id)
        .values(description=None),
    )
    for statement in gone:
        db.session.execute(statement.execution_options(synchronize_session="fetch"))


def _seal(location: Location, kept: dict[str, Any]) -> None:
    tenant_id = location.steward_tenant_id
    sealed = seal(tenant_key(tenant_id), "location_private", tenant_id, location.id, kept)
    known = db.session.get(LocationPrivate, (tenant_id, location.id))
    if known is None:
        db.session.add(
            LocationPrivate(tenant_id=tenant_id, id=location.id, sealed=sealed, modified_at=clock.now())
        )
    else:
        known.sealed, known.modified_at, known.version = sealed, clock.now(), known.version + 1


def _move_on(location: Location) -> None:
    location.version += 1
    location.modified_at = clock.now()
    db.session.flush()
