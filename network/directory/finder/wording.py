"""What the finder says, in short words: for somebody who reads little and has not much time."""

from __future__ import annotations

import unicodedata

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.directory import geo
from network.directory.finder.reading import Shown
from network.directory.practices import PROTECTIVE
from network.directory.printed.slip_words import slip_languages
from network.web.i18n import language
from network.web.templating import country_name

# What clients and partners of our corridors speak.
SPOKEN = (
    "am",
    "ar",
    "bn",
    "en",
    "fil",
    "fr",
    "hi",
    "id",
    "km",
    "lo",
    "ms",
    "my",
    "ne",
    "si",
    "sw",
    "ta",
    "ti",
    "ur",
)

# The letters of the languages that are not written in Latin ones, by the Unicode names of their characters.
_LETTERS = {"ar": "ARABIC", "bn": "BENGALI", "ne": "DEVANAGARI"}

_WARNED = {
    "checks_identity": _l("They ask for your papers at the door."),
    "reports_status": _l("They may tell the authorities if you have no permit."),
    "mandatory_reporter": _l(
        "The law makes them report violence, trafficking or harm to a child to the authorities."
    ),
    "police_on_site": _l("Police or guards are there."),
    "informs_embassy": _l("They tell your embassy."),
    "informs_employer": _l("They contact your employer or recruiter."),
    "informs_family": _l("They contact your family."),
    "safeguarding_policy": _l("They have no rules that protect you from abuse by their own staff."),
    "trained_gbv": _l("The staff are not trained to help after violence."),
}
_REASSURED = {
    "checks_identity": _l("They do not ask for papers at the door."),
    "reports_status": _l("They do not tell the authorities if you have no permit."),
    "mandatory_reporter": _l("No law makes them report what you tell them."),
    "police_on_site": _l("No police or guards are there."),
    "informs_embassy": _l("They do not tell your embassy."),
    "informs_employer": _l("They do not contact your employer or recruiter."),
    "informs_family": _l("They do not contact your family."),
    "safeguarding_policy": _l("They have rules that protect you from abuse by staff."),
    "trained_gbv": _l("The staff are trained to help after violence."),
}
# What nobody has answered is hers to ask; what reassures is not asked about.
_TO_ASK = {
    "checks_identity": _l("Do I need papers to come in?"),
    "reports_status": _l("Do you tell the authorities if somebody has no permit?"),
    "mandatory_reporter": _l("Must you report what I tell you?"),
    "police_on_site": _l("Are police or guards there?"),
    "informs_embassy": _l("Do you tell my embassy?"),
    "informs_employer": _l("Do you contact my employer or recruiter?"),
    "informs_family": _l("Do you contact my family?"),
}


def names(shown: Shown) -> list[str]:
    """What a service is called, one name or two: first the one in the letters that the reader reads, if one is."""
    both = list(dict.fromkeys(name for name in (shown.name, shown.own_name) if name))
    return sorted(both, key=lambda name: not _is_in_own_letters(name))


def _is_in_own_letters(name: str) -> bool:
    letters = _LETTERS.get(language().split("-")[0], "LATIN")
    return any(unicodedata.name(one, "").startswith(letters) for one in name if one.isalpha())


def warnings(shown: Shown) -> list[str]:
    """What she must hear before she goes."""
    return [str(_WARNED[code]) for code in shown.to_hear.warnings]


def reassuring(shown: Shown) -> list[str]:
    """What she need not fear there."""
    return [str(_REASSURED[code]) for code in shown.to_hear.reassuring]


def to_ask(shown: Shown) -> list[str]:
    """What is not known, as questions that she can put before she gives her name."""
    return [str(_TO_ASK[code]) for code in shown.to_hear.unknown if code not in PROTECTIVE]


def countries() -> list[tuple[str, str]]:
    """(code, name) of the countries whose places are known, by name."""
    return sorted(((code, country_name(code)) for code in geo.countries()), key=lambda one: one[1])


def towns(country: str) -> list[tuple[str, str]]:
    """(code, name) of the towns of a short list, by name."""
    listed = ((place.code, place.label(language())) for place in geo.listed_places(country))
    return sorted(listed, key=lambda one: one[1])


def spoken() -> list[tuple[str, str]]:
    """(code, name) of languages, each by its own name: who looks for hers reads that one."""
    return sorted(((code, _own_name(code)) for code in SPOKEN), key=lambda one: one[1].casefold())


def on_paper(reader: str) -> list[tuple[str, str]]:
    """(code, name) of the languages in which a sheet can be, the reader's first."""
    known = sorted(
        ((one.language, one.own_name) for one in slip_languages()), key=lambda one: one[1].casefold()
    )
    return sorted(known, key=lambda one: one[0] != reader)


def _own_name(code: str) -> str:
    try:
        return Locale(code).get_language_name(code) or code
    except UnknownLocaleError:
        return str(Locale("en").languages.get(code, code))


def place_line(place: geo.Place) -> str:
    """A place of several with one name: town and country."""
    return _("%(town)s, %(country)s", town=place.label(language()), country=country_name(place.country))


def dialled(number: str) -> str:
    """A number as a telephone dials it."""
    return "".join(one for one in number if one.isdigit() or one in "+*#")
