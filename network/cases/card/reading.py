"""A card's values in words, for pages: of our own clients and of packets that another centre sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from network.cases.card.fields import FIELDS, OWN_LISTS, RECORDS, Field
from network.cases.numbers import spoken_phone
from network.core import vocabulary
from network.core.errors import UnknownCode
from network.web.i18n import comma


@dataclass(frozen=True)
class Item:
    """One thing that may leave: a field or a numbered record, its category, and its value (JSON)."""

    field: str
    label: LazyString | str
    value: Any
    category: str


@dataclass(frozen=True)
class Line:
    """One line on a page. ``code``: it is a number or code, to be set left to right by itself."""

    label: LazyString | str
    text: str
    code: bool = False


def record_kind(code: str) -> str | None:
    """``contact`` for ``contact.2``; None for what is no numbered record."""
    kind, _, number = code.partition(".")
    return kind if kind in RECORDS and number.isdecimal() else None


def label_of(code: str) -> LazyString | str:
    """The label of a field or numbered record; the code itself where this installation knows none."""
    if code in FIELDS:
        return FIELDS[code].label
    kind = record_kind(code)
    return RECORDS[kind][1] if kind else code


def lines_of(code: str, value: Any) -> list[Line]:
    """A field's value as lines: one for a plain field, one for each field of a numbered record."""
    kind = record_kind(code)
    if kind is None or not isinstance(value, Mapping):
        field = FIELDS.get(code)
        return [Line(label_of(code), text_of(field, value), _is_code(field))]
    fields = RECORDS[kind][2]
    known = [Line(field.label, text_of(field, value[name]), _is_code(field)) for name, field in fields.items()
             if value.get(name) not in (None, "", [])]  # fmt: skip
    return known + [Line(name, text_of(None, held)) for name, held in value.items() if name not in fields]


def lines_of_all(fields: Mapping[str, Any]) -> list[Line]:
    """The lines of several fields, in the order of the card."""
    order = {code: place for place, code in enumerate(FIELDS)}
    return [
        line
        for code in sorted(fields, key=lambda code: (order.get(code, len(order)), code))
        for line in lines_of(code, fields[code])
    ]


def text_of(field: Field | None, value: Any) -> str:
    """One value in the reader's language."""
    if isinstance(value, list | tuple | set | frozenset):
        return comma().join(text_of(field, entry) for entry in value)
    if field is None:
        return str(value)
    if not isinstance(value, str):
        return str(value)
    if field.kind in ("code", "codes"):
        return code_label(field.list_name or "", value)
    if field.kind == "date":
        return _date_text(value)
    if field.kind == "country":
        return country_name(value)
    if field.kind == "languages":
        return language_name(value)
    if field.code == "number" and field.category in ("contact", "family_contact"):
        return spoken_phone(value)
    return value


def code_label(list_name: str, code: str) -> str:
    """The label of a code of the vocabulary or of our own lists; the code itself if it is not ours, so
    that what another installation sent is shown as it came."""
    own = OWN_LISTS.get(list_name)
    if own is not None:
        return str(own.get(code, code))
    try:
        return vocabulary.label(list_name, code, _locale())
    except (UnknownCode, KeyError):
        return str(code)


def choices_of(list_name: str) -> list[tuple[str, str]]:
    """(code, label) of a list, the vocabulary's or our own, in the reader's language and the list's order."""
    own = OWN_LISTS.get(list_name)
    if own is not None:
        return [(code, str(label)) for code, label in own.items()]
    found = vocabulary.choices(list_name, _locale())
    # Who a service is for may be "any"; what somebody is, is not.
    return [one for one in found if one[0] != "any"] if list_name.startswith("eligibility.") else found


def country_name(code: str | None) -> str:
    """A country in the reader's language."""
    return str(_locale().territories.get(code or "", code or ""))


def language_name(code: str) -> str:
    """A language in the reader's language."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name(_locale()) or code)
    except (ValueError, UnknownLocaleError):
        # Many languages have a name but no data of their own.
        return str(_locale().languages.get(code.split("-")[0], code))


def texts_of(field_codes: Iterable[str], values: Mapping[str, Any]) -> dict[str, str]:
    """The values of some fields in words, by code."""
    return {code: text_of(FIELDS.get(code), values[code]) for code in field_codes if values.get(code)}


def _date_text(value: str) -> str:
    """A date in words; what another centre sent and is none stays as it came."""
    try:
        return format_date(date.fromisoformat(value), "d MMMM y", locale=_locale())
    except ValueError:
        return value


def _locale() -> Locale:
    return get_locale() or Locale("en")


def _is_code(field: Field | None) -> bool:
    return field is not None and field.code in ("number", "email", "reference", "payment_account")
