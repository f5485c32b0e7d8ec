"""What stands in the sections of a listing, as its forms take it, and which of them are more than columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from network.core import vocabulary
from network.directory.queries.holdings import (
    conditions_of,
    languages_of,
    needs_of,
    practices_and_rules,
    schedules_of,
)
from network.directory.queries.records import private_address

# The criteria that are asked in each section; what is not asked stays.
CRITERIA: Mapping[str, tuple[str, ...]] = {
    "whom": ("sex", "age", "children_along", "pregnant_served", "female_staff"),
    "standing": ("legal_status", "person_kind", "sector", "nationality"),
    "papers": ("documents_required", "works_without_documents", "referral_required", "membership"),
    "care": ("disability_access", "health_limits"),
}
_FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "age": ("age_min", "age_max"),
    "children_along": ("children_accepted", "girls_up_to", "boys_up_to"),
    "nationality": ("nationality_include", "nationality_exclude"),
}
_COMPOSED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "service": {
        "needs": ("needs",),
        "languages": ("languages", "interpreted"),
        "referral": ("referral_method", "other_referral_methods"),
        "practices": tuple(vocabulary.terms("partner_practices")),
        "house-rules": tuple(vocabulary.terms("house_rules")),
        **{
            section: tuple(name for code in codes for name in _FIELDS_OF.get(code, (code,)))
            for section, codes in CRITERIA.items()
        },
    },
    "location": {"place": ("place", "latitude", "longitude", "time_zone")},
}


def section_of(kind: str, field: str) -> str | None:
    """The section with which a field is saved; None for one that is a column of the listing and nothing more."""
    return next((name for name, held in _COMPOSED.get(kind, {}).items() if field in held), None)


def values_in(kind: str, listing: Any, names: Collection[str]) -> dict[str, Any]:
    """What stands in these fields of one section now."""
    asked = set(names)
    found: dict[str, Any] = {}
    if kind == "service":
        found = _of_service(listing.id, asked)
    elif kind == "location" and "address_1" in asked:
        private = private_address(listing.id) or {}
        found = {**next(iter(private.get("addresses") or []), {}), **private}
        return {name: found.get(name) for name in asked}
    elif kind == "location":
        found = {"place": listing.town}
    return {name: found[name] if name in found else getattr(listing, name, None) for name in asked}


def _of_service(service_id: UUID, names: set[str]) -> dict[str, Any]:
    if "needs" in names:
        return {"needs": needs_of(service_id)}
    if "interpreted" in names:
        return {
            "languages": languages_of(service_id, interpreted=False),
            "interpreted": languages_of(service_id, interpreted=True),
        }
    if names & {"sex", "legal_status", "documents_required", "disability_access"}:
        return _conditions(service_id)
    if names & {"police_on_site", "free_to_leave"}:
        said = practices_and_rules(service_id)
        return {name: {**said.practices, **said.house_rules}.get(name) for name in names}
    return {}


def _conditions(service_id: UUID) -> dict[str, Any]:
    given = conditions_of(service_id)
    found: dict[str, Any] = {code: None for codes in CRITERIA.values() for code in codes}
    for code, value in given.items():
        found[code] = ("yes" if value else "no") if isinstance(value, bool) else value
    age, children = given.get("age") or {}, given.get("children_along") or {}
    found |= {"age_min": age.get("min"), "age_max": age.get("max")}
    accepted = children.get("accepted")
    found |= {"children_accepted": None if accepted is None else "yes" if accepted else "no"}
    found |= {name: children.get(name) for name in ("girls_up_to", "boys_up_to")}
    for name in ("include", "exclude"):
        found[f"nationality_{name}"] = ", ".join((given.get("nationality") or {}).get(name) or [])
    return found


def week_of(kind: str, listing_id: UUID) -> dict[str, str]:
    """The regular week of a listing, as its form takes it."""
    values: dict[str, str] = {}
    for one in schedules_of(kind, listing_id):
        if one.valid_from or one.valid_to:
            continue
        for day in (one.byday or "").split(","):
            nth = "_2" if f"{day.lower()}_opens" in values else ""
            values[f"{day.lower()}_opens{nth}"] = one.opens_at or ""
            values[f"{day.lower()}_closes{nth}"] = (
                "00:00" if one.closes_at == "24:00" else one.closes_at or ""
            )
    return values
