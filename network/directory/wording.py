"""Listings in the reader's words: hours, distances, whom a service is for, how it takes referrals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel import Locale
from babel.dates import format_datetime, get_day_names
from babel.numbers import format_decimal
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.core import clock, vocabulary
from network.directory import geo
from network.directory.hours import Hours, Opening, OpenState, clock_text
from network.directory.kinds import kind_label as kind_label
from network.directory.search import Found
from network.web.i18n import comma, language
from network.web.templating import country_name, language_name

METHODS = {
    "in_platform": _l("Takes referrals here"),
    "email": _l("Takes referrals by e-mail"),
    "phone": _l("Takes referrals by telephone"),
    "form": _l("Takes referrals on its own form"),
    "walk_in": _l("People may walk in"),
    "not_accepted": _l("Takes no referrals"),
}
RELATIONS = {"run_by": _l("Run by"), "board": _l("On the board"), "parent": _l("Belongs to")}
DISABILITIES = {
    "seeing": _l("Seeing"),
    "hearing": _l("Hearing"),
    "walking": _l("Walking"),
    "remembering": _l("Remembering"),
    "self_care": _l("Self-care"),
    "communicating": _l("Communicating"),
}


def _locale() -> Locale:
    found: Locale = get_locale() or Locale("en")
    return found


def distance(km: float) -> str:
    """ "3.2 km"."""
    return _("%(distance)s km", distance=format_decimal(km, format="#,##0.0", locale=_locale()))


def whereabouts(found: Found) -> str:
    """How far it is: "3.2 km", or as far as is known; nothing where it was not searched around a place."""
    if found.lost:
        return _("Position not known: ask where it is")
    if found.distance_km is not None:
        far = distance(found.distance_km)
        if found.approximate and found.distance_km < 1:
            return _("in this town")
        return _("about %(distance)s, measured to its town", distance=far) if found.approximate else far
    return _("Serves the whole country") if found.latitude is None else ""


def open_now(state: OpenState) -> str:
    """ "Open until 16:00", "Closed, opens today 18:00", "Closed, opens Sunday 08:00", "Hours not known"."""
    if state.state == "unknown":
        return _("Hours not known")
    if state.state == "open":
        if state.until is None:
            return _("Open day and night")
        return _("Open until %(time)s", time=state.until.strftime("%H:%M"))
    if state.opens_at is None:
        return _("Closed")
    days = (state.opens_at.date() - clock.now().astimezone(state.opens_at.tzinfo).date()).days
    if days == 0:
        return _("Closed, opens today %(time)s", time=state.opens_at.strftime("%H:%M"))
    told = "EEEE HH:mm" if days < 7 else "EEEE d MMM HH:mm"  # this weekday is today's as well
    return _("Closed, opens %(time)s", time=_wall_time(state.opens_at, told))


def _wall_time(at: datetime, told: str) -> str:
    return format_datetime(at.replace(tzinfo=None), told, locale=_locale())


def weekly(hours: Hours) -> list[tuple[str, str]]:
    """(days, times) of each opening: ("Sunday, Monday", "08:00 to 16:00")."""
    return [(_days(opening), _times(opening)) for opening in hours.openings]


def _days(opening: Opening) -> str:
    if len(opening.days) == 7:
        return _("Every day")
    names = get_day_names("wide", locale=_locale())
    return _and([names[day] for day in opening.days])


def _times(opening: Opening) -> str:
    if opening.closes - opening.opens == 24 * 60:
        return _("Day and night")
    return _("%(opens)s to %(closes)s", opens=clock_text(opening.opens), closes=clock_text(opening.closes))


def _and(parts: list[str]) -> str:
    return comma().join(parts)


def languages(codes: tuple[str, ...]) -> str:
    """The languages spoken, named."""
    return _and([language_name(code) for code in codes])


def labels(list_name: str, codes: list[str] | tuple[str, ...]) -> str:
    """The labels of several codes of one list."""
    return _and([vocabulary.label(list_name, code, language()) for code in codes])


def conditions(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(criterion, what is asked) for every condition that a listing states, in the vocabulary's order."""
    return [
        (term.label(language()), condition(code, given[code]))
        for code, term in vocabulary.terms("criteria").items()
        if code in given
    ]


def for_whom(given: Mapping[str, Any]) -> list[str]:
    """Whom a service is for, as short as a card allows: what is open to everybody is left out."""
    told = []
    for criterion in (
        "sex",
        "age",
        "children_along",
        "nationality",
        "legal_status",
        "sector",
        "documents_required",
    ):
        value = given.get(criterion)
        stated = value.values() if isinstance(value, dict) else value or ()
        if "any" in stated or not any(stated):
            continue
        text = condition(criterion, value)
        if criterion == "documents_required":
            text = _("Papers needed: %(papers)s", papers=text)
        told.append(text)
    if given.get("children_along", {}).get("accepted") is False:
        told.append(_("No children"))
    asks = given.get("referral_required")
    if asks in ("named_organizations", "authority_only", "police_report", "embassy_letter"):
        told.append(vocabulary.label("eligibility.referral_required", asks, language()))
    if given.get("works_without_documents") is True:
        told.append(_("Without papers too"))
    return told


def condition(criterion: str, value: Any) -> str:
    """One condition in words; see ``eligibility.check_condition`` for its shapes."""
    kind = vocabulary.criterion(criterion)
    if kind.type == "boolean":
        return _("Yes") if value else _("No")
    if criterion == "disability_access":
        return _and([str(DISABILITIES[code]) for code in value])
    if kind.type in ("set", "one_of"):
        codes = [value] if isinstance(value, str) else value
        return labels(kind.values_from or f"eligibility.{criterion}", codes) or _("None")
    if kind.type == "range":
        return _age(value)
    if kind.type == "object":
        return _children(value)
    if kind.type == "list_include_exclude":
        return _nationalities(value)
    if kind.type == "areas":
        return _area(value)
    if kind.type == "list":
        return languages(tuple(value))
    return _and(value) if isinstance(value, list) else str(value)


def _age(value: Mapping[str, int]) -> str:
    low, high = value.get("min"), value.get("max")
    if low is None and high is None:
        return _("Any age")
    if high is None:
        return _("%(age)s and older", age=low)
    if low is None:
        return _("Up to %(age)s", age=high)
    return _("%(low)s to %(high)s", low=low, high=high)


def _children(value: Mapping[str, Any]) -> str:
    if not value["accepted"]:
        return _("No children")
    girls, boys = value.get("girls_up_to"), value.get("boys_up_to")
    if girls is None and boys is None:
        return _("Yes")
    if girls is None:
        return _("Boys up to %(boys)s", boys=boys)
    if boys is None:
        return _("Girls up to %(girls)s", girls=girls)
    return _("Girls up to %(girls)s, boys up to %(boys)s", girls=girls, boys=boys)


def _nationalities(value: Mapping[str, list[str]]) -> str:
    include, exclude = value.get("include") or [], value.get("exclude") or []
    names = _and([country_name(code) for code in include or exclude])
    if include:
        return names
    return _("All but %(countries)s", countries=names) if exclude else _("Every nationality")


def _area(value: Mapping[str, list[str]]) -> str:
    from_gazetteer = [place_name(code) for code in value.get("places", ())]
    return _and([country_name(code) for code in value.get("countries", ())] + from_gazetteer)


def town(name: str, country: str) -> str:
    """A town in the reader's language where the gazetteer has it."""
    return town_in(name, country, language())


def town_in(name: str, country: str, reader: str) -> str:
    """A town in a language where the gazetteer has it."""
    found = geo.find_town(name, country)
    return found.label(reader) if found else name


def place_name(code: str) -> str:
    """A place of the gazetteer in the reader's language; what it does not know stands as it is."""
    found = geo.find_place(code)
    return found.label(language()) if found else code


def house_rules(given: Mapping[str, str]) -> list[tuple[str, str]]:
    """(question, answer) of every house rule that a listing states, in the vocabulary's order."""
    answers = []
    for code, term in vocabulary.terms("house_rules").items():
        if code in given:
            days = vocabulary.house_rule(code).type == "integer"
            told = given[code] if days else vocabulary.label(f"house_rules.{code}", given[code], language())
            answers.append((term.label(language()), told))
    return answers


def response(hours: int | None) -> str:
    """How soon a partner usually answers."""
    if hours is None:
        return _("Not known")
    if hours >= 48:
        return ngettext("within %(num)s day", "within %(num)s days", round(hours / 24))
    return ngettext("within %(num)s hour", "within %(num)s hours", hours)
