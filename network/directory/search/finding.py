"""Carrying out a search."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

from network.core import clock, vocabulary
from network.core.db import db
from network.core.pool import PLANNED_ANEW
from network.directory import geo
from network.directory.eligibility import Profile
from network.directory.geo import Point
from network.directory.search import fitting, lexicon
from network.directory.search.criteria import Criteria
from network.directory.search.results import (
    OPEN_STATES,
    Facet,
    Findings,
    Found,
    Looser,
    OpenWord,
    Reads,
    What,
)
from network.directory.search.statement import Bound, Shape, Source, statement
from network.directory.trust import holds_since, shown_since

# Needs of these priorities of the vocabulary cannot wait for the next morning.
PRESSING = ("immediate", "emergency")
WIDER_KM = (100.0, 200.0, 300.0)
COUNTED_FOR = timedelta(days=14)
MEASURED_FOR = timedelta(days=120)
LOOK_AHEAD = timedelta(days=9)
# The semi-major axis of WGS 84 in km, and its first eccentricity squared.
_AXIS_KM, _E2 = 6378.137, 0.00669437999014
_LOOSENED: dict[str, Any] = {
    "open_at": "", "language": None, "capacity": False, "verified": False, "stale": True, "kinds": (),
    "countries": (), "referrals": False,
}  # fmt: skip
Row = Mapping[Any, Any]


def find(
    criteria: Criteria,
    profile: Profile | None = None,
    at: datetime | None = None,
    *,
    source: Source = "network",
    counts: bool = False,
) -> Findings:
    """Search. ``at`` is now; open or closed is told for it unless the criteria name another time.

    ``source``: "public" finds what anybody may see, and tells nothing of referrals, practices and house rules.
    ``counts``: also how many there are with each filter.
    """
    now = at or clock.now()
    query = lexicon.read(criteria.text) if criteria.text.strip() else None
    if query is not None and not query.words:
        return Findings((), looser=_without_place(criteria, profile, now, source), corrected=query.corrected)
    rows = _rows(criteria, profile, now, source, query, counts)
    told = rows[0]["told"] if rows else None
    moment = criteria.moment(now)
    found = tuple(_found(row, moment, profile) for row in rows if row["service_at_location_id"] is not None)
    if told is None:  # past the last page
        return Findings(())
    total = told["total"]
    looser = () if total else _loosen(criteria, profile, now, source, told["only"])
    return Findings(
        found,
        total=total,
        more=total > criteria.page * criteria.limit,
        looser=looser,
        facets=_facets(told) if counts else {},
        corrected=query.corrected if query else {},
    )


def count(criteria: Criteria, at: datetime | None = None, *, source: Source = "network") -> int:
    """How many services a search finds."""
    return find(replace(criteria, limit=1, page=1), None, at, source=source).total


def _loosen(
    criteria: Criteria, profile: Profile | None, now: datetime, source: Source, only: Mapping[str, int]
) -> tuple[Looser, ...]:
    """What could be given up to find something: one filter each, then words, needs and distance."""
    looser = [
        Looser(cast(What, name), _without(criteria, name), number) for name, number in only.items() if number
    ]
    return (*looser, *_without_place(criteria, profile, now, source, filtered=not looser))


def _without(criteria: Criteria, name: str) -> Criteria:
    """The criteria with one filter given up, from the first page on."""
    changed: dict[str, Any] = {name: _LOOSENED[name], "page": 1}
    return replace(criteria, **changed)


def _without_place(
    criteria: Criteria, profile: Profile | None, now: datetime, source: Source, *, filtered: bool = True
) -> tuple[Looser, ...]:
    """Looser bounds: without words, with any need, further away; last, all filters off and further away."""
    tried: list[tuple[Any, Criteria]] = []
    if criteria.text.strip() and (criteria.point or criteria.organization_id or criteria.countries):
        tried.append(("text", replace(criteria, text="", page=1)))
    found = [
        Looser(cast(What, what), other, number)
        for what, other in tried
        if (number := _count(other, now, source))
    ]
    if criteria.point is None:
        return tuple(found)
    plain = replace(criteria, **_LOOSENED, page=1)
    for what, kept in (("radius", criteria), ("both", plain)):
        if what == "both" and (found or not filtered or kept == criteria):
            continue
        for radius_km in WIDER_KM:
            if radius_km > criteria.radius_km:
                other = replace(kept, radius_km=radius_km, page=1)
                if number := _count(other, now, source):
                    return (*found, Looser(cast(What, what), other, number))
    return tuple(found)


def _count(criteria: Criteria, now: datetime, source: Source) -> int:
    query = lexicon.read(criteria.text) if criteria.text.strip() else None
    if query is not None and not query.words:
        return 0
    rows = _rows(replace(criteria, limit=1), None, now, source, query, counts=False)
    return int(rows[0]["told"]["total"])


def _facets(told: Mapping[str, Any]) -> dict[str, Facet]:
    return {
        name: Facet(name, tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))))
        for name, counts in told.items()
        if name not in ("total", "only")
    }


def _found(row: Row, moment: datetime, profile: Profile | None) -> Found:
    km = row["km"]
    as_they_are: dict[str, Any] = {name: row[name] for name in _AS_THEY_ARE}
    lists: dict[str, Any] = {name: tuple(row[name]) for name in _LISTS}
    return Found(
        **as_they_are,
        **lists,
        distance_km=None if km is None else round(km, 1),
        is_open=cast(OpenWord, OPEN_STATES[row["open"]]),
        practices=row.get("practices", _NOTHING),
        house_rules=row.get("house_rules", _NOTHING),
        referral_method=row.get("referral_method", "not_accepted"),
        other_referral_methods=tuple(row.get("other_referral_methods", ())),
        response_hours=row.get("response_hours"),
        not_verified=not row["fresh"],
        reads=Reads(row, moment, profile),
    )


_NOTHING: Mapping[str, str] = {}
_AS_THEY_ARE = (
    "service_at_location_id", "service_id", "organization_id", "service_name", "service_alternate_name",
    "organization_name", "organization_alternate_name", "organization_kind", "latitude", "longitude", "location_type",
    "town", "country", "lost",
    "confidential", "eligibility", "cost", "status", "alert", "held", "invented", "verified_on",
    "available", "counted_at", "next_free_at", "answered_percent", "usual_hours",
)  # fmt: skip
_LISTS = ("need_codes", "languages", "interpreted_languages")


def _rows(
    criteria: Criteria,
    profile: Profile | None,
    now: datetime,
    source: Source,
    query: lexicon.Query | None,
    counts: bool,
) -> Sequence[Row]:
    moment = criteria.moment(now)
    shape = _shape(criteria, profile, source, query, counts, any_zone=moment.tzinfo is not None)
    given = _bounds(criteria) | _times(moment, now)
    given |= {"limit": criteria.limit, "offset": (criteria.page - 1) * criteria.limit}
    given |= {
        "language": criteria.language,
        "kinds": list(criteria.kinds),
        "countries": list(criteria.countries),
    }
    if profile is not None:
        given |= fitting.parameters(profile)
    if query is not None:
        given |= {"words": query.words, "named": query.named, "exactly": query.exactly}
    # A word may stand in three listings or in a third of them: a plan for any word serves none.
    options = {PLANNED_ANEW: query is not None}
    asked = db.session.connection().exec_driver_sql(statement(shape), given, options)
    return asked.mappings().all()


def _shape(
    criteria: Criteria,
    profile: Profile | None,
    source: Source,
    query: lexicon.Query | None,
    counts: bool,
    any_zone: bool,
) -> Shape:
    bound: Bound = (
        "near"
        if criteria.point
        else "organization"
        if criteria.organization_id
        else "words"
        if query
        else "countries"
    )
    filters = {
        "open_at": bool(criteria.open_at),
        "language": criteria.language is not None and not criteria.interpreters,
        "interpreters": criteria.language is not None and criteria.interpreters,
        "capacity": criteria.capacity,
        "verified": criteria.verified,
        "stale": not criteria.stale,
        "kinds": bool(criteria.kinds),
        "countries": bool(criteria.countries) and bound != "countries",
        "referrals": criteria.referrals and source == "network",
    }
    return Shape(
        source=source,
        bound=bound,
        needs=min(len(criteria.needs), 2),
        text=query is not None,
        profile=profile is not None,
        filters=frozenset(name for name, on in filters.items() if on),
        organization=criteria.organization_id is not None,
        any_zone=any_zone,
        counts=counts,
        pressing=_presses(criteria, query),
    )


def _presses(criteria: Criteria, query: lexicon.Query | None) -> bool:
    """Whether something is sought that cannot wait until a place opens: a shelter, a doctor at once."""
    sought = {*criteria.needs, *(query.needs if query else ())}
    return any(vocabulary.need(code).default_priority in PRESSING for code in sought)


def _times(moment: datetime, now: datetime) -> dict[str, Any]:
    day = moment.date()
    return {
        "at": moment.replace(second=0, microsecond=0),
        "from_day": day - timedelta(days=2),
        "until_day": day + LOOK_AHEAD,
        "counted_since": now - COUNTED_FOR,
        "measured_since": now - MEASURED_FOR,
        "fresh_since": holds_since(now.date()),
        "known_since": shown_since(now.date()),
    }


def _bounds(criteria: Criteria) -> dict[str, Any]:
    given: dict[str, Any] = {
        "need": criteria.needs[0] if criteria.needs else None,
        "needs": list(criteria.needs),
        "organization": criteria.organization_id,
    }
    if criteria.point is None:
        return given
    box = geo.box_around(criteria.point, criteria.radius_km)
    x_km, y_km, z_km = _in_space(criteria.point)
    return given | {
        "south": box.south, "north": box.north, "west": box.west, "east": box.east,
        "x_km": x_km, "y_km": y_km, "z_km": z_km,
        "radius_km": criteria.radius_km, "country": criteria.country,
    }  # fmt: skip


def _in_space(point: Point) -> tuple[float, float, float]:
    """The position in km from the middle of the earth, as the search tables keep it (WGS 84)."""
    latitude, longitude = math.radians(point.latitude), math.radians(point.longitude)
    normal = _AXIS_KM / math.sqrt(1 - _E2 * math.sin(latitude) ** 2)
    return (
        normal * math.cos(latitude) * math.cos(longitude),
        normal * math.cos(latitude) * math.sin(longitude),
        normal * (1 - _E2) * math.sin(latitude),
    )
