"""Listings as objects of the standard, and of the profile where that says more.

``flat`` tells one row of any entity, for the API as for an export into tables; ``nesting`` puts rows together. What
does not conform is left out and kept under ``nonconforming``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cache, lru_cache
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from network.core import vocabulary
from network.directory.hsds import profile, standard, values

Row = Mapping[str, Any]

# Columns of ours that have another name in the standard or in the profile.
_COLUMNS: Final[Mapping[tuple[str, str], str]] = {
    ("service", "last_modified"): "modified_at",
    ("organization", "last_modified"): "modified_at",
    ("location", "last_modified"): "modified_at",
    ("service_at_location", "last_modified"): "modified_at",
    ("service_capacity", "updated"): "updated_at",
}
# What is told of a confidential location itself.
_OPEN: Final = frozenset(
    {"id", "location_type", "organization_id", "confidential", "place_code", "town", "country", "time_zone",
     "verified_on", "verification_due_on", "last_modified", "visibility"}
)  # fmt: skip


def flat(entity: str, row: Row) -> dict[str, Any]:
    """The single values of a row: the standard's, then the profile's. Every field that must be there is there."""
    made: dict[str, Any] = {}
    odd: dict[str, str] = {}
    standards, ours = _plan(entity)
    for name, column, tell, instead in standards:
        value = row.get(column)
        if value is not None and value != "":
            told = tell(value)
            if told is not None:
                made[name] = told
                continue
            odd[name] = str(value)
        if instead is not None:
            made[name] = instead
    for name, column, tell, _ in ours:
        value = row.get(column)
        if value is not None and value != "":
            made[name] = tell(value)
    if odd:
        made["nonconforming"] = odd
    return made


# How a field is told: its name, its column, how a value of it is written, and what stands instead where it must be.
_Telling = tuple[str, str, Callable[[Any], Any], Any]


@cache
def _plan(entity: str) -> tuple[tuple[_Telling, ...], tuple[_Telling, ...]]:
    """How each single value of an entity is told: those of the standard, and ours."""
    standards = tuple(
        (
            field.name,
            _COLUMNS.get((entity, field.name), field.name),
            values.teller(field.type),
            _INSTEAD.get((entity, field.name), "") if field.required else None,
        )
        for field in standard.values(entity)
    )
    ours = tuple(
        (extra.name, _COLUMNS.get((entity, extra.name), extra.name), values.teller(extra.kind), None)
        for extra in profile.fields(entity)
    )
    return standards, ours


# What stands where the standard wants a value that ours is not: the least that can be said.
_INSTEAD: Final[Mapping[tuple[str, str], Any]] = {
    ("url", "url"): "about:blank",
    ("service_capacity", "available"): 0,
}


def term(row: Row, prefix: str = "") -> dict[str, Any]:
    """A term with its taxonomy, from a row that holds both (``taxonomy_...``)."""
    mine = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
    listed = {
        name.removeprefix("taxonomy_"): value for name, value in row.items() if name.startswith("taxonomy_")
    }
    listed["id"] = mine["taxonomy_id"]
    made = flat("taxonomy_term", mine | {"taxonomy": listed["name"]})
    return made | {"taxonomy_detail": flat("taxonomy", listed)}


def tombstone(entity: str, row: Row, *, survivor: UUID | None = None) -> dict[str, Any]:
    """A listing that is no longer there: its id, since when, and why. Nothing else of it is told.

    ``survivor``: the listing that took it in, if that may be told.
    """
    reason = "removed" if row["removed_at"] else "merged" if row.get("merged_into_id") else "withdrawn"
    if survivor is not None:
        reason = "merged"
    gone: dict[str, Any] = {"reason": reason, "at": values.instant(row["modified_at"])}
    if survivor is not None:
        gone["merged_into_id"] = str(survivor)
    made: dict[str, Any] = {"id": str(row["id"])}
    if entity == "service":
        made |= {"name": "", "status": "defunct"}
    elif entity == "organization":
        made |= {"name": "", "description": ""}
    return made | {"last_modified": values.instant(row["modified_at"]), "tombstone": gone}


def minimal(row: Row) -> dict[str, Any]:
    """The least of a service: enough to know whether one's copy is current, and what the standard requires."""
    at = values.instant(row["modified_at"])
    return {
        "id": str(row["id"]),
        "name": row["name"],
        "status": row["status"],
        "last_modified": at,
        "modified_date": at,
    }


def location(row: Row) -> dict[str, Any]:
    """A location's own values; of a confidential one its town, and nothing that leads to its door."""
    made = flat("location", row)
    return {name: value for name, value in made.items() if name in _OPEN} if row["confidential"] else made


def schedule(row: Row, zone: str | None, today: date) -> dict[str, Any]:
    """Hours as the standard wants them, with their offset from UTC on that day, and as the clock on the wall says."""
    made = flat("schedule", row)
    day = max(today, row["valid_from"] or today)
    for name in ("opens_at", "closes_at"):
        local = row[name]
        if local is None:
            continue
        made[f"local_{name}"] = local
        # The end of a day is written as the start of the next, or as its last minute where the whole day is open.
        told = local if local != "24:00" else "23:59" if row["opens_at"] == "00:00" else "00:00"
        made[name] = told + (_offset(zone, day, told) if zone else "")
    if zone is not None:
        made["time_zone"] = zone
        made["timezone"] = values.number(_seconds(zone, datetime.combine(day, time(12))) / 3600)
    return made


def language(row: Row) -> dict[str, Any]:
    """A language, by its code and its English name."""
    made = flat("language", row)
    if "name" not in made and (name := _language_name(row["code"] or "")):
        made["name"] = name
    return made


def _offset(zone: str, day: date, local: str) -> str:
    seconds = _seconds(zone, datetime.combine(day, time.fromisoformat(local)))
    sign, minutes = ("-" if seconds < 0 else "+"), abs(seconds) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"


@lru_cache(maxsize=4096)
def _seconds(zone: str, local: datetime) -> int:
    offset = local.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


@lru_cache(maxsize=512)
def _language_name(code: str) -> str | None:
    try:
        return Locale.parse(code, sep="-").get_display_name("en")
    except (ValueError, UnknownLocaleError):
        return None


def exception(row: Row, *, discreet: bool = False) -> dict[str, Any]:
    """Days on which the hours do not hold."""
    made: dict[str, Any] = {
        "id": str(row["id"]),
        "first_on": row["first_on"].isoformat(),
        "last_on": row["last_on"].isoformat(),
        "closed": row["closed"],
        "kind": row["kind"],
    }
    words = ("byday", "opens_at", "closes_at", *(() if discreet else ("description",)))
    return made | {name: row[name] for name in words if row[name]}


def names_organizations(criterion: str) -> bool:
    """Whether the value of a criterion names organizations, which may be hidden from some."""
    return vocabulary.criterion(criterion).type == "list_of_organizations"
