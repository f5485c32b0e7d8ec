"""Saving one section of a listing: what the steward typed, on the version that she saw."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from network.core import vocabulary
from network.core.errors import Invalid
from network.core.versions import expect_version
from network.directory import fields, formats, geo, queries
from network.directory.eligibility import check_conditions
from network.directory.models import Location, Schedule
from network.directory.operations.details import (
    set_eligibility,
    set_languages,
    set_needs,
    set_practices,
    set_schedule,
)
from network.directory.operations.hiding import keep_private
from network.directory.operations.parts import change
from network.directory.operations.trust import get_listing
from network.directory.policies import require_own
from network.directory.practices import check_house_rules, check_practices
from network.directory.queries import holdings
from network.directory.queries.sections import CRITERIA
from network.directory.states import WEEKDAYS
from network.tenants.context import acting

Values = Mapping[str, Any]
_YES_NO = {"yes": True, "no": False}


def save_section(kind: str, listing_id: UUID, section: str, values: Values, version: int) -> UUID:
    """Save what was typed into a section. Raises StaleVersion where somebody changed the listing meanwhile."""
    listing = get_listing(kind, listing_id, lock=True)
    require_own(acting(), listing.steward_tenant_id)
    if section == "private":
        return keep_private(listing_id, values, version)
    expect_version(listing, version, theirs=listing.version)
    write_section(kind, listing_id, section, values)
    return listing_id


def write_section(kind: str, listing_id: UUID, section: str, values: Values) -> None:
    """Write all fields of a section, whatever version was seen."""
    special = _SPECIAL.get((kind, section))
    if special is not None:
        special(listing_id, values)
    elif section in CRITERIA:
        _save_criteria(listing_id, section, values)
    else:
        change(kind, listing_id, _tidy(values))


def check_section(section: str, values: Values) -> None:
    """Raise Invalid for values that the section would not take."""
    if section == "needs":
        if not values["needs"]:
            raise fields.wrong("needs", _("Choose at least one need."))
        for code in values["needs"]:
            vocabulary.need(code)
    elif section == "languages":
        for name in ("languages", "interpreted"):
            for code in values[name]:
                fields.language(name, code)
    elif section in CRITERIA:
        check_conditions(_conditions(section, values))
    elif section == "practices":
        check_practices({code: one for code, one in values.items() if one})
    elif section == "house-rules":
        check_house_rules({code: one for code, one in values.items() if one is not None})
    elif section == "place" and not queries.find_places(values["place"]):
        raise _unknown_place()


def save_hours(kind: str, listing_id: UUID, values: Values, version: int) -> UUID:
    """Save the week of a service or a location. Hours of a season, and what is not weekly, stay."""
    listing = get_listing(kind, listing_id, lock=True)
    require_own(acting(), listing.steward_tenant_id)
    expect_version(listing, version, theirs=listing.version)
    write_hours(kind, listing_id, values)
    return listing_id


def write_hours(kind: str, listing_id: UUID, values: Values) -> None:
    """Write the week of a service or a location, whatever version was seen."""
    kept = [_said(one) for one in holdings.schedules_of(kind, listing_id) if one.valid_from or one.valid_to]
    if kind == "service":
        set_schedule([*_week(values), *kept], service_id=listing_id)
    else:
        set_schedule([*_week(values), *kept], location_id=listing_id)
    change(kind, listing_id, {})


def _said(one: Schedule) -> dict[str, Any]:
    names = ("byday", "opens_at", "closes_at", "valid_from", "valid_to", "description")
    return {name: getattr(one, name) for name in names}


def _week(values: Values) -> list[dict[str, Any]]:
    """Days with the same hours are one opening."""
    days: dict[tuple[str, str], list[str]] = {}
    for day in WEEKDAYS:
        for nth in ("", "_2"):
            opens = values.get(f"{day.lower()}_opens{nth}")
            closes = values.get(f"{day.lower()}_closes{nth}")
            if opens and closes:
                days.setdefault((opens, "24:00" if closes == "00:00" else closes), []).append(day)
    return [
        {"byday": ",".join(named), "opens_at": opens, "closes_at": closes}
        for (opens, closes), named in days.items()
    ]


def _tidy(values: Values) -> dict[str, Any]:
    """An address on the web gets its scheme."""
    return {
        name: formats.web(name, value) if name in ("website", "url") and value else value
        for name, value in values.items()
    }


def _save_needs(service_id: UUID, values: Values) -> None:
    set_needs(service_id, values["needs"])


def _save_languages(service_id: UUID, values: Values) -> None:
    set_languages(service_id, values["languages"], interpreted=values["interpreted"])
    change("service", service_id, {"interpretation_services": values["interpretation_services"]})


def _save_referral(service_id: UUID, values: Values) -> None:
    others = [one for one in values["other_referral_methods"] if one != values["referral_method"]]
    if "not_accepted" in others or (others and values["referral_method"] == "not_accepted"):
        raise fields.wrong("other_referral_methods", _("It takes referrals or it does not."))
    change("service", service_id, {**values, "other_referral_methods": others})


def _save_practices(service_id: UUID, values: Values) -> None:
    known = holdings.practices_and_rules(service_id)
    set_practices(service_id, {code: one for code, one in values.items() if one}, known.house_rules)


def _save_house_rules(service_id: UUID, values: Values) -> None:
    known = holdings.practices_and_rules(service_id)
    set_practices(service_id, known.practices, {code: one for code, one in values.items() if one is not None})


def _save_criteria(service_id: UUID, section: str, values: Values) -> None:
    kept = {
        code: one for code, one in holdings.conditions_of(service_id).items() if code not in CRITERIA[section]
    }
    set_eligibility(service_id, kept | _conditions(section, values))
    if section == "care":
        change("service", service_id, {"eligibility_description": values["eligibility_description"]})


def _conditions(section: str, values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code in CRITERIA[section]:
        if code == "age":
            value: Any = {"min": values["age_min"], "max": values["age_max"]}
        elif code == "children_along":
            value = _children(values)
        elif code == "nationality":
            value = {
                name: _countries(f"nationality_{name}", values[f"nationality_{name}"])
                for name in ("include", "exclude")
            }
        else:
            value = _YES_NO.get(values[code], values[code]) if isinstance(values[code], str) else values[code]
        if isinstance(value, dict):
            value = {name: one for name, one in value.items() if one not in (None, [])}
        if value not in (None, [], {}):
            found[code] = value
    return found


def _children(values: Values) -> dict[str, Any]:
    accepted = _YES_NO.get(values["children_accepted"] or "")
    if accepted is None:
        return {}
    return {"accepted": accepted, "girls_up_to": values["girls_up_to"], "boys_up_to": values["boys_up_to"]}


def _countries(field: str, typed: str | None) -> list[str]:
    codes = (typed or "").replace("،", ",").replace(",", " ").upper().split()
    return [fields.country(field, code) for code in codes]


def _save_place(location_id: UUID, values: Values) -> None:
    location = get_listing("location", location_id)
    assert isinstance(location, Location)
    town = values["place"]
    place = geo.find_place(location.place_code or "")
    if place is None or town not in (location.town, place.name, *(name for _tongue, name in place.names)):
        found = queries.find_places(town, location.country) or queries.find_places(town)
        if not found:
            raise _unknown_place()
        place = found[0]
    given = (values.get("latitude"), values.get("longitude"))
    if place.code != location.place_code and given == (location.latitude, location.longitude):
        given = (None, None)  # the town moved, and the position of before was left standing
    point = given if None not in given else (place.point.latitude, place.point.longitude)
    if (given[0] is None) != (given[1] is None):
        raise fields.wrong("latitude", _("Give latitude and longitude together."))
    moved: dict[str, Any] = {"town": place.name, "country": place.country, "place_code": place.code}
    moved["time_zone"] = values.get("time_zone") or place.time_zone
    if "visibility" in values:
        moved["visibility"] = values["visibility"]
    if location.confidential:
        location.latitude, location.longitude = place.point.latitude, place.point.longitude
    else:
        moved |= {"latitude": float(point[0]), "longitude": float(point[1])}  # type: ignore[arg-type]  # both are there
    change("location", location_id, moved)


def _unknown_place() -> Invalid:
    return fields.wrong(
        "place", _("We do not know this place. Check the spelling, or name the next larger town.")
    )


_SPECIAL: Mapping[tuple[str, str], Callable[[UUID, Values], None]] = {
    ("service", "needs"): _save_needs,
    ("service", "languages"): _save_languages,
    ("service", "referral"): _save_referral,
    ("service", "practices"): _save_practices,
    ("service", "house-rules"): _save_house_rules,
    ("location", "place"): _save_place,
    ("location", "town"): _save_place,
}
