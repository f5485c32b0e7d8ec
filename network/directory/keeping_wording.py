"""Words of the pages on which a steward keeps her listings: fields, sections, standing, problems, history."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from network.accounts.permissions import ROLES
from network.core import vocabulary
from network.directory import geo, wording
from network.directory.keeping_names import (
    ACTIONS,
    CODES,
    FIELDS,
    HINTS,
    KINDS,
    METHODS,
    PART_NAMES,
    PROBLEMS,
    REASONS,
    REPORT_STATES,
    REPORT_TONES,
    SECTION_NAMES,
    SPOKEN,
    STANDINGS,
    TONES,
    UNITS,
    VERIFIED_HOW,
)
from network.directory.kinds import kind_choices, kind_label
from network.directory.models import ListingChange, ScheduleException, ServiceCapacity, Unit
from network.directory.schemas.keeping import PARTS, SECTIONS, Field
from network.directory.states import WEEKDAYS
from network.web.i18n import comma, language
from network.web.templating import country_name, language_name, local_date

__all__ = [
    "ACTIONS",
    "HINTS",
    "KINDS",
    "METHODS",
    "PART_NAMES",
    "PROBLEMS",
    "REASONS",
    "REPORT_STATES",
    "REPORT_TONES",
    "SECTION_NAMES",
    "STANDINGS",
    "TONES",
    "VERIFIED_HOW",
    "country_name",
    "day_name",
    "days_of",
    "entity_name",
    "field_of",
    "free_line",
    "history_value",
    "hours_of_day",
    "label_of",
    "occasion",
    "options",
    "part_line",
    "roles_of",
    "row_line",
    "shown",
    "territories",
    "town_of",
    "unit_name",
    "week_line",
]


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def label_of(field: str) -> str:
    """The name of a field for the reader: one of ours, or of the vocabulary."""
    if field in FIELDS:
        return str(FIELDS[field])
    for name in ("partner_practices", "house_rules", "criteria"):
        if field in vocabulary.codes(name):
            return vocabulary.label(name, field, language())
    return field.replace("_", " ")


def options(name: str) -> list[tuple[str, Any]]:
    """(code, label) of what a field offers."""
    if name in CODES:
        return [(code, label) for code, label in CODES[name].items()]
    if name == "countries":
        countries = ((code, country_name(code)) for code in sorted(territories()))
        return sorted(countries, key=lambda one: one[1])
    if name == "recipient_classes":
        return list(kind_choices())
    if name == "languages":
        return sorted(((code, language_name(code)) for code in SPOKEN), key=lambda one: one[1])
    return list(vocabulary.choices(name, language()))


def territories() -> set[str]:
    codes = (str(code) for code in Locale("en").territories)
    return {code for code in codes if len(code) == 2 and code.isalpha() and code != "ZZ"}


def shown(field: Field, value: Any) -> str:
    """A value of a field for the reader; empty where there is none."""
    if value in (None, "", []):
        return ""
    if field.kind == "tick":
        return _("Yes") if value in (True, "true") else _("No")
    if field.options:
        known = dict(options(field.options))
        codes = value if isinstance(value, list) else [value]
        return comma().join(str(known.get(code) or _named(field.options, code)) for code in codes)
    if field.kind == "date" and isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return local_date(value)
    if field.kind == "tel":
        return f"\u2066{value}\u2069"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return f"{value:g}" if isinstance(value, float) and abs(value) < 100_000 else str(value)


def _named(options_name: str, code: Any) -> str:
    if options_name == "recipient_classes":
        return kind_label(code)
    return language_name(code) if options_name == "languages" else str(code)


def part_line(entity: str, row: Any) -> str:
    """A part in one line."""
    if entity == "schedule_exception":
        return f"{days_of(row)}: {occasion(row)}, {hours_of_day(row)}"
    told = (shown(field, getattr(row, field.name)) for field in PARTS[entity])
    return " · ".join(text for text in told if text)


def days_of(one: ScheduleException) -> str:
    """From when to when."""
    first, last = local_date(one.first_on), local_date(one.last_on)
    return first if one.first_on == one.last_on else _("%(first)s to %(last)s", first=first, last=last)


def occasion(one: ScheduleException) -> str:
    """What day it is."""
    kind = str(CODES["exception_kind"][one.kind])
    return f"{kind}: {one.description}" if one.description else kind


def hours_of_day(one: ScheduleException) -> str:
    """Closed, or from when to when."""
    return _("Closed") if one.closed else _span(one.opens_at, one.closes_at)


def _span(opens: str | None, closes: str | None) -> str:
    """From when to when, the same way round in every script."""
    return f"\u2066{opens}–{closes}\u2069"


def day_name(day: str) -> str:
    """A weekday by its name."""
    names = get_day_names("wide", locale=get_locale() or Locale("en"))
    return str(names[WEEKDAYS.index(day)])


def unit_name(unit: Unit) -> str:
    """What capacity is counted in."""
    return str(UNITS.get(unit.identifier or "", unit.name)) if unit.scheme == "network" else unit.name


def free_line(unit: Unit, capacity: ServiceCapacity) -> str:
    """ "3 beds free"; "No beds free"."""
    free = int(capacity.available)
    known = unit.identifier if unit.scheme == "network" else ""
    if known == "bed":
        return ngettext("%(num)s bed free", "%(num)s beds free", free) if free else _("No bed free")
    if known == "place":
        return ngettext("%(num)s place free", "%(num)s places free", free) if free else _("No place free")
    if known == "appointment":
        said = ngettext("%(num)s appointment free", "%(num)s appointments free", free)
        return said if free else _("No appointment free")
    return _("%(what)s free: %(count)s", what=unit_name(unit), count=free)


def history_value(change: ListingChange, value: Any, field: str | None = None) -> str:
    """What stood in a field, for the reader."""
    name = field or change.field or ""
    if value is None:
        return ""
    if isinstance(value, dict) and not field and (told := _row_in_words(change.entity, value)):
        return told
    if isinstance(value, dict) and not field:
        hidden = {
            "id",
            "steward_tenant_id",
            "confidential",
            "modified_at",
            "created_at",
            "version",
            "link_id",
        }
        parts = (
            f"{label_of(one)}: {history_value(change, inner, one)}"
            for one, inner in value.items()
            if one not in hidden and not one.endswith("_id") and inner not in (None, "", [], "voice")
        )
        return " · ".join(parts)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "country":
        return country_name(str(value))
    known = field_of(change.entity, name)
    if known is not None:
        return shown(known, value)
    if name in CODES:
        return str(CODES[name].get(value, value))
    if isinstance(value, list):
        return comma().join(str(one) for one in value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return local_date(date.fromisoformat(value))
    return str(value)


def _row_in_words(entity: str, row: Mapping[str, Any]) -> str:
    """A row whose columns are codes, as a person would say it; empty for any other."""
    if entity == "service_practice":
        kind = "partner_practices" if row.get("kind") == "practice" else "house_rules"
        rules = dict(wording.house_rules({row["code"]: row["value"]})) if kind == "house_rules" else {}
        told = next(iter(rules.values()), None) or shown(
            Field("value", "choice", False, "yes_no_unknown"), row["value"]
        )
        return f"{vocabulary.label(kind, row['code'], language())}: {told}"
    if entity == "service_eligibility":
        return f"{label_of(row['criterion'])}: {wording.condition(row['criterion'], row['value'])}"
    if entity == "language":
        return language_name(row["code"]) if row.get("code") else str(row.get("name", ""))
    if entity == "schedule" and row.get("byday") and row.get("opens_at"):
        days = comma().join(day_name(day[-2:]) for day in row["byday"].split(","))
        return f"{days} {row['opens_at']}–{row.get('closes_at')}"
    return ""


def field_of(entity: str, name: str) -> Field | None:
    """What kind of field it is, of a section or a part; None for one that no form has."""
    sections: Iterable[tuple[Field, ...]] = (*SECTIONS.get(entity, {}).values(), PARTS.get(entity, ()))
    return next((one for section in sections for one in section if one.name == name), None)


def week_line(week: Mapping[str, str]) -> str:
    """A week as its form has it, in one line; a week without hours is closed or unknown."""
    told = []
    for day in WEEKDAYS:
        for nth in ("", "_2"):
            opens, closes = (week.get(f"{day.lower()}_{end}{nth}") for end in ("opens", "closes"))
            if opens and closes:
                told.append(f"{day_name(day)} {_span(opens, closes)}")
    return comma().join(told) or _("No hours")


def row_line(entity: str, row: Mapping[str, Any]) -> str:
    """A row that is proposed or to go, in one line."""
    told = [shown(field, row.get(field.name)) for field in PARTS.get(entity, ()) if row.get(field.name)]
    if not told:
        told = [
            f"{label_of(name)}: {value}" for name, value in row.items() if value and not name.endswith("_id")
        ]
    # Each in its own direction: a number that begins with a plus is not turned round.
    return " · ".join(f"\u2068{text}\u2069" for text in told if text)


def entity_name(entity: str) -> str:
    """What a row of history is about."""
    return str(KINDS.get(entity) or PART_NAMES.get(entity) or entity.replace("_", " "))


def roles_of(by_roles: str | None, by_kind: str | None) -> str:
    """In which roles somebody changed it: never who."""
    if by_kind == "job":
        return _("By itself")
    names = [str(ROLES[role].label) for role in (by_roles or "").split(",") if role in ROLES]
    return comma().join(names)


def town_of(location: Any) -> str:
    """The town of a place, in the reader's language."""
    found = geo.find_place(location.place_code or "")
    return found.label(language()) if found and found.name == location.town else str(location.town)
