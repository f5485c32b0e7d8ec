"""Listings of ours that may be one, and what was merged.

What few listings say is compared when somebody asks. Of a steward with very many, a worker does it once a day and
after each import (``operations.look_for_twins``), and its last answer is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from network.core import clock
from network.core.db import db
from network.directory.models import (
    ListingMerge,
    ListingTwin,
    Location,
    NotDuplicate,
    Organization,
    Service,
    ServiceAtLocation,
)
from network.directory.twins.pairing import Twin, find_twins
from network.directory.twins.reading import count_of
from network.tenants.context import acting

MOST = 50
# So many are compared while somebody waits: in a quarter of a second.
COMPARED_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings that may be one. ``why``: name, phone, site, mail, near. ``metres`` lie between them, if known.

    ``of`` is the country of organizations, the organization of all others; both, where they have two (``apart``).
    """

    first: UUID
    second: UUID
    name: str
    other: str
    of: str
    why: tuple[str, ...]
    metres: int | None = None
    apart: bool = False


def find_duplicates(kind: str) -> list[Pair]:
    """Pairs that nobody has decided on, those for which most speaks first, at most 50.

    Services at the same place come before those that an organization offers under one name here and there.
    """
    decided = decided_pairs(kind)
    twins = _looked_up(kind) if are_many(kind) else find_twins(kind, decided)
    told = _told(kind, [one for one in twins if (one.first, one.second) not in decided])
    return told[:MOST]


def are_many(kind: str) -> bool:
    """Whether we keep so many of a kind that they are compared in the background."""
    return count_of(kind) > COMPARED_AT_ONCE


def last_looked(kind: str) -> datetime | None:
    """When our many were last compared and something was found."""
    return db.session.scalar(
        select(func.max(ListingTwin.found_at)).where(
            ListingTwin.tenant_id == acting().tenant, ListingTwin.entity == kind
        )
    )


def _looked_up(kind: str) -> list[Twin]:
    rows = db.session.scalars(
        select(ListingTwin)
        .where(ListingTwin.tenant_id == acting().tenant, ListingTwin.entity == kind)
        .order_by(
            func.cardinality(ListingTwin.why).desc(),
            ListingTwin.alike.desc(),
            ListingTwin.metres.asc().nulls_last(),
            ListingTwin.first_id,
            ListingTwin.second_id,
        )
    )
    return [Twin(one.first_id, one.second_id, tuple(one.why), one.alike, one.metres) for one in rows]


def decided_pairs(kind: str) -> set[tuple[UUID, UUID]]:
    """Pairs of which somebody said that they are two."""
    rows = db.session.execute(
        select(NotDuplicate.first_id, NotDuplicate.second_id).where(
            NotDuplicate.tenant_id == acting().tenant, NotDuplicate.entity == kind
        )
    )
    return {(first, second) for first, second in rows}


def _told(kind: str, twins: Sequence[Twin]) -> list[Pair]:
    """With their names, those of which both still stand."""
    named = _named(kind, {one for twin in twins for one in (twin.first, twin.second)})
    pairs = []
    for twin in twins:
        if twin.first in named and twin.second in named:
            (name, of, above), (other, there, another) = named[twin.first], named[twin.second]
            apart = above != another
            told = f"{of} / {there}" if apart and of != there else of
            pairs.append(Pair(twin.first, twin.second, name, other, told, twin.why, twin.metres, apart))
    return pairs


def _named(kind: str, ids: set[UUID]) -> dict[UUID, tuple[str, str, UUID | None]]:
    """(name, country or organization, organization) of listings that stand."""
    asked: Any
    if kind == "organization":
        model: Any = Organization
        asked = select(Organization.id, Organization.name, Organization.country)
    else:
        model = Service if kind == "service" else Location
        name = Service.name if kind == "service" else func.coalesce(Location.name, Location.town)
        asked = select(model.id, name, Organization.name, model.organization_id)
        asked = asked.join(Organization, Organization.id == model.organization_id)
    asked = asked.where(
        model.id.in_(ids),
        model.steward_tenant_id == acting().tenant,
        model.removed_at.is_(None),
        model.merged_into_id.is_(None),
    )
    if kind == "location":
        asked = asked.where(Location.confidential.is_(False))
    return {row[0]: (row[1], row[2], row[3] if len(row) > 3 else None) for row in db.session.execute(asked)}


def towns_of(services: Iterable[UUID]) -> dict[UUID, list[tuple[str, str]]]:
    """The towns, each with its country, in which services are offered."""
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(ServiceAtLocation.service_id, Location.town, Location.country)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(
            ServiceAtLocation.service_id.in_(set(services)),
            ServiceAtLocation.removed_at.is_(None),
            Location.removed_at.is_(None),
        )
        .distinct()
        .order_by(Location.town)
    )
    for service_id, town, country in rows:
        found[service_id].append((town, country))
    return found


def merges_of_ours() -> Sequence[ListingMerge]:
    """What was merged lately and stands, newest first, at most 50."""
    return db.session.scalars(
        select(ListingMerge)
        .where(
            ListingMerge.steward_tenant_id == acting().tenant,
            ListingMerge.undone_at.is_(None),
            ListingMerge.merged_at <= clock.now(),
        )
        .order_by(ListingMerge.merged_at.desc())
        .limit(MOST)
    ).all()
