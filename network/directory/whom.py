"""Whom a search is for, said by hand: what the form offers, how it is filled in again, and one line of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from network.core import vocabulary
from network.directory.eligibility import Profile
from network.directory.keeping_wording import territories
from network.web.templating import country_name

FIELD: Final = "profile"
_SEXES: Final = {"female": _l("Female"), "male": _l("Male"), "other": _l("Other")}
_PAPERS: Final = {True: _l("Has papers"), False: _l("Has no papers")}
Option = tuple[str, str]


def is_asked(form: Mapping[str, str]) -> bool:
    """Whether a form has the fields of a person, filled in or not; a form of one button has none."""
    return any(name.startswith(f"{FIELD}.") for name in form)


@cache
def options(reader: str) -> dict[str, list[Option]]:
    """What each field offers, in the reader's words. ``reader``: the language, for which this is kept."""
    return {
        "sex": [(code, str(text)) for code, text in _SEXES.items()],
        "legal_status": _terms("legal_status", reader),
        "nationality": sorted(((code, country_name(code)) for code in territories()), key=lambda one: one[1]),
        "sector": _terms("sector", reader),
        "has_documents": [(str(has).lower(), str(text)) for has, text in _PAPERS.items()],
    }


def _terms(name: str, reader: str) -> list[Option]:
    listed = f"eligibility.{name}"
    return [
        (code, vocabulary.label(listed, code, reader))
        for code in vocabulary.terms(listed)
        if code not in ("any", "unknown")
    ]


def typed(person: Profile | None) -> dict[str, Any]:
    """The person as the form shows her."""
    if person is None:
        return {}
    papers = None if person.has_documents is None else str(person.has_documents).lower()
    said = {name: getattr(person, name) for name in ("sex", "age", "nationality", "legal_status", "sector")}
    return {f"{FIELD}.{name}": "" if value is None else str(value) for name, value in said.items()} | {
        f"{FIELD}.has_documents": papers or ""
    }


def line(person: Profile, reader: str) -> str:
    """Whom was asked for: "Female · 27 years · Irregular"."""
    parts = [
        str(_SEXES[person.sex]) if person.sex in _SEXES else "",
        _("Age: %(years)s", years=person.age) if person.age is not None else "",
        country_name(person.nationality) if person.nationality else "",
        *(
            vocabulary.label(f"eligibility.{name}", code, reader)
            for name in ("legal_status", "sector")
            if (code := getattr(person, name))
        ),
        "" if person.has_documents is None else str(_PAPERS[person.has_documents]),
        _("Children who come along: %(number)s", number=len(person.children)) if person.children else "",
    ]
    return " · ".join(part for part in parts if part)
