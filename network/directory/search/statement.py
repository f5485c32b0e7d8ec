"""The one statement of a search: what lies within its bounds, how each fits, the best page of it, and the counts.

It is put together once for each combination of criteria and sent as it is: most of a search's time is the database's.
"""

# ruff: noqa: S608  # the parts are constants of this module; every value is a parameter
from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from network.directory.search.fitting import FITS

Source = Literal["network", "public"]
Bound = Literal["near", "organization", "words", "countries"]

# Each filter has a bit: a service that misses exactly one filter is what that filter took away.
BITS = {"open_at": 1, "language": 2, "capacity": 4, "verified": 8, "stale": 16, "kinds": 32, "countries": 64,
        "referrals": 128}  # fmt: skip
# No chord is longer than two of these.
EARTH_KM = 6378.2
MOST_VALUES = 15
# Where no place bounds a search, so many are looked at: whoever finds that many names a place or another word.
MOST_BY_WORDS, MOST_BY_COUNTRY = 400, 4000
RUNNING = "s.status IN ('active', 'temporarily closed')"
BOX = """latitude BETWEEN %(south)s::float8 AND %(north)s::float8
        AND longitude BETWEEN %(west)s::float8 AND %(east)s::float8"""

# A chord through the earth and the arc above it: within a metre of the geodesic at any distance that is searched.
KM = f"""2 * {EARTH_KM} * asin(sqrt((s.x_km - %(x_km)s::float8) ^ 2
        + (s.y_km - %(y_km)s::float8) ^ 2 + (s.z_km - %(z_km)s::float8) ^ 2) / {2 * EARTH_KM})"""

# A service may keep its week on the days that hold for a whole country.
KEPT_CLOSED = "s.service_id NOT IN (SELECT id FROM service WHERE open_on_holidays)"
# Minutes of the local week from Monday: 1 January 1970 was a Thursday.
OPEN = """CASE WHEN s.unusual OR off.country IS NOT NULL
             THEN open_despite(s.openings, s.exceptions || coalesce(off.exceptions, '[]'), {local})
             WHEN s.hours IS NULL THEN 1
             WHEN s.hours @> ((extract(epoch FROM {local})::bigint / 60 + 4320) %% 10080)::integer THEN 0
             ELSE 2 END"""
LOCAL = {True: "%(at)s::timestamptz AT TIME ZONE s.time_zone", False: "%(at)s::timestamp"}
# What was counted longer ago says nothing of today.
COUNTED = "free.counted_at > %(counted_since)s::timestamptz"
ROOM = f"CASE WHEN {COUNTED} THEN CASE WHEN free.available > 0 THEN 0 ELSE 2 END ELSE 1 END"

# How it answers, as it was counted, or else the delay that its listing states; who leaves many waiting comes later.
MEASURED = """LEFT JOIN service_response AS measured ON measured.service_id = s.service_id
        AND measured.published_at > %(measured_since)s::timestamptz"""
ANSWERS = """coalesce(measured.usual_hours, s.response_hours, 1000)
        + 10 * (100 - coalesce(measured.answered_percent, 100))"""
# A hold on a service that was merged holds the one that took it in.
HELD = """s.service_id IN (SELECT coalesce(of.merged_into_id, held.service_id) FROM service_hold AS held
        JOIN service AS of ON of.id = held.service_id WHERE held.released_at IS NULL)"""
TAKES = "s.referral_method <> 'not_accepted' AND s.status = 'active'"
# Where it is nobody knows: it has no position, is not reached from afar alone, and names no area that it serves.
LOST = """CASE WHEN s.x_km IS NULL AND s.location_type <> 'virtual' THEN NOT EXISTS (SELECT FROM service_area AS area
        WHERE area.service_id = s.service_id OR area.service_at_location_id = s.service_at_location_id)
        ELSE false END"""
# How near: a way of minutes, of half an hour, of an hour, of a day; what has no place comes after what has one.
BAND = """CASE WHEN km <= 5 THEN 0 WHEN km <= 15 THEN 1 WHEN km <= 30 THEN 2 WHEN km <= 60 THEN 3 WHEN km <= 120 THEN 4
             WHEN km IS NOT NULL THEN 5 ELSE 6 END"""
# What opens tomorrow within an hour's way comes before what is open two hours away, and so on; what is reached by
# telephone is nowhere far.
REACH = "CASE WHEN km > 120 THEN 3 WHEN km > 60 THEN 2 WHEN km > 30 THEN 1 ELSE 0 END"


def order(pressing: bool) -> str:
    """The order of what is found. ``pressing``: what cannot wait for a door to open, wherever the open one is.

    Around a place, what may be anywhere comes after everything that is known to be there.
    """
    when = "open, room" if pressing else f"{REACH}, open, room"
    return (
        f"lost, refused, no_referrals, spelled, fits, {when}, {BAND}, NOT fresh, answers, km NULLS LAST, id"
    )


SHOWN = ("service_at_location_id", "service_id", "organization_id", "service_name", "service_alternate_name",
         "organization_name", "organization_alternate_name", "organization_kind", "need_codes", "languages",
         "interpreted_languages", "latitude", "longitude", "location_type", "town", "country", "time_zone",
         "confidential", "openings", "exceptions", "eligibility", "cost", "status", "alert", "invented",
         "verified_on")  # fmt: skip
SHOWN_TO_MEMBERS = ("practices", "house_rules", "referral_method", "other_referral_methods", "response_hours")


@dataclass(frozen=True, slots=True)
class Shape:
    """Which parts the statement of a search has. ``pressing``: in which order it answers."""

    source: Source
    bound: Bound
    needs: int
    text: bool
    profile: bool
    filters: frozenset[str]
    organization: bool
    any_zone: bool
    counts: bool
    pressing: bool


@cache
def statement(shape: Shape) -> str:
    """The SQL of a search of this shape, with parameters by name."""
    table = "service_search" if shape.source == "network" else "public_search"
    best = order(shape.pressing)
    shown = [*SHOWN, *(SHOWN_TO_MEMBERS if shape.source == "network" else ())]
    return f"""
WITH off AS MATERIALIZED (
    SELECT country, jsonb_agg(exception_as_json(one.*)) AS exceptions FROM schedule_exception AS one
    WHERE country IS NOT NULL AND first_on <= %(until_day)s::date AND last_on >= %(from_day)s::date
    GROUP BY country
), met AS MATERIALIZED (
    SELECT s.service_at_location_id AS id, {_km(shape)} AS km, {OPEN.format(local=LOCAL[shape.any_zone])} AS open,
        {ROOM} AS room, s.known_on > %(fresh_since)s::date AND s.verified_on IS NOT NULL AS fresh,
        {FITS if shape.profile else "0"} AS fits, {HELD if shape.source == "network" else "false"} AS held,
        {LOST if shape.bound == "near" else "false"} AS lost, {_spelled(shape)} AS spelled,
        {_members(shape)}, s.languages, s.interpreted_languages,
        s.organization_kind, s.country, s.known_on, s.need_codes,
        free.available, free.counted_at, free.next_free_at
    FROM {_bounded(shape, table)}
    LEFT JOIN capacity_search AS free ON free.service_id = s.service_id
    LEFT JOIN off ON off.country = s.country AND {KEPT_CLOSED}
    {MEASURED if shape.source == "network" else ""}
    WHERE {" AND ".join(_conditions(shape))}
), judged AS MATERIALIZED (
    SELECT *, {_misses(shape)} AS misses, fits = 2 OR held AS refused FROM met
), counted AS (
    SELECT jsonb_build_object({_counts(shape)}) AS told FROM judged
), best AS (
    SELECT *, row_number() OVER (ORDER BY {best}) AS rank FROM judged WHERE misses = 0
    ORDER BY {best} LIMIT %(limit)s::integer OFFSET %(offset)s::integer
)
SELECT CASE WHEN best.rank IS NULL OR best.rank = %(offset)s::integer + 1 THEN counted.told END AS told,
    best.km, best.lost, best.open, best.held, best.fresh,
    best.answered_percent, best.usual_hours, best.available, best.counted_at, best.next_free_at,
    coalesce(off.exceptions, '[]') AS days_off, {", ".join(f"s.{name}" for name in shown)}
FROM counted LEFT JOIN best ON true
LEFT JOIN {table} AS s ON s.service_at_location_id = best.id
LEFT JOIN off ON off.country = s.country AND {KEPT_CLOSED}
ORDER BY best.rank"""


def _bounded(shape: Shape, table: str) -> str:
    """The services within the bounds: by the narrow index of needs first, else by the table's own."""
    if shape.bound == "words":
        return f"""({_by_words(table)}) AS near
    JOIN {table} AS s USING (service_at_location_id)"""
    if shape.bound == "countries":
        needed = "AND need_codes && %(needs)s::text[]" if shape.needs else ""
        return f"""(SELECT * FROM {table} WHERE country = ANY (%(countries)s::text[]) {needed}
        LIMIT {MOST_BY_COUNTRY}) AS s"""
    if shape.bound == "organization":
        return f"{table} AS s"
    if shape.needs == 0:
        words = "AND words @@ %(words)s::tsquery" if shape.text else ""
        return f"""(SELECT * FROM {table} WHERE {BOX} {words}
        UNION ALL SELECT * FROM {table} WHERE latitude IS NULL AND country = %(country)s) AS s"""
    wanted = "need_code = %(need)s" if shape.needs == 1 else "need_code = ANY (%(needs)s::text[])"
    # UNION takes out a service that answers several of the needs; with one there is nothing to take out.
    union = "UNION ALL" if shape.needs == 1 else "UNION"
    return f"""(SELECT service_at_location_id FROM service_need_search WHERE {wanted} AND {BOX}
        {union} SELECT service_at_location_id FROM service_need_search
        WHERE {wanted} AND latitude IS NULL AND country = %(country)s) AS near
    JOIN {table} AS s USING (service_at_location_id)"""


def _by_words(table: str) -> str:
    """The very words in names first, then other spellings, then descriptions."""
    return " UNION ".join(
        f"(SELECT service_at_location_id FROM {table} WHERE words @@ %({name})s::tsquery LIMIT {MOST_BY_WORDS})"
        for name in ("exactly", "named", "words")
    )


def _conditions(shape: Shape) -> list[str]:
    """What bounds a search, and what no filter counts beside."""
    found = [RUNNING]
    if shape.bound == "near":
        found.append(f"(s.x_km IS NULL OR {KM} <= %(radius_km)s::float8)")
    elif shape.needs:
        found.append("s.need_codes && %(needs)s::text[]")
    if shape.text:
        found.append("s.words @@ %(words)s::tsquery")
    if shape.organization:
        found.append("s.organization_id = %(organization)s::uuid")
    return found


def _km(shape: Shape) -> str:
    return KM if shape.bound == "near" else "NULL::float8"


def _spelled(shape: Shape) -> str:
    """0 where the very words stand in the names, 1 where names hold other spellings, 2 where a description does."""
    if not shape.text:
        return "0"
    return "CASE WHEN s.words @@ %(exactly)s::tsquery THEN 0 WHEN s.words @@ %(named)s::tsquery THEN 1 ELSE 2 END"


def _members(shape: Shape) -> str:
    if shape.source == "public":
        return "false AS no_referrals, 0 AS answers, NULL::integer AS answered_percent, NULL::integer AS usual_hours"
    return f"NOT ({TAKES}) AS no_referrals, {ANSWERS} AS answers, measured.answered_percent, measured.usual_hours"


TESTS = {
    "open_at": "open = 0",
    "language": "%(language)s = ANY (languages)",
    "interpreters": "%(language)s = ANY (languages || interpreted_languages)",
    "capacity": "room = 0",
    "verified": "fresh",
    "stale": "known_on > %(known_since)s::date",
    "kinds": "organization_kind = ANY (%(kinds)s::text[])",
    "countries": "country = ANY (%(countries)s::text[])",
    "referrals": "NOT no_referrals",
}


def _misses(shape: Shape) -> str:
    """The bits of the filters that a service does not meet."""
    parts = [
        f"CASE WHEN {TESTS[name]} THEN 0 ELSE {BITS.get(name, BITS['language'])} END"
        for name in sorted(shape.filters)
    ]
    return " + ".join(parts) or "0"


def _counts(shape: Shape) -> str:
    """How many there are, how many each filter alone took away, and how many there would be with each filter."""
    told = [
        "'total', count(*) FILTER (WHERE misses = 0)",
        f"'only', jsonb_build_object({_taken_away(shape)})",
    ]
    if not shape.counts:
        return ", ".join(told)
    told += [
        f"'open_at', jsonb_build_object({_numbers('open', 'open_at', ('open', 'unknown', 'closed'))})",
        f"'capacity', jsonb_build_object({_numbers('room', 'capacity', ('free', 'unknown', 'full'))})",
        f"'verified', jsonb_build_object('yes', count(*) FILTER (WHERE fresh AND {_but('verified')}))",
        f"'language', {_listed('unnest(languages)', 'language')}",
        f"'kinds', {_listed('organization_kind', 'kinds')}",
        f"'countries', {_listed('country', 'countries')}",
    ]
    if shape.source == "network":
        told.append(
            f"'referrals', jsonb_build_object('yes', count(*) FILTER (WHERE NOT no_referrals AND {_but('referrals')}))"
        )
    if shape.profile:
        told.append(
            f"'fits', jsonb_build_object({_numbers('fits', '', ('eligible', 'unknown', 'not_eligible'))})"
        )
    if not shape.needs:
        told.append(f"'needs', {_listed('unnest(need_codes)', '')}")
    return ", ".join(told)


def _taken_away(shape: Shape) -> str:
    bits = {BITS.get(name, BITS["language"]) for name in shape.filters}
    names = {bit: name for name, bit in BITS.items()}
    return ", ".join(f"'{names[bit]}', count(*) FILTER (WHERE misses = {bit})" for bit in sorted(bits))


def _but(filter_name: str) -> str:
    """Everything else is met."""
    return f"misses & ~{BITS.get(filter_name, 0)} = 0"


def _numbers(column: str, filter_name: str, values: tuple[str, ...]) -> str:
    return ", ".join(
        f"'{value}', count(*) FILTER (WHERE {column} = {number} AND {_but(filter_name)})"
        for number, value in enumerate(values)
    )


def _listed(value: str, filter_name: str) -> str:
    return f"""(SELECT coalesce(jsonb_object_agg(value, number), '{{}}') FROM (
        SELECT {value} AS value, count(*) AS number FROM judged WHERE {_but(filter_name)}
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES}) AS most)"""
