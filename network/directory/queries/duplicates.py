"""Listings of ours that may be one: by name, number, address on the web, and nearness; and what was merged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from network.core import clock
from network.core.db import db
from network.directory.models import ListingMerge, Location, ServiceAtLocation
from network.tenants.context import acting

MOST = 50
# Pairs are looked for where it is cheap to look: among names that begin alike, numbers, sites and addresses that are
# the same, and within one organization.
_ORGANIZATIONS = """
WITH mine AS (
    SELECT id, name, country, lower(name) AS folded, lower(email) AS mail,
        regexp_replace(lower(website), '^https?://(www[.])?|/$', '', 'g') AS site FROM organization
    WHERE steward_tenant_id = :tenant AND removed_at IS NULL AND merged_into_id IS NULL
), number AS (
    SELECT DISTINCT mine.id, right(regexp_replace(phone.number, '[^0-9]', '', 'g'), 8) AS digits
    FROM phone LEFT JOIN service ON service.id = phone.service_id LEFT JOIN location ON location.id = phone.location_id
    JOIN mine ON mine.id = coalesce(phone.organization_id, service.organization_id, location.organization_id)
), pair AS (
    SELECT one.id AS first, two.id AS second, 'name' AS why FROM mine AS one JOIN mine AS two
        ON two.country = one.country AND left(two.folded, 3) = left(one.folded, 3) AND one.id < two.id
        AND similarity(one.folded, two.folded) > 0.55
    UNION SELECT one.id, two.id, 'phone' FROM number AS one JOIN number AS two
        ON two.digits = one.digits AND one.id < two.id AND length(one.digits) > 6
    UNION SELECT one.id, two.id, 'site' FROM mine AS one JOIN mine AS two ON two.site = one.site AND one.id < two.id
    UNION SELECT one.id, two.id, 'mail' FROM mine AS one JOIN mine AS two ON two.mail = one.mail AND one.id < two.id
)
SELECT pair.first, pair.second, array_agg(DISTINCT pair.why ORDER BY pair.why) AS why, one.name, two.name AS other,
    one.country AS of, similarity(one.folded, two.folded) AS alike
FROM pair JOIN mine AS one ON one.id = pair.first JOIN mine AS two ON two.id = pair.second
"""
_SERVICES = """
WITH mine AS (
    SELECT id, name, organization_id, lower(name) AS folded FROM service
    WHERE steward_tenant_id = :tenant AND removed_at IS NULL AND merged_into_id IS NULL
)
SELECT one.id AS first, two.id AS second, ARRAY['name'] AS why, one.name, two.name AS other,
    organization.name AS of, similarity(one.folded, two.folded) + (EXISTS (SELECT 1 FROM service_at_location AS here
        JOIN service_at_location AS there ON there.location_id = here.location_id AND there.service_id = two.id
        WHERE here.service_id = one.id AND here.removed_at IS NULL AND there.removed_at IS NULL))::integer AS alike
FROM mine AS one JOIN mine AS two ON two.organization_id = one.organization_id AND one.id < two.id
    AND similarity(one.folded, two.folded) > 0.55
JOIN organization ON organization.id = one.organization_id
"""
_LOCATIONS = """
WITH mine AS (
    SELECT id, coalesce(name, town) AS name, town, organization_id, latitude, longitude FROM location
    WHERE steward_tenant_id = :tenant AND removed_at IS NULL AND merged_into_id IS NULL AND NOT confidential
)
SELECT one.id AS first, two.id AS second, ARRAY['near'] AS why, one.name, two.name AS other,
    organization.name AS of, similarity(lower(one.name), lower(two.name)) AS alike
FROM mine AS one JOIN mine AS two ON two.organization_id = one.organization_id AND one.id < two.id
    AND abs(two.latitude - one.latitude) < 0.003 AND abs(two.longitude - one.longitude) < 0.003
JOIN organization ON organization.id = one.organization_id
"""
_PAIRS = {"organization": _ORGANIZATIONS, "service": _SERVICES, "location": _LOCATIONS}
_UNDECIDED = """
SELECT found.* FROM ({pairs}) AS found
WHERE NOT EXISTS (SELECT 1 FROM not_duplicate AS seen WHERE seen.tenant_id = :tenant
    AND seen.first_id = found.first AND seen.second_id = found.second)
ORDER BY array_length(found.why, 1) DESC, found.alike DESC, found.first, found.second LIMIT :most
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two listings that may be one. ``why``: name, phone, site, mail, near."""

    first: UUID
    second: UUID
    name: str
    other: str
    of: str
    why: tuple[str, ...]


def find_duplicates(kind: str) -> list[Pair]:
    """Pairs that nobody has decided on, the most alike first, at most 50.

    Services at the same place come before those that an organization offers under one name here and there.
    """
    group = " GROUP BY 1, 2, 4, 5, 6, 7" if kind == "organization" else ""
    asked = text(_UNDECIDED.format(pairs=_PAIRS[kind] + group))
    rows = db.session.execute(
        asked,
        {"tenant": acting().tenant, "most": MOST},
    )
    return [Pair(row.first, row.second, row.name, row.other, row.of, tuple(row.why)) for row in rows]


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
