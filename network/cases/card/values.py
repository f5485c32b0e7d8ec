"""What a field may hold. Checked here once, for forms, for the API and for what another centre sends."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from babel import Locale
from flask_babel import gettext as _

from network.cases.card.fields import OWN_LISTS, RECORDS, Field, Kind
from network.core import vocabulary
from network.core.errors import Invalid, UnknownCode

SHORT: Final = 200
LONG: Final = 10_000
MOST_ENTRIES: Final = 12
MOST_CODES: Final = 100
LARGEST_AMOUNT: Final = Decimal("999999999999.99")
_NO_COUNTRIES: Final = frozenset({"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"})
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")


class _Wrong(Exception):
    """A value that its field cannot hold, and what to say about it."""

    def __init__(self, message: str) -> None:
        self.message = message


def check(field: Field, value: Any) -> Any:
    """The value in the form in which it is kept, JSON throughout; None where it is empty.

    Raises Invalid under the field's code.
    """
    if value is None or value == "" or value == []:
        return None
    try:
        return _CHECKS[field.kind](field, value)
    except _Wrong as wrong:
        raise Invalid(fields={field.code: [wrong.message]}) from wrong
    except UnknownCode as wrong:
        raise Invalid(fields={field.code: [_("Choose from the list.")]}) from wrong


def check_all(fields: Mapping[str, Field], data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """All values in the form in which they are kept, empty ones left out.

    Raises Invalid for every wrong one at once, and for a field that is not there. ``prefix`` stands before
    the fields' names in the error.
    """
    wrong: dict[str, list[Any]] = {}
    kept: dict[str, Any] = {}
    for code, value in data.items():
        field = fields.get(code)
        if field is None:
            wrong[prefix + code[:SHORT]] = [_("There is no such field.")]
            continue
        try:
            checked = check(field, value)
        except Invalid as error:
            wrong[prefix + code] = error.fields[code]
            continue
        if checked is not None:
            kept[code] = checked
    if wrong:
        raise Invalid(fields=wrong)
    return kept


def check_record(kind: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """Like ``check_all``, for a numbered record: ``contact``, ``relative``, ``claim``, ``document``."""
    return check_all(RECORDS[kind][2], data)


def check_code(list_name: str, code: Any) -> str:
    """The code itself when the list, the vocabulary's or our own, holds it; raises UnknownCode."""
    own = OWN_LISTS.get(list_name)
    if own is None:
        return vocabulary.check(list_name, code)
    if not isinstance(code, str) or code not in own:
        raise UnknownCode(f"{list_name} has no such code", list_name=list_name, given=str(code)[:80])
    return code


def as_date(value: Any) -> date | None:
    """A date that was kept as text."""
    return date.fromisoformat(value) if value else None


@cache
def countries() -> frozenset[str]:
    """The countries of ISO 3166-1, alpha-2."""
    known = (str(code) for code in Locale("en").territories)
    return frozenset(code for code in known if re.fullmatch("[A-Z]{2}", code)) - _NO_COUNTRIES


@cache
def currencies() -> frozenset[str]:
    """The currencies of ISO 4217."""
    return frozenset(Locale("en").currencies)


def _plain(value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise _Wrong(_("Enter words."))
    if _UNSTORABLE.search(value):
        raise _Wrong(_("Take out the characters that cannot be stored."))
    if len(value) > most:
        raise _Wrong(_("Write at most %(most)s characters.", most=most))
    return value.strip()


def _text(field: Field, value: Any) -> str | None:
    return _plain(value, SHORT) or None


def _long(field: Field, value: Any) -> str | None:
    return _plain(value, LONG) or None


def _texts(field: Field, value: Any) -> list[str] | None:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or len(entries) > MOST_ENTRIES:
        raise _Wrong(_("Write at most %(most)s entries.", most=MOST_ENTRIES))
    return [kept for entry in entries if (kept := _plain(entry, SHORT))] or None


def _code(field: Field, value: Any) -> str:
    return check_code(field.list_name or "", value)


def _codes(field: Field, value: Any) -> list[str]:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or len(entries) > MOST_CODES:
        raise _Wrong(_("Choose from the list."))
    return list(dict.fromkeys(check_code(field.list_name or "", entry) for entry in entries))


def _date(field: Field, value: Any) -> str:
    try:
        found = value if isinstance(value, date) else date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _Wrong(_("Enter a date as day, month and year.")) from error
    if not 1900 <= found.year <= 2100:
        raise _Wrong(_("Enter a date as day, month and year."))
    return date(found.year, found.month, found.day).isoformat()


def _year(field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1900 <= value <= 2100:
        raise _Wrong(_("Enter a year with four digits."))
    return value


def _country(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in countries():
        raise _Wrong(_("Choose a country from the list."))
    return value


def _currency(field: Field, value: Any) -> str:
    if not isinstance(value, str) or value not in currencies():
        raise _Wrong(_("Choose a currency from the list."))
    return value


def _languages(field: Field, value: Any) -> list[str]:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list | tuple) or len(entries) > MOST_ENTRIES:
        raise _Wrong(_("Choose languages from the list."))
    known = Locale("en").languages
    for entry in entries:
        if not isinstance(entry, str) or not _LANGUAGE.match(entry) or entry.split("-")[0] not in known:
            raise _Wrong(_("Choose languages from the list."))
    return list(dict.fromkeys(entries))


def _amount(field: Field, value: Any) -> str:
    try:
        if isinstance(value, bool | float) or not isinstance(value, str | int | Decimal):
            raise InvalidOperation
        amount = Decimal(value if isinstance(value, Decimal | int) else value.strip()[:30])
        if not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
            raise InvalidOperation
        return str(amount.quantize(Decimal("0.01")))
    except InvalidOperation as error:
        raise _Wrong(_("Enter an amount in figures, such as 1250 or 1250.50.")) from error


_CHECKS: Final[dict[Kind, Callable[[Field, Any], Any]]] = {
    "text": _text,
    "long": _long,
    "texts": _texts,
    "code": _code,
    "codes": _codes,
    "date": _date,
    "year": _year,
    "country": _country,
    "currency": _currency,
    "languages": _languages,
    "amount": _amount,
}
