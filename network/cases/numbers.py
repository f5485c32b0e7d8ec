"""Telephone and document numbers in one form, whatever way they were typed. Pure."""

from __future__ import annotations

import unicodedata

import phonenumbers

LAST_DIGITS = 8
SHORTEST_DOCUMENT = 4
MOST_CHARACTERS = 80


def find_phone(text: str, country: str) -> str | None:
    """The number as E.164 (``+962791234567``), read as dialled in ``country``; None if it is none."""
    try:
        number = phonenumbers.parse(text[:MOST_CHARACTERS], country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if number.italian_leading_zero and not phonenumbers.is_valid_number(number):
        return None  # the zero before a trunk call is left only where digits are missing or too many
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def find_country(phone: str) -> str | None:
    """The ISO 3166-1 alpha-2 country of an E.164 number; None where it has none or several."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone))
    except phonenumbers.NumberParseException:
        return None


def spoken_phone(phone: str) -> str:
    """An E.164 number with the spaces that its country writes."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def phone_keys(text: str, country: str) -> set[str]:
    """What a number is stored under and searched by: itself, and its last digits as dialled anywhere."""
    digits = _digits(text)
    found = {f"phone:{digits[-LAST_DIGITS:]}"} if len(digits) >= LAST_DIGITS else set()
    phone = find_phone(text, country)
    return found | ({f"phone:{phone}"} if phone else set())


def document_form(number: str) -> str:
    """A document's number in capitals and digits alone: ``bx 012-345`` and ``BX012345`` are one."""
    plain = unicodedata.normalize("NFKC", number[:MOST_CHARACTERS]).upper()
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain if sign.isalnum()
    )


def document_keys(number: str) -> set[str]:
    """What a document's number is stored under and searched by; none where it is too short to tell."""
    form = document_form(number)
    return {f"document:{form}"} if len(form) >= SHORTEST_DOCUMENT else set()


def _digits(text: str) -> str:
    signs = text[:MOST_CHARACTERS]
    return "".join(str(unicodedata.decimal(sign)) for sign in signs if sign.isdecimal())
