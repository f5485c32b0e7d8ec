"""The values of a record read one by one, and what several of them must agree on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

from network.core import vocabulary
from network.core.errors import DomainError
from network.directory.eligibility import check_condition
from network.directory.feeds.entities import ENTITIES
from network.directory.feeds.records import Record, Settings
from network.directory.feeds.tidying.parting import is_like_ours
from network.directory.feeds.tidying.rows import Row
from network.directory.feeds.values import extension, read, texts
from network.directory.feeds.values.codes import language, language_code
from network.directory.feeds.values.texts import DIGITS
from network.directory.operations.taxonomy import term_id
from network.directory.practices import check_house_rules, check_practices

# Said of rows by our own exports, and kept by the database itself.
_OURS: Final = frozenset(
    {
        "verified_on",
        "verification_due_on",
        "tombstone",
        "nonconforming",
        "last_modified",
        "created_at",
        "modified_at",
    }
)


# Hours as those write them who count to twelve: 5, 5:30, 12; not 05:00.
_OF_TWELVE: Final = re.compile(r"(?:[1-9]|1[0-2])(?:[:.h][0-5]\d)?(?::00)?")
_ONE_DIGIT: Final = re.compile(r"\d(?!\d)|.*[apصم]", re.IGNORECASE)


def cleaned(record: Record, settings: Settings) -> Row:
    """The row of a record: each of its values read, or set aside with the reason."""
    row = Row(
        record.entity,
        texts.foreign_id(record.foreign_id),
        texts.said(record.line),
        {},
        list(record.doubts),
    )
    entity = ENTITIES.get(record.entity)
    if entity is None:
        row.values, row.refused = dict(record.values), record.refused or "no_place_for_it"
        return row
    links = (
        ("link_id",)
        if record.entity == "attribute"
        else ("resource_id",)
        if record.entity == "metadata"
        else ()
    )
    for name, value in record.values.items():
        if texts.is_empty(value) or name in _OURS:
            continue
        if name in entity.refs or name in links:
            row.values[name] = texts.foreign_id(value)
        elif name == "need" and record.entity == "attribute":
            _need(row, value)
        elif name in entity.fields:
            _keep(row, name, entity.fields[name], value, settings)
        elif name != "_line":
            row.doubt(name, value, "no_place_for_it")
    if record.entity == "schedule":
        _of_which_half(row, record.values)
    _whole(row)
    needed = entity.needed
    if needed and all(row.values.get(name) is None for name in needed):
        doubts = [reason for name, _value, reason in row.doubts if name in needed]
        row.refused = doubts[0] if doubts else "nothing_said"
    return row


def _need(row: Row, value: Any) -> None:
    try:
        code = vocabulary.need(str(value).strip()).code
    except DomainError:
        row.doubt("need", value, "unknown_code")
        row.refused = "unknown_code"
        return
    row.values |= {"taxonomy_term_id": str(term_id(code))}


def _keep(row: Row, name: str, kind: str, value: Any, settings: Settings) -> None:
    try:
        found = read(kind, value, settings.country)
        if found is not None:
            row.values[name] = found
    except texts.Doubtful as wrong:
        row.doubt(name, value, wrong.reason)
        if wrong.reason == "too_long" and kind in ("name", "text"):
            plain = texts.said(value)
            row.values[name] = " ".join(plain.split())[:200] if kind == "name" else plain[:5000]
        elif kind == "name" and str(value).strip():
            row.values[name] = texts.said(value).strip()[:200]


def _whole(row: Row) -> None:
    """What several values of a row must agree on."""
    values = row.values
    for first, last in (("valid_from", "valid_to"), ("first_on", "last_on")):
        if values.get(first) and values.get(last) and values[last] < values[first]:
            row.doubt(last, values.pop(last), "out_of_range")
    check = _WHOLE.get(row.entity)
    if check is not None:
        check(row, values)


def _place_is_whole(row: Row, values: dict[str, Any]) -> None:
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if (latitude is None) != (longitude is None):
        name = "latitude" if latitude is not None else "longitude"
        row.doubt(name, values.pop(name), "no_place_for_it")
    elif latitude == 0 and longitude == 0:
        row.doubt("latitude", values.pop("latitude"), "out_of_range")
        row.doubt("longitude", values.pop("longitude"), "out_of_range")


def _of_which_half(row: Row, given: Mapping[str, Any]) -> None:
    """From 9 to 5, or 9:00 am to 5:00, is not until five in the morning; which hour is meant nobody can be sure of."""
    opens, closes = row.values.get("opens_at"), row.values.get("closes_at")
    if not opens or not closes or closes > opens:
        return
    told = [str(given.get(name)).strip().translate(DIGITS) for name in ("opens_at", "closes_at")]
    if opens < "13:00" and _OF_TWELVE.fullmatch(told[1]) and any(_ONE_DIGIT.match(one) for one in told):
        row.doubt("closes_at", given["closes_at"], "not_a_value")
        del row.values["closes_at"]


def _hours_are_whole(row: Row, values: dict[str, Any]) -> None:
    numbered = any(letter.isdigit() for letter in values.get("byday") or "")
    if numbered and values.setdefault("freq", "MONTHLY") != "MONTHLY":
        row.doubt("byday", values.pop("byday"), "not_a_value")
    if values.get("byday") and "freq" not in values:
        values["freq"] = "WEEKLY"
    if not values.keys() - {"freq", *ENTITIES["schedule"].owners}:
        row.refused = row.doubts[0][2] if row.doubts else "nothing_said"


def _days_are_whole(row: Row, values: dict[str, Any]) -> None:
    if (values.get("opens_at") is None) != (values.get("closes_at") is None):
        name = "opens_at" if values.get("opens_at") else "closes_at"
        row.doubt(name, values.pop(name), "not_a_value")
    values["closed"] = values.get("opens_at") is None
    values.setdefault("kind", "other")
    if values.get("first_on"):
        values.setdefault("last_on", values["first_on"])


def _condition_is_whole(row: Row, values: dict[str, Any]) -> None:
    said = values.get("value")
    if isinstance(said, str) and said[:1] in ("[", "{", "t", "f"):
        with suppress(ValueError):
            values["value"] = orjson.loads(said.lower() if said[:1] in "tf" else said)
    try:
        values["value"] = check_condition(str(values.get("criterion")), values.get("value"))
    except (DomainError, AttributeError, TypeError):
        if values.get("value") is not None:
            row.doubt("value", values["value"], "unknown_code")
        row.refused = row.doubts[0][2] if row.doubts else "nothing_said"


def _practice_is_whole(row: Row, values: dict[str, Any]) -> None:
    check = check_house_rules if values.setdefault("kind", "practice") == "house_rule" else check_practices
    try:
        values |= {"value": check({str(values.get("code")): values.get("value")})[str(values.get("code"))]}
    except DomainError:
        row.doubt("value", values.get("value"), "unknown_code")
        row.refused = "unknown_code"


def _phone_is_whole(row: Row, values: dict[str, Any]) -> None:
    """What is dialled behind the number stands beside it."""
    number, mark, behind = str(values.get("number") or "").partition(" ext. ")
    if mark and "extension" not in values and not is_like_ours(row.foreign_id):
        with suppress(texts.Doubtful):
            values |= {"extension": extension(behind), "number": number}


def _language_is_whole(row: Row, values: dict[str, Any]) -> None:
    if "code" not in values and values.get("name"):
        with suppress(texts.Doubtful):
            values["code"] = language(values["name"])
    elif "code" in values and values.get("name") and language_code(values["name"]) == values["code"]:
        del values["name"]  # said by the code
    values.setdefault("interpreted", False)


def _methods_are_whole(row: Row, values: dict[str, Any]) -> None:
    others = [one for one in values.get("other_referral_methods", ()) if one != values.get("referral_method")]
    if "not_accepted" in others or (others and values.get("referral_method") == "not_accepted"):
        row.doubt("other_referral_methods", ", ".join(others), "not_a_value")
        others = []
    if "other_referral_methods" in values:
        values["other_referral_methods"] = others


_WHOLE: Final = {
    "location": _place_is_whole,
    "schedule": _hours_are_whole,
    "schedule_exception": _days_are_whole,
    "service_eligibility": _condition_is_whole,
    "service_practice": _practice_is_whole,
    "language": _language_is_whole,
    "service": _methods_are_whole,
    "phone": _phone_is_whole,
}
