"""Which values the columns of a listing take: each check raises Invalid and names the field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from network.core import vocabulary
from network.core.errors import Invalid, UnknownCode
from network.directory import fields
from network.directory.states import (
    EXCEPTION_KINDS,
    FEEDBACK_PROMISES,
    FREQUENCIES,
    LOCATION_TYPES,
    REFERRAL_METHODS,
    RELATIONS,
    SERVICE_STATUSES,
    VISIBILITIES,
    WEEKDAYS,
)

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_WEB = re.compile(r"https?://[^\s]+\Z")
_CURRENCY = re.compile(r"[A-Z]{3}\Z")
_BYDAY = re.compile(r"(([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))(,([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU))*\Z")
_CODES: Mapping[str, tuple[str, ...]] = {
    "visibility": VISIBILITIES,
    "status": SERVICE_STATUSES,
    "location_type": LOCATION_TYPES,
    "address_type": LOCATION_TYPES,
    "referral_method": REFERRAL_METHODS,
    "feedback_promised": FEEDBACK_PROMISES,
    "relation": RELATIONS,
    "kind": EXCEPTION_KINDS,
    "freq": FREQUENCIES,
    "wkst": WEEKDAYS,
}
_LISTS = {
    "cost": "eligibility.cost",
    "recipient_class": "recipient_classes",
    "class_code": "recipient_classes",
}
_COUNTED = {"response_hours": 1, "interval": 1, "count": 1, "available": 0, "maximum": 0, "amount": 0}
_COUNTED |= {"minimum_age": 0, "maximum_age": 0, "extension": 0}


def email(field: str, given: str) -> str:
    """An address for mail as people type it. Feeds may hold others: those are kept, and told as nonconforming."""
    if not _EMAIL.match(given):
        raise fields.wrong(field, _("Enter an e-mail address, like name@example.org."))
    return given


def web(field: str, given: str) -> str:
    """An address on the web as people type it, with or without its scheme."""
    told = given if "://" in given else f"https://{given}"
    if not _WEB.match(told):
        raise fields.wrong(field, _("Enter an address on the web, like https://example.org."))
    return told


def _currency(field: str, given: str) -> str:
    if not _CURRENCY.match(given):
        raise fields.wrong(field, _("Name a currency by its three capital letters, like JOD."))
    return given


def _byday(field: str, given: str) -> str:
    if not _BYDAY.match(given):
        raise fields.wrong(field, _("Choose days of the week."))
    return given


_CHECKS: Mapping[str, Callable[[str, str], str]] = {
    "country": fields.country,
    "code": fields.language,
    "number": fields.telephone,
    "time_zone": fields.time_zone,
    "opens_at": fields.time_of_day,
    "closes_at": fields.time_of_day,
    "name": lambda field, given: fields.name(field, given),
    "city": fields.name,
    "town": fields.name,
    "currency": _currency,
    "byday": _byday,
}


def checked(name: str, given: Any, column: ColumnElement[Any]) -> Any:
    """The value as it is kept. Raises Invalid, or UnknownCode for a code that there is not."""
    value = _typed(name, given, column)
    if isinstance(value, str):
        if name in _CODES:
            return fields.one_of(name, value, _CODES[name])
        if name in _LISTS:
            return _listed(name, value)
        check = _CHECKS.get(name)
        value = check(name, value) if check else fields.optional_text(name, value)
    elif name in _COUNTED and value < _COUNTED[name]:
        raise fields.wrong(name, _("Enter a whole number, %(least)s or more.", least=_COUNTED[name]))
    elif name in ("latitude", "longitude") and abs(value) > (90 if name == "latitude" else 180):
        raise fields.wrong(name, _("This is no place on the earth."))
    elif name == "other_referral_methods":
        return [fields.one_of(name, one, REFERRAL_METHODS) for one in value]
    return value


def _listed(name: str, value: str) -> str:
    try:
        return vocabulary.check(_LISTS[name], value)
    except UnknownCode as error:
        error.fields = {name: [_("There is no such code.")]}
        raise


def _typed(name: str, given: Any, column: ColumnElement[Any]) -> Any:
    wanted = column.type.python_type
    known: dict[type, tuple[type, ...]] = {float: (int, float, Decimal), Decimal: (int, float, Decimal)}
    fits = isinstance(given, known.get(wanted, (wanted,)))
    if wanted in (int, float, Decimal) and isinstance(given, bool):
        fits = False
    if wanted is date and isinstance(given, datetime):
        fits = False
    if not fits and isinstance(given, str):
        try:
            if wanted in (date, datetime):
                return wanted.fromisoformat(given)
            if wanted in (int, float, Decimal, UUID):
                return wanted(given)
        except (ValueError, ArithmeticError):
            pass
    if not fits:
        raise fields.wrong(name, _("This is not a value of this field."))
    return given


# (earlier, later): the second is not before the first.
_ORDERED = (("valid_from", "valid_to"), ("first_on", "last_on"), ("minimum_age", "maximum_age"))


def check_whole(row: Any) -> None:
    """What the fields of a row say together. Raises Invalid."""
    for first, last in _ORDERED:
        low, high = getattr(row, first, None), getattr(row, last, None)
        if low is not None and high is not None and high < low:
            raise fields.wrong(last, _("This cannot be before the other one."))
    table = row.__tablename__
    if table == "location" and (row.latitude is None) != (row.longitude is None):
        raise fields.wrong("latitude", _("Give latitude and longitude together."))
    if table == "location" and row.location_type in (None, "physical") and row.latitude is None:
        raise fields.wrong("latitude", _("Say where it is: a town or a position."))
    if table == "schedule_exception":
        hours = (row.opens_at, row.closes_at)
        if (row.closed and any(hours)) or (not row.closed and not all(hours)):
            raise fields.wrong("opens_at", _("Closed, or from when to when it is open."))
    if table == "schedule" and row.freq != "MONTHLY" and any(c.isdigit() for c in row.byday or ""):
        raise fields.wrong("byday", _("Choose days of the week."))
    if table == "language" and not (row.code or row.name):
        raise fields.wrong("code", _("Choose a language."))
    if table == "service" and row.referral_method == "not_accepted" and row.other_referral_methods:
        raise Invalid(fields={"other_referral_methods": [_("It takes referrals or it does not.")]})
