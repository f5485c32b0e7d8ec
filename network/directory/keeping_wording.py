"""Words of the pages on which a steward keeps her listings: fields, sections, standing, problems, history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import get_day_names
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.accounts.permissions import ROLES
from network.core import vocabulary
from network.directory import geo, wording
from network.directory.models import ListingChange, ServiceCapacity, Unit
from network.directory.schemas.keeping import PARTS, SECTIONS, Field
from network.directory.states import WEEKDAYS
from network.web.i18n import comma, language
from network.web.templating import country_name, language_name, local_date

SPOKEN = (
    "am",
    "ar",
    "bn",
    "en",
    "fil",
    "fr",
    "hi",
    "id",
    "ms",
    "my",
    "ne",
    "si",
    "so",
    "sw",
    "ta",
    "th",
    "ti",
    "ur",
)

KINDS: Mapping[str, LazyString] = {
    "organization": _l("Organization"),
    "service": _l("Service"),
    "location": _l("Place"),
    "service_at_location": _l("Where it is offered"),
}
SECTION_NAMES: Mapping[str, LazyString] = {
    "about": _l("Name and description"),
    "contact": _l("E-mail and web"),
    "register": _l("Registration"),
    "needs": _l("Needs"),
    "referral": _l("Referrals"),
    "languages": _l("Languages"),
    "whom": _l("Whom it is for"),
    "standing": _l("Status and nationality"),
    "papers": _l("Papers and referral asked for"),
    "care": _l("Disability and health"),
    "practices": _l("How it treats people"),
    "house-rules": _l("House rules"),
    "cost": _l("Cost"),
    "place": _l("Where it is"),
    "town": _l("Town"),
    "private": _l("What your organization alone sees"),
}
PART_NAMES: Mapping[str, LazyString] = {
    "phone": _l("Telephone"),
    "contact": _l("Contact"),
    "organization_role": _l("Run by, board"),
    "url": _l("Address on the web"),
    "funding": _l("Who pays"),
    "program": _l("Programme"),
    "organization_identifier": _l("Number in a register"),
    "required_document": _l("Paper it asks for"),
    "cost_option": _l("Price"),
    "schedule_exception": _l("Days with other hours"),
    "address": _l("Address"),
    "accessibility": _l("Accessibility"),
    "language": _l("Language"),
    "schedule": _l("Opening hours"),
    "service_area": _l("Area served"),
    "service_capacity": _l("What is free"),
    "attribute": _l("Need"),
    "service_eligibility": _l("Whom it is for"),
    "service_practice": _l("Practice"),
}
FIELDS: Mapping[str, LazyString] = {
    "name": _l("Name"),
    "alternate_name": _l("Name in its own language"),
    "description": _l("Description"),
    "country": _l("Country"),
    "recipient_class": _l("Kind of organization"),
    "visibility": _l("Who may read it"),
    "email": _l("E-mail"),
    "website": _l("Website"),
    "url": _l("Website"),
    "legal_status": _l("Legal form"),
    "year_incorporated": _l("Founded in the year"),
    "tax_status": _l("Tax status"),
    "tax_id": _l("Tax number"),
    "status": _l("Status"),
    "alert": _l("Notice shown on top"),
    "needs": _l("Needs that it answers"),
    "referral_method": _l("How it takes referrals"),
    "other_referral_methods": _l("Other ways to refer"),
    "response_hours": _l("Usually answers within (hours)"),
    "application_process": _l("How to apply"),
    "next_step": _l("What happens after a referral"),
    "feedback_promised": _l("What it tells whoever referred"),
    "wait_time": _l("Waiting time"),
    "languages": _l("Languages spoken"),
    "interpreted": _l("Languages with an interpreter"),
    "interpretation_services": _l("About interpreters"),
    "sex": _l("Sex or gender"),
    "age_min": _l("From the age of"),
    "age_max": _l("Up to the age of"),
    "children_accepted": _l("Children may come along"),
    "girls_up_to": _l("Girls up to the age of"),
    "boys_up_to": _l("Boys up to the age of"),
    "pregnant_served": _l("Pregnant women"),
    "female_staff": _l("Female staff available"),
    "person_kind": _l("Whom it is for"),
    "sector": _l("Sectors of work"),
    "nationality_include": _l("Only these nationalities"),
    "nationality_exclude": _l("Not these nationalities"),
    "documents_required": _l("Papers needed"),
    "works_without_documents": _l("Without papers too"),
    "referral_required": _l("Referral asked for"),
    "membership": _l("Membership"),
    "disability_access": _l("Fit for disabilities in"),
    "health_limits": _l("Limits of health"),
    "eligibility_description": _l("In words"),
    "cost": _l("Cost"),
    "fees_description": _l("About the cost"),
    "place": _l("Town"),
    "town": _l("Town"),
    "latitude": _l("Latitude"),
    "longitude": _l("Longitude"),
    "time_zone": _l("Time zone"),
    "transportation": _l("How to get there"),
    "attention": _l("Building or care of"),
    "address_1": _l("Street and number"),
    "address_2": _l("Second line"),
    "city": _l("Town"),
    "region": _l("Region"),
    "state_province": _l("State or province"),
    "postal_code": _l("Postal code"),
    "phones": _l("Telephone"),
    "number": _l("Number"),
    "extension": _l("Extension"),
    "title": _l("Position"),
    "department": _l("Department"),
    "relation": _l("How it stands to the organization"),
    "class_code": _l("Kind of organization"),
    "label": _l("Label"),
    "source": _l("Who pays"),
    "identifier_type": _l("Register"),
    "identifier": _l("Number"),
    "identifier_scheme": _l("Code of the register"),
    "document": _l("Paper"),
    "option": _l("For what"),
    "amount": _l("Amount"),
    "currency": _l("Currency"),
    "amount_description": _l("In words"),
    "first_on": _l("First day"),
    "last_on": _l("Last day"),
    "kind": _l("Occasion"),
    "closed": _l("Closed on these days"),
    "opens_at": _l("Opens"),
    "closes_at": _l("Closes"),
    "details": _l("Details"),
    "verified_on": _l("Verified on"),
    "verified_how": _l("Verified how"),
    "verification_due_on": _l("Verify again by"),
    "do_not_list": _l("Not to be listed"),
    "do_not_list_reason": _l("Why it is not listed"),
    "removed_at": _l("Removed"),
    "merged_into_id": _l("Merged into another"),
    "confidential": _l("Confidential"),
    "available": _l("Free"),
    "maximum": _l("In all"),
    "next_free_at": _l("Next free"),
    "byday": _l("Days"),
    "value": _l("Value"),
}
HINTS: Mapping[str, LazyString] = {
    "visibility": _l("Public: anybody on the web. Network: members who are signed in."),
    "nationality_include": _l("Two capital letters for each country: BD, NP"),
    "nationality_exclude": _l("Two capital letters for each country: BD, NP"),
    "place": _l("As the people there write it, or in English"),
    "latitude": _l("If you know it; otherwise the middle of the town"),
    "time_zone": _l("Only if it is not that of the town: Asia/Amman"),
    "alert": _l("One sentence, for example: Closed until Sunday"),
    "opens_at": _l("If it is open on these days"),
    "name": _l("As people there know it"),
    "phones": _l("Nobody else sees this number"),
}
METHODS: Mapping[str, LazyString] = {
    "phone": _l("I have called"),
    "visit": _l("I was there"),
    "message": _l("They have written"),
    "website": _l("I read it on their website"),
    "own": _l("It is our own"),
}
VERIFIED_HOW: Mapping[str, LazyString] = {
    "phone": _l("by telephone"),
    "visit": _l("by a visit"),
    "message": _l("in writing"),
    "website": _l("on their website"),
    "own": _l("by itself"),
}
STANDINGS: Mapping[str, LazyString] = {
    "verified": _l("Verified"),
    "due": _l("Verify soon"),
    "not_verified": _l("Not verified"),
    "aged": _l("Not verified for a year"),
}
TONES = {"verified": "good", "due": "waiting", "not_verified": "bad", "aged": "bad"}
PROBLEMS: Mapping[str, LazyString] = {
    "closed": _l("It does not exist any more"),
    "moved": _l("It has moved"),
    "refuses_migrants": _l("It refuses migrants"),
    "wrong_hours": _l("The hours are wrong"),
    "wrong_number": _l("The number is wrong"),
    "duplicate": _l("It stands here twice"),
    "unsafe": _l("It is not safe"),
    "other": _l("Something else"),
}
REASONS: Mapping[str, LazyString] = {
    "closed_for_good": _l("It does not exist any more"),
    "asked_not_to_be": _l("It asked not to be listed"),
    "unsafe": _l("It is not safe"),
    "fraud": _l("It takes money or cheats"),
    "not_ours": _l("It does not belong into this directory"),
    "other": _l("Something else"),
}
REPORT_STATES: Mapping[str, LazyString] = {
    "open": _l("Waits for an answer"),
    "accepted": _l("Taken"),
    "rejected": _l("Not taken"),
}
ACTIONS: Mapping[str, LazyString] = {
    "created": _l("Added"),
    "changed": _l("Changed"),
    "removed": _l("Removed"),
}
_CODES: Mapping[str, Mapping[str, LazyString]] = {
    "visibility": {"public": _l("Public"), "network": _l("The network")},
    "status": {
        "active": _l("Running"),
        "temporarily closed": _l("Closed for now"),
        "inactive": _l("Not offered at present"),
        "defunct": _l("No longer offered"),
    },
    "referral_method": wording.METHODS,
    "relation": wording.RELATIONS,
    "feedback_promised": {
        "none": _l("Nothing"),
        "served_or_not": _l("Whether the client was served"),
        "outcome": _l("What came of it"),
    },
    "exception_kind": {
        "holiday": _l("Public holiday"),
        "ramadan": _l("Ramadan"),
        "closure": _l("Closed for another reason"),
        "other": _l("Something else"),
    },
    "yes_no": {"yes": _l("Yes"), "no": _l("No")},
    "yes_no_unknown": {"yes": _l("Yes"), "no": _l("No"), "unknown": _l("Not known")},
    "disabilities": wording.DISABILITIES,
    "verified_how": VERIFIED_HOW,
    "do_not_list_reason": REASONS,
}
_UNITS: Mapping[str, LazyString] = {
    "bed": _l("Beds"),
    "place": _l("Places"),
    "appointment": _l("Appointments"),
    "parcel": _l("Parcels"),
}


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
    if name in _CODES:
        return [(code, label) for code, label in _CODES[name].items()]
    if name == "countries":
        countries = ((code, country_name(code)) for code in sorted(territories()))
        return sorted(countries, key=lambda one: one[1])
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
        return comma().join(str(known.get(code, _named(field.options, code))) for code in codes)
    if isinstance(value, date):
        return local_date(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return f"{value:g}" if isinstance(value, float) and abs(value) < 100_000 else str(value)


def _named(options_name: str, code: Any) -> str:
    return language_name(code) if options_name == "languages" else str(code)


def part_line(entity: str, row: Any) -> str:
    """A part in one line."""
    told = (shown(field, getattr(row, field.name)) for field in PARTS[entity] if field.name != "closed")
    line = " · ".join(text for text in told if text)
    return f"{line} · {_('Closed')}" if getattr(row, "closed", False) else line


def day_name(day: str) -> str:
    """A weekday by its name."""
    names = get_day_names("wide", locale=get_locale() or Locale("en"))
    return str(names[WEEKDAYS.index(day)])


def unit_name(unit: Unit) -> str:
    """What capacity is counted in."""
    return str(_UNITS.get(unit.identifier or "", unit.name)) if unit.scheme == "network" else unit.name


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
            if one not in hidden and not one.endswith("_id") and inner not in (None, "", [])
        )
        return " · ".join(parts)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    known = _spec(change.entity, name)
    if known is not None:
        return shown(known, value)
    if name in _CODES:
        return str(_CODES[name].get(value, value))
    if isinstance(value, list):
        return comma().join(str(one) for one in value)
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


def _spec(entity: str, name: str) -> Field | None:
    sections: Iterable[tuple[Field, ...]] = (*SECTIONS.get(entity, {}).values(), PARTS.get(entity, ()))
    return next((one for section in sections for one in section if one.name == name), None)


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
