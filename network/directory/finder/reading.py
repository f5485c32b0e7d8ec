"""What the finder shows of a listing: read as nobody, and only of what stands in the public's search table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from network.core import clock
from network.core.db import db
from network.directory.finder.asking import Asked
from network.directory.hours import OpenState, from_search
from network.directory.models import (
    Address,
    Phone,
    PublicSearch,
    RequiredDocument,
    Service,
    ServicePractice,
)
from network.directory.practices import ToHear, to_hear
from network.directory.queries import Listing, PhoneNumber, listing
from network.directory.queries.holidays import days_off
from network.directory.search import Criteria, Findings, find
from network.directory.states import RUNNING

PER_PAGE = 10
MOST_NUMBERS = 30
# What nobody has looked at for a year is shown to nobody.
OUTDATED_AFTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Shown:
    """A service at a place, as a card tells it. ``distance_km`` and ``town`` are empty for what is only telephoned.

    ``lost``: it is somewhere in that town, and nobody knows where. ``secret``: the place is told to nobody here.
    ``papers``: what to bring, in the words of the listing.
    """

    id: UUID
    service_id: UUID
    name: str
    own_name: str | None
    organization: str
    town: str
    country: str
    lost: bool
    secret: bool
    distance_km: float | None
    open: OpenState
    languages: tuple[str, ...]
    interpreted: tuple[str, ...]
    eligibility: Mapping[str, Any]
    cost: str | None
    closed_for_now: bool
    alert: str | None
    invented: bool
    verified_on: date | None
    description: str
    how_to_come: str | None
    phones: tuple[str, ...]
    address: tuple[str, ...]
    papers: tuple[str, ...]
    to_hear: ToHear


@dataclass(frozen=True, slots=True)
class Answer:
    """Numbers to call first, then places, nearest among the fitting first. ``wider_km``: where more is found."""

    numbers: tuple[Shown, ...]
    places: tuple[Shown, ...]
    more: bool = False
    wider_km: int | None = None


def answer(asked: Asked) -> Answer:
    """What is found for what she asked."""
    assert asked.point is not None
    criteria = Criteria(
        needs=asked.needs,
        point=asked.point,
        country=asked.country or None,
        radius_km=float(asked.radius_km),
        language=asked.spoken or None,
        open_at="now" if asked.open_now else "",
        interpreters=bool(asked.spoken),
    )
    found = find(criteria, source="public")
    # A confidential place has a point, too: that of its town.
    distances = {
        one.service_at_location_id: one.distance_km
        for one in found.found
        if one.distance_km is not None and not one.confidential
    }
    end = asked.page * PER_PAGE
    places = _shown(list(distances)[end - PER_PAGE : end], distances)
    first = numbers(asked) if asked.page == 1 else ()
    return Answer(first, places, len(distances) > end, _wider(found, asked, bool(places)))


def _wider(found: Findings, asked: Asked, any_place: bool) -> int | None:
    """The next distance at which to look where nothing is near."""
    if any_place or asked.page > 1:
        return None
    kept = next((one for one in found.looser if one.what in ("radius", "both")), None)
    return int(kept.criteria.radius_km) if kept is not None else None


def numbers(asked: Asked) -> tuple[Shown, ...]:
    """What in her country answers by telephone, wherever she is: hotlines, and what is offered at a secret place.

    Without needs: everything that does. Open ones come first.
    """
    known_since = (clock.now() - OUTDATED_AFTER).date()
    statement = (
        select(PublicSearch.service_at_location_id)
        .where(
            PublicSearch.country == asked.country,
            or_(
                PublicSearch.latitude.is_(None),
                PublicSearch.confidential,
                PublicSearch.location_type == "virtual",
            ),
            PublicSearch.status.in_(sorted(RUNNING)),
            PublicSearch.known_on > known_since,
        )
        .order_by(PublicSearch.service_name, PublicSearch.service_at_location_id)
        .limit(MOST_NUMBERS * 4)
    )
    if asked.needs:
        statement = statement.where(PublicSearch.need_codes.overlap(list(asked.needs)))
    if asked.spoken:
        spoken = PublicSearch.languages.contains([asked.spoken])
        statement = statement.where(or_(spoken, PublicSearch.interpreted_languages.contains([asked.spoken])))
    shown = [one for one in _shown(db.session.scalars(statement).all(), {}) if one.phones]
    if asked.open_now:
        shown = [one for one in shown if one.open.state == "open"]
    order = {"open": 0, "unknown": 1, "closed": 2}
    shown.sort(key=lambda one: (one.closed_for_now, order[one.open.state]))
    once: dict[UUID, Shown] = {}
    for one in shown:
        once.setdefault(one.service_id, one)
    return tuple(once.values())[:MOST_NUMBERS]


def _shown(ids: Sequence[UUID], distances: Mapping[UUID, float | None]) -> tuple[Shown, ...]:
    """The cards of these services at locations, in their order; five queries, however many there are."""
    if not ids:
        return ()
    read = db.session.execute(
        select(PublicSearch, Service, days_off(PublicSearch.country, PublicSearch.service_id))
        .join(Service, Service.id == PublicSearch.service_id)
        .where(PublicSearch.service_at_location_id.in_(ids))
    ).all()
    rows = {found.service_at_location_id: (found, service, off) for found, service, off in read}
    listed = [rows[one][0] for one in ids if one in rows]
    parts = _parts(listed)
    now = clock.now()
    return tuple(
        _card(*rows[one], distance=distances.get(one), parts=parts, now=now) for one in ids if one in rows
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What hangs on the listings that are shown, by their ids."""

    phones: Mapping[UUID, list[str]]
    addresses: Mapping[UUID, list[str]]
    papers: Mapping[UUID, list[str]]
    practices: Mapping[UUID, dict[str, str]]


def _parts(found: Sequence[PublicSearch]) -> _Parts:
    services = {one.service_id for one in found}
    practices: dict[UUID, dict[str, str]] = defaultdict(dict)
    wanted = select(ServicePractice).where(
        ServicePractice.service_id.in_(services), ServicePractice.kind == "practice"
    )
    for one in db.session.scalars(wanted):
        practices[one.service_id][one.code] = one.value
    papers: dict[UUID, list[str]] = defaultdict(list)
    asked = select(RequiredDocument).where(RequiredDocument.service_id.in_(services))
    for paper in db.session.scalars(asked.order_by(RequiredDocument.id)):
        if paper.document:
            papers[paper.service_id].append(paper.document)
    # A secret place has no address, and if it had one it would not be read.
    addresses = _addresses(one.location_id for one in found if not one.confidential)
    return _Parts(_phones(found), addresses, papers, practices)


def _phones(found: Sequence[PublicSearch]) -> Mapping[UUID, list[str]]:
    """Numbers by what they hang on. Those of a person who works there are left out."""
    numbers: dict[UUID, list[str]] = defaultdict(list)
    wanted = select(Phone).where(
        Phone.contact_id.is_(None),
        or_(
            Phone.service_at_location_id.in_({one.service_at_location_id for one in found}),
            Phone.service_id.in_({one.service_id for one in found}),
            # A landline's number tells the door it rings behind.
            Phone.location_id.in_({one.location_id for one in found if not one.confidential}),
            Phone.organization_id.in_({one.organization_id for one in found}),
        ),
    )
    for one in db.session.scalars(wanted.order_by(Phone.id)):
        if one.type in ("fax", "pager", "textphone"):
            continue
        owner = one.service_at_location_id or one.service_id or one.location_id or one.organization_id
        if owner is not None:
            numbers[owner].append(one.number)
    return numbers


def _addresses(location_ids: Iterable[UUID]) -> Mapping[UUID, list[str]]:
    lines: dict[UUID, list[str]] = {}
    wanted = select(Address).where(Address.location_id.in_(set(location_ids)), ~Address.confidential)
    for one in db.session.scalars(wanted.order_by(Address.id)):
        parts = (one.address_1, one.address_2, one.city)
        lines.setdefault(one.location_id, [part for part in parts if part])
    return lines


def _card(
    found: PublicSearch,
    service: Service,
    off: Sequence[Mapping[str, Any]],
    *,
    distance: float | None,
    parts: _Parts,
    now: datetime,
) -> Shown:
    owners = (found.service_at_location_id, found.service_id, found.location_id, found.organization_id)
    numbers = dict.fromkeys(number for owner in owners for number in parts.phones.get(owner, ()))
    somewhere = not found.confidential and found.location_type != "virtual"
    placed = somewhere and found.latitude is not None
    return Shown(
        id=found.service_at_location_id,
        service_id=found.service_id,
        name=found.service_name,
        own_name=found.service_alternate_name,
        organization=found.organization_name,
        town=found.town if somewhere else "",
        country=found.country,
        lost=somewhere and not placed,
        secret=found.confidential,
        distance_km=distance if placed else None,
        open=from_search(found.openings, found.time_zone, [*found.exceptions, *off]).at(now),
        languages=tuple(found.languages),
        interpreted=tuple(found.interpreted_languages),
        eligibility=found.eligibility,
        cost=found.cost,
        closed_for_now=found.status != "active",
        # Free words may tell a door that the rest keeps.
        alert=None if found.confidential else found.alert,
        invented=found.invented,
        verified_on=found.verified_on,
        description="" if found.confidential else service.description,
        how_to_come=None if found.confidential else service.application_process,
        phones=tuple(numbers)[:3],
        address=tuple(parts.addresses.get(found.location_id, ())) if somewhere else (),
        papers=tuple(parts.papers.get(found.service_id, ())),
        to_hear=to_hear(parts.practices.get(found.service_id, {})),
    )


def public_listing(service_at_location_id: UUID) -> Listing | None:
    """What a sheet to take along says of a public service; of a secret place nothing but whom to call."""
    found = db.session.get(PublicSearch, service_at_location_id)
    if (
        found is None
        or found.status not in RUNNING
        or found.known_on <= (clock.now() - OUTDATED_AFTER).date()
    ):
        return None
    told = replace(listing(service_at_location_id), phones=_public_numbers(found))
    if not found.confidential:
        return told
    return replace(told, latitude=None, longitude=None, town="", address=(), transportation=None)


def _public_numbers(found: PublicSearch) -> tuple[PhoneNumber, ...]:
    numbers = _phones([found])
    owners = (found.service_at_location_id, found.service_id, found.location_id, found.organization_id)
    return tuple(map(PhoneNumber, dict.fromkeys(one for owner in owners for one in numbers.get(owner, ()))))
