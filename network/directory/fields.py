"""Checks of single values that listings hold; each raises Invalid and names the field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext as _

from network.core import vocabulary
from network.core.errors import Invalid, UnknownCode
from network.core.terms import Reason

LONGEST_NAME = 200
LONGEST_TEXT = 5000
_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}\Z")
_TIME = re.compile(r"(([01]\d|2[0-3]):[0-5]\d|24:00)\Z")


def wrong(field: str, message: str) -> Invalid:
    """One field that cannot be used, and why."""
    return Invalid(fields={field: [message]})


def name(field: str, given: str) -> str:
    """A name: not empty, not endless."""
    tidy = " ".join(given.split())
    if not tidy or len(tidy) > LONGEST_NAME:
        raise wrong(field, _("Enter a name of 1 to 200 characters."))
    return tidy


def optional_text(field: str, given: str | None) -> str | None:
    """A text that may be missing; empty is missing."""
    tidy = (given or "").strip()
    if len(tidy) > LONGEST_TEXT:
        raise wrong(field, _("This text is too long."))
    return tidy or None


def country(field: str, given: str) -> str:
    """ISO 3166-1 alpha-2."""
    if not _COUNTRY.match(given):
        raise wrong(field, _("Name a country by its two capital letters (ISO 3166-1)."))
    return given


def language(field: str, given: str) -> str:
    """A BCP 47 tag, its language in small letters."""
    if not _LANGUAGE.match(given):
        raise wrong(field, _("Name a language by its code (BCP 47)."))
    return given


def time_zone(field: str, given: str) -> str:
    """An IANA time zone."""
    try:
        ZoneInfo(given)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise wrong(field, _("This is not a time zone.")) from error
    return given


def telephone(field: str, given: str) -> str:
    """A number as people write it; short numbers of hotlines are numbers too."""
    if not _NUMBER.match(given.strip()):
        raise wrong(field, _("Enter a phone number."))
    return given.strip()


def time_of_day(field: str, given: str) -> str:
    """``HH:MM``, 24 hours; ``24:00`` is the end of the day."""
    if not _TIME.match(given):
        raise wrong(field, _("Enter a time as HH:MM."))
    return given


def one_of(field: str, given: str, codes: Sequence[str]) -> str:
    """One of the directory's own codes; raises UnknownCode."""
    if given not in codes:
        raise UnknownCode(
            _("There is no such code."),
            fields={field: [_("There is no such code.")]},
            list_name=field,
            given=str(given)[:80],
        )
    return given


def reason(list_name: str, code: str) -> Reason:
    """A reason of one of the vocabulary's lists; raises UnknownCode for a code that the list has not."""
    if f"reasons.{list_name.removeprefix('reasons.')}" not in vocabulary.list_names():
        raise wrong("reason_list", _("There is no such list of reasons."))
    return vocabulary.reason(list_name, code)
