"""How old somebody is, as far as it is known. Whoever may be under 18 counts as a child. Pure."""

from __future__ import annotations

from datetime import date
from typing import Final

from flask_babel import lazy_gettext as _l

CHILD_UNTIL: Final = 18
OLDEST: Final = 120

# How her age is known: the coarsest answer is an answer too.
BASES: Final = ("birth_date", "age", "birth_year", "adult", "may_be_under_18")

_BANDS: Final = (
    (0, 4, "0-4"),
    (5, 11, "5-11"),
    (12, 17, "12-17"),
    (18, 24, "18-24"),
    (25, 34, "25-34"),
    (35, 44, "35-44"),
    (45, 59, "45-59"),
    (60, OLDEST, "60+"),
)
CHILD_UNKNOWN: Final = "child"
ADULT_UNKNOWN: Final = "adult"
_YOUNGEST_ADULT_BAND: Final = "18-24"
_OLDEST_CHILD_BAND: Final = "12-17"

BAND_LABELS: Final = {
    "0-4": _l("0–4 years"),
    "5-11": _l("5–11 years"),
    "12-17": _l("12–17 years"),
    "18-24": _l("18–24 years"),
    "25-34": _l("25–34 years"),
    "35-44": _l("35–44 years"),
    "45-59": _l("45–59 years"),
    "60+": _l("60 years or more"),
    CHILD_UNKNOWN: _l("may be under 18"),
    ADULT_UNKNOWN: _l("adult, age not known"),
}


def age(birth_date: date | None, birth_year: int | None, on: date) -> int | None:
    """Completed years on a day; where only the year is known, the greater of the two that it may be."""
    if birth_date is not None:
        return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))
    return on.year - birth_year if birth_year is not None else None


def counts_as_child(basis: str, birth_date: date | None, birth_year: int | None, on: date) -> bool:
    """Whether she may be under 18 on this day: in doubt, yes."""
    if basis == "adult":
        return False
    if birth_date is not None:
        return (age(birth_date, None, on) or 0) < CHILD_UNTIL
    if birth_year is not None:
        # Told as an age, somebody of 18 is 18; told as a year, she may still be 17.
        youngest = on.year - birth_year - (1 if basis == "birth_year" else 0)
        return youngest < CHILD_UNTIL
    return True


def band(years: int | None, is_child: bool) -> str:
    """The code of the age band; never an adult's band for somebody who counts as a child."""
    if years is None:
        return CHILD_UNKNOWN if is_child else ADULT_UNKNOWN
    found = next((code for low, high, code in _BANDS if low <= years <= high), ADULT_UNKNOWN)
    if is_child and years >= CHILD_UNTIL:
        return _OLDEST_CHILD_BAND
    if not is_child and years < CHILD_UNTIL:
        return _YOUNGEST_ADULT_BAND
    return found
